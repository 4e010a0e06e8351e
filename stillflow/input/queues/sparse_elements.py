"""Sparse components of elements: queues hold numbers in their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.sparse.sparse_tensor import SparseTensor


class StoredAs(NamedTuple):
    """Where a sparse component is: in the map of an operation, with so many axes."""

    map_op: Operation
    rank: int | None


def stored(
    lists: Sequence[Sequence[Any]], enqueue_many: bool, keep: Tensor
) -> tuple[list[list[Tensor]], list[StoredAs | None]]:
    """`lists` with numbers for what is sparse, and where each component is, None if it is dense."""
    if any(isinstance(value, SparseTensor) for values in lists for value in values):
        raise NotImplementedError(
            "Batches of SparseTensors are in TensorFlow 1.15 but not yet in Stillflow."
        )
    return [list(values) for values in lists], [None for _ in lists[0]]


def restored(given: Sequence[Tensor], stored: Sequence[StoredAs | None]) -> list[Any]:
    """What the numbers among `given` stand for."""
    raise NotImplementedError
