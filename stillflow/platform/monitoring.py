"""Counts and gauges of a process, by name and labels: `tensorflow.python.eager.monitoring`."""

from __future__ import annotations

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


class _Metric:
    """A cell for each combination of labels, made when it is first asked for.

    Args:
      name: of this metric alone in the process, until it is no longer held.
      description: for people.
      labels: the names of the labels.

    Raises:
      AlreadyExistsError: a metric of that name is held.
    """

    _cell: type[_Cell]
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


class IntGauge(_Metric):
    _cell = _GaugeCell
    _initial = 0


class StringGauge(_Metric):
    _cell = _GaugeCell
    _initial = ""


class BoolGauge(_Metric):
    _cell = _GaugeCell
    _initial = False
