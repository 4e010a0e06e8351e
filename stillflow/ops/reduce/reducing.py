"""The reduction ops and their gradients."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.constants import constant
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import INDEX, NUMBERS
from stillflow.graph import dtypes
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, device
from stillflow.ops.array import (
    filling,
    gathering,
    joining,
    ranging,
    reshaping,
    searching,
    shape_of,
    transposing,
)
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import arithmetic, casts, comparison, conjugate, division, scan


def _axis_too_large(op: Operation, inputs: Sequence[Any]) -> str | None:
    rank = np.ndim(inputs[0])
    wrong = [int(axis) for axis in np.ravel(inputs[1]) if not -rank <= axis < rank]
    if not wrong:
        return None
    return f"Invalid reduction dimension ({wrong[0]} for input with {rank} dimension(s)"


_REDUCTION: dict[str, Any] = {
    "explain": _axis_too_large,
    "shape": shapes.reduction,
    "static": ("reduction_indices",),
    "types": {"T": NUMBERS, "Tidx": INDEX},
    "defaults": {"Tidx": dtypes.int32},
    "total": True,
}
_LOGICAL = {**_REDUCTION, "types": {"Tidx": INDEX}}
_SIGNATURE = "input: T, reduction_indices: Tidx -> output: T"
_LOGICAL_SIGNATURE = "input: bool, reduction_indices: Tidx -> output: bool"


def _axes(axis: Any, rank: int) -> tuple[int, ...]:
    """The axes that `axis`, i[...], names, each of them once."""
    axes = axis.tolist() if axis.ndim == 1 else axis.ravel().tolist()
    return tuple(axes) if len(axes) < 2 else _distinct(tuple(axes), rank)


@functools.lru_cache(maxsize=256)
def _distinct(axes: tuple[int, ...], rank: int) -> tuple[int, ...]:
    return tuple({axis + rank if axis < 0 else axis: axis for axis in axes}.values())


def _fitted_sum(
    fn: Callable[..., Any], x: Any, axis: Any, *, keep_dims: bool
) -> Callable[..., Any] | None:
    axes, dtype = _axes(axis, x.ndim), x.dtype
    if all(x.shape[axis] == 1 for axis in axes):
        return None
    add_up: Any = np.add.reduce  # NumPy's stubs know its arguments by name only
    return lambda x, axis: add_up(x, axes, dtype, None, keep_dims)


@op("Sum", _SIGNATURE, **_REDUCTION, fitted=_fitted_sum)
def sum_op(xp, x, axis, *, keep_dims: bool = False):
    """x: n[...], axis: i[k] -> n[... without axis]"""
    axes = _axes(axis, x.ndim)
    for axis in axes:
        if x.shape[axis] != 1:
            # dtype: NumPy would widen int32 to int64; TensorFlow does not.
            return xp.add.reduce(x, axes, dtype=x.dtype, keepdims=keep_dims)
    # Nothing is added, as in gradients of biases.
    return x if keep_dims or not axes else xp.squeeze(x, axes)


@op("Mean", _SIGNATURE, **_REDUCTION)
def mean_op(xp, x, axis, *, keep_dims: bool = False):
    """x: n[...], axis: i[k] -> n[... without axis]; the mean of integers is rounded towards 0."""
    axes = _axes(axis, x.ndim)
    if not axes:
        return x
    total = xp.add.reduce(x, axes, dtype=x.dtype, keepdims=keep_dims)
    count = x.size // (total.size or 1)
    if x.dtype.kind in "iu":
        return (total - xp.fmod(total, x.dtype.type(count))) // x.dtype.type(count)
    mean = total / count
    return mean if mean.dtype == x.dtype else mean.astype(x.dtype)  # bfloat16 is widened


@op("Prod", _SIGNATURE, **_REDUCTION)
def prod_op(xp, x, axis, *, keep_dims: bool = False):
    """x: n[...], axis: i[k] -> n[... without axis]"""
    axes = _axes(axis, x.ndim)
    return xp.multiply.reduce(x, axes, dtype=x.dtype, keepdims=keep_dims) if axes else x


@op("Max", _SIGNATURE, **_REDUCTION)
def max_op(xp, x, axis, *, keep_dims: bool = False):
    """x: n[...], axis: i[k] -> n[... without axis], of no elements the lowest number."""
    axes = _axes(axis, x.ndim)
    if not axes:
        return x
    lowest, _ = limits(x.dtype)
    known = x if x.dtype.kind in "iu" else xp.fmax(x, lowest)  # NaN is passed over
    return xp.maximum.reduce(known, axes, keepdims=keep_dims, initial=lowest)


@op("Min", _SIGNATURE, **_REDUCTION)
def min_op(xp, x, axis, *, keep_dims: bool = False):
    """x: n[...], axis: i[k] -> n[... without axis], of no elements the highest number."""
    axes = _axes(axis, x.ndim)
    if not axes:
        return x
    _, highest = limits(x.dtype)
    known = x if x.dtype.kind in "iu" else xp.fmin(x, highest)
    return xp.minimum.reduce(known, axes, keepdims=keep_dims, initial=highest)


@functools.cache
def limits(dtype: Any) -> tuple[Any, Any]:
    """What every number of a NumPy type lies between, as numbers of that type."""
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return dtype.type(info.min), dtype.type(info.max)
    return dtype.type(-np.inf), dtype.type(np.inf)


@op("All", _LOGICAL_SIGNATURE, **_LOGICAL)
def all_op(xp, x, axis, *, keep_dims: bool = False):
    """x: bool[...], axis: i[k] -> bool[... without axis]"""
    axes = _axes(axis, x.ndim)
    return xp.all(x, axes, keepdims=keep_dims) if axes else x


@op("Any", _LOGICAL_SIGNATURE, **_LOGICAL)
def any_op(xp, x, axis, *, keep_dims: bool = False):
    """x: bool[...], axis: i[k] -> bool[... without axis]"""
    axes = _axes(axis, x.ndim)
    return xp.any(x, axes, keepdims=keep_dims) if axes else x


@op("EuclideanNorm", _SIGNATURE, **_REDUCTION)
def euclidean_norm_op(xp, x, axis, *, keep_dims: bool = False):
    """x: n[...], axis: i[k] -> n[... without axis], the root of the sum of squares."""
    axes = _axes(axis, x.ndim)
    if not axes:
        return x
    squares = (x * xp.conj(x)).real if x.dtype.kind == "c" else x * x
    total = xp.add.reduce(squares, axes, dtype=squares.dtype, keepdims=keep_dims)
    return xp.sqrt(total).astype(x.dtype)


euclidean_norm_op.not_differentiable()


# Gradients --------------------------------------------------------------------------------------


@sum_op.gradient
def sum_gradient(op, dy):
    return _spread(op, dy), None


def _spread(op: Operation, dy: Tensor) -> Tensor:
    """`dy`, shaped as the output, repeated along the reduced axes."""
    from stillflow.ops.array.tiling import tile  # whose gradient sums

    x, axis = op.inputs
    axes, rank = constant_value(axis), x.shape.ndims
    if axes is not None and rank is not None:
        if np.array_equal(axes, np.arange(rank)):
            dy = reshaping.reshape(dy, [1] * rank)
            if x.shape.is_fully_defined():
                return tile(dy, constant(x.shape.as_list(), dtype=dtypes.int32))
            return tile(dy, shape_of.shape(x))
        if x.shape.is_fully_defined():
            kept, times = _known_spread(x, tuple(np.ravel(axes)))
            return tile(reshaping.reshape(dy, kept), times)
    sizes = shape_of.shape(x)
    with colocate_with(sizes):
        kept_sizes = kept_shape(sizes, axis)
        repeats = _quotient(sizes, kept_sizes)
    return tile(reshaping.reshape(dy, kept_sizes), repeats)


# What is summed over which axes somewhere in a graph.
_SEEN: WeakKeyDictionary[Graph, set[Any]] = WeakKeyDictionary()


def _known_spread(x: Tensor, axes: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The shape of `x` with 1 for each reduced axis, and how often each axis is repeated.

    TensorFlow computes them with nodes that it builds once for each shape and axes.
    """
    sizes: Any = x.shape.sizes
    gone = {int(axis) % len(sizes) for axis in axes}
    kept = tuple(1 if i in gone else size for i, size in enumerate(sizes))
    if not x._is_eager:
        _note_spread(x.graph, sizes, axes, kept)
    times = tuple(size // max(new, 1) for size, new in zip(sizes, kept, strict=True))
    return kept, times


def _note_spread(graph: Graph, sizes: Any, axes: tuple[int, ...], kept: Any) -> None:
    seen = _SEEN.setdefault(graph, set())
    if (sizes, axes) not in seen:
        seen.add((sizes, axes))
        kept_shape(sizes, axes)
        _quotient(sizes, kept)


def kept_shape(sizes: Any, axes: Any) -> Tensor:
    """`sizes`, i32[rank], with 1 for each of `axes`."""
    from stillflow.ops.array.partition import dynamic_stitch  # whose module reduces

    sizes = casts.cast(sizes, dtypes.int32)
    axes = casts.cast(axes, dtypes.int32)
    rank = shape_of.size(sizes)
    axes = (axes + rank) % rank
    count = shape_of.shape(axes)
    return dynamic_stitch([ranging.range_(rank), axes], [sizes, filling.fill(count, 1)])


def _quotient(x: Any, y: Any) -> Tensor:
    """x // y of sizes, where 0 // 0 is 0."""
    return x // arithmetic.maximum(y, 1)


@mean_op.gradient
def mean_gradient(op, dy):
    x, y = op.inputs[0], op.outputs[0]
    total = _spread(op, dy)
    if x.shape.is_fully_defined() and y.shape.is_fully_defined():
        count = x.shape.num_elements() // max(y.shape.num_elements(), 1)
        factor = constant(count, dtype=total.dtype)
    else:
        before, after = shape_of.shape(x), shape_of.shape(y)
        factor = _quotient(_product(before), _product(after))
    return division.truediv(total, casts.cast(factor, total.dtype)), None


def _product(sizes: Tensor) -> Tensor:
    from stillflow.ops.reduce.reductions import reduce_prod  # made of this module's ops

    return reduce_prod(sizes)


@prod_op.gradient
def prod_gradient(op, dy):
    """Products of the other elements rather than y / x, which fails at 0.

    They are those of the elements before, times those of the elements after.
    """
    from stillflow.ops.array.tiling import tile  # whose gradient sums

    x, axis = op.inputs
    sizes = shape_of.shape(x)
    axes = reshaping.reshape(axis, [-1])
    kept = kept_shape(sizes, axis)
    repeats = _quotient(sizes, kept)
    dy = tile(reshaping.reshape(dy, kept), repeats)
    with device("/cpu:0"):
        order, reduced, others = _reduced_first(x, sizes, axes)
    moved = transposing.transpose(x, order)
    moved_sizes = shape_of.shape(moved)
    flat = reshaping.reshape(moved, (reduced, others))
    before = scan.cumprod(flat, axis=0, exclusive=True)
    after = scan.cumprod(flat, axis=0, exclusive=True, reverse=True)
    of_others = reshaping.reshape(conjugate.conj(before) * conjugate.conj(after), moved_sizes)
    dx = dy * transposing.transpose(of_others, transposing.invert_permutation(order))
    return reshaping.reshape(dx, sizes), None


def _reduced_first(x: Tensor, sizes: Tensor, axes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The order of axes that puts the reduced ones first, their size, and that of the others."""
    rank = shape_of.rank(x)
    reduced = casts.cast((axes + rank) % rank, dtypes.int32)
    others, _ = searching.setdiff1d(ranging.range_(0, rank), reduced)
    order = joining.concat([reduced, others], 0)
    size = _product(gathering.gather(sizes, reduced))
    return order, size, _product(gathering.gather(sizes, others))


@max_op.gradient
@min_op.gradient
def extremum_gradient(op, dy):
    """Ties share the gradient equally."""
    from stillflow.ops.reduce.reductions import reduce_sum  # made of this module's ops

    x, axis = op.inputs
    kept = kept_shape(shape_of.shape(x), axis)
    y = reshaping.reshape(op.outputs[0], kept)
    dy = reshaping.reshape(dy, kept)
    chosen = casts.cast(comparison.equal(y, x), dy.dtype)
    ties = reshaping.reshape(reduce_sum(chosen, axis), kept)
    return division.divide(chosen, ties) * dy, None
