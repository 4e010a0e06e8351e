"""Rows picked by index, and rows added up by index: each is the other's gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import check_within, first_false, place, refuse
from stillflow.declare.static import constant_value
from stillflow.declare.type_sets import INDEX as INDEX_TYPES
from stillflow.declare.type_sets import NUMBERS
from stillflow.graph import dtypes
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.array.filling import ones_like, zeros_like
from stillflow.ops.array.joining import concat
from stillflow.ops.array.ranging import range_op
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.selecting import select_op, select_v2_op
from stillflow.ops.array.shape_of import shape, size
from stillflow.ops.array.transposing import transpose
from stillflow.ops.math.casts import cast_op


def _gathered(ctx: shapes.ShapeContext) -> shapes.Sizes:
    params, indices, axis = ctx.shape(0), ctx.shape(1), ctx.value(2)
    batch_dims = ctx.attrs["batch_dims"]
    if params is None or indices is None:
        return None
    shapes.with_rank_at_least(params, 1)
    picked = indices[batch_dims:]
    if axis is None:
        return (None,) * (len(params) - 1 + len(picked))
    at = int(axis)
    shapes.with_rank_at_least(params, at + 1 if at >= 0 else -at)
    at %= len(params)
    return params[:at] + picked + params[at + 1 :]


@op(
    "GatherV2",
    "params: Tparams, indices: Tindices, axis: Taxis -> output: Tparams",
    shape=_gathered,
    static=("axis",),
    types={"Tindices": INDEX_TYPES, "Taxis": INDEX_TYPES},
)
def gather_v2_op(xp, params, indices, axis, *, batch_dims: int = 0):
    """params: n[B..., P..., s, R...], indices: i[B..., I...] -> n[B..., P..., I..., R...].

    `axis` is where s is; there are `batch_dims` sizes in B. An index outside [0, s) is an error.
    """
    at, rank = int(axis), params.ndim
    if not -rank <= at < rank:
        refuse(f"Expected axis in the range [{-rank}, {rank}), but got {at}")
    at %= rank
    check_within(xp, "indices", indices, params.shape[at])
    if batch_dims == 0:
        return xp.take(params, indices, at, mode="clip")
    return _gather_batches(xp, params, indices, at, batch_dims % indices.ndim)


def _gather_batches(xp: Any, params: Any, indices: Any, axis: int, batch_dims: int) -> Any:
    rows = xp.moveaxis(params, axis, batch_dims)
    batch = np.ogrid[tuple(slice(n) for n in indices.shape)][:batch_dims]
    picked = rows[(*batch, indices)]  # B, I, P, R
    before = range(indices.ndim, indices.ndim + axis - batch_dims)
    return xp.moveaxis(picked, tuple(before), tuple(range(batch_dims, axis)))


@gather_v2_op.gradient
def gather_v2_gradient(op, dy):
    params, indices, axis = op.inputs
    batch_dims = op.attrs["batch_dims"]
    if constant_value(axis) == 0 and batch_dims == 0:
        return _rows_gradient(params, indices, dy), None, None
    return _batches_gradient(op, dy), None, None


def _rows_gradient(params: Tensor, indices: Tensor, dy: Tensor) -> IndexedSlices:
    count = reshape(size(indices), [1])
    sizes = shape(params)
    values = reshape(dy, concat([count, sizes[1:]], 0))
    return IndexedSlices(values, reshape(indices, count), sizes)


def _batches_gradient(op: Operation, dy: Tensor) -> Tensor:
    """The dense gradient of `params`: B, I, P and R are as in `gather_v2_op`."""
    params, indices, axis = op.inputs
    at, rank, index_rank = constant_value(axis), params.shape.ndims, indices.shape.ndims
    if at is None or rank is None or index_rank is None:
        raise LookupError(
            f"The gradient of GatherV2 {op.name!r} by params needs to know its axis and its "
            "inputs' ranks while it is built.\n  Give the placeholders a shape; its sizes may be "
            "None."
        )
    batch = op.attrs["batch_dims"] % index_rank if op.attrs["batch_dims"] else 0
    position = int(at) % rank
    first, last = position, position + index_rank - batch  # of I in dy
    picked_first = [*range(batch), *range(first, last), *range(batch, first)]
    values = transpose(dy, picked_first + list(range(last, rank - 1 + index_rank - batch)))
    sizes = shape(params)
    length = sizes[position]
    if batch:
        count = sizes[0]
        for axis_of_batch in range(1, batch):
            count = count * sizes[axis_of_batch]
        indices = _with_batch_offsets(indices, count, length, batch)
        rows = unsorted_segment_sum(values, indices, count * length)
        rows = reshape(rows, concat([sizes[:batch], [length], shape(rows)[1:]], 0))
    else:
        rows = unsorted_segment_sum(values, indices, length)
    back = [*range(batch), *range(batch + 1, position + 1), batch, *range(position + 1, rank)]
    return transpose(rows, back)


def _with_batch_offsets(indices: Tensor, count: Tensor, length: Tensor, batch: int) -> Tensor:
    """Indices into rows of `count` batches of `length` rows each, laid end to end."""
    ones = [1] * (indices.shape.ndims - batch)  # type: ignore[operator]
    offsets = reshape(range_op(0, count, 1) * length, concat([shape(indices)[:batch], ones], 0))
    return indices + cast_op(offsets, DstT=indices.dtype)


# Segments ---------------------------------------------------------------------------------------


def segments_shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """`num_segments`, input 2, rows of what is left of input 0 after the axes of the ids."""
    data, ids = ctx.shape(0), ctx.shape(1)
    if data is None or ids is None:
        return None
    shapes.check_prefix(data, ids)
    shapes.with_rank(ctx.shape(2), 0)
    count = ctx.value(2)
    rows = None if count is None else int(count)
    if rows is not None and rows < 0:
        raise shapes.ShapeError(
            f"Dimension size, given by scalar input 2, must be non-negative but is {rows}"
        )
    return (rows, *data[len(ids) :])


SEGMENTS: dict[str, Any] = {
    "shape": segments_shape,
    "static": ("num_segments",),
    "defaults": {"Tnumsegments": dtypes.int32},
}
SEGMENTS_TYPES = {"Tindices": INDEX_TYPES, "Tnumsegments": INDEX_TYPES}
SEGMENTS_SIGNATURE = "data: T, segment_ids: Tindices, num_segments: Tnumsegments -> output: T"


def into_segments(xp: Any, combine: Any, initial: Any, data: Any, ids: Any, count: Any) -> Any:
    """Row `i` of the result combines `initial` and the rows of `data` whose id is `i`.

    data: n[I..., R...], ids: i[I...] -> n[count, R...]; rows with a negative id are left out.
    """
    length = int(count)
    if length < 0:
        refuse(f"Input num_segments == {length} must not be negative.")
    if data.shape[: ids.ndim] != ids.shape:
        refuse(
            f"data.shape = {shapes.format_sizes(data.shape)} does not start with segment_ids.shape "
            f"= {shapes.format_sizes(ids.shape)}"
        )
    xp.check(ids < length, lambda ids: _segment_out_of_range(ids, length), ids)
    rows = data.shape[ids.ndim :]
    # One row more takes what has a negative id.
    total = xp.full((length + 1, *rows), initial, dtype=data.dtype)
    places = xp.where(ids < 0, length, ids).reshape(-1)
    return combine(total, places, data.reshape((-1, *rows)))[:length]


def _segment_out_of_range(ids: np.ndarray, count: int) -> str:
    at = first_false(ids < count)
    return f"{place('segment_ids', at)} = {ids[at]} is out of range [0, {count})"


@op("UnsortedSegmentSum", SEGMENTS_SIGNATURE, types={"T": NUMBERS, **SEGMENTS_TYPES}, **SEGMENTS)
def unsorted_segment_sum(xp, data, ids, num_segments):
    """data: n[I..., R...], ids: i[I...] -> n[num_segments, R...], the sum of each id's rows."""
    return into_segments(xp, xp.add_at, 0, data, ids, num_segments)


@unsorted_segment_sum.gradient
def unsorted_segment_sum_gradient(op, dy):
    return gather_segments(dy, op.inputs[1])[0], None, None


def gather_segments(per_segment: Tensor, ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The row of `per_segment` for each id, zeros for a negative one.

    Also returns the ids with 0 for the negative ones, and a mask, broadcastable to the rows, of
    those that are not negative.
    """
    valid = ids >= 0
    safe = select_op(valid, ids, zeros_like(ids))
    rows = gather(per_segment, safe)
    trailing = shape(per_segment)[1:]
    valid = reshape(valid, concat([shape(ids), ones_like(trailing)], 0))
    return select_v2_op(valid, rows, zeros_like(rows)), safe, valid


# Public functions -------------------------------------------------------------------------------


def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    name: str | None = None,
    axis: Any = None,
    batch_dims: int | None = 0,
) -> Tensor:
    """Returns the slices of `params` along `axis` that `indices` name.

    params: n[B..., P..., s, R...], indices: i[B..., I...] -> n[B..., P..., I..., R...], where
    `axis` is that of s and B has `batch_dims` axes. Without `axis` it is the first after those.
    `validate_indices` is accepted: an index outside [0, s) always fails the run.
    """
    if axis is None:
        axis = batch_dims
    return gather_v2_op(params, indices, axis, batch_dims=batch_dims or 0, name=name)
