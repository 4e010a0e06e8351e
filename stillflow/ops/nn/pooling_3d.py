"""Pooling over three spatial axes: the largest or the mean of what a window sees.

Volumes are n[n, z, y, x, c] ("NDHWC") or n[n, c, z, y, x] ("NCDHW"); `ksize` and `strides` hold one
number for each axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import FLOATS
from stillflow.graph import dtypes
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import shape_of
from stillflow.ops.control.ordering import stop_gradient
from stillflow.ops.nn.pooled import attrs_of, chosen, means, means_gradient, seen_by, zeros_and
from stillflow.ops.nn.windows import (
    VOLUMES,
    Axis,
    axis_of,
    channels,
    channels_last,
    count_of,
    from_channels_last,
    in_layout,
    limits,
    per_axis,
    spatial,
    untap,
)

_LIMITS = limits(layouts=VOLUMES, ksize=5, strides=5)
_SINGLE = (dtypes.float16, dtypes.bfloat16, dtypes.float32)


# Geometry ---------------------------------------------------------------------------------------


def _pooled(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """Volumes -> one voxel for each window."""
    for required, attr in (("ops require the stride", "strides"), ("requires the ksize", "ksize")):
        given = len(ctx.attrs[attr])
        if given != 5:
            raise shapes.ShapeError(
                f"Pool3D {required} attribute to contain 5 values, but got: {given}"
            )
    data_format, padding = ctx.attrs["data_format"], ctx.attrs["padding"]
    volumes = shapes.with_rank(ctx.shape(0), 5)
    counts = [
        count_of(size, window, step, padding)
        for size, window, step in zip(
            spatial(volumes, data_format),
            spatial(ctx.attrs["ksize"], data_format),
            spatial(ctx.attrs["strides"], data_format),
            strict=True,
        )
    ]
    return in_layout(volumes[0], counts, channels(volumes, data_format), data_format)


def _pooled_like_output(ctx: shapes.ShapeContext) -> shapes.Sizes:
    shapes.merge(ctx.shape(0), ctx.shape(2))
    pooled = _pooled(ctx)
    shapes.merge(ctx.shape(1), pooled)
    return pooled


def _like_input(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return shapes.with_rank(ctx.shape(0), 5)


def _axes(
    sizes: Sequence[int],
    ksize: Sequence[int],
    strides: Sequence[int],
    padding: str,
    data_format: str,
) -> list[Axis]:
    """How the windows lie on volumes of `sizes`, in the order of `data_format`."""
    if len(sizes) != 5:
        refuse("tensor_in must be 5-dimensional")
    if ksize[0] != 1 or strides[0] != 1:
        raise UnimplementedError(None, None, "Pooling is not yet supported on the batch dimension.")
    if channels(ksize, data_format) != 1 or channels(strides, data_format) != 1:
        raise UnimplementedError(None, None, "Pooling is not yet supported on the depth dimension.")
    places, windows, steps = (spatial(per, data_format) for per in (sizes, ksize, strides))
    return [axis_of(places[i], windows[i], steps[i], padding) for i in range(3)]


# The largest ------------------------------------------------------------------------------------


@op(
    "MaxPool3D",
    "input: T -> output: T",
    shape=_pooled,
    types={"T": _SINGLE},
    limits=_LIMITS,
)
def max_pool3d_op(
    xp, x, *, ksize: list[int], strides: list[int], padding: str, data_format: str = "NDHWC"
):
    """x: f[n, z, y, x, c] -> f[n, p, q, r, c]"""
    axes = _axes(x.shape, ksize, strides, padding, data_format)
    largest = reduce(xp.fmax, seen_by(xp, x, axes, data_format))
    return from_channels_last(xp, largest, data_format)


def _largest(xp: Any, x: Any, y: Any, axes: list[Axis], data_format: str) -> list[Any]:
    """For each place of the window, where it holds the largest: bool[n, p, q, r, c].

    All that tie count, and whatever is as near as TensorFlow's kernel wants it.
    """
    y, near = channels_last(xp, y, data_format), np.asarray(1e-5, x.dtype)
    seen = seen_by(xp, x, axes, data_format)
    return [xp.less(xp.abs(xp.subtract(part, y)), near) for part in seen]


@op(
    "MaxPool3DGrad",
    "orig_input: TInput, orig_output: TInput, grad: T -> output: T",
    shape=_like_input,
    types={"T": _SINGLE, "TInput": _SINGLE},
    defaults={"T": dtypes.float32, "TInput": dtypes.float32},
    limits=_LIMITS,
    total=True,
)
def max_pool3d_grad(
    xp, x, y, dy, *, ksize: list[int], strides: list[int], padding: str, data_format: str = "NDHWC"
):
    """x: f[n, z, y, x, c], y, dy: f[n, p, q, r, c] -> f[n, z, y, x, c], dy where the largest are"""
    axes = _axes(x.shape, ksize, strides, padding, data_format)
    largest = _largest(xp, x, y, axes, data_format)
    dy = channels_last(xp, dy, data_format)
    dx = untap(xp, (xp.multiply(dy, is_largest) for is_largest in largest), axes)
    return from_channels_last(xp, dx, data_format)


@op(
    "MaxPool3DGradGrad",
    "orig_input: T, orig_output: T, grad: T -> output: T",
    shape=_pooled_like_output,
    types={"T": _SINGLE},
    limits=_LIMITS,
    total=True,
)
def max_pool3d_grad_grad(
    xp, x, y, ddx, *, ksize: list[int], strides: list[int], padding: str, data_format: str = "NDHWC"
):
    """x, ddx: f[n, z, y, x, c], y: f[n, p, q, r, c] -> f[n, p, q, r, c]"""
    axes = _axes(x.shape, ksize, strides, padding, data_format)
    largest = _largest(xp, x, y, axes, data_format)
    return from_channels_last(xp, chosen(xp, ddx, largest, axes, data_format), data_format)


@max_pool3d_op.gradient
def max_pool3d_gradient(op, dy):
    return max_pool3d_grad(op.inputs[0], op.outputs[0], dy, **attrs_of(op))


@max_pool3d_grad.gradient
def max_pool3d_grad_gradient(op, ddx):
    return zeros_and(max_pool3d_grad_grad, op, ddx)


@max_pool3d_grad_grad.gradient
def max_pool3d_grad_grad_gradient(op, dy):
    return zeros_and(max_pool3d_grad, op, dy)


# The mean ---------------------------------------------------------------------------------------


@op("AvgPool3D", "input: T -> output: T", shape=_pooled, types={"T": FLOATS}, limits=_LIMITS)
def avg_pool3d_op(
    xp, x, *, ksize: list[int], strides: list[int], padding: str, data_format: str = "NDHWC"
):
    """x: f[n, z, y, x, c] -> f[n, p, q, r, c]; what is padded does not count."""
    axes = _axes(x.shape, ksize, strides, padding, data_format)
    return means(xp, x, axes, data_format)


@op(
    "AvgPool3DGrad",
    "orig_input_shape: int32, grad: T -> output: T",
    shape=lambda ctx: shapes.with_rank(ctx.value_as_shape(0), 5),
    types={"T": FLOATS},
    limits=_LIMITS,
    total=True,
    static=("orig_input_shape",),
)
def avg_pool3d_grad(
    xp, sizes, dy, *, ksize: list[int], strides: list[int], padding: str, data_format: str = "NDHWC"
):
    """sizes: i32[5], dy: f[n, p, q, r, c] -> f[sizes]"""
    axes = _axes(sizes.tolist(), ksize, strides, padding, data_format)
    return means_gradient(xp, dy, axes, data_format)


@avg_pool3d_op.gradient
def avg_pool3d_gradient(op, dy):
    return avg_pool3d_grad(shape_of.shape(op.inputs[0]), dy, **attrs_of(op))


@avg_pool3d_grad.gradient
def avg_pool3d_grad_gradient(op, ddx):
    sizes = stop_gradient(op.inputs[0])
    return sizes, avg_pool3d_op(ddx, **attrs_of(op))


# Public functions -------------------------------------------------------------------------------


def max_pool3d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NDHWC",
    name: str | None = None,
) -> Tensor:
    """Returns the largest of what each window sees: f[n, z, y, x, c] -> f[n, p, q, r, c].

    `ksize` and `strides` are an int, one for each spatial axis, or one for each axis; `padding` is
    'SAME' or 'VALID'; `data_format` 'NDHWC' or 'NCDHW'.
    """
    with name_scope(name, "MaxPool3D", [input]) as scope:
        return _public(max_pool3d_op, input, ksize, strides, padding, data_format, scope)


def avg_pool3d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = "NDHWC",
    name: str | None = None,
) -> Tensor:
    """Returns the mean of what each window sees: f[n, z, y, x, c] -> f[n, p, q, r, c].

    The arguments are those of max_pool3d.
    """
    with name_scope(name, "AvgPool3D", [input]) as scope:
        return _public(avg_pool3d_op, input, ksize, strides, padding, data_format, scope)


def _public(
    pool: Any, x: Any, ksize: Any, strides: Any, padding: str, data_format: str | None, scope: str
) -> Tensor:
    layout = data_format or "NDHWC"
    return pool(
        x,
        ksize=per_axis(ksize, "ksize", layout, length=3),
        strides=per_axis(strides, "strides", layout, length=3),
        padding=padding,
        data_format=layout,
        name=scope,
    )
