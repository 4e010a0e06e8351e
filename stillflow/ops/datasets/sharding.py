"""How a pipeline is divided among workers: by the files that it reads, else by its elements."""

from __future__ import annotations

from typing import Any

from stillflow.ops.datasets.batching import BatchDataset
from stillflow.ops.datasets.caching import FileCacheDataset, MemoryCacheDataset
from stillflow.ops.datasets.dataset import Dataset
from stillflow.ops.datasets.examples import ParseExampleDataset
from stillflow.ops.datasets.interleaving import InterleaveDataset
from stillflow.ops.datasets.mapping import FilterDataset, FlatMapDataset, MapDataset
from stillflow.ops.datasets.optimizing import OptimizedDataset, TransparentDataset
from stillflow.ops.datasets.prefetching import PrefetchDataset
from stillflow.ops.datasets.repeating import (
    ConcatenateDataset,
    RepeatDataset,
    ShardDataset,
    SkipDataset,
    TakeDataset,
    ZipDataset,
)
from stillflow.ops.datasets.shuffling import ShuffleDataset
from stillflow.ops.datasets.windows import WindowDataset
from stillflow.ops.functions.calls import function_called

_READERS = {
    "FixedLengthRecordDataset",
    "FixedLengthRecordDatasetV2",
    "RecordIODataset",
    "SSTableDataset",
    "TextLineDataset",
    "TFRecordDataset",
}
# Whose elements are divided where their inputs' are.
_PASSED = (
    BatchDataset,
    ConcatenateDataset,
    FileCacheDataset,
    FilterDataset,
    FlatMapDataset,
    InterleaveDataset,
    MapDataset,
    MemoryCacheDataset,
    OptimizedDataset,
    ParseExampleDataset,
    PrefetchDataset,
    RepeatDataset,
    ShuffleDataset,
    SkipDataset,
    TakeDataset,
    TransparentDataset,
    WindowDataset,
    ZipDataset,
)


def sharded(dataset: Dataset, count: int, index: int) -> Dataset:
    """What the worker `index` of `count` gets of a dataset.

    Where its elements come from functions that read files, it gets some of the files. Where only
    the first of several inputs are such, it gets some of the elements of some of their files, as
    with TensorFlow, whose rewriting does not take back what it has begun.
    """
    divided, is_by_files = _by_files(dataset, count, index)
    return divided if is_by_files else _shard(divided, count, index)


def _by_files(dataset: Dataset, count: int, index: int) -> tuple[Dataset, bool]:
    """The dataset of some of the files, and whether all that it gives comes from files."""
    if isinstance(dataset, (FlatMapDataset, InterleaveDataset)) and _reads(dataset.function.body):
        return dataset.with_inputs([_of_names(dataset.inputs[0], count, index)]), True
    if not isinstance(dataset, _PASSED):
        return dataset, False
    sources, is_by_files = list(dataset.inputs), True
    for number, source in enumerate(sources):
        sources[number], is_by_files = _by_files(source, count, index)
        if not is_by_files:
            break
    return dataset.with_inputs(sources), is_by_files


def _of_names(names: Dataset, count: int, index: int) -> Dataset:
    """Some of the names; shuffled afterwards, for workers may shuffle them differently."""
    if isinstance(names, ShuffleDataset):
        return names.with_inputs([_shard(names.inputs[0], count, index)])
    return _shard(names, count, index)


def _shard(dataset: Dataset, count: int, index: int) -> ShardDataset:
    return ShardDataset(dataset, count, index, True, dataset.types, dataset.shapes)


def _reads(body: Any) -> bool:
    """Whether a function reads files, or one that makes datasets for it does."""
    for op in body.get_operations():
        makes = op.type.endswith("MapDataset") or "InterleaveDataset" in op.type
        if op.type in _READERS or (makes and _reads(function_called(op, op.attrs["f"].name).body)):
            return True
    return False
