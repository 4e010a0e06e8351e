"""Datasets of numbers without an end, and shuffled ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets.dataset import (
    DatasetSource,
    DatasetV2,
    UnaryUnchangedStructureDataset,
)
from stillflow.input.datasets.dataset_v1 import DatasetV1, DatasetV1Adapter
from stillflow.input.datasets.experimental.scanning import scan
from stillflow.input.datasets.moving import number
from stillflow.input.datasets.seeds import get_seed
from stillflow.ops.datasets.generating import random_dataset_op
from stillflow.ops.datasets.shuffling import shuffle_and_repeat_dataset_op
from stillflow.platform.deprecation import deprecated


class RandomDatasetV2(DatasetSource):
    """Random numbers, i64[] of 32 bits, without an end."""

    def __init__(self, seed: Any = None):
        super().__init__(random_dataset_op(*get_seed(seed), **self._flat_structure))

    @property
    def element_spec(self) -> TensorSpec:
        return TensorSpec([], dtypes.int64)


class RandomDataset(DatasetV1Adapter):
    """Random numbers, i64[] of 32 bits, without an end."""

    def __init__(self, seed: Any = None):
        super().__init__(RandomDatasetV2(seed))


def CounterV2(start: Any = 0, step: Any = 1, dtype: Any = dtypes.int64) -> DatasetV2:
    """Numbers from `start` on, each `step` more than the one before, without an end."""
    with name_scope("counter"):
        first = convert_to_tensor(start, dtype, "start")
        distance = convert_to_tensor(step, dtype, "step")
        dataset = DatasetV1.from_tensors(0).repeat(None)
        return dataset.apply(scan(first, lambda state, _: (state + distance, state)))


def Counter(start: Any = 0, step: Any = 1, dtype: Any = dtypes.int64) -> DatasetV1Adapter:
    """Numbers from `start` on, each `step` more than the one before, without an end."""
    return DatasetV1Adapter(CounterV2(start, step, dtype))


class ShuffleAndRepeatDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, buffer_size: Any, count: Any, seed: Any):
        size = number(buffer_size, "buffer_size")
        times = number(-1 if count is None else count, "count")
        seeds = get_seed(seed)
        variant = shuffle_and_repeat_dataset_op(
            input_dataset._variant_tensor, size, *seeds, times, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


@deprecated(
    None,
    "Use `tf.data.Dataset.shuffle(buffer_size, seed)` followed by `tf.data.Dataset.repeat(count)`. "
    "Static tf.data optimizations will take care of using the fused implementation.",
)
def shuffle_and_repeat(
    buffer_size: Any, count: Any = None, seed: Any = None
) -> Callable[[DatasetV2], DatasetV2]:
    """Gives the elements `count` times over, or for ever, in another random order each time."""
    return lambda dataset: ShuffleAndRepeatDataset(dataset, buffer_size, count, seed)
