"""What TensorFlow's optimizer puts in place of datasets, as far as it changes the elements."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection

from stillflow.ops.datasets.batching import BatchDataset, MapAndBatchDataset
from stillflow.ops.datasets.dataset import Dataset
from stillflow.ops.datasets.mapping import MapDataset
from stillflow.ops.datasets.prefetching import PrefetchDataset
from stillflow.ops.datasets.repeating import RepeatDataset, SkipDataset, TakeDataset
from stillflow.ops.datasets.shuffling import ShuffleDataset


def fused(dataset: Dataset, names: Collection[bytes]) -> Dataset:
    """The dataset as the optimizations `names` rewrite it."""
    dataset = dataset.with_inputs([fused(source, names) for source in dataset.inputs])
    for name, rewrite in _REWRITES:
        if name in names:
            dataset = rewrite(dataset)
    return dataset


def _shuffled_and_repeated(dataset: Dataset) -> Dataset:
    """Epochs that are shuffled and follow each other draw from one random stream."""
    if not isinstance(dataset, RepeatDataset) or not dataset.count:
        return dataset
    source = dataset.inputs[0]
    if not isinstance(source, ShuffleDataset) or not source.reshuffles or source.generator:
        return dataset
    return ShuffleDataset(
        source.inputs[0],
        source.buffer_size,
        source.seeds,
        False,
        max(dataset.count, -1),
        dataset.types,
        dataset.shapes,
    )


def _without_effect(dataset: Dataset) -> bool:
    return (
        (isinstance(dataset, TakeDataset) and dataset.count < 0)
        or (isinstance(dataset, SkipDataset) and dataset.count == 0)
        or (isinstance(dataset, RepeatDataset) and dataset.count == 1)
        or (isinstance(dataset, PrefetchDataset) and dataset.size == 0)
    )


def _without_noops(dataset: Dataset) -> Dataset:
    """It makes no difference but to the keys of what an iterator saves."""
    return dataset.inputs[0] if _without_effect(dataset) else dataset


def _mapped_and_batched(dataset: Dataset) -> Dataset:
    """Of a batch in which an element fails all elements are gone."""
    source = dataset.inputs[0] if dataset.inputs else None
    if type(dataset) is not BatchDataset or not isinstance(source, MapDataset):
        return dataset
    return MapAndBatchDataset(
        source.inputs[0],
        dataset.size,
        dataset.drops_rest,
        source.function,
        source.keeps_number,
        dataset.types,
        dataset.shapes,
    )


def _sloppy(dataset: Dataset) -> Dataset:
    """What is there first is given first."""
    if not isinstance(dataset, MapDataset) or dataset.is_sloppy:
        return dataset
    result = copy.copy(dataset)
    result.is_sloppy = True
    return result


_REWRITES: tuple[tuple[bytes, Callable[[Dataset], Dataset]], ...] = (
    (b"shuffle_and_repeat_fusion", _shuffled_and_repeated),
    (b"make_sloppy", _sloppy),
    (b"noop_elimination", _without_noops),
    (b"map_and_batch_fusion", _mapped_and_batched),
)
