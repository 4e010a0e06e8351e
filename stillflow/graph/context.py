"""The default graph and the default session: two stacks for each thread. Knows no session."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class DefaultStack(threading.local):
    """The innermost object whose `with` block the thread is in."""

    def __init__(self) -> None:
        self.stack: list[Any] = []

    def innermost(self) -> Any:
        return self.stack[-1] if self.stack else None

    @contextmanager
    def entered(self, item: Any) -> Iterator[Any]:
        self.stack.append(item)
        try:
            yield item
        except GeneratorExit:  # the block is not left but forgotten: there is nobody to be told
            if self.innermost() is item:
                self.stack.pop()
            raise
        except BaseException:
            self._leave(item)
            raise
        self._leave(item)

    def _leave(self, item: Any) -> None:
        if not self.stack:  # what was in it was forgotten (`forget_nested_graphs`)
            return
        if self.stack[-1] is not item:
            raise AssertionError(
                f"Nesting violated for default stack of {type(item)} objects\n"
                "  Leave `with` blocks in the reverse order of entering them."
            )
        self.stack.pop()


class GraphStack(DefaultStack):
    """The default graphs of a thread, and what watches the operations that it builds or runs.

    tapes: those that are recording (see `graph.recording`), the innermost last.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tapes: list[Any] = []


sessions = DefaultStack()
graphs = GraphStack()


class _GlobalGraph(threading.local):
    """The graph of what never opens one: each thread has its own, as in TensorFlow."""

    def __init__(self) -> None:
        self.graph: Any = None


_global = _GlobalGraph()


def register(
    create: Callable[..., Any],
    operation: Callable[..., None],
    attribute: Callable[..., Any],
    gradient: Callable[[Any], Any],
    choice: Callable[[Any, Any], Any],
    spelling: Callable[[Any], Any],
) -> None:
    """Tells functions of stages above; called once.

    Args:
      create: `Graph.create_op`, for which all op types must be known.
      operation: what makes an Operation the node of a NodeDef.
      attribute: what reads the AttrValue of one attribute.
      gradient: what gives the body of a function's gradient, for which it must be derived.
      choice: what gives the gradients of a choice among functions, for which they must be derived.
      spelling: what gives the nodes that are written for operations, for which some are expanded.
    """
    global create_op, operation_of, attribute_of, gradient_of_function, gradient_of_choice
    global spelled_out
    create_op, operation_of, attribute_of = create, operation, attribute
    gradient_of_function, gradient_of_choice = gradient, choice
    spelled_out = spelling


create_op: Callable[..., Any]
operation_of: Callable[..., None]
attribute_of: Callable[..., Any]
gradient_of_function: Callable[[Any], Any]
gradient_of_choice: Callable[[Any, Any], Any]
spelled_out: Callable[[Any], Any]


class _Mode:
    """What threads do that are in no block of a graph's.

    default: `the_graph` once eager execution is enabled: operations run at once then.
    the_graph: what stands for the default graph in eager mode, once something has asked for it.
    """

    default: Any = None
    the_graph: Any = None


def set_eager_by_default(is_eager: bool) -> None:
    """Whether operations run at once wherever no graph is open, from here on."""
    _Mode.default = eager_graph() if is_eager else None


def is_eager_by_default() -> bool:
    return _Mode.default is not None


def has_global_graph() -> bool:
    """Whether something was built, or asked for, in the graph of a thread that never opens one."""
    return _global.graph is not None


def eager_graph() -> Any:
    """What stands for the default graph where operations run at once."""
    if _Mode.the_graph is None:
        from stillflow.graph.eager_graph import EagerGraph  # it stands on this module

        _Mode.the_graph = EagerGraph()
    return _Mode.the_graph


def executing_eagerly() -> bool:
    """Whether this thread's operations run at once, instead of being built."""
    stack = graphs.stack
    graph = stack[-1] if stack else _Mode.default
    return graph is not None and graph.is_eager


def executing_eagerly_outside_functions() -> bool:
    """`executing_eagerly`; of the body of a function, whether that holds around it."""
    for graph in reversed(graphs.stack):
        if not graph.building_function:
            return graph.is_eager
    return _Mode.default is not None


def check_not_eager(message: str) -> None:
    """RuntimeError, saying `message`, in eager mode."""
    if executing_eagerly():
        raise RuntimeError(message)


def inside_function() -> bool:
    """Whether this thread builds the body of a function."""
    stack = graphs.stack
    return bool(stack) and stack[-1].building_function


def outermost_graph() -> Any:
    """The default graph of what is in no block of a graph's."""
    return _Mode.default or global_graph()


def get_default_graph() -> Any:
    """Returns the graph that new operations are added to in this thread."""
    stack = graphs.stack
    return stack[-1] if stack else outermost_graph()


def global_graph() -> Any:
    """Returns the graph of a thread that never opens one."""
    if _global.graph is None:
        from stillflow.graph.graph import Graph  # it stands on this module, and loads NumPy

        _global.graph = Graph()
    return _global.graph


def has_default_graph() -> bool:
    """Whether the thread is in a block of a graph's."""
    return bool(graphs.stack)


def reset_default_graph() -> None:
    """Forgets the thread's global graph, so that the next operation starts a new one."""
    if not all(graph.is_eager for graph in graphs.stack):
        raise AssertionError(
            "Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared "
            "graph, exit the nesting and create a new graph."
        )
    _global.graph = None
    if _Mode.the_graph is not None:
        _Mode.the_graph.forget()


def forget_nested_graphs() -> None:
    """Ends the blocks of graphs that the thread is in; whether it is eager stays as it is."""
    graphs.stack[:] = graphs.stack[-1:] if executing_eagerly() else []


def get_default_session() -> Any:
    """Returns the session of the innermost `with` block, or None."""
    return sessions.innermost()


def session_for(session: Any, graph: Any, doing: str) -> Any:
    """Returns `session` or the default one; ValueError when none or when it runs another graph."""
    default = session is None
    session = session if session is not None else get_default_session()
    if session is None:
        needed = "`eval(session=sess)`" if "eval" in doing else "`run(session=sess)`"
        raise ValueError(
            f"Cannot {doing} using `{'eval' if 'eval' in doing else 'run'}()`: No default session "
            f"is registered. Use `with sess.as_default()` or pass an explicit session to {needed}"
        )
    if session.graph is not graph:
        kind = "the default session" if default else "the given session"
        raise ValueError(
            f"Cannot use {kind} to {doing}: the {'tensor' if 'eval' in doing else 'operation'}'s "
            "graph is different from the session's graph.\n"
            "  Make the session with tf.Session(graph=...) of the graph that it belongs to."
        )
    return session
