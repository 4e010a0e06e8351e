"""Counts, gauges and samples by name and labels: `tensorflow.python.eager.monitoring`."""

from __future__ import annotations

import bisect
import sys
from collections.abc import Callable
from typing import Any

from stillflow.graph.errors import AlreadyExistsError

_names: set[str] = set()


class _Cell:
    """One number or text of a metric."""

    def __init__(self, value: Any):
        self._value = value

    def value(self) -> Any:
        return self._value


class _CounterCell(_Cell):
    def increase_by(self, value: int) -> None:
        self._value += value


class _GaugeCell(_Cell):
    def set(self, value: Any) -> None:
        """Replaces the value. TypeError for one of another type."""
        if not isinstance(value, type(self._value)):
            raise TypeError(f"The gauge holds a {type(self._value).__name__}, but got {value!r}.")
        self._value = value


class ExponentialBuckets:
    """Bounds of buckets: `scale`, and each `growth_factor` times the one before.

    A last bucket is for all that is above them.
    """

    def __init__(self, scale: float, growth_factor: float, bucket_count: int):
        bounds = [scale * growth_factor**place for place in range(bucket_count)]
        self.limits = [*bounds, sys.float_info.max]


class _SamplerCell:
    """What is known of the samples that were added."""

    def __init__(self, buckets: ExponentialBuckets):
        self._limits = buckets.limits
        self._counts = [0] * len(buckets.limits)
        self._least, self._most = sys.float_info.max, -sys.float_info.max
        self._sum = self._sum_of_squares = 0.0

    def add(self, value: float) -> None:
        """Counts a sample in the bucket whose bounds are at most and above it."""
        place = bisect.bisect_right(self._limits, value)
        self._counts[min(place, len(self._counts) - 1)] += 1
        self._least, self._most = min(self._least, value), max(self._most, value)
        self._sum += value
        self._sum_of_squares += value * value

    def value(self) -> Any:
        """A HistogramProto."""
        from tensorboard.compat.proto.summary_pb2 import HistogramProto

        return HistogramProto(
            min=self._least,
            max=self._most,
            num=sum(self._counts),
            sum=self._sum,
            sum_squares=self._sum_of_squares,
            bucket_limit=self._limits,
            bucket=self._counts,
        )


class _Metric:
    """A cell for each combination of labels, made when it is first asked for.

    Args:
      name: of this metric alone in the process, until it is no longer held.
      description: for people.
      labels: the names of the labels.

    Raises:
      AlreadyExistsError: a metric of that name is held.
    """

    _cell: Callable[[Any], Any]
    _initial: Any

    def __init__(self, name: str, description: str, *labels: str):
        if name in _names:
            raise AlreadyExistsError(
                None, None, f"Another metric with the same name already exists.\n  Name: {name}."
            )
        _names.add(name)
        self._name = name
        self._labels = labels
        self._cells: dict[tuple[str, ...], Any] = {}

    def __del__(self) -> None:
        if hasattr(self, "_name"):
            _names.discard(self._name)

    def get_cell(self, *labels: str) -> Any:
        """The cell of the labels. ValueError when these are not as many as the metric has."""
        if len(labels) != len(self._labels):
            raise ValueError(
                f"The {type(self).__name__} expects taking {len(self._labels)} labels\n"
                f"  {self._name} has {self._labels}; got {labels}."
            )
        if labels not in self._cells:
            self._cells[labels] = self._cell(self._initial)
        return self._cells[labels]


class Counter(_Metric):
    """A count that only grows."""

    _cell = _CounterCell
    _initial = 0


class Sampler(_Metric):
    """How samples are distributed over buckets."""

    _cell = _SamplerCell

    def __init__(self, name: str, buckets: ExponentialBuckets, description: str, *labels: str):
        super().__init__(name, description, *labels)
        self._initial = buckets


class IntGauge(_Metric):
    _cell = _GaugeCell
    _initial = 0


class StringGauge(_Metric):
    _cell = _GaugeCell
    _initial = ""


class BoolGauge(_Metric):
    _cell = _GaugeCell
    _initial = False
