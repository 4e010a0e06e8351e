"""Rows picked by index, and rows added up by index: each is the other's gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.opdef import op
from stillflow.declare.refusing import check_scalars, check_within, first_false, place, refuse
from stillflow.declare.rows import Rows
from stillflow.declare.static import constant_value
from stillflow.declare.type_sets import INDEX as INDEX_TYPES
from stillflow.declare.type_sets import NUMBERS
from stillflow.graph import dtypes
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with
from stillflow.ops.array.filling import ones, ones_like, zeros, zeros_like
from stillflow.ops.array.joining import concat
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.reshaping import expand_dims, reshape
from stillflow.ops.array.selecting import where
from stillflow.ops.array.shape_of import shape, size
from stillflow.ops.array.stacking import stack
from stillflow.ops.array.transposing import transpose
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import greater_equal


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


def _rows_picked(ctx: shapes.ShapeContext) -> shapes.Sizes:
    params, indices = ctx.shape(0), ctx.shape(1)
    if params is not None:
        shapes.with_rank_at_least(params, 1)
    return None if params is None or indices is None else indices + params[1:]


def _rows_gathered(rows: Rows) -> Any:
    """By stacked indices out of one array, along its first axis."""
    axis = rows.inputs[2]
    is_first = axis.ndim == 0 and int(axis) == 0 and rows.attrs["batch_dims"] == 0
    if list(rows.stacked) != [False, True, False] or not is_first:
        return NotImplemented
    return rows.call(*rows.inputs)


@op(
    "GatherV2",
    "params: Tparams, indices: Tindices, axis: Taxis -> output: Tparams",
    shape=_gathered,
    static=("axis",),
    types={"Tindices": INDEX_TYPES, "Taxis": INDEX_TYPES},
    picks=True,
    rows=_rows_gathered,
)
def gather_v2_op(xp, params, indices, axis, *, batch_dims: int = 0):
    """params: n[B..., P..., s, R...], indices: i[B..., I...] -> n[B..., P..., I..., R...].

    `axis` is where s is; there are `batch_dims` sizes in B. An index outside [0, s) is an error.
    """
    check_scalars("{} must be scalar, but got shape {}", axis=axis)
    at, rank = int(axis), params.ndim
    if not -rank <= at < rank:
        refuse(f"Expected axis in the range [{-rank}, {rank}), but got {at}")
    at %= rank
    check_within(xp, "indices", indices, params.shape[at])
    if batch_dims and not -indices.ndim <= batch_dims < indices.ndim:
        refuse(
            f"Expected batch_dims in the range [{-indices.ndim}, {indices.ndim}), but got "
            f"{batch_dims}"
        )
    if batch_dims == 0:
        # A single string would not come as an array.
        return xp.asarray(xp.take(params, indices, at, mode="clip"), dtype=params.dtype)
    return _gather_batches(xp, params, indices, at, batch_dims % indices.ndim)


def _gather_batches(xp: Any, params: Any, indices: Any, axis: int, batch_dims: int) -> Any:
    rows = xp.moveaxis(params, axis, batch_dims)
    batch = np.ogrid[tuple(slice(n) for n in indices.shape)][:batch_dims]
    picked = rows[(*batch, indices)]  # B, I, P, R
    before = range(indices.ndim, indices.ndim + axis - batch_dims)
    return xp.moveaxis(picked, tuple(before), tuple(range(batch_dims, axis)))


@op(
    "Gather",
    "params: Tparams, indices: Tindices -> output: Tparams",
    shape=_rows_picked,
    types={"Tindices": INDEX_TYPES},
    picks=True,
)
def gather_op(xp, params, indices, *, validate_indices: bool = True):
    """params: n[s, R...], indices: i[I...] -> n[I..., R...]; the older GatherV2."""
    check_within(xp, "indices", indices, params.shape[0])
    return xp.asarray(xp.take(params, indices, 0, mode="clip"), dtype=params.dtype)


@gather_op.gradient
def gather_gradient(op, dy):
    params, indices = op.inputs
    with colocate_with(params):
        sizes = cast(shape(params, out_type=dtypes.int64), dtypes.int32)
    count = expand_dims(size(indices), 0)
    values = reshape(dy, concat([count, sizes[1:]], 0))
    return IndexedSlices(values, reshape(indices, count), sizes), None


@gather_v2_op.gradient
def gather_v2_gradient(op, dy):
    params, indices, axis = op.inputs
    with colocate_with(params):
        sizes = cast(shape(params, out_type=dtypes.int64), dtypes.int32)
    count = expand_dims(size(indices), 0)
    batch_dims = op.attrs["batch_dims"]
    if batch_dims < 0:
        batch_dims += indices.shape.ndims
    if constant_value(axis) == 0:
        values = reshape(dy, concat([count, sizes[1:]], 0))
        return IndexedSlices(values, reshape(indices, count), sizes), None, None
    return _axis_gradient(dy, indices, axis, sizes, batch_dims), None, None


def _axis_gradient(
    dy: Any, indices: Tensor, axis: Tensor, sizes: Tensor, batch_dims: int
) -> Tensor:
    """The dense gradient of params of shape `sizes`: B, P, s, R are as in `gather_v2_op`.

    The axis of s is moved to follow those of B, and back.
    """
    outer = sizes[:axis]
    inner = sizes[axis:][1:]
    values_sizes = concat([outer, [-1], inner], 0)
    values_rank, outer_rank = size(values_sizes), size(outer)
    batch = range_(batch_dims)
    before = range_(batch_dims, outer_rank)
    after = range_(outer_rank + 1, values_rank)
    values = reshape(dy, values_sizes)
    moved = transpose(values, concat([batch, [outer_rank], before, after], 0))
    rows = _batches_gradient(sizes, moved, indices, batch_dims, sizes[axis], constant_value(axis))
    return transpose(rows, concat([batch, before + 1, [batch_dims], after], 0))


def _batches_gradient(
    sizes: Tensor, values: Tensor, indices: Tensor, batch_dims: int, length: Tensor, axis: Any
) -> Tensor:
    """values: n[B..., I, rest...], indices: i[B..., I...] -> n[B..., length, rest...]

    `sizes` are those of params, of which `length` is the one at `axis`.
    """
    from stillflow.ops.reduce.reducing import prod_op  # that module imports this one

    count = expand_dims(size(indices), 0)
    if not batch_dims:
        return unsorted_segment_sum(values, reshape(indices, count), length)
    values_sizes = shape(values)
    outer = values_sizes[:batch_dims]
    inner = values_sizes[batch_dims:][1:]
    batches = prod_op(outer, [0], keep_dims=False)
    flat = concat([[-1], inner], 0)
    length *= batches
    indices = _with_batch_offsets(sizes, indices, batch_dims, axis)
    values = reshape(values, flat)
    rows = unsorted_segment_sum(values, reshape(indices, count), length)
    return reshape(rows, concat([outer, flat], 0))


def _with_batch_offsets(sizes: Tensor, indices: Tensor, batch_dims: int, axis: Any) -> Tensor:
    """Indices into the rows of all batches laid end to end.

    TensorFlow takes a batch to have as many rows as the first axis after those of B has, which is
    right only where that is `axis`.
    """
    ndims: Any = indices.shape.ndims
    kind = indices.dtype.base_dtype
    result = indices
    sizes = cast(sizes, kind)
    stride = ones((), dtype=kind)
    for at in range(batch_dims, 0, -1):
        count = sizes[at - 1]
        is_rows = at == batch_dims and axis is not None
        stride *= sizes[int(axis) if is_rows else at]
        start, step = zeros((), dtype=kind), ones((), dtype=kind)
        offsets = range_(start, count, step)
        offsets *= stride
        along = stack([1] * (at - 1) + [count] + [1] * (ndims - at), axis=0)
        result += reshape(offsets, along)
    return result


# Segments ---------------------------------------------------------------------------------------


def segments_shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """`num_segments`, input 2, rows of what is left of input 0 after the axes of the ids."""
    data, ids = ctx.shape(0), ctx.shape(1)
    if data is None or ids is None:
        return None
    shapes.check_prefix(data, ids)
    shapes.with_rank(ctx.shape(2), 0)
    return (ctx.size(2), *data[len(ids) :])


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
    return combine(total, places, data.reshape((ids.size, *rows)))[:length]


def _segment_out_of_range(ids: np.ndarray, count: int) -> str:
    at = first_false(ids < count)
    return f"{place('segment_ids', at)} = {ids[at]} is out of range [0, {count})"


@op("UnsortedSegmentSum", SEGMENTS_SIGNATURE, types={"T": NUMBERS, **SEGMENTS_TYPES}, **SEGMENTS)
def unsorted_segment_sum(xp, data, ids, num_segments):
    """data: n[I..., R...], ids: i[I...] -> n[num_segments, R...], the sum of each id's rows."""
    if not xp.is_xla and _are_rows_in_order(data, ids, int(num_segments)):
        return data + data.dtype.type(0)
    return into_segments(xp, xp.add_at, 0, data, ids, num_segments)


def _are_rows_in_order(data: Any, ids: np.ndarray, count: int) -> bool:
    """Whether the ids are 0, 1, ..., count - 1, as where a gradient is of rows that differ."""
    if ids.ndim != 1 or not len(data) == len(ids) == count or not count:
        return False
    return ids[0] == 0 and ids[-1] == count - 1 and bool((ids == np.arange(count)).all())


@unsorted_segment_sum.gradient
def unsorted_segment_sum_gradient(op, dy):
    return gather_segments(dy, op.inputs[1])[0], None, None


def gather_segments(
    per_segment: Any, ids: Any, safe: Any = None, valid: Any = None
) -> tuple[Tensor, Tensor, Tensor]:
    """The row of `per_segment` for each id, zeros for a negative one.

    Also returns the ids with 0 for the negative ones, and a mask, broadcastable to the rows, of
    those that are not negative; these may be given, when known.
    """
    if safe is None:
        safe = maximum(ids, zeros_like(ids))
    rows = gather(per_segment, safe)
    if valid is None:
        valid = greater_equal(ids, 0)
        for _ in range((rows.shape.ndims or 0) - (valid.shape.ndims or 0)):
            valid = expand_dims(valid, -1)
        valid = valid & ones_like(rows, dtype=dtypes.bool)
    nothing = zeros_like(rows)
    return where(valid, rows, nothing), safe, valid


# Public functions -------------------------------------------------------------------------------


def _is_zero(axis: Any) -> bool:
    return (constant_value(axis) if isinstance(axis, Tensor) else axis) == 0


@or_of_composites
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
    if hasattr(params, "sparse_read") and _is_zero(axis):
        return params.sparse_read(indices, name=name)  # of a variable these rows alone are read
    return gather_v2_op(params, indices, axis, batch_dims=batch_dims or 0, name=name)
