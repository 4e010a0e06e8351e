"""MaxPool and its gradients with windows and strides as inputs, which must be known to compile."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import FLOATS, INTEGERS
from stillflow.graph import dtypes
from stillflow.ops.array import filling, shape_of
from stillflow.ops.nn.pooling import (
    LAYOUTS_OF_MAX,
    POOLED,
    max_pool_grad,
    max_pool_grad_grad,
    max_pool_op,
    sizes_over_any,
)
from stillflow.ops.nn.windows import limits

_REAL = FLOATS + INTEGERS
_OPTIONS: dict[str, Any] = {
    "types": {"T": _REAL},
    "defaults": {"T": dtypes.float32},
    "limits": limits(),
    "static": ("ksize", "strides"),
}


def _pooled(ctx: shapes.ShapeContext) -> shapes.Sizes:
    last = len(ctx.inputs)
    for i in (last - 2, last - 1):
        shapes.merge_size(shapes.with_rank(ctx.shape(i), 1)[0], 4)
    ksize, strides = ctx.value(last - 2), ctx.value(last - 1)
    if ksize is None or strides is None:
        return None
    return sizes_over_any(
        ctx.shape(0),
        ksize.tolist(),
        strides.tolist(),
        ctx.attrs["padding"],
        ctx.attrs["data_format"],
    )


def _like_input(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return shapes.with_rank(ctx.shape(0), 4)


def _lists(ksize: Any, strides: Any) -> dict[str, list[int]]:
    return {"ksize": ksize.tolist(), "strides": strides.tolist()}


@op(
    "MaxPoolV2",
    "input: T, ksize: int32, strides: int32 -> output: T",
    shape=_pooled,
    **{**_OPTIONS, "types": {"T": POOLED}, "limits": limits(layouts=LAYOUTS_OF_MAX)},
)
def max_pool_v2_op(xp, x, ksize, strides, *, padding: str, data_format: str = "NHWC"):
    """x: n[n, h, w, c], ksize, strides: i32[4] -> n[n, p, q, c]"""
    return max_pool_op.fn(xp, x, **_lists(ksize, strides), padding=padding, data_format=data_format)


@op(
    "MaxPoolGradV2",
    "orig_input: T, orig_output: T, grad: T, ksize: int32, strides: int32 -> output: T",
    shape=_like_input,
    **_OPTIONS,
)
def max_pool_grad_v2(xp, x, y, dy, ksize, strides, *, padding: str, data_format: str = "NHWC"):
    """x: n[n, h, w, c], y, dy: n[n, p, q, c], ksize, strides: i32[4] -> n[n, h, w, c]"""
    return max_pool_grad.fn(
        xp, x, y, dy, **_lists(ksize, strides), padding=padding, data_format=data_format
    )


@op(
    "MaxPoolGradGradV2",
    "orig_input: T, orig_output: T, grad: T, ksize: int32, strides: int32 -> output: T",
    shape=_pooled,
    types={"T": _REAL},
    limits=limits(),
    static=("ksize", "strides"),
)
def max_pool_grad_grad_v2(
    xp, x, y, ddx, ksize, strides, *, padding: str, data_format: str = "NHWC"
):
    """x, ddx: n[n, h, w, c], y: n[n, p, q, c], ksize, strides: i32[4] -> n[n, p, q, c]"""
    return max_pool_grad_grad.fn(
        xp, x, y, ddx, **_lists(ksize, strides), padding=padding, data_format=data_format
    )


def _attrs(op: Any) -> dict[str, Any]:
    return {name: op.attrs[name] for name in ("padding", "data_format")}


@max_pool_v2_op.gradient
def max_pool_v2_gradient(op, dy):
    x, ksize, strides = op.inputs
    return max_pool_grad_v2(x, op.outputs[0], dy, ksize, strides, **_attrs(op)), None, None


@max_pool_grad_v2.gradient
def max_pool_grad_v2_gradient(op, ddx):
    x, y, _, ksize, strides = op.inputs
    zeros = [filling.zeros(shape=shape_of.shape(t), dtype=t.dtype) for t in (x, y)]
    d_dy = max_pool_grad_grad_v2(x, y, ddx, ksize, strides, **_attrs(op))
    return *zeros, d_dy, None, None
