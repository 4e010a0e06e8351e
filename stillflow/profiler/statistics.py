"""Statistics of operations that functions compute, by op type: `RegisterStatistics`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.graph import Graph

_registered: dict[tuple[str, str], Callable[[Graph, Any], OpStats]] = {}


class OpStats:
    """A statistic of one node: its kind, and its value or None."""

    def __init__(self, statistic_type: str, value: Any = None):
        self.statistic_type = statistic_type
        self.value = value

    @property
    def statistic_type(self) -> str:
        return self._statistic_type

    @statistic_type.setter
    def statistic_type(self, statistic_type: str) -> None:
        self._statistic_type = statistic_type

    @property
    def value(self) -> Any:
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._value = value

    def __iadd__(self, other: OpStats) -> OpStats:
        if other.statistic_type != self.statistic_type:
            raise ValueError(
                f"Can't add an OpStat of type {self.statistic_type} to one of "
                f"{other.statistic_type}."
            )
        if self.value is None:
            self.value = other.value
        elif other.value is not None:
            self._value += other.value
        return self


class RegisterStatistics:
    """Decorator of a function of (graph, node_def), which gives the OpStats of an op type.

    Raises:
      TypeError: a name is none, or has a comma in it.
      KeyError: there is such a function already.
    """

    def __init__(self, op_type: str, statistic_type: str):
        for name, what in ((op_type, "op_type"), (statistic_type, "statistic_type")):
            if not isinstance(name, str):
                raise TypeError(f"{what} must be a string.")
            if "," in name:
                raise TypeError(f"{what} must not contain a comma.")
        self._key = op_type, statistic_type

    def __call__(self, f: Callable[[Graph, Any], OpStats]) -> Callable[[Graph, Any], OpStats]:
        if self._key in _registered:
            raise KeyError(
                f"Registering two statistical functions with name '{','.join(self._key)}'!"
            )
        _registered[self._key] = f
        return f


def get_stats_for_node_def(graph: Graph, node: Any, statistic_type: str) -> OpStats:
    """The statistic of a NodeDef; its value is None where no function is registered.

    Raises:
      ValueError: a shape that it needs is not known.
    """
    from stillflow.profiler import flops  # noqa: F401 # which registers its functions

    function = _registered.get((node.op, statistic_type))
    return OpStats(statistic_type) if function is None else function(graph, node)


def sizes_of(graph: Graph, name: str) -> list[int]:
    """The sizes of a tensor by the name of a node's input; ValueError unless all are known."""
    tensor = name if ":" in name else f"{name}:0"
    shape = graph.get_tensor_by_name(tensor.removeprefix("^")).get_shape()
    shape.assert_is_fully_defined()
    return [int(size) for size in shape.as_list()]  # type: ignore[arg-type]
