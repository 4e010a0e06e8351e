"""Statistics of pipelines: how long elements take, and how large they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.input.datasets.dataset import DatasetV2, UnaryUnchangedStructureDataset
from stillflow.input.datasets.options import StatsOptions
from stillflow.ops.datasets.statistics import (
    bytes_produced_stats_dataset_op,
    latency_stats_dataset_op,
    stats_aggregator_handle_op,
    stats_aggregator_summary_op,
)

Transformation = Callable[[DatasetV2], DatasetV2]


class StatsAggregator:
    """Keeps what pipelines record which have it as `options.experimental_stats.aggregator`."""

    def __init__(self) -> None:
        self._resource = stats_aggregator_handle_op()

    def get_summary(self) -> Tensor:
        """string[], a Summary message with a histogram for each tag so far."""
        return stats_aggregator_summary_op(self._resource)


class StatsDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, build: Callable[..., Any], tag: Any):
        name = convert_to_tensor(tag, dtypes.string)
        variant = build(input_dataset._variant_tensor, name, **input_dataset._flat_structure)
        super().__init__(input_dataset, variant)


def latency_stats(tag: Any) -> Transformation:
    """A transformation that records how many microseconds each element took, under `tag`."""
    return lambda dataset: StatsDataset(dataset, latency_stats_dataset_op, tag)


def bytes_produced_stats(tag: Any) -> Transformation:
    """A transformation that records of how many bytes each element is, under `tag`."""
    return lambda dataset: StatsDataset(dataset, bytes_produced_stats_dataset_op, tag)


def set_stats_aggregator(
    stats_aggregator: StatsAggregator, prefix: str = "", counter_prefix: str = ""
) -> Transformation:
    """A transformation that has an aggregator keep what is recorded, with a prefix of tags."""

    def apply(dataset: DatasetV2) -> DatasetV2:
        from stillflow.input.datasets.carrying_out import SetStatsAggregatorDataset

        options = StatsOptions()
        options.aggregator = stats_aggregator
        options.prefix, options.counter_prefix = prefix, counter_prefix
        return SetStatsAggregatorDataset(dataset, options)

    return apply
