"""`tf.contrib.eager.add_execution_callback`: functions that are called after eager operations.

A thread that has callbacks has one more tape, the outermost, which hands operations to them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import context
from stillflow.graph.recording import stopped

Callback = Callable[[str, list[Any], tuple[Any, ...], list[Any], "str | None"], Any]


class _Watching:
    """A tape that differentiates nothing: it calls what wants to know of operations."""

    def __init__(self) -> None:
        self.callbacks: list[Callback] = []
        self.producers: dict[int, Any] = {}  # a tape's; nothing is watched

    def record(self, op: Any) -> None:
        if not all(getattr(tensor, "_is_eager", False) for tensor in op.outputs):
            return
        name = op.name if getattr(op, "is_named", False) else None
        attrs = tuple(part for pair in getattr(op, "attrs", {}).items() for part in pair)
        with stopped():
            for callback in self.callbacks:
                callback(op.type, list(op.inputs), attrs, list(op.outputs), name)

    def watch(self, tensor: Any) -> None:
        """No gradient is asked of it."""

    def variable_accessed(self, variable: Any) -> None:
        """No gradient is asked of it."""


def callbacks_now() -> list[Callback]:
    """This thread's callbacks, in the order in which they are called."""
    watching = _watching()
    return [] if watching is None else list(watching.callbacks)


def _watching() -> _Watching | None:
    return next((tape for tape in context.graphs.tapes if isinstance(tape, _Watching)), None)


def add_execution_callback(callback: Callback) -> None:
    """Has `callback(op_type, inputs, attrs, outputs, op_name)` called after each eager operation.

    That holds for operations of this thread. `attrs` are names and values by turns, `op_name` is
    None where the program gives no name. What it raises is raised by the call of the operation.
    """
    watching = _watching()
    if watching is None:
        watching = _Watching()
        context.graphs.tapes = [watching, *context.graphs.tapes]
    watching.callbacks.append(callback)


def clear_execution_callbacks() -> None:
    """Has no callback be called any more in this thread."""
    watching = _watching()
    context.graphs.tapes = [tape for tape in context.graphs.tapes if tape is not watching]
