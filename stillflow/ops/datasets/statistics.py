"""What is counted while a pipeline makes elements, and the resource that keeps it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.resources import Resource, resource_of
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.text import as_text
from stillflow.ops.datasets.arguments import of_scalars
from stillflow.ops.datasets.dataset import (
    Dataset,
    Element,
    ElementIterator,
    InputIterator,
    Place,
    dataset_of,
)
from stillflow.ops.datasets.state import State
from stillflow.ops.summaries.common import new_summary, serialized
from stillflow.ops.summaries.histogram import Growing

_OPTIONS: dict[str, Any] = {
    "shape": of_scalars,
    "limits": {"output_types": 1, "output_shapes": 1},
    "host": True,
}


class StatsAggregator(Resource):
    """A histogram for each tag."""

    def __init__(self, name: str, attrs: dict[str, Any]):
        super().__init__(name)
        self._histograms: dict[str, Growing] = {}

    def record(self, tag: str, value: float) -> None:
        with self.lock:
            if tag not in self._histograms:
                self._histograms[tag] = Growing()
            self._histograms[tag].add(value)

    def summary(self) -> np.ndarray:
        """string[], a Summary of the histograms, in the order in which tags came first."""
        summary = new_summary()
        with self.lock:
            for tag, histogram in self._histograms.items():
                histogram.fill(summary.value.add(tag=tag).histo)
        return serialized(summary)


class RecordedDataset(Dataset):
    """Its input, of whose elements `measure` gives a number, by their tag."""

    def __init__(
        self,
        source: Dataset,
        tag: str,
        measure: Callable[[Element, float], float],
        kind: str,
        *structure: Any,
    ):
        super().__init__((source,), *structure)
        self.kind = kind
        self.tag = tag
        self.measure = measure

    def iterator(self, place: Place) -> ElementIterator:
        return _Recorded(self, place)

    def cardinality(self) -> int:
        return self.inputs[0].cardinality()


class _Recorded(InputIterator):
    def __init__(self, dataset: RecordedDataset, place: Place):
        super().__init__(dataset, place)
        self.kind = dataset.kind

    def next(self) -> Element:
        begun = time.perf_counter()
        element = self.input.next()
        record = self.place.pass_.record
        if record is not None:
            taken = time.perf_counter() - begun
            record(self.dataset.tag, self.dataset.measure(element, taken))
        return element

    def save(self, state: State) -> None:
        self.input.write(state)

    def restore(self, state: State) -> None:
        self.input.read(state)


def _bytes(element: Element, seconds: float) -> float:
    return float(sum(_size(np.asarray(value)) for value in element))


def _size(value: np.ndarray) -> int:
    return sum(map(len, value.ravel().tolist())) if value.dtype == object else value.nbytes


def _microseconds(element: Element, seconds: float) -> float:
    return float(int(seconds * 1e6))


class ObservedDataset(Dataset):
    """Its input, of which an aggregator keeps what is recorded; tags are under `prefix`."""

    def __init__(self, source: Dataset, aggregator: StatsAggregator, prefix: str, *structure: Any):
        super().__init__((source,), *structure)
        self._aggregator = aggregator
        self._prefix = f"{prefix}::" if prefix else ""

    def iterator(self, place: Place) -> ElementIterator:
        place.pass_.record = lambda tag, value: self._aggregator.record(self._prefix + tag, value)
        return self.inputs[0].iterator(place)

    def cardinality(self) -> int:
        return self.inputs[0].cardinality()


@op(
    "StatsAggregatorHandle",
    "-> handle: resource",
    shape=shapes.scalar,
    host=True,
    resource=StatsAggregator,
)
def stats_aggregator_handle_op(xp, aggregator, *, container: str = "", shared_name: str = ""):
    """-> the aggregator of this node, or of its name, in the session"""
    return aggregator


@op(
    "StatsAggregatorSummary",
    "iterator: resource -> summary: string",
    shape=shapes.scalar,
    host=True,
    stateful=True,
)
def stats_aggregator_summary_op(xp, iterator):
    """-> string[], a Summary of what has been recorded"""
    return resource_of(iterator, StatsAggregator).summary()


@op(
    "SetStatsAggregatorDataset",
    "input_dataset: variant, stats_aggregator: resource, tag: string, counter_prefix: string "
    "-> handle: variant",
    stateful=True,
    **_OPTIONS,
)
def set_stats_aggregator_dataset_op(
    xp,
    input_dataset,
    stats_aggregator,
    tag,
    counter_prefix,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """tag, counter_prefix: string[] -> variant[], the same elements"""
    aggregator = resource_of(stats_aggregator, StatsAggregator)
    source, prefix = dataset_of(input_dataset), as_text(tag[()])
    return ObservedDataset(source, aggregator, prefix, output_types, output_shapes)


@op(
    "LatencyStatsDataset",
    "input_dataset: variant, tag: string -> handle: variant",
    **_OPTIONS,
)
def latency_stats_dataset_op(
    xp, input_dataset, tag, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """tag: string[] -> variant[], the same elements; how long each takes is recorded"""
    told = as_text(tag[()]), _microseconds, "LatencyStats", output_types, output_shapes
    return RecordedDataset(dataset_of(input_dataset), *told)


@op(
    "BytesProducedStatsDataset",
    "input_dataset: variant, tag: string -> handle: variant",
    **_OPTIONS,
)
def bytes_produced_stats_dataset_op(
    xp, input_dataset, tag, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """tag: string[] -> variant[], the same elements; how large each is is recorded"""
    told = as_text(tag[()]), _bytes, "BytesProducedStats", output_types, output_shapes
    return RecordedDataset(dataset_of(input_dataset), *told)


for _declared in (stats_aggregator_handle_op, stats_aggregator_summary_op):
    _declared.not_differentiable()
for _declared in (latency_stats_dataset_op, bytes_produced_stats_dataset_op):
    _declared.not_differentiable()
set_stats_aggregator_dataset_op.not_differentiable()
