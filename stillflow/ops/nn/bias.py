"""Biases: one number per channel, added to every example and place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.declare.type_sets import NUMBERS
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, joining, reshaping, shape_of
from stillflow.ops.array.tiling import tile
from stillflow.ops.linalg.products import matmul
from stillflow.ops.nn.activations import relu
from stillflow.ops.nn.windows import LAYOUTS

_DECLARATION: dict[str, Any] = {"types": {"T": NUMBERS}, "limits": {"data_format": LAYOUTS}}


def _channel_axis(rank: int, data_format: str) -> int:
    return 1 if data_format.startswith("NC") else rank - 1


def _biased(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = shapes.with_rank_at_least(ctx.shape(0), 2)
    (bias,) = shapes.with_rank(ctx.shape(1), 1)
    if sizes is None:
        return None
    axis = _channel_axis(len(sizes), ctx.attrs["data_format"])
    return (*sizes[:axis], shapes.merge_size(sizes[axis], bias), *sizes[axis + 1 :])


def _fitted_bias_add(
    fn: Callable[..., Any], x: Any, bias: Any, *, data_format: str
) -> Callable[..., Any] | None:
    return np.add if _channel_axis(x.ndim, data_format) == x.ndim - 1 else None


@op(
    "BiasAdd",
    "value: T, bias: T -> output: T",
    shape=_biased,
    total=True,
    fitted=_fitted_bias_add,
    **_DECLARATION,
)
def bias_add_op(xp, x, bias, *, data_format: str = "NHWC"):
    """x: n[..., c] (n[n, c, ...] for NCHW), bias: n[c] -> x + bias"""
    axis = _channel_axis(x.ndim, data_format)
    if bias.shape != x.shape[axis : axis + 1] or x.ndim < 2:
        _refuse_bias(x.shape, bias.shape)
    spread = bias if axis == x.ndim - 1 else bias.reshape(-1, *(1,) * (x.ndim - 1 - axis))
    return xp.add(x, spread)


def _refuse_bias(x: tuple[int, ...], bias: tuple[int, ...]) -> None:
    if len(x) < 2:
        refuse(f"Input tensor must be at least 2D: {format_sizes(x)}")
    if len(bias) != 1:
        refuse(f"Biases must be 1D: {format_sizes(bias)}")
    refuse(
        "Must provide as many biases as the last dimension of the input tensor: "
        f"{format_sizes(bias)} vs. {format_sizes(x)}"
    )


def _channels(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = shapes.with_rank_at_least(ctx.shape(0), 2)
    if sizes is None:
        return (None,)
    return (sizes[_channel_axis(len(sizes), ctx.attrs["data_format"])],)


@op("BiasAddGrad", "out_backprop: T -> output: T", shape=_channels, total=True, **_DECLARATION)
def bias_add_grad(xp, dy, *, data_format: str = "NHWC"):
    """dy: n[..., c] -> n[c], its sum over every other axis."""
    channel = _channel_axis(dy.ndim, data_format)
    axes = tuple(axis for axis in range(dy.ndim) if axis != channel)
    return xp.sum(dy, axis=axes, dtype=dy.dtype)


@bias_add_op.gradient
def bias_add_gradient(op, dy):
    return dy, bias_add_grad(dy, data_format=op.attrs["data_format"])


@bias_add_grad.gradient
def bias_add_grad_gradient(op, d_bias):
    sizes, bias_sizes = shape_of.shape(op.inputs[0]), shape_of.shape(d_bias)
    if op.attrs["data_format"] == "NCHW":
        before, after = filling.ones_like(sizes[:1]), filling.ones_like(sizes[2:])
        spread = joining.concat([before, bias_sizes, after], 0)
        times = joining.concat([sizes[:1], [1], sizes[2:]], 0)
    else:
        spread = joining.concat([filling.ones_like(sizes[:-1]), bias_sizes], 0)
        times = joining.concat([sizes[:-1], [1]], 0)
    return tile(reshaping.reshape(d_bias, spread), times)


def bias_add(
    value: Any, bias: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """Returns `value` with a bias for each channel: the last axis, or axis 1 for 'NC...'.

    value: n[..., c] or n[n, c, ...], bias: n[c]
    """
    with name_scope(name, "BiasAdd", [value, bias]) as scope:
        layout = _layout(data_format or "NHWC")
        value = convert_to_tensor(value, name="input")
        bias = convert_to_tensor(bias, dtype=value.dtype, name="bias")
        return bias_add_op(value, bias, data_format=layout, name=scope)


def _layout(data_format: str) -> str:
    if data_format.startswith("NC"):
        return "NCHW"
    if data_format.startswith("N") and data_format.endswith("C"):
        return "NHWC"
    raise ValueError(
        f"data_format must be of the form `N...C` or `NC...`\n  It is {data_format!r}."
    )


def xw_plus_b(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """Returns matmul(x, weights) + biases. x: f[n, k], weights: f[k, m], biases: f[m]"""
    with name_scope(name, "xw_plus_b", [x, weights, biases]) as scope:
        x, weights, biases = _layer_inputs(x, weights, biases)
        return bias_add(matmul(x, weights), biases, name=scope)


def relu_layer(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """Returns relu(matmul(x, weights) + biases). x: f[n, k], weights: f[k, m], biases: f[m]"""
    with name_scope(name, "relu_layer", [x, weights, biases]) as scope:
        x, weights, biases = _layer_inputs(x, weights, biases)
        return relu(bias_add(matmul(x, weights), biases), name=scope)


def _layer_inputs(x: Any, weights: Any, biases: Any) -> tuple[Tensor, Tensor, Tensor]:
    x = convert_to_tensor(x, name="x")
    weights = convert_to_tensor(weights, name="weights")
    return x, weights, convert_to_tensor(biases, name="biases")
