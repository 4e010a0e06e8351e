"""The graph in which Keras builds models: the default one; in eager mode one that is kept for it.

What is built there is no part of a program's own graphs. Its variables are those of eager mode,
made outside of it; a functional model that is called on values calls its layers again, eagerly.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from stillflow.graph import context
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph

_NAME = "keras_graph"


class _Kept:
    graph: Any = None


def get_graph() -> Any:
    """The graph that a model which is made now belongs to."""
    if not executing_eagerly():
        return get_default_graph()
    if _Kept.graph is None:
        from stillflow.functions.func_graph import FuncGraph  # heavy, and for eager mode alone

        _Kept.graph = FuncGraph(_NAME)
        _Kept.graph.orders_effects = False
        _Kept.graph.outlives_functions = True
    return _Kept.graph


def in_graph() -> AbstractContextManager[Any]:
    """A `with` block that builds in that graph."""
    return get_graph().as_default() if executing_eagerly() else nullcontext()


def building(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method that builds in that graph."""

    @functools.wraps(method)
    def inside(*args: Any, **kwargs: Any) -> Any:
        with in_graph():
            return method(*args, **kwargs)

    return inside


def is_in_keras_graph() -> bool:
    """Whether a model is being built in eager mode."""
    return _Kept.graph is not None and get_default_graph() is _Kept.graph


def runs_at_once() -> bool:
    """Whether operations run, or are built into a function that runs them in their order."""
    return executing_eagerly() or runs_in_function()


def runs_in_function() -> bool:
    """Whether a function of an eager program is being built: it runs operations in their order.

    What `wrap_function` builds is no such function: it is code of graphs.
    """
    if not context.inside_function() or not context.executing_eagerly_outside_functions():
        return False
    graph: Any = get_default_graph()
    return graph is not _Kept.graph and not graph.name.startswith("wrapped_function")


def forget_graph() -> None:
    """Has the next model of eager mode start a new graph."""
    _Kept.graph = None
