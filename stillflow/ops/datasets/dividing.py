"""Datasets that divide their input among replicas or workers."""

from __future__ import annotations

from typing import Any

from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.arguments import of_scalars
from stillflow.ops.datasets.dataset import (
    Dataset,
    Element,
    ElementIterator,
    InputIterator,
    Place,
    dataset_of,
)

_OPTIONS: dict[str, Any] = {
    "shape": of_scalars,
    "limits": {"output_types": 1, "output_shapes": 1},
    "host": True,
}


class RebatchDataset(Dataset):
    """Each batch of its input as several, all of as many rows as go; the last may be empty."""

    def __init__(self, source: Dataset, count: int, *structure: Any):
        super().__init__((source,), *structure)
        self.count = count

    def iterator(self, place: Place) -> ElementIterator:
        return _Rebatched(self, place)


class _Rebatched(InputIterator):
    def __init__(self, dataset: RebatchDataset, place: Place):
        super().__init__(dataset, place)
        self._left: list[Element] = []

    def next(self) -> Element:
        if not self._left:
            self._left = _divided(self.input.next(), self.dataset.count)
        return self._left.pop(0)

    def save(self) -> Any:
        return [[list(element) for element in self._left], self.input.save()]

    def restore(self, state: Any) -> None:
        self._left = [tuple(element) for element in state[0]]
        self.input.restore(state[1])


def _divided(batch: Element, count: int) -> list[Element]:
    """The parts of a batch, whose components are n[rows, ...] each."""
    if any(component.ndim == 0 for component in batch):
        refuse("Cannot split a batch whose components are scalars.")
    rows = max(1, -(-len(batch[0]) // count))
    return [
        tuple(component[part * rows : (part + 1) * rows] for component in batch)
        for part in range(count)
    ]


@op(
    "RebatchDataset",
    "input_dataset: variant, num_replicas: int64 -> handle: variant",
    **_OPTIONS,
)
def rebatch_dataset_op(
    xp,
    input_dataset,
    num_replicas,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    use_fallback: bool = True,
):
    """num_replicas: i64[] -> variant[], whose elements are parts of batches"""
    if int(num_replicas) < 1:
        refuse("num_replicas must be greater than zero.")
    source = dataset_of(input_dataset)
    return RebatchDataset(source, int(num_replicas), output_types, output_shapes)


class AutoShardDataset(Dataset):
    """Every n-th element of its input, from the `index`-th on."""

    def __init__(self, source: Dataset, workers: int, index: int, *structure: Any):
        super().__init__((source,), *structure)
        self.workers, self.index = workers, index

    def iterator(self, place: Place) -> ElementIterator:
        return _Sharded(self, place)


class _Sharded(InputIterator):
    def __init__(self, dataset: AutoShardDataset, place: Place):
        super().__init__(dataset, place)
        self._skipped = dataset.index

    def next(self) -> Element:
        for _ in range(self._skipped):
            self.input.next()
        self._skipped = self.dataset.workers - 1
        return self.input.next()

    def save(self) -> Any:
        return [self._skipped, self.input.save()]

    def restore(self, state: Any) -> None:
        self._skipped = int(state[0])
        self.input.restore(state[1])


@op(
    "AutoShardDataset",
    "input_dataset: variant, num_workers: int64, index: int64 -> handle: variant",
    **_OPTIONS,
)
def auto_shard_dataset_op(
    xp,
    input_dataset,
    num_workers,
    index,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """num_workers, index: i64[] -> variant[], the elements that the worker `index` gets"""
    workers, index = int(num_workers), int(index)
    if workers < 1:
        refuse("num_workers must be greater than zero.")
    if not 0 <= index < workers:
        refuse(f"index must be between 0 and {workers - 1}")
    source = dataset_of(input_dataset)
    if workers == 1:
        return source
    return AutoShardDataset(source, workers, index, output_types, output_shapes)


for _declared in (rebatch_dataset_op, auto_shard_dataset_op):
    _declared.not_differentiable()
