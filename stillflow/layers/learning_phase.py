"""Whether a graph trains, where a layer is not told: a value to feed, false unless fed or set."""

from __future__ import annotations

import threading
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
# In `kept` of Keras' graph: {0 or 1: the placeholder that layers ask while that is set}.
_PRESET = ("stillflow", "learning phases that were set")


class _Scopes(threading.local):
    open_here = 0


_scopes = _Scopes()


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


def phase_of_layers() -> Tensor | int:
    """What layers ask: `learning_phase`, in Keras' graph of eager mode as a tensor in any case."""
    return symbolic_phase_of_layers() if is_in_keras_graph() else learning_phase()


def symbolic_phase_of_layers() -> Tensor:
    """What layers ask in Keras' graph: a placeholder, which is what is set if it is not fed."""
    graph = get_graph()
    return _preset(graph, _set[graph]) if graph in _set else _placeholder(graph)


def phase_of_scope() -> int | None:
    """0 or 1 in a `learning_phase_scope` of eager mode: a model called there keeps to it."""
    return phase_set_eagerly() if _scopes.open_here else None


def phases_to_feed(trains: bool) -> dict[Tensor, bool]:
    """What to feed for all layers of Keras' graph to train, or for none, whatever was set."""
    graph = get_graph()
    fed = {phase: trains for value, phase in _presets(graph).items() if value != trains}
    return {_placeholder(graph): True, **fed} if trains else fed


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
    _scopes.open_here += 1
    try:
        set_learning_phase(value)
        yield
    finally:
        _scopes.open_here -= 1
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
    """Whether a tensor is a placeholder for a phase."""
    phases = [*tensor.graph.get_collection_ref(_KEY), *_presets(tensor.graph).values()]
    return any(tensor is each for each in phases)


def _placeholder(graph: Graph) -> Tensor:
    holder = graph.get_collection_ref(_KEY)
    if not holder:
        with graph.as_default(), name_scope(""):
            holder.append(placeholder_with_default(False, (), name="keras_learning_phase"))
    placeholder: Tensor = holder[0]
    return placeholder


def _presets(graph: Graph) -> dict[int, Tensor]:
    presets: dict[int, Tensor] = graph.kept.setdefault(_PRESET, {})
    return presets


def _preset(graph: Graph, value: int) -> Tensor:
    presets = _presets(graph)
    if value not in presets:
        with graph.as_default(), name_scope(""):
            name = f"keras_learning_phase_set_to_{value}"
            presets[value] = placeholder_with_default(bool(value), (), name=name)
    return presets[value]


def _check(value: Any) -> None:
    if value not in (0, 1):
        raise ValueError(
            f"Expected learning phase to be 0 or 1.\n  It is 1 for training, else 0; not {value!r}."
        )
