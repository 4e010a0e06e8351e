"""`tf.tensordot`: products summed over chosen axes, carried out as one matrix product."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import constant_value
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import (
    gathering,
    joining,
    ranging,
    reshaping,
    searching,
    selecting,
    shape_of,
    stacking,
    transposing,
)
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import comparison
from stillflow.ops.reduce import reductions


def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Tensor:
    """Returns the products of `a` and `b` summed over pairs of axes.

    `axes` is a number n, for the last n axes of `a` and the first n of `b`; or a pair of lists, the
    axes of `a` and those of `b` that they are paired with.

    Raises:
      ValueError: `axes` is neither.
    """
    with name_scope(name, "Tensordot", [a, b, axes]) as scope:
        a, b = convert_to_tensor(a, name="a"), convert_to_tensor(b, name="b")
        a_axes, b_axes = _contracted_axes(a, axes)
        left = _as_matrix(a, a_axes, contracted_first=False)
        right = _as_matrix(b, b_axes, contracted_first=True)
        product = matmul(left.matrix, right.matrix)
        if isinstance(left.free_sizes, list) and isinstance(right.free_sizes, list):
            return reshaping.reshape(product, left.free_sizes + right.free_sizes, name=scope)
        free_sizes = [
            convert_to_tensor(part.free_sizes, dtype=dtypes.int32) for part in (left, right)
        ]
        result = reshaping.reshape(product, joining.concat(free_sizes, 0), name=scope)
        if left.known_sizes is not None and right.known_sizes is not None:
            result.set_shape(left.known_sizes + right.known_sizes)
        return result


def _contracted_axes(a: Tensor, axes: Any) -> tuple[Any, Any]:
    """The axes of `a` and of `b` to sum over, lists or tensors."""
    if isinstance(axes, (int, np.integer)):
        return _last_and_first(a, int(axes))
    if not isinstance(axes, (list, tuple)):
        axes = convert_to_tensor(axes, name="axes", dtype=dtypes.int32)
        return axes[0], axes[1]
    if len(axes) != 2:
        raise ValueError("'axes' must be an integer or have length 2.")
    a_axes, b_axes = ([one] if isinstance(one, int) else one for one in axes)
    if len(a_axes) != len(b_axes):
        raise ValueError(
            f"Different number of contraction axes 'a' and 'b', {len(a_axes)} != {len(b_axes)}."
        )
    return a_axes, b_axes


def _last_and_first(a: Tensor, count: int) -> tuple[Any, Any]:
    rank = a.shape.ndims
    if count < 0:
        raise ValueError("'axes' must be at least 0.")
    if rank is None:
        rank_now = shape_of.rank(a)
        last = ranging.range_(rank_now - count, rank_now, dtype=dtypes.int32)
        return last, ranging.range_(count, dtype=dtypes.int32)
    if count > rank:
        raise ValueError(f"'axes' must not be larger than the number of dimensions of tensor {a}.")
    return list(range(rank - count, rank)), list(range(count))


class _Matrix(NamedTuple):
    matrix: Tensor
    free_sizes: Any  # of the axes that are not summed over: a list of ints, or i32[k]
    known_sizes: list[int | None] | None


def _as_matrix(a: Tensor, axes: Any, contracted_first: bool) -> _Matrix:
    """`a` with its axes moved and joined into two, those that are summed over and the free ones."""
    if not (a.shape.is_fully_defined() and isinstance(axes, (list, tuple))):
        return _as_matrix_in_run(a, axes, contracted_first)
    sizes = a.shape.as_list()
    axes, free = _split_axes(axes, len(sizes))
    free_sizes = [sizes[i] for i in free]
    order, shape = _ordered(
        (free, math.prod(free_sizes)), (axes, math.prod(sizes[i] for i in axes)), contracted_first
    )
    matrix = reshaping.reshape(transposing.transpose(a, order[0] + order[1]), shape)
    return _Matrix(matrix, free_sizes, free_sizes)


def _as_matrix_in_run(a: Tensor, axes: Any, contracted_first: bool) -> _Matrix:
    """`_as_matrix` where the sizes, or the axes, are known in a run only."""
    known_sizes = None
    if a.shape.ndims is not None and isinstance(axes, (list, tuple)):
        sizes = a.shape.as_list()
        axes, others = _split_axes(axes, len(sizes))
        known_sizes = [sizes[i] for i in others]
        axes = convert_to_tensor(axes, dtype=dtypes.int32, name="axes")
        free = convert_to_tensor(others, dtype=dtypes.int32, name="free")
        shape_now = shape_of.shape(a)
    else:
        shape_now, rank_now = shape_of.shape(a), shape_of.rank(a)
        axes = convert_to_tensor(axes, dtype=dtypes.int32, name="axes")
        known_axes = constant_value(axes)
        if known_axes is not None and a.shape.is_fully_defined():
            sizes = a.shape.as_list()
            known_sizes = [sizes[i] for i in _split_axes(known_axes, len(sizes))[1]]
        axes = selecting.where(comparison.greater_equal(axes, 0), axes, axes + rank_now)
        free, _ = searching.setdiff1d(ranging.range_(rank_now), axes)
    free_sizes = gathering.gather(shape_now, free)
    summed_sizes = gathering.gather(shape_now, axes)
    free_count = reductions.reduce_prod(free_sizes)
    summed_count = reductions.reduce_prod(summed_sizes)
    order, shape = _ordered((free, free_count), (axes, summed_count), contracted_first)
    permutation = joining.concat(order, 0)
    new_shape = stacking.stack(shape)
    matrix = reshaping.reshape(transposing.transpose(a, permutation), new_shape)
    return _Matrix(matrix, free_sizes, known_sizes)


def _split_axes(axes: Any, rank: int) -> tuple[list[int], list[int]]:
    axes = [int(axis) + rank if axis < 0 else int(axis) for axis in axes]
    return axes, [axis for axis in range(rank) if axis not in axes]


def _ordered(free: tuple, contracted: tuple, contracted_first: bool) -> tuple[list, list]:
    """(axes, size) of both groups as ([axes, axes], [size, size]) in the order asked for."""
    pair = (contracted, free) if contracted_first else (free, contracted)
    return [axes for axes, _ in pair], [size for _, size in pair]
