"""Reductions over segments: rows that share an id, which `segment_ids` gives for each row.

The ids of `segment_*` are sorted, those of `unsorted_segment_*` are in any order, and
`sparse_segment_*` reduce rows that they pick by index.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.refusing import first_false, is_within, refuse
from stillflow.declare.type_sets import INDEX, NUMBERS, REAL_NUMBERS, WIDE_FLOATS
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, gathering, joining, reshaping, selecting, shape_of
from stillflow.ops.array.gathering import (
    SEGMENTS,
    SEGMENTS_SIGNATURE,
    SEGMENTS_TYPES,
    gather_segments,
    into_segments,
    unsorted_segment_sum,
)
from stillflow.ops.math import arithmetic, casts, comparison, division, elementwise

# Sorted ids -------------------------------------------------------------------------------------


def _rows_of_segments(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = shapes.with_rank_at_least(ctx.shape(0), 1)
    shapes.with_rank(ctx.shape(1), 1)
    if sizes is None:
        return None
    return (None, *sizes[1:])


_SORTED: dict[str, Any] = {
    "shape": _rows_of_segments,
    "host": True,  # the last id decides the shape
}
_SORTED_SIGNATURE = "data: T, segment_ids: Tindices -> output: T"


def _reduced(reduce: np.ufunc, empty: Any, data: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Reduces the rows of each id; an id that does not occur gets `empty`."""
    if ids.ndim != 1:
        refuse("segment_ids should be a vector.")
    if len(ids) != len(data):
        refuse("segment_ids should be the same size as dimension 0 of input.")
    return _segments(reduce, empty, data, ids, _count_by_last(ids))


def _count_by_last(ids: np.ndarray) -> int:
    """One more than the last id."""
    if len(ids) and ids[-1] < 0:
        refuse("segment ids must be >= 0")
    return int(ids[-1]) + 1 if len(ids) else 0


def _segments(
    reduce: np.ufunc, empty: Any, data: np.ndarray, ids: np.ndarray, count: int
) -> np.ndarray:
    result = np.full((count, *data.shape[1:]), empty, data.dtype)
    if not len(ids):
        return result
    begins = np.ones(len(ids), bool)
    np.not_equal(ids[1:], ids[:-1], out=begins[1:])
    starts = np.flatnonzero(begins)
    runs = ids[starts]
    _check_runs(runs, count)
    result[runs] = reduce.reduceat(data, starts, axis=0, dtype=data.dtype)
    return result


def _check_runs(runs: np.ndarray, count: int) -> None:
    """Each id of `runs`, in which no neighbours are equal, is below the next one and `count`."""
    descends = np.zeros(len(runs), bool)
    np.less(runs[1:], runs[:-1], out=descends[:-1])
    if not descends.any() and runs[0] >= 0 and runs[-1] < count:
        return
    outside = (runs < 0) | (runs >= count)
    at = np.argmax(descends | outside)
    if descends[at]:
        refuse("segment ids are not increasing")
    if outside[at]:
        refuse(
            f"Segment id {runs[at]} out of range [0, {count}), possibly because 'segment_ids' "
            "input is not sorted."
        )


def _counts(ids: np.ndarray, rank: int, dtype: Any, count: int | None = None) -> np.ndarray:
    """How many rows each id has, at least 1, along axis 0 of `rank`."""
    counts = np.maximum(np.bincount(ids, minlength=count or 0), 1)
    return counts.astype(dtype).reshape((-1,) + (1,) * (rank - 1))


def _divided(total: np.ndarray, counts: np.ndarray) -> np.ndarray:
    if total.dtype.kind in "iu":
        return np.trunc(total / counts).astype(total.dtype)
    return total / counts


@op("SegmentSum", _SORTED_SIGNATURE, types={"T": NUMBERS, "Tindices": INDEX}, **_SORTED)
def segment_sum(xp, data, ids):
    """data: n[k, ...], ids: i[k] -> n[last id + 1, ...], the sum of each id's rows."""
    return _reduced(np.add, 0, data, ids)


@segment_sum.gradient
def segment_sum_gradient(op, dy):
    return gathering.gather(dy, op.inputs[1]), None


@op("SegmentMean", _SORTED_SIGNATURE, types={"T": NUMBERS, "Tindices": INDEX}, **_SORTED)
def segment_mean(xp, data, ids):
    """data: n[k, ...], ids: i[k] -> n[last id + 1, ...], the mean of each id's rows."""
    total = _reduced(np.add, 0, data, ids)
    return _divided(total, _counts(ids, data.ndim, data.dtype)) if len(ids) else total


@segment_mean.gradient
def segment_mean_gradient(op, dy):
    data, ids = op.inputs
    rank = shape_of.rank(data)
    sizes = [shape_of.shape(ids), filling.fill(reshaping.expand_dims(rank - 1, 0), 1)]
    one_per_row = joining.concat(sizes, 0)
    ones = filling.fill(one_per_row, constant(1, dtype=dy.dtype))
    return gathering.gather(division.divide(dy, segment_sum(ones, ids)), ids), None


@op("SegmentProd", _SORTED_SIGNATURE, types={"T": NUMBERS, "Tindices": INDEX}, **_SORTED)
def segment_prod(xp, data, ids):
    """data: n[k, ...], ids: i[k] -> n[last id + 1, ...], the product of each id's rows."""
    return _reduced(np.multiply, 1, data, ids)


@op("SegmentMax", _SORTED_SIGNATURE, types={"T": REAL_NUMBERS, "Tindices": INDEX}, **_SORTED)
def segment_max(xp, data, ids):
    """data: n[k, ...], ids: i[k] -> n[last id + 1, ...], the largest of each id's rows."""
    return _reduced(np.maximum, 0, data, ids)


@op("SegmentMin", _SORTED_SIGNATURE, types={"T": REAL_NUMBERS, "Tindices": INDEX}, **_SORTED)
def segment_min(xp, data, ids):
    """data: n[k, ...], ids: i[k] -> n[last id + 1, ...], the smallest of each id's rows."""
    return _reduced(np.minimum, 0, data, ids)


@segment_max.gradient
@segment_min.gradient
def segment_extremum_gradient(op, dy):
    """Rows that tie share the gradient equally."""
    data, ids = op.inputs
    nothing = filling.zeros_like(data, dtype=data.dtype)
    selected = comparison.equal(data, gathering.gather(op.outputs[0], ids))
    ties = segment_sum(casts.cast(selected, dy.dtype), ids)
    shares = gathering.gather(division.divide(dy, ties), ids)
    return selecting.where(selected, shares, nothing), None


# Ids in any order -------------------------------------------------------------------------------


@op("UnsortedSegmentProd", SEGMENTS_SIGNATURE, types={"T": NUMBERS, **SEGMENTS_TYPES}, **SEGMENTS)
def unsorted_segment_prod(xp, data, ids, num_segments):
    """data: n[I..., R...], ids: i[I...] -> n[num_segments, R...], the product of each id's rows."""
    return into_segments(xp, xp.multiply_at, 1, data, ids, num_segments)


@op(
    "UnsortedSegmentMax",
    SEGMENTS_SIGNATURE,
    types={"T": REAL_NUMBERS, **SEGMENTS_TYPES},
    **SEGMENTS,
)
def unsorted_segment_max(xp, data, ids, num_segments):
    """data: n[I..., R...], ids: i[I...] -> n[num_segments, R...], the largest of each id's rows.

    An id that does not occur gets the lowest number there is.
    """
    return into_segments(xp, xp.max_at, dtypes.as_dtype(data.dtype).min, data, ids, num_segments)


@op(
    "UnsortedSegmentMin",
    SEGMENTS_SIGNATURE,
    types={"T": REAL_NUMBERS, **SEGMENTS_TYPES},
    **SEGMENTS,
)
def unsorted_segment_min(xp, data, ids, num_segments):
    """data: n[I..., R...], ids: i[I...] -> n[num_segments, R...], the smallest of each id's rows.

    An id that does not occur gets the highest number there is.
    """
    return into_segments(xp, xp.min_at, dtypes.as_dtype(data.dtype).max, data, ids, num_segments)


@unsorted_segment_max.gradient
@unsorted_segment_min.gradient
def unsorted_segment_extremum_gradient(op, dy):
    """Rows that tie share the gradient equally."""
    data, ids, num_segments = op.inputs
    extremum, safe, valid = gather_segments(op.outputs[0], ids)
    selected = comparison.logical_and(comparison.equal(data, extremum), valid)
    ties = unsorted_segment_sum(casts.cast(selected, dy.dtype), ids, num_segments)
    shares, _, _ = gather_segments(division.divide(dy, ties), None, safe, valid)
    nothing = filling.zeros_like(shares)
    return selecting.where(selected, shares, nothing), None, None


@unsorted_segment_prod.gradient
def unsorted_segment_prod_gradient(op, dy):
    """Each row's gradient is the product of the others; a single zero has that of the rest."""
    data, ids, num_segments = op.inputs
    is_zero = comparison.equal(data, 0)
    zeros = unsorted_segment_sum(casts.cast(is_zero, dtypes.int32), ids, num_segments)
    dy = selecting.where(comparison.greater(zeros, 1), filling.zeros_like(dy), dy)
    without_zeros = selecting.where(is_zero, filling.ones_like(data), data)
    rest = unsorted_segment_prod(without_zeros, ids, num_segments)
    safe = arithmetic.maximum(ids, filling.zeros_like(ids))
    product = gathering.gather(op.outputs[0], safe)
    of_rest = gathering.gather(rest, safe)
    others = selecting.where(is_zero, of_rest, product / data)
    return gather_segments(dy, ids, safe)[0] * others, None, None


@or_of_composites
def unsorted_segment_mean(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """data: n[I..., R...], segment_ids: i[I...] -> n[num_segments, R...], each id's mean row."""
    with name_scope(name, "UnsortedSegmentMean"):
        data, ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        count = _rows_per_segment(data, ids, num_segments)
        return unsorted_segment_sum(data, ids, num_segments) / count


@or_of_composites
def unsorted_segment_sqrt_n(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """data: n[I..., R...], segment_ids: i[I...] -> n[num_segments, R...].

    The sum of each id's rows, divided by the root of their number.
    """
    with name_scope(name, "UnsortedSegmentSqrtN"):
        data, ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        count = _rows_per_segment(data, ids, num_segments)
        total = unsorted_segment_sum(data, ids, num_segments)
        return total / elementwise.sqrt(count)


def _rows_per_segment(data: Tensor, ids: Tensor, num_segments: Any) -> Tensor:
    """How many rows each id has, at least 1, of a shape that broadcasts to the result's."""
    ones = filling.ones(shape_of.shape(ids), dtype=data.dtype)
    count = unsorted_segment_sum(ones, ids, num_segments)
    trailing = data.shape.ndims - ids.shape.ndims  # type: ignore[operator]
    return arithmetic.maximum(reshaping.reshape(count, [num_segments] + [1] * trailing), 1)


# Rows picked by index ---------------------------------------------------------------------------


def _sparse_shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = shapes.with_rank_at_least(ctx.shape(0), 1)
    shapes.merge(shapes.with_rank(ctx.shape(1), 1), shapes.with_rank(ctx.shape(2), 1))
    return None if sizes is None else (None, *sizes[1:])


def _counted_shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = _sparse_shape(ctx)
    shapes.with_rank(ctx.shape(3), 0)
    count = ctx.scalar(3)
    if count is not None and count < 0:
        raise shapes.ShapeError("Cannot specify a negative value for num_segments")
    return None if sizes is None else (count, *sizes[1:])


def _picked_from_shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = _sparse_shape(ctx)
    shapes.with_rank(ctx.shape(3), 0)
    count = ctx.size(3)
    return None if sizes is None else (count, *sizes[1:])


def _check_picks(indices: Any, ids: Any) -> None:
    for name, value in (("indices", indices), ("segment_ids", ids)):
        if value.ndim != 1:
            refuse(f"{name} should be a vector.")
    if len(indices) != len(ids):
        refuse("segment_ids and indices should have same size.")


def _sparse_sum(data: Any, indices: Any, ids: Any, count: Any = None) -> np.ndarray:
    """The sum of the rows of `data` at `indices` for each id."""
    if count is None:
        count = _count_by_last(ids)
    elif len(ids) and ids[-1] >= count:
        refuse("segment ids must be < num_segments")
    outside = np.flatnonzero((indices < 0) | (indices >= len(data)))
    if outside.size:
        at = outside[0]
        refuse(f"Bad: indices[{at}] == {indices[at]} out of range [0, {len(data)})")
    return _segments(np.add, 0, data[indices], ids, int(count))


def _sparse_op(
    name: str, scale: Callable[[np.ndarray], np.ndarray] | None, types: tuple
) -> tuple[OpDef, OpDef]:
    """Declares SparseSegment`name`, and the same with a given number of segments.

    `scale` says by what a sum is divided, given the number of its rows.
    """

    def reduce(data: Any, indices: Any, ids: Any, count: Any = None) -> np.ndarray:
        total = _sparse_sum(data, indices, ids, count)
        if scale is None or not len(ids):
            return total
        return total / scale(_counts(ids, data.ndim, data.dtype, len(total)))

    options: dict[str, Any] = {
        "host": True,
        "types": {"T": types, "Tidx": INDEX, "Tnumsegments": INDEX},
        "defaults": {"Tidx": dtypes.int32, "Tnumsegments": dtypes.int32},
    }
    inputs = "data: T, indices: Tidx, segment_ids: int32"

    @op(f"SparseSegment{name}", f"{inputs} -> output: T", shape=_sparse_shape, **options)
    def sparse_segment(xp, data, indices, ids):
        """data: n[r, ...], indices: i[k], ids: i32[k] -> n[last id + 1, ...]"""
        _check_picks(indices, ids)
        return reduce(data, indices, ids)

    @op(
        f"SparseSegment{name}WithNumSegments",
        f"{inputs}, num_segments: Tnumsegments -> output: T",
        shape=_counted_shape,
        **options,
    )
    def sparse_segment_counted(xp, data, indices, ids, num_segments):
        """data: n[r, ...], indices: i[k], ids: i32[k] -> n[num_segments, ...]"""
        _check_picks(indices, ids)
        return reduce(data, indices, ids, num_segments)

    return sparse_segment, sparse_segment_counted


_SUM = _sparse_op("Sum", None, REAL_NUMBERS)
_MEAN = _sparse_op("Mean", lambda counts: counts, WIDE_FLOATS)
_SQRT_N = _sparse_op("SqrtN", np.sqrt, WIDE_FLOATS)


@_SUM[0].gradient
@_SUM[1].gradient
def sparse_segment_sum_gradient(op, dy):
    data, indices, ids = op.inputs[:3]
    count = shape_of.shape(data)[0]
    rows = gathering.gather(dy, ids)
    return [unsorted_segment_sum(rows, indices, count)] + [None] * (len(op.inputs) - 1)


def _check_rows(xp: Any, dy: Any, indices: Any, ids: Any, count: Any) -> None:
    if indices.ndim != 1:
        refuse("indices should be a vector.")
    if ids.ndim != 1:
        refuse("segment_ids should be a vector.")
    if np.ndim(count):
        refuse("output_dim0 should be a scalar.")
    if indices.shape != ids.shape:
        refuse("segment_ids and indices should have same size.")
    xp.check(ids[-1:] < len(dy), lambda _: "Invalid number of segments", ids[-1:])
    for name, numbers, end in (("Index", indices, int(count)), ("Segment id", ids, len(dy))):
        xp.check(is_within(numbers, end), partial(_out_of_range, name, end), numbers)


def _out_of_range(name: str, end: int, numbers: np.ndarray) -> str:
    return f"{name} {numbers[first_false(is_within(numbers, end))]} out of range [0, {end})."


def _grad_op(name: str, scale: Callable[[Any, Any], Any]) -> OpDef:
    """Declares SparseSegment`name`Grad."""

    @op(
        f"SparseSegment{name}Grad",
        "grad: T, indices: Tidx, segment_ids: int32, output_dim0: int32 -> output: T",
        shape=_picked_from_shape,
        static=("output_dim0",),
        types={"T": WIDE_FLOATS, "Tidx": INDEX},
        defaults={"Tidx": dtypes.int32},
    )
    def gradient(xp, dy, indices, ids, count):
        """dy: f[segments, ...], indices: i[k], ids: i32[k] -> f[count, ...]"""
        _check_rows(xp, dy, indices, ids, count)
        nothing = xp.zeros((int(count), *dy.shape[1:]), dy.dtype)
        if not len(dy):
            return nothing
        times = xp.add_at(xp.zeros(len(dy), dy.dtype), ids, dy.dtype.type(1))
        times = xp.maximum(times, dy.dtype.type(1)).reshape((-1,) + (1,) * (dy.ndim - 1))
        shares = xp.take(dy / scale(xp, times), ids, axis=0, mode="clip")
        return xp.add_at(nothing, indices, shares)

    return gradient


sparse_segment_mean_grad = _grad_op("Mean", lambda xp, times: times)
sparse_segment_sqrt_n_grad = _grad_op("SqrtN", lambda xp, times: xp.sqrt(times))


def _rows_gradient(op: Operation, dy: Tensor, grad_op: OpDef) -> list[Tensor | None]:
    data, indices, ids = op.inputs[:3]
    count = shape_of.shape(data)[0]
    return [grad_op(dy, indices, ids, count)] + [None] * (len(op.inputs) - 1)


@_MEAN[0].gradient
@_MEAN[1].gradient
def sparse_segment_mean_gradient(op, dy):
    return _rows_gradient(op, dy, sparse_segment_mean_grad)


@_SQRT_N[0].gradient
@_SQRT_N[1].gradient
def sparse_segment_sqrt_n_gradient(op, dy):
    return _rows_gradient(op, dy, sparse_segment_sqrt_n_grad)


def sparse_segment_sum(
    data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None
) -> Tensor:
    """data: n[r, ...], indices: i[k], segment_ids: i32[k], sorted -> n[segments, ...].

    The sum, for each id, of the rows of `data` at its indices.
    """
    return _sparse_call(_SUM, data, indices, segment_ids, name, num_segments)


def sparse_segment_mean(
    data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None
) -> Tensor:
    """data: f[r, ...], indices: i[k], segment_ids: i32[k], sorted -> f[segments, ...].

    The mean, for each id, of the rows of `data` at its indices.
    """
    return _sparse_call(_MEAN, data, indices, segment_ids, name, num_segments)


def sparse_segment_sqrt_n(
    data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None
) -> Tensor:
    """data: f[r, ...], indices: i[k], segment_ids: i32[k], sorted -> f[segments, ...].

    The sum, for each id, of the rows of `data` at its indices, divided by the root of their number.
    """
    return _sparse_call(_SQRT_N, data, indices, segment_ids, name, num_segments)


def _sparse_call(
    ops: tuple[OpDef, OpDef], data: Any, indices: Any, ids: Any, name: str | None, count: Any
) -> Tensor:
    if count is None:
        return ops[0](data, indices, ids, name=name)
    return ops[1](data, indices, ids, count, name=name)
