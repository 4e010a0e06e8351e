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
    read_input,
    write_input,
)
from stillflow.ops.datasets.sharding import sharded
from stillflow.ops.datasets.state import State

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
    kind = "Rebatch"

    def __init__(self, dataset: RebatchDataset, place: Place):
        super().__init__(dataset, place)
        self._batch: Element = ()
        self._part = 0

    def next(self) -> Element:
        count = self.dataset.count
        if not self._part:
            self._batch = self.input.next()
            _check_batch(self._batch)
        part, self._part = self._part, (self._part + 1) % count
        rows = [-(-len(column) // count) for column in self._batch]
        return tuple(
            column[part * size : (part + 1) * size]
            for column, size in zip(self._batch, rows, strict=True)
        )

    def save(self, state: State) -> None:
        write_input(self.input, state, "input_impl_empty")
        state["slice_number"] = self._part
        if self._part:
            for number, column in enumerate(self._batch):
                state[f"tensors[{number}]"] = column

    def restore(self, state: State) -> None:
        self.input = read_input(self.input, state, "input_impl_empty")
        self._part = state.number("slice_number")
        if self._part:
            count = len(self.dataset.types)
            self._batch = tuple([state[f"tensors[{number}]"] for number in range(count)])


def _check_batch(batch: Element) -> None:
    for number, column in enumerate(batch):
        if column.ndim == 0:
            refuse(
                "Cannot rebatch dataset: All components must have at least one dimension. Perhaps "
                f"your input dataset is not batched? Component {number} is scalar."
            )


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
    return sharded(source, workers, index)


for _declared in (rebatch_dataset_op, auto_shard_dataset_op):
    _declared.not_differentiable()
