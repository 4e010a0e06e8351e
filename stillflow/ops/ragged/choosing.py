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
from stillflow.ops.math import arithmetic, casts, division
from stillflow.ops.ragged import splits
from stillflow.ops.ragged.arranging import gather
from stillflow.ops.ragged.joining import concat
from stillflow.ops.ragged.mapping import map_flat_values, ragged_range
from stillflow.ops.ragged.ragged_tensor import (
    RaggedTensor,
    common_splits_type,
    convert_to_tensor_or_ragged_tensor,
    positive_axis,
)


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """`tf.where` of ragged tensors: of elements by a condition of their rows, or of rows.

    Raises:
      ValueError: only one of `x` and `y` is there.
    """
    if (x is None) != (y is None):
        raise ValueError("x and y must be either both None or both non-None")
    with name_scope(name, "RaggedWhere", [condition, x, y]):
        condition = convert_to_tensor_or_ragged_tensor(condition, name="condition")
        if x is None:
            return selecting.where(condition.to_tensor(False))
        x = convert_to_tensor_or_ragged_tensor(x, name="x")
        y = convert_to_tensor_or_ragged_tensor(y, name="y")
        if isinstance(condition, RaggedTensor):
            return map_flat_values(selecting.where, condition, x, y)
        kind = common_splits_type([x, y])
        count = _count(x, kind)
        own, others = ranging.range_(count), ranging.range_(count, count + _count(y, kind))
        return gather(concat([x, y], axis=0), selecting.where(condition, own, others))


def _count(rows: Any, kind: Any) -> Tensor:
    if isinstance(rows, RaggedTensor):
        return rows.nrows(out_type=kind)
    return shape_of.shape(rows, out_type=kind)[0]


def batch_gather(params: Any, indices: Any, name: str | None = None) -> Any:
    """Of each row of `params` the elements that the same row of `indices` names."""
    with name_scope(name, "RaggedBatchGather", [params, indices]):
        params = convert_to_tensor_or_ragged_tensor(params, name="params")
        indices = convert_to_tensor_or_ragged_tensor(indices, name="indices")
        dense = isinstance(indices, Tensor)
        if dense:
            indices = RaggedTensor.from_tensor(indices, ragged_rank=1)
        if isinstance(params, Tensor):
            params = RaggedTensor.from_tensor(params, ragged_rank=1)
        if indices.ragged_rank > 1:
            return indices.with_values(batch_gather(params.values, indices.values))
        starts = gathering.gather(params.row_starts(), indices.value_rowids())
        places = arithmetic.add(_as(starts, indices.values), starts)
        found = indices.with_values(gather(params.values, places))
        return found.to_tensor() if dense and isinstance(found.values, Tensor) else found


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
            raise ValueError("The size of the last dimension of indices must be known statically.")
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


def squeeze(input: Any, axis: Any = None, name: str | None = None) -> Any:
    """`input` without axes of size 1.

    Raises:
      ValueError: `axis` is missing, or out of range.
      InvalidArgumentError: in a run, one of them has another size.
    """
    if axis is None:
        raise ValueError("Ragged.squeeze must have an axis argument.")
    with name_scope(name, "RaggedSqueeze", [input]):
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
        return value.with_values(_without(value.values, axis - 1))
    lengths = value.nrows() if axis == 0 else value.row_lengths()
    with control_dependencies([checks.assert_equal(lengths, _as(lengths, convert_to_tensor(1)))]):
        values = value.values
        if isinstance(values, Tensor):
            return ordering.identity(values)
        return values.with_flat_values(ordering.identity(values.flat_values))


def tile(input: Any, multiples: Any, name: str | None = None) -> Any:
    """`input` repeated along each axis as often as `multiples`, i[rank], says."""
    with name_scope(name, "RaggedTile", [input, multiples]):
        multiples = _as(input.row_splits, convert_to_tensor(multiples, name="multiples"))
        multiples.shape.assert_has_rank(1)
        inner = _with_rows_repeated(input, multiples[1:])
        order = tiling.tile(ranging.range_(inner.nrows()), multiples[:1])
        return gather(inner, order)


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
