"""Who keeps the graph of a traced function, which is taken apart once nobody can call it.

A graph is full of references in circles: its operations know it, and each other. Left alone it
would stay, with all that its function captured, until Python looks for such circles.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation


class Keeper:
    """What those share that need a graph: with the last of them the graph goes.

    The graph in which Keras builds models stays: the next model is built there too.
    """

    def __init__(self, graph: Graph):
        self._graph = graph

    def __del__(self) -> None:
        if not self._graph.outlives_functions:
            take_apart(self._graph)


_keepers: weakref.WeakKeyDictionary[Graph, weakref.ref[Keeper]] = weakref.WeakKeyDictionary()


def keeper_of(graph: Any) -> Keeper:
    """The keeper of the graph that a function's body is of, or is a part of."""
    reference = _keepers.get(graph.whole)
    keeper = None if reference is None else reference()
    if keeper is None:
        keeper = Keeper(graph.whole)
        _keepers[graph.whole] = weakref.ref(keeper)
    return keeper


def take_apart(graph: Graph) -> None:
    """Cuts what operations, tensors and their graph know of each other.

    What contexts of loops and choices know of each other is left to Python.
    """
    _cut(graph._ops.values())
    vars(graph).clear()


def _cut(operations: Iterable[Operation]) -> None:
    for op in operations:
        for tensor in op.outputs:
            tensor._users = None
        expansion = op._expansion
        op.inputs, op._outputs = (), []
        op._control_inputs = ()
        op._control_flow_context = op._original_op = op._expansion = None
        if expansion is not None:
            _cut(expansion.ops.values())
