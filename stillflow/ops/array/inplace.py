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
from stillflow.ops.array import reshaping, shape_of
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


@op("InplaceSub", _SIGNATURE, shape=shapes.same)
def inplace_sub_op(xp, x, i, v):
    """x: n[n, ...], i: i32[k], v: n[k, ...] -> x with rows subtracted from those at `i`"""
    _check(x, i, v)
    return xp.add_at(x, i % x.shape[0], -v)


inplace_sub_op.not_differentiable()


@op("DeepCopy", "x: T -> y: T", shape=shapes.same, stateful=True)
def deep_copy_op(xp, x):
    """x: any[...] -> x, in memory of its own"""
    return xp.array(x)


deep_copy_op.not_differentiable()


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
    sizes = tuple(shape.tolist())
    return (
        xp.full(sizes, b"", object) if dtype == dtypes.string else xp.zeros(sizes, dtype.stored_as)
    )


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


# As TensorFlow's Python functions have them: all of `x`, one row or several -----------------------


def alias_inplace_update(x: Any, i: Any, v: Any) -> Tensor:
    """Returns `x`, any[n, ...], with `v` in its rows `i`.

    Args:
      i: i32[], and `v` is any[...]; or i32[k], and it is any[k, ...]; or None, and it is like `x`.
    """
    return _applied(inplace_update_op, x, i, v)


def alias_inplace_add(x: Any, i: Any, v: Any) -> Tensor:
    """Returns `x` with `v` added in its rows `i`: see `alias_inplace_update`."""
    return _applied(inplace_add_op, x, i, v)


def alias_inplace_sub(x: Any, i: Any, v: Any) -> Tensor:
    """Returns `x` with `v` subtracted in its rows `i`: see `alias_inplace_update`."""
    return _applied(inplace_sub_op, x, i, v)


def inplace_update(x: Any, i: Any, v: Any) -> Tensor:
    """`alias_inplace_update` of a copy of `x`."""
    return alias_inplace_update(deep_copy_op(x), i, v)


def inplace_add(x: Any, i: Any, v: Any) -> Tensor:
    """`alias_inplace_add` of a copy of `x`."""
    return alias_inplace_add(deep_copy_op(x), i, v)


def inplace_sub(x: Any, i: Any, v: Any) -> Tensor:
    """`alias_inplace_sub` of a copy of `x`."""
    return alias_inplace_sub(deep_copy_op(x), i, v)


def empty_like(x: Any, init: bool | None = None) -> Tensor:
    """Returns zeros of the shape and type of `x`; in TensorFlow anything unless `init`."""
    x = convert_to_tensor(x)
    return empty_op(shape_of.shape(x), dtype=x.dtype, init=bool(init))


def _applied(change: Any, x: Any, i: Any, v: Any) -> Tensor:
    x = convert_to_tensor(x)
    v = convert_to_tensor(v, x.dtype)
    if i is None:
        row, new = (reshaping.reshape(each, [1, -1]) for each in (x, v))
        return reshaping.reshape(change(row, [0], new), shape_of.shape(x))
    i = casts.cast(i, dtypes.int32)
    if i.shape.ndims == 0:
        return change(x, reshaping.reshape(i, [1]), reshaping.expand_dims(v, 0))
    return change(x, i, v)
