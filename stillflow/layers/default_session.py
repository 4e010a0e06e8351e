"""The session that Keras runs in, which initialises variables of Keras before they are used."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from typing import Any

from stillflow.graph import context
from stillflow.graph.context import executing_eagerly_outside_functions, get_default_session
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.scopes import graph_of
from stillflow.layers.keras_graph import forget_graph
from stillflow.layers.learning_phase import reset_learning_phases
from stillflow.layers.names import reset_uids
from stillflow.ops.variables.sets import is_variable_initialized, variables_initializer
from stillflow.platform import logging
from stillflow.runtime.session import BaseSession, Session
from stillflow.train.objects.sessions import register_session_provider


class _Own(threading.local):
    """A thread's own session, for where it has opened none."""

    session: Any = None


_own = _Own()
_is_manual = False


class _Tracked:
    """What a graph has to be given values, by identity and in the order of its making.

    The graph holds on to it: were it let go, then whether its nodes are made, and so the seeds of
    random operations after them, would hang on when Python collects garbage.
    """

    def __init__(self) -> None:
        self.waiting: dict[int, Any] = {}  # variables that were not looked at yet
        self.optimizers: dict[int, Any] = {}  # that have variables


def _tracked(graph: Graph) -> _Tracked:
    tracked: _Tracked = graph.kept.setdefault(_Tracked, _Tracked())
    return tracked


def get_session(op_input_list: Iterable[Any] = ()) -> BaseSession:
    """Returns the default session, else one of the thread's own for the default graph.

    Variables that Keras made and that have no value yet get their initial ones, unless
    `manual_variable_initialization` says that the program sees to that.

    Args:
      op_input_list: tensors whose graph is meant where no session is the default one.

    Raises:
      RuntimeError: a function's body is being built.
    """
    session = get_default_session() or _own_session(op_input_list)
    if not _is_manual:
        with session.graph.as_default():
            initialize_variables(session)
    return session


def set_session(session: Any) -> None:
    """Makes `session` what `get_session` returns in this thread where no other is the default."""
    _own.session = session


def clear_session() -> None:
    """Starts a new default graph, with a new session and names from the beginning."""
    context.reset_default_graph()
    forget_graph()
    reset_uids()
    _own.session = None
    reset_learning_phases()


def manual_variable_initialization(value: bool) -> None:
    """Sets whether the program initialises variables by itself: then `get_session` does not."""
    global _is_manual
    _is_manual = value


def track_variable(variable: Any) -> None:
    """Notes a variable that `get_session` is to initialise."""
    if executing_eagerly_outside_functions():
        return  # it has its value
    graph = variable.graph if hasattr(variable, "graph") else get_default_graph()
    _tracked(graph).waiting[id(variable)] = variable


def track_tf_optimizer(optimizer: Any) -> None:
    """Notes `optimizer.optimizer`, one of `tf.train`, whose variables are to be initialised too."""
    if executing_eagerly_outside_functions():
        return
    _tracked(get_default_graph()).optimizers[id(optimizer)] = optimizer


def initialize_variables(session: BaseSession) -> None:
    """Gives those variables of the default graph initial values that have none in `session`.

    A variable is looked at once.
    """
    unknown = _not_looked_at()
    if not unknown:
        return
    flags = session.run([is_variable_initialized(each) for each in unknown])
    for each in unknown:
        each._keras_initialized = True
    without = [each for each, flag in zip(unknown, flags, strict=True) if not flag]
    if without:
        session.run(variables_initializer(without))


def get_default_session_config() -> Any:
    """Returns the ConfigProto that Keras makes sessions with."""
    from tensorboard.compat.proto.config_pb2 import ConfigProto  # as heavy as protobuf

    if os.environ.get("OMP_NUM_THREADS"):
        logging.warning(
            "OMP_NUM_THREADS is no longer used by the default Keras config. To configure the "
            "number of threads, use tf.config.threading APIs."
        )
    return ConfigProto(allow_soft_placement=True)


def _own_session(op_input_list: Iterable[Any]) -> BaseSession:
    if get_default_graph().building_function:
        raise RuntimeError(
            "Cannot get session inside Tensorflow graph function.\n"
            "  Ask for it where the function is called, outside of its body."
        )
    if _own.session is None or _own.session.graph is not graph_of(op_input_list):
        _own.session = Session(config=get_default_session_config())
    session: BaseSession = _own.session
    return session


def _not_looked_at() -> list[Any]:
    tracked = _tracked(get_default_graph())
    for optimizer in tracked.optimizers.values():
        for variable in optimizer.optimizer.variables():
            track_variable(variable)
    for key, variable in list(tracked.waiting.items()):
        if getattr(variable, "_keras_initialized", False):
            del tracked.waiting[key]
    return list(tracked.waiting.values())


register_session_provider(get_session)
