"""Entering and leaving eager mode: `tf.enable_eager_execution` and `with context.eager_mode()`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from stillflow.graph import context
from stillflow.graph.eager_graph import eager_mode as eager_mode
from stillflow.platform.app import run
from stillflow.runtime.eager import dispatch  # registers what carries operations out

assert dispatch

DEVICE_PLACEMENT_EXPLICIT = 0
DEVICE_PLACEMENT_WARN = 1
DEVICE_PLACEMENT_SILENT = 2
DEVICE_PLACEMENT_SILENT_FOR_INT32 = 3
SYNC = 0
ASYNC = 1
_POLICIES = (None, *range(4))


def enable_eager_execution(
    config: Any = None, device_policy: Any = None, execution_mode: Any = None
) -> None:
    """Has operations run at once from here on, wherever no graph is open.

    Args:
      config: a ConfigProto; recorded.
      device_policy: one of `tf.contrib.eager.DEVICE_PLACEMENT_*`; recorded.
      execution_mode: `SYNC` or `ASYNC`; operations run one after another in both.

    Raises:
      ValueError: something was built in the default graph before, or an argument is none of these.
      TypeError: `config` is no ConfigProto.
    """
    if config is not None and type(config).__name__ != "ConfigProto":
        raise TypeError(f"config must be a tf.ConfigProto, but got {type(config)}")
    if device_policy not in _POLICIES:
        raise ValueError("device_policy must be one of None, tf.contrib.eager.DEVICE_PLACEMENT_*")
    if execution_mode not in (None, SYNC, ASYNC):
        raise ValueError(
            "execution_mode must be one of None, tf.contrib.eager.SYNC, tf.contrib.eager.ASYNC"
        )
    if context.is_eager_by_default():
        return
    if context.has_global_graph():
        raise ValueError("tf.enable_eager_execution must be called at program startup.")
    context.set_eager_by_default(True)


def eager_run(main: Any = None, argv: Any = None) -> None:
    """`tf.app.run` of a program that executes eagerly."""
    enable_eager_execution()
    run(main, argv)


def disable_eager_execution() -> None:
    """Has operations be built again; for programs that switch TensorFlow 2's behaviour off."""
    context.set_eager_by_default(False)


def graph_mode() -> AbstractContextManager:
    """A `with` block in which this thread builds in the graph that is open, or its global one."""
    open_graphs = (graph for graph in reversed(context.graphs.stack) if not graph.is_eager)
    return context.graphs.entered(next(open_graphs, None) or context.global_graph())
