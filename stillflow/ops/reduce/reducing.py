"""The reduction ops and their gradients."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.static import constant_value
from stillflow.declare.type_sets import INDEX, NUMBERS
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.array import (
    filling,
    joining,
    ranging,
    reshaping,
    searching,
    shape_of,
    stacking,
    transposing,
)
from stillflow.ops.math import arithmetic, casts, comparison, division, scan


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


@op("Sum", _SIGNATURE, **_REDUCTION)
def sum_op(xp, x, axis, *, keep_dims: bool = False):
    """x: n[...], axis: i[k] -> n[... without axis]"""
    axes = _axes(axis, x.ndim)
    # dtype: NumPy would widen int32 to int64; TensorFlow does not.
    return xp.add.reduce(x, axes, dtype=x.dtype, keepdims=keep_dims) if axes else x


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


for _op in (all_op, any_op, euclidean_norm_op):
    _op.not_differentiable()


# Gradients --------------------------------------------------------------------------------------


@sum_op.gradient
def sum_gradient(op, dy):
    return _spread(op, dy), None


@mean_op.gradient
def mean_gradient(op, dy):
    x = op.inputs[0]
    count = casts.cast(_reduced_count(op), x.dtype.base_dtype)
    return _spread(op, dy / count), None


@prod_op.gradient
def prod_gradient(op, dy):
    x = op.inputs[0]
    # Products of the others rather than y / x, which fails at 0: those before, times those after.
    order, restoring = _reduced_first(op)
    moved = transposing.transpose(x, order)
    flat = reshaping.reshape(
        moved, stacking.stack([_reduced_count(op), shape_of.size(op.outputs[0])])
    )
    before = scan.cumprod(flat, 0, exclusive=True)
    after = scan.cumprod(flat, 0, exclusive=True, reverse=True)
    others = transposing.transpose(
        reshaping.reshape(before * after, shape_of.shape(moved)), restoring
    )
    return reshaping.reshape(others, shape_of.shape(x)) * _kept(op, dy), None


@max_op.gradient
@min_op.gradient
def extremum_gradient(op, dy):
    x, axis = op.inputs
    # The gradient is split equally among ties.
    chosen = casts.cast(comparison.equal(x, _kept(op, op.outputs[0])), x.dtype.base_dtype)
    return chosen / sum_op(chosen, axis, keep_dims=True) * _kept(op, dy), None


def _kept_shape(op: Any) -> Any:
    """The shape of the input with 1 for each reduced axis."""
    x, axis = op.inputs
    axes, rank = constant_value(axis), x.shape.ndims
    if axes is None or rank is None:
        return shape_of.shape_internal(sum_op(x, axis, keep_dims=True), optimize=False)
    gone = {int(a) % rank for a in np.ravel(axes)}
    if x.shape.is_fully_defined():
        return [1 if i in gone else size for i, size in enumerate(x.shape.as_list())]
    stays = np.array([i not in gone for i in range(rank)], np.int32)
    return shape_of.shape(x) * stays + (1 - stays)


def _kept(op: Any, y: Tensor) -> Tensor:
    """`y`, shaped as the output, with the reduced axes back as size 1."""
    if op.attrs["keep_dims"]:
        return y
    return reshaping.reshape(y, _kept_shape(op))


def _spread(op: Any, dy: Tensor) -> Tensor:
    """`dy`, shaped as the output, repeated along the reduced axes."""
    return filling.broadcast_to(_kept(op, dy), shape_of.shape(op.inputs[0]))


def _reduced_count(op: Any) -> Any:
    """How many elements each output element was made of, i32[] or an int."""
    before, after = op.inputs[0].shape.num_elements(), op.outputs[0].shape.num_elements()
    if before is not None and after:
        return before // after
    before, after = shape_of.size(op.inputs[0]), shape_of.size(op.outputs[0])
    return division.floordiv(before, arithmetic.maximum(after, 1))


def _reduced_first(op: Any) -> tuple[Any, Any]:
    """The order of axes that puts the reduced ones first, and the order that undoes it."""
    x, axis = op.inputs
    axes, rank = constant_value(axis), x.shape.ndims
    if axes is None or rank is None:
        rank_now = shape_of.rank(x)
        axes_now = division.floormod(reshaping.reshape(axis, [-1]), rank_now)
        others = searching.setdiff1d(ranging.range_(0, rank_now), axes_now)[0]
        order = joining.concat([axes_now, others], 0)
        return order, transposing.invert_permutation(order)
    gone = [int(a) % rank for a in np.ravel(axes)]
    known_order = gone + [i for i in range(rank) if i not in gone]
    return known_order, np.argsort(known_order).tolist()
