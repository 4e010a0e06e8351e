"""Elements and rows of ragged tensors that indices or conditions name; rows repeated."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import batch_gather as dense_gathering
from stillflow.ops.array import (
    gathering,
    joining,
    ranging,
    reshaping,
    selecting,
    shape_of,
    stacking,
    tiling,
)
from stillflow.ops.control import ordering
from stillflow.ops.debug import checks
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import arithmetic, casts, division
from stillflow.ops.ragged import splits
from stillflow.ops.ragged.arranging import expand_dims, gather
from stillflow.ops.ragged.joining import concat
from stillflow.ops.ragged.mapping import map_flat_values, ragged_range
from stillflow.ops.ragged.ragged_tensor import (
    RaggedTensor,
    common_splits_type,
    convert_to_tensor_or_ragged_tensor,
    positive_axis,
)

_OTHER_ROWS = "batch shape from indices does not match params shape"


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """`tf.where` of ragged tensors: of elements by a condition of their rows, or of rows.

    Raises:
      ValueError: only one of `x` and `y` is there, or `condition` is ragged and one of them is not.
    """
    if (x is None) != (y is None):
        raise ValueError("x and y must be either both None or both non-None")
    with name_scope(name, "RaggedWhere", [condition, x, y]):
        condition = convert_to_tensor_or_ragged_tensor(condition, name="condition")
        if x is None:
            is_ragged = isinstance(condition, RaggedTensor)
            return selecting.where(condition.to_tensor(False) if is_ragged else condition)
        x = convert_to_tensor_or_ragged_tensor(x, name="x")
        y = convert_to_tensor_or_ragged_tensor(y, name="y")
        dense = [isinstance(value, Tensor) for value in (condition, x, y)]
        if all(dense):
            return selecting.where(condition, x, y)
        if not any(dense):
            return map_flat_values(selecting.where, condition, x, y)
        if not dense[0]:
            raise ValueError("Input shapes do not match.")
        condition.shape.assert_has_rank(1)
        kind = common_splits_type([x, y])
        count = _count(x, kind)
        own, others = ranging.range_(count), ranging.range_(count, count + _count(y, kind))
        return gather(concat([x, y], axis=0), selecting.where(condition, own, others))


def _count(rows: Any, kind: Any) -> Tensor:
    if isinstance(rows, RaggedTensor):
        return rows.nrows(out_type=kind)
    return shape_of.shape(rows, out_type=kind)[0]


def batch_gather(params: Any, indices: Any, name: str | None = None) -> Any:
    """Of each row of `params` the elements that the same row of `indices` names.

    Raises:
      ValueError: they have not the same rows, or the rank of `indices` is unknown, or 0.
    """
    with name_scope(name, "RaggedBatchGather", [params, indices]):
        params = convert_to_tensor_or_ragged_tensor(params, name="params")
        indices = convert_to_tensor_or_ragged_tensor(indices, name="indices")
        rank = indices.shape.ndims
        if isinstance(params, Tensor) and isinstance(indices, Tensor):
            return dense_gathering.batch_gather(params, indices)
        if rank is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        if rank == 0:
            raise ValueError("indices.rank must be at least 1.")
        if isinstance(indices, Tensor):
            return _of_dense_indices(params, indices, rank)
        if rank > 2:
            return _row_by_row(params, indices)
        params = _with_rows(params, indices)
        starts = gathering.gather(params.row_starts(), indices.value_rowids())
        places = arithmetic.add(_as(starts, indices.values), starts)
        return indices.with_values(gather(params.values, places))


def _of_dense_indices(params: RaggedTensor, indices: Tensor, rank: int) -> Any:
    if rank == 1:
        return gather(params, indices)
    if rank > 2:
        raise ValueError(_OTHER_ROWS)
    starts = reshaping.expand_dims(params.row_starts(), 1)
    return gather(params.values, arithmetic.add(_as(starts, indices), starts))


def _row_by_row(params: Any, indices: RaggedTensor) -> RaggedTensor:
    if isinstance(params, Tensor):
        raise ValueError(_OTHER_ROWS)
    with control_dependencies([checks.assert_equal(params.row_splits, indices.row_splits)]):
        found = batch_gather(params.values, indices.values)
        return RaggedTensor.from_row_splits(found, indices.row_splits, validate=False)


def _with_rows(params: Any, indices: RaggedTensor) -> RaggedTensor:
    if isinstance(params, RaggedTensor):
        return params
    if params.shape.ndims is not None and params.shape.ndims < 2:
        raise ValueError(_OTHER_ROWS)
    kind = indices.row_splits.dtype
    return RaggedTensor.from_tensor(params, ragged_rank=1, row_splits_dtype=kind)


def _as(like: Tensor, value: Tensor) -> Tensor:
    return casts.cast(value, like.dtype)


def gather_nd(params: Any, indices: Any, batch_dims: int = 0, name: str | None = None) -> Any:
    """The parts of `params` at the coordinates in the last axis of `indices`.

    Raises:
      ValueError: that axis is ragged or of unknown size; there are `batch_dims`.
    """
    if not isinstance(batch_dims, int) or batch_dims != 0:
        raise ValueError("batch_dims != 0 is not supported for ragged gather yet.")
    with name_scope(name, "RaggedGatherNd", [params, indices]):
        params = convert_to_tensor_or_ragged_tensor(params, name="params")
        indices = convert_to_tensor_or_ragged_tensor(indices, name="indices")
        rank, size = indices.shape.ndims, indices.shape[-1:].num_elements()
        if rank is None:
            raise ValueError("indices.rank be statically known.")
        if rank == 0:
            raise ValueError("indices.rank must be at least 1.")
        if isinstance(indices, RaggedTensor) and indices.ragged_rank == rank - 1:
            raise ValueError("The innermost dimension of indices may not be ragged")
        if size is None:
            raise ValueError("indices.shape[-1] must be statically known.")
        if size == 0 and isinstance(params, RaggedTensor):
            return _for_each(params, indices, rank)
        if rank > 2:
            inner = (
                indices
                if isinstance(indices, RaggedTensor)
                else RaggedTensor.from_tensor(indices, ragged_rank=rank - 2)
            )
            found = gather_nd(params, inner.flat_values)
            return inner.with_flat_values(found)
        if isinstance(params, Tensor):
            return dense_gathering.gather_nd(params, indices)
        if rank == 1 or size == 1:
            return gather(params, reshaping.squeeze(indices, -1))
        columns = stacking.unstack(indices, axis=1)
        starts = gathering.gather(params.row_starts(), columns[0])
        inside = arithmetic.add(starts, _as(starts, columns[1]))
        rest = [_as(starts, column) for column in columns[2:]]
        return gather_nd(params.values, stacking.stack([inside, *rest], axis=1))


def _for_each(params: RaggedTensor, indices: Any, rank: int) -> Any:
    """All of `params` for each coordinate, as one without numbers names it."""
    if rank == 1:
        return params
    if isinstance(indices, RaggedTensor):
        return indices.with_values(_for_each(params, indices.values, rank - 1))
    ones = [1] * params.shape.ndims  # type: ignore[operator]
    for _ in range(rank - 1):
        params = expand_dims(params, 0)
    counts = shape_of.shape(indices, out_type=params.row_splits.dtype)[:-1]
    return tile(params, joining.concat([counts, convert_to_tensor(ones, counts.dtype)], axis=0))


def squeeze(input: Any, axis: Any = None, name: str | None = None) -> Any:
    """`input` without axes of size 1.

    Raises:
      ValueError: `input` is ragged and `axis` is missing, or `axis` is out of range.
      InvalidArgumentError: in a run, one of them has another size.
    """
    with name_scope(name, "RaggedSqueeze", [input]):
        input = convert_to_tensor_or_ragged_tensor(input, name="input")
        if isinstance(input, Tensor):
            return reshaping.squeeze(input, axis)
        if axis is None:
            raise ValueError("Ragged.squeeze must have an axis argument.")
        axes = list(axis) if isinstance(axis, (list, tuple)) else [axis]
        rank = input.shape.ndims
        result = input
        for one in sorted({positive_axis(one, rank) for one in axes}, reverse=True):
            result = _without(result, one)
        return result


def _without(value: Any, axis: int) -> Any:
    """`value` without an axis, which is of size 1."""
    if isinstance(value, Tensor):
        return reshaping.squeeze(value, axis)
    if axis > 1:
        values = _without(value.values, axis - 1)  # of which a run says whether the axis is of 1
        return RaggedTensor.from_row_splits(values, value.row_splits, validate=False)
    lengths = value.nrows() if axis == 0 else value.row_lengths()
    with control_dependencies([checks.assert_equal(lengths, _as(lengths, convert_to_tensor(1)))]):
        values = value.values
        if isinstance(values, Tensor):
            return ordering.identity(values)
        return values.with_flat_values(ordering.identity(values.flat_values))


def tile(input: Any, multiples: Any, name: str | None = None) -> Any:
    """`input` repeated along each axis as often as `multiples`, i[rank], says."""
    with name_scope(name, "RaggedTile", [input, multiples]):
        input = convert_to_tensor_or_ragged_tensor(input, name="input")
        if isinstance(input, Tensor):
            return tiling.tile(input, multiples)
        multiples = convert_to_tensor(multiples, name="multiples")
        multiples.shape.assert_has_rank(1)
        known = constant_value(multiples)
        multiples = _as(input.row_splits, multiples)
        inner = _with_rows_repeated(input, multiples[1:])
        result = gather(inner, tiling.tile(ranging.range_(inner.nrows()), multiples[:1]))
        count = input.shape[0].value
        if count is not None and known is not None:
            result.row_splits.set_shape([count * int(known[0]) + 1])
        return result


def _with_rows_repeated(ragged: RaggedTensor, multiples: Tensor) -> RaggedTensor:
    """Each row repeated, and what is in it; the rows are as many as before."""
    values = ragged.values
    if isinstance(values, RaggedTensor):
        values = _with_rows_repeated(values, multiples[1:])
    else:
        one = _as(multiples, convert_to_tensor([1]))
        values = tiling.tile(values, joining.concat([one, multiples[1:]], axis=0))
    lengths = ragged.row_lengths()
    repeated = lengths * multiples[0]
    ends = splits.from_lengths(repeated)
    owners = splits.row_splits_to_segment_ids(ends, out_type=ends.dtype)
    offsets = division.floormod(ragged_range(repeated).values, gathering.gather(lengths, owners))
    places = gathering.gather(ragged.row_starts(), owners) + offsets
    return RaggedTensor.from_row_splits(gather(values, places), ends, validate=False)
