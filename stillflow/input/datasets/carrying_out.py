"""Datasets of the same elements, which say how these are to be made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.input.datasets.dataset import DatasetV2, UnaryUnchangedStructureDataset
from stillflow.input.datasets.moving import number
from stillflow.input.datasets.options import Options, StatsOptions
from stillflow.ops.datasets.caching import cache_dataset_op
from stillflow.ops.datasets.optimizing import (
    max_intra_op_parallelism_dataset_op,
    model_dataset_op,
    optimize_dataset_op,
)
from stillflow.ops.datasets.prefetching import prefetch_dataset_op
from stillflow.ops.datasets.statistics import set_stats_aggregator_dataset_op
from stillflow.ops.datasets.thread_pools import private_thread_pool_dataset_op


class CacheDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, filename: Any):
        self._filename = convert_to_tensor(filename, dtypes.string, "filename")
        variant = cache_dataset_op(
            input_dataset._variant_tensor, self._filename, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


class PrefetchDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, buffer_size: Any, slack_period: int | None = None):
        self._buffer_size = number(-1 if buffer_size is None else buffer_size, "buffer_size")
        variant = prefetch_dataset_op(
            input_dataset._variant_tensor,
            self._buffer_size,
            slack_period=slack_period or 0,
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)


class OptionsDataset(UnaryUnchangedStructureDataset):
    """No node of its own."""

    def __init__(self, input_dataset: DatasetV2, options: Options):
        self._options = input_dataset.options().merge(options)
        super().__init__(input_dataset, input_dataset._variant_tensor)

    def options(self) -> Options:
        return self._options


class ModelDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, algorithm: int, cpu_budget: int):
        variant = model_dataset_op(
            input_dataset._variant_tensor,
            algorithm=algorithm,
            cpu_budget=cpu_budget,
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)


class OptimizeDataset(UnaryUnchangedStructureDataset):
    def __init__(
        self, input_dataset: DatasetV2, optimizations: Sequence[str], configs: Sequence[str]
    ):
        names = convert_to_tensor(optimizations, dtypes.string, "optimizations")
        variant = optimize_dataset_op(
            input_dataset._variant_tensor,
            names,
            optimization_configs=list(configs),
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)


class MaxIntraOpParallelismDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, max_intra_op_parallelism: Any):
        most = number(max_intra_op_parallelism, "max_intra_op_parallelism")
        variant = max_intra_op_parallelism_dataset_op(
            input_dataset._variant_tensor, most, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


class PrivateThreadPoolDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, num_threads: Any):
        count = number(num_threads, "num_threads")
        variant = private_thread_pool_dataset_op(
            input_dataset._variant_tensor, count, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


class SetStatsAggregatorDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, options: StatsOptions):
        variant = set_stats_aggregator_dataset_op(
            input_dataset._variant_tensor,
            options.aggregator._resource,
            options.prefix,
            options.counter_prefix,
            **input_dataset._flat_structure,
        )
        super().__init__(input_dataset, variant)
