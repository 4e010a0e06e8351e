"""The GraphDef of a graph, kept from one save to the next: a loop saves the same graph often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from stillflow.graph.graph import Graph
from stillflow.graph.tensor_shape import TensorShape


@dataclass(frozen=True, slots=True)
class _State:
    """What can change in a GraphDef. The version counts neither devices nor what shapes gain."""

    version: int
    devices: list[str]
    shapes: list[TensorShape]

    def is_still(self, other: _State) -> bool:
        """Shapes are immutable, and one that is not known equals none: identity tells."""
        return (
            (self.version, self.devices) == (other.version, other.devices)
            and len(self.shapes) == len(other.shapes)
            and all(a is b for a, b in zip(self.shapes, other.shapes, strict=True))
        )


_exported: WeakKeyDictionary[Graph, tuple[_State, Any]] = WeakKeyDictionary()


def graph_def_with_shapes(graph: Graph) -> Any:
    """Returns `graph.as_graph_def(add_shapes=True)`. It is shared: copy it before changing it."""
    state = _state_of(graph)
    if graph in _exported and state.is_still(_exported[graph][0]):
        return _exported[graph][1]
    graph_def = graph.as_graph_def(add_shapes=True)
    _exported[graph] = state, graph_def
    return graph_def


def _state_of(graph: Graph) -> _State:
    ops = graph.get_operations()
    shapes = [tensor.shape for op in ops for tensor in op.outputs]
    return _State(graph.version, [op.device for op in ops], shapes)
