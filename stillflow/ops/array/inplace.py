"""Rows written into a tensor, which TensorFlow does in its memory; here the old value stays."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.ops.array import reshaping
from stillflow.ops.math import casts

_SIGNATURE = "x: T, i: int32, v: T -> y: T"


def _check(x: Any, i: Any, v: Any) -> None:
    shown_i, shown_v, shown_x = (shapes.format_sizes(each.shape) for each in (i, v, x))
    if i.ndim != 1:
        refuse(f"i must be a vector. {shown_i}")
    if x.ndim != v.ndim:
        refuse(f"x and v shape doesn't match (ranks differ): {shown_x} vs. {shown_v}")
    for axis in range(1, x.ndim):
        if x.shape[axis] != v.shape[axis]:
            refuse(f"x and v shape doesn't match at index {axis} : {shown_x} vs. {shown_v}")
    if len(i) != len(v):
        refuse(f"i and x shape doesn't match at index 0: {shown_i} vs. {shown_v}")


@op("InplaceUpdate", _SIGNATURE, shape=shapes.same)
def inplace_update_op(xp, x, i, v):
    """x: any[n, ...], i: i32[k], v: any[k, ...] -> x with rows `i` set; i counts in turns of n"""
    _check(x, i, v)
    return xp.set_at(x, i % x.shape[0], v)


inplace_update_op.not_differentiable()


@op("InplaceAdd", _SIGNATURE, shape=shapes.same)
def inplace_add_op(xp, x, i, v):
    """x: n[n, ...], i: i32[k], v: n[k, ...] -> x with rows added to those at `i`"""
    _check(x, i, v)
    return xp.add_at(x, i % x.shape[0], v)


inplace_add_op.not_differentiable()


@op(
    "Empty",
    "shape: int32 -> output: dtype",
    shape=shapes.from_value(0),
    static=("shape",),
    stateful=True,
)
def empty_op(xp, shape, *, dtype: DType, init: bool = False):
    """shape: i32[k] -> dtype[*shape], zeros; in TensorFlow anything unless `init`"""
    if shape.ndim != 1:
        refuse(f"shape must be a vector of int32, got shape {shapes.format_sizes(shape.shape)}")
    return xp.zeros(tuple(shape.tolist()), dtype.stored_as)


empty_op.not_differentiable()


def with_row(x: Any, i: Any, v: Any) -> Tensor:
    """Returns `x`, any[n, ...], with row `i`, i32[], set to `v`, any[...]."""
    return _changed(inplace_update_op, x, i, v)


def with_row_added(x: Any, i: Any, v: Any) -> Tensor:
    """Returns `x`, n[n, ...], with `v`, n[...], added to row `i`, i32[]."""
    return _changed(inplace_add_op, x, i, v)


def _changed(change: Any, x: Any, i: Any, v: Any) -> Tensor:
    x = convert_to_tensor(x)
    v = convert_to_tensor(v, x.dtype)
    i = casts.cast(i, dtypes.int32)
    return change(x, reshaping.reshape(i, [1]), reshaping.expand_dims(v, 0))
