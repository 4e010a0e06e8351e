"""`tensorflow.python.debug`: what programs import of TensorFlow's debugger behind a flag.

The debugger itself is a terminal's interface on dumps of every tensor of a run. It is not in
Stillflow: its sessions and hooks say so when they are made, and what to do instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph.errors import UnimplementedError
from stillflow.monitored.hook import SessionRunHook


def has_inf_or_nan(datum: Any, tensor: Any) -> bool:
    """Whether a tensor of numbers has an infinity or NaN in it; False for what is none.

    Args:
      datum: what a dump says of the tensor; not asked.
      tensor: an array.
    """
    kind = getattr(tensor, "dtype", None)
    if kind is None or not np.issubdtype(kind, np.number):
        return False
    return not bool(np.all(np.isfinite(tensor)))


def _refuse(name: str) -> None:
    raise UnimplementedError(
        None,
        None,
        f"tfdbg's {name} is not in Stillflow."
        "\n  Leave the debugger's flag out. To find NaN, use tf.add_check_numerics_ops(), "
        "tf.train.NanTensorHook or tf.check_numerics; to see tensors, fetch them or use tf.Print.",
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


class DumpingDebugWrapperSession(_WrapperSession):
    """UnimplementedError: a session that writes every tensor to files."""


class GrpcDebugWrapperSession(_WrapperSession):
    """UnimplementedError: a session that sends every tensor to a server."""


class TensorBoardDebugWrapperSession(GrpcDebugWrapperSession):
    """UnimplementedError: TensorBoard's debugger."""


class LocalCLIDebugHook(_Hook):
    """UnimplementedError: the debugger in a terminal."""


class DumpingDebugHook(_Hook):
    """UnimplementedError: a hook that writes every tensor to files."""


class GrpcDebugHook(_Hook):
    """UnimplementedError: a hook that sends every tensor to a server."""


class TensorBoardDebugHook(GrpcDebugHook):
    """UnimplementedError: TensorBoard's debugger."""
