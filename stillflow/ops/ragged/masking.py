"""Values of ragged tensors picked by a mask."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import gathering, masking, ranging, reshaping, shape_of
from stillflow.ops.debug import checks
from stillflow.ops.math import casts, scan
from stillflow.ops.ragged import splits
from stillflow.ops.ragged.mapping import map_flat_values
from stillflow.ops.ragged.ragged_tensor import (
    RaggedTensor,
    common_splits_type,
    convert_to_tensor_or_ragged_tensor,
)
from stillflow.ops.ragged.reducing import reduce_sum
from stillflow.ops.reduce.composed import count_nonzero


def boolean_mask(data: Any, mask: Any, name: str | None = None) -> Any:
    """The values of `data` where `mask` holds, in the rows in which they are.

    Args:
      data: a tensor, ragged or not.
      mask: bool, of the first axes of `data`, ragged or not.

    Raises:
      ValueError: the rank of `mask` is unknown, or 0.
    """
    with name_scope(name, "RaggedMask", [data, mask]):
        data = convert_to_tensor_or_ragged_tensor(data, name="data")
        mask = convert_to_tensor_or_ragged_tensor(mask, dtypes.bool, name="mask")
        kind = common_splits_type([data, mask])
        rank = mask.shape.ndims
        if rank is None:
            raise ValueError("mask.shape.ndims must be known statically.")
        if rank == 0:
            raise ValueError("mask cannot be scalar.")
        if isinstance(mask, RaggedTensor):
            return _by_rows(data, mask, kind)
        if isinstance(data, Tensor):
            return _of_dense(data, mask, rank, kind)
        if rank == 1:
            return _of_rows(data, mask)
        depth = min(data.ragged_rank, rank - 1)
        rows = RaggedTensor.from_tensor(mask, ragged_rank=depth, row_splits_dtype=kind)
        return boolean_mask(data, rows)


def _by_rows(data: Any, mask: Any, kind: Any) -> Any:
    if isinstance(data, Tensor):
        depth = mask.ragged_rank
        data = RaggedTensor.from_tensor(data, ragged_rank=depth, row_splits_dtype=kind)
    message = "Inputs must have identical ragged splits"
    both = zip(mask.nested_row_splits, data.nested_row_splits, strict=False)
    with control_dependencies([checks.assert_equal(a, b, message=message) for a, b in both]):
        found = []
        while isinstance(mask, RaggedTensor):
            if mask.shape.ndims > 2:  # type: ignore[operator]
                found.append(mask.row_splits)
            else:
                ones = map_flat_values(casts.cast, mask, dtype=kind)
                lengths = reduce_sum(ones, axis=1)
                found.append(_splits_of(lengths))
            mask, data = mask.values, data.values
        values = boolean_mask(data, mask)
        return RaggedTensor.from_nested_row_splits(values, found, validate=False)


def _splits_of(lengths: Tensor) -> Tensor:
    return splits.from_lengths(lengths, axis=-1)


def _of_rows(data: Any, mask: Tensor) -> Any:
    """Whole rows."""
    lengths = masking.boolean_mask(data.row_lengths(), mask)
    ends = _splits_of(lengths)
    rowids = splits.row_splits_to_segment_ids(data.row_splits)
    values = boolean_mask(data.values, gathering.gather(mask, rowids))
    return RaggedTensor.from_row_splits(values, ends, validate=False)


def _of_dense(data: Tensor, mask: Tensor, rank: int, kind: Any) -> Any:
    values: Any = masking.boolean_mask(data, mask)
    if rank == 1:
        return values
    lengths = count_nonzero(mask, axis=-1, dtype=kind)
    flat = reshaping.reshape(lengths, [-1])
    values = RaggedTensor.from_row_lengths(values, flat, validate=False)
    if rank > 2:
        sizes = shape_of.shape(mask, out_type=kind)
        counts = scan.cumprod(sizes) + 1
        for axis in range(rank - 3, -1, -1):
            size = sizes[axis + 1]
            ends = ranging.range_(counts[axis]) * size
            values = RaggedTensor.from_row_splits(values, ends, validate=False)
    return values
