"""Whether AutoGraph converts the functions that are called now: blocks of a thread."""

from __future__ import annotations

import enum
import threading
from typing import Any


class Status(enum.Enum):
    """Whether functions that are called now are converted."""

    UNSPECIFIED = 0
    ENABLED = 1
    DISABLED = 2


class ControlStatusCtx:
    """A block in which conversion is on, off, or left to who asks."""

    def __init__(self, status: Status, options: Any = None):
        self.status = status
        self.options = options

    def __enter__(self) -> ControlStatusCtx:
        _stack().append(self)
        return self

    def __exit__(self, *error: object) -> None:
        left = _stack().pop()
        assert left is self


_local = threading.local()


def _stack() -> list[ControlStatusCtx]:
    if not hasattr(_local, "stack"):
        _local.stack = [ControlStatusCtx(Status.UNSPECIFIED)]
    return _local.stack


def control_status_ctx() -> ControlStatusCtx:
    """The innermost block of this thread."""
    return _stack()[-1]


def why_in_python() -> str:
    """Why Python's control flow meets a tensor here, as the end of an error's first sentence."""
    status = control_status_ctx().status
    if status is Status.ENABLED:
        return (
            ": AutoGraph did not convert this function. Try decorating it directly with "
            "@tf.function."
        )
    if status is Status.DISABLED:
        return (
            ": AutoGraph is disabled in this function. Try decorating it directly with "
            "@tf.function."
        )
    return " in Graph execution. Use Eager execution or decorate this function with @tf.function."
