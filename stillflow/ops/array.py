"""Ops on the shape and the arrangement of tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops import shapes
from stillflow.ops.constants import constant
from stillflow.ops.convert import convert_to_tensor
from stillflow.ops.registry import op

INDEX_TYPES = (dtypes.int32, dtypes.int64)


def _rank_vector(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return (ctx.rank(0),)


@op(
    "Shape",
    "input: T -> output: out_type",
    shape=_rank_vector,
    of_shape=True,
    types={"out_type": INDEX_TYPES},
)
def shape_op(xp, x, *, out_type: DType = dtypes.int32):
    """x: n[...] -> i[rank], its shape."""
    return np.array(x.shape, dtype=out_type.as_numpy_dtype)


shape_op.not_differentiable()


def shape(input: Any, name: str | None = None, out_type: Any = dtypes.int32) -> Tensor:
    """Returns the shape of `input`, i[rank]; a constant where it is known while building."""
    return shape_internal(input, name, optimize=True, out_type=out_type)


def shape_internal(
    input: Any, name: str | None = None, optimize: bool = True, out_type: Any = dtypes.int32
) -> Tensor:
    """`shape`, which without `optimize` always builds a Shape op."""
    with name_scope(name, "Shape", [input]) as scope:
        tensor = convert_to_tensor(input)
        if optimize and tensor.shape.is_fully_defined():
            return constant(tensor.shape.as_list(), out_type, name=scope)
        return shape_op(tensor, out_type=out_type, name=scope)


def _reshaped(ctx: shapes.ShapeContext) -> shapes.Sizes:
    wanted = ctx.value_as_shape(1)
    total = shapes.num_elements(ctx.shape(0))
    if wanted is None or total is None or wanted.count(None) > 1:
        return wanted
    known = 1
    for size in wanted:
        known *= 1 if size is None else size
    if None not in wanted:
        if known != total:
            raise shapes.ShapeError(
                f"Cannot reshape a tensor with {total} elements to shape "
                f"{shapes.format_sizes(wanted)} ({known} elements)"
            )
        return wanted
    if ctx.value(1) is None:
        return wanted  # the free size may be any number, not what is left over
    if not known or total % known:
        raise shapes.ShapeError(
            f"Dimension size must be evenly divisible by {known} but is {total}"
        )
    return tuple(total // known if size is None else size for size in wanted)


@op(
    "Reshape",
    "tensor: T, shape: Tshape -> output: T",
    shape=_reshaped,
    static=("shape",),
    types={"Tshape": INDEX_TYPES},
    defaults={"Tshape": dtypes.int32},
)
def reshape_op(xp, x, shape):
    """x: n[...], shape: i[k] -> n[*shape]; one size may be -1, for what is left over."""
    wanted = tuple(int(size) for size in shape)
    return x if x.shape == wanted else xp.reshape(x, wanted)


@reshape_op.gradient
def reshape_gradient(op, dy):
    return reshape_op(dy, shape(op.inputs[0])), None


def reshape(tensor: Any, shape: Any, name: str | None = None) -> Tensor:
    """Returns the elements of `tensor` in the given shape."""
    return reshape_op(tensor, shape, name=name)


@op(
    "Fill",
    "dims: index_type, value: T -> output: T",
    shape=shapes.from_value(0),
    static=("dims",),
    types={"index_type": INDEX_TYPES},
    defaults={"index_type": dtypes.int32},
)
def fill_op(xp, dims, value):
    """dims: i[k], value: n[] -> n[*dims]"""
    return xp.full(tuple(int(size) for size in dims), value, dtype=value.dtype)


@op(
    "BroadcastGradientArgs",
    "s0: T, s1: T -> r0: T, r1: T",
    shape=lambda ctx: [(None,), (None,)],
    static=("s0", "s1"),
    types={"T": INDEX_TYPES},
)
def broadcast_gradient_args(xp, s0, s1):
    """s0: i[k0], s1: i[k1] -> the axes that a gradient is summed over, for each of the shapes."""
    rank = max(len(s0), len(s1))
    padded = [[1] * (rank - len(s)) + [int(size) for size in s] for s in (s0, s1)]
    axes: list[list[int]] = [[], []]
    for axis, (a, b) in enumerate(zip(*padded, strict=True)):
        for own, other, found in ((a, b, axes[0]), (b, a, axes[1])):
            if own == 1 and (other != 1 or axis < rank - min(len(s0), len(s1))):
                found.append(axis)
    return tuple(np.array(found, dtype=s0.dtype) for found in axes)
