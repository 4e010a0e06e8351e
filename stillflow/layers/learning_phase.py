"""Whether a graph trains, where a layer is not told: a value to feed, false unless fed or set."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.graph.context import executing_eagerly, executing_eagerly_outside_functions
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import init_scope, name_scope
from stillflow.layers.keras_graph import get_graph, is_in_keras_graph
from stillflow.ops.control.ordering import placeholder_with_default

# The numbers that a program set. A placeholder would keep its graph alive here: the graph has it.
_set: weakref.WeakKeyDictionary[Graph, int] = weakref.WeakKeyDictionary()
_KEY = ("stillflow", "learning phase")


def learning_phase() -> Tensor | int:
    """0 or 1 where that is set, else the default graph's `symbolic_learning_phase`.

    In the body of a function it is that of the graph around. In eager mode it is 0 unless set.
    """
    if is_in_keras_graph():
        return symbolic_learning_phase()
    with init_scope():
        if executing_eagerly():
            return _set.get(get_default_graph(), 0)
        return symbolic_learning_phase()


def symbolic_learning_phase() -> Tensor | int:
    """What is set for the default graph, else its placeholder `keras_learning_phase`.

    The placeholder is made when first asked for.
    """
    graph = get_graph()
    return _set[graph] if graph in _set else _placeholder(graph)


def phase_set_eagerly() -> int | None:
    """0 or 1 where a program of eager mode has set it; None in graphs, and where none has."""
    if not _set or not executing_eagerly_outside_functions():
        return None
    with init_scope():
        return _set.get(get_default_graph())


def set_learning_phase(value: int) -> None:
    """Fixes whether the default graph trains, for what is built from here on.

    Args:
      value: 1 when it does, 0 when not.

    Raises:
      ValueError: `value` is neither.
    """
    _check(value)
    with init_scope():
        _set[get_default_graph()] = _set[get_graph()] = value


@contextmanager
def learning_phase_scope(value: int) -> Iterator[None]:
    """A block with a learning phase of its own: 0 or 1, else ValueError."""
    _check(value)
    with init_scope():
        before = _set.get(get_default_graph())
    try:
        set_learning_phase(value)
        yield
    finally:
        with init_scope():
            for graph in (get_default_graph(), get_graph()):
                if before is not None:
                    _set[graph] = before
                else:
                    _set.pop(graph, None)


def reset_learning_phases() -> None:
    """Forgets what is set of all graphs; the default one has its placeholder at once."""
    _set.clear()
    _placeholder(get_graph())


def is_learning_phase(tensor: Tensor) -> bool:
    """Whether a tensor is the placeholder of its graph."""
    return any(tensor is each for each in tensor.graph.get_collection_ref(_KEY))


def _placeholder(graph: Graph) -> Tensor:
    holder = graph.get_collection_ref(_KEY)
    if not holder:
        with graph.as_default(), name_scope(""):
            holder.append(placeholder_with_default(False, (), name="keras_learning_phase"))
    placeholder: Tensor = holder[0]
    return placeholder


def _check(value: Any) -> None:
    if value not in (0, 1):
        raise ValueError(
            f"Expected learning phase to be 0 or 1.\n  It is 1 for training, else 0; not {value!r}."
        )
