"""Sparse components of elements: queues hold numbers in their place, of what is put away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import Dimension
from stillflow.ops.array.filling import ones
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.reshaping import expand_dims, squeeze
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.control.smart import smart_cond
from stillflow.ops.sparse.rearranging import sparse_retain
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.sparse.tensors_map import (
    add_many_sparse_to_tensors_map,
    add_sparse_to_tensors_map,
    take_many_sparse_from_tensors_map,
)

_PUTS_AWAY = ("AddSparseToTensorsMap", "AddManySparseToTensorsMap")


@dataclass(frozen=True)
class StoredAs:
    """Where a sparse component is: what `map_op` put away, of `rank` axes."""

    map_op: Operation
    rank: Dimension

    def fits(self, other: StoredAs | None) -> bool:
        return (
            other is not None
            and self.map_op is other.map_op
            and self.rank.is_compatible_with(other.rank)
        )


Places = Sequence[StoredAs | None]


def stored(
    lists: Sequence[Sequence[Any]], enqueue_many: bool, keep: Tensor
) -> tuple[list[list[Tensor]], Places]:
    """`lists` with numbers for what is sparse, and where each component is, None if it is dense.

    Raises:
      ValueError: what is sparse in one list is not in another, or not of the same rank.
    """
    first, places = _stored(lists[0], enqueue_many, keep, [None for _ in lists[0]])
    found = [first]
    for values in lists[1:]:
        numbers, others = _stored(values, enqueue_many, keep, places)
        for place, other in zip(places, others, strict=True):
            if (place is not None or other is not None) and not (place and place.fits(other)):
                raise ValueError(f"Inconsistent SparseTensors list: {lists[0]} vs. {values}")
        found.append(numbers)
    return found, places


def _stored(
    values: Sequence[Any], enqueue_many: bool, keep: Tensor, shared: Places
) -> tuple[list[Tensor], Places]:
    numbers = [
        _number(value, enqueue_many, keep, place)
        for value, place in zip(values, shared, strict=False)
    ]
    places = [
        _place(value, number, enqueue_many, place)
        for value, number, place in zip(values, numbers, shared, strict=False)
    ]
    given = [
        number if place is None else expand_dims(number, [-1])
        for number, place in zip(numbers, places, strict=True)
    ]
    return given, places


def _number(value: Any, enqueue_many: bool, keep: Tensor, shared: StoredAs | None) -> Any:
    """The number that stands for a value that is sparse, or one for each of its rows."""
    if not isinstance(value, SparseTensor):
        return value
    name = shared.map_op.name if shared else None
    if keep.shape.ndims == 1:
        value = sparse_retain(value, gather(keep, value.indices[:, 0]))
        return add_many_sparse_to_tensors_map(value, shared_name=name)
    if not enqueue_many:
        return smart_cond(
            keep,
            lambda: add_sparse_to_tensors_map(value, shared_name=name),
            lambda: convert_to_tensor(-1, dtypes.int64),
        )
    numbers: Tensor = smart_cond(
        keep,
        lambda: add_many_sparse_to_tensors_map(value, shared_name=name),
        lambda: -1 * ones(shape(value)[0:1], dtypes.int64),
    )
    numbers.set_shape([None])
    return numbers


def _place(
    value: Any, number: Tensor, enqueue_many: bool, shared: StoredAs | None
) -> StoredAs | None:
    if not isinstance(value, SparseTensor):
        return None
    rank = value.dense_shape.shape.with_rank(1)[0]
    feeding = [tensor.op for tensor in number.op.inputs if tensor.op.type in _PUTS_AWAY]
    map_op = shared.map_op if shared else (feeding or [number.op])[0]
    return StoredAs(map_op, rank - 1 if enqueue_many else rank)


def restored(given: Any, places: Places) -> Any:
    """What came out of a queue, with what the numbers in it stand for.

    Where there are several components, each is there when all have been taken.
    """
    is_one = not isinstance(given, (list, tuple))
    tensors = [
        tensor if place is None else _taken(tensor, place)
        for tensor, place in zip([given] if is_one else given, places, strict=True)
    ]
    values = [each.values if isinstance(each, SparseTensor) else each for each in tensors]

    def together(tensor: Tensor) -> Any:
        return with_dependencies(values, tensor)

    ordered = [_each_part(together, tensor) for tensor in tensors]
    return tensors[0] if is_one else ordered


def _taken(numbers: Tensor, place: StoredAs) -> SparseTensor:
    return take_many_sparse_from_tensors_map(
        sparse_map_op=place.map_op,
        sparse_handles=squeeze(numbers, [1]),
        rank=(place.rank + 1).value,
    )


def _each_part(function: Callable[[Tensor], Tensor], tensor: Any) -> Any:
    if not isinstance(tensor, SparseTensor):
        return function(tensor)
    return SparseTensor(
        indices=function(tensor.indices),
        values=function(tensor.values),
        dense_shape=function(tensor.dense_shape),
    )
