"""The debugger's interfaces in a terminal and over a network, which are not in Stillflow.

Programs import them behind a flag. They say so when they are made, and what to do instead.
"""

from __future__ import annotations

from typing import Any

from stillflow.graph.errors import UnimplementedError
from stillflow.monitored.hook import SessionRunHook


def _refuse(name: str) -> None:
    raise UnimplementedError(
        None,
        None,
        f"tfdbg's {name} is not in Stillflow."
        "\n  Use DumpingDebugWrapperSession or DumpingDebugHook, and look through what they write "
        "with debug_data.DebugDumpDir. To find NaN, there are tf.add_check_numerics_ops(), "
        "tf.train.NanTensorHook and DebugDumpDir(folder).find(has_inf_or_nan) too.",
    )


class _WrapperSession:
    """Base of sessions around another, which are refused when they are made."""

    def __init__(self, sess: Any, *args: Any, **kwargs: Any):
        _refuse(type(self).__name__)


class _Hook(SessionRunHook):
    """Base of the debugger's hooks, which are refused when they are made."""

    def __init__(self, *args: Any, **kwargs: Any):
        _refuse(type(self).__name__)


class LocalCLIDebugWrapperSession(_WrapperSession):
    """UnimplementedError: the debugger in a terminal."""


class GrpcDebugWrapperSession(_WrapperSession):
    """UnimplementedError: a session that sends every tensor to a server."""


class TensorBoardDebugWrapperSession(GrpcDebugWrapperSession):
    """UnimplementedError: TensorBoard's debugger."""


class LocalCLIDebugHook(_Hook):
    """UnimplementedError: the debugger in a terminal."""


class GrpcDebugHook(_Hook):
    """UnimplementedError: a hook that sends every tensor to a server."""


class TensorBoardDebugHook(GrpcDebugHook):
    """UnimplementedError: TensorBoard's debugger."""
