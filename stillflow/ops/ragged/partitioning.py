"""Rows put together by the number of their partition."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import gathering, sorting, stacking
from stillflow.ops.debug import checks
from stillflow.ops.math import casts
from stillflow.ops.ragged import arranging, joining
from stillflow.ops.ragged.ragged_tensor import RaggedTensor, convert_to_tensor_or_ragged_tensor


def stack_dynamic_partitions(
    data: Any, partitions: Any, num_partitions: Any, name: str | None = None
) -> Any:
    """Returns a RaggedTensor of which row i are the values of `data` whose partition is i.

    Args:
      data: any[I..., R...], ragged or not.
      partitions: i[I...], ragged or not: the partition of each value.
      num_partitions: i[]

    Raises:
      ValueError: the rank of `partitions` is unknown, or they do not fit `data`.
      InvalidArgumentError: in a run, a partition is not below `num_partitions`.
    """
    with name_scope(name, "SegmentStack", [data, partitions, num_partitions]):
        data = convert_to_tensor_or_ragged_tensor(data, name="data")
        kind = data.row_splits.dtype if isinstance(data, RaggedTensor) else None
        partitions = convert_to_tensor_or_ragged_tensor(
            partitions, name="partitions", preferred_dtype=kind
        )
        count = convert_to_tensor(
            num_partitions, name="num_partitions", preferred_dtype=partitions.dtype
        )
        if kind is not None:
            partitions = _cast(partitions, kind)
        count = casts.cast(count, partitions.dtype)
        rank = partitions.shape.ndims
        if rank is None:
            raise ValueError("partitions must have known rank.")
        count.shape.assert_has_rank(0)
        partitions.shape.assert_is_compatible_with(data.shape[:rank])
        if rank == 0:
            stack = joining.stack if isinstance(data, RaggedTensor) else stacking.stack
            values, rowids = stack([data]), stacking.stack([partitions])
            return RaggedTensor.from_value_rowids(values, rowids, nrows=count, validate=False)
        if rank == 1:
            return _of_values(data, partitions, count)
        return _of_rows(data, partitions, count, rank)


def _cast(partitions: Any, kind: DType) -> Any:
    if isinstance(partitions, Tensor):
        return casts.cast(partitions, kind)
    with name_scope(None, "Cast"):
        pass  # TensorFlow's name is taken by the attempt to take it for a tensor
    return partitions.with_flat_values(casts.cast(partitions.flat_values, kind))


def _of_values(data: Any, partitions: Tensor, count: Tensor) -> RaggedTensor:
    order = sorting.argsort(partitions, stable=True)
    rowids = gathering.gather(partitions, order)
    if isinstance(data, RaggedTensor):
        values = arranging.gather(data, order)
    else:
        values = gathering.gather(data, order)
    message = "partitions must be less than num_partitions"
    with control_dependencies([checks.assert_less(rowids[-1:], count, message=message)]):
        return RaggedTensor.from_value_rowids(values, rowids, nrows=count, validate=False)


def _of_rows(data: Any, partitions: Any, count: Tensor, rank: int) -> Any:
    kind = partitions.dtype
    if not isinstance(data, RaggedTensor):
        data = RaggedTensor.from_tensor(data, row_splits_dtype=kind, ragged_rank=1)
    if not isinstance(partitions, RaggedTensor):
        depth = max(data.ragged_rank, rank - 1)
        partitions = RaggedTensor.from_tensor(partitions, row_splits_dtype=kind, ragged_rank=depth)
    message = "data and partitions have incompatible ragged shapes"
    same = checks.assert_equal(data.row_splits, partitions.row_splits, message=message)
    with control_dependencies([same]):
        return stack_dynamic_partitions(data.values, partitions.values, count)
