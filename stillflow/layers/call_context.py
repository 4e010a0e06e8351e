"""Which layer a thread is in the call of, and what that call was given."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a layer.

    Attributes:
      layer: None outside of all calls.
      inputs: the first argument.
      training: the argument of that name, which layers that are called inside get if they take one.
      frozen: whether this layer, or one around it, is not trainable.
    """

    layer: Any = None
    inputs: Any = None
    training: Any = None
    frozen: bool = False

    @property
    def in_call(self) -> bool:
        return self.layer is not None

    def enter(
        self, layer: Any, inputs: Any, build_graph: bool, training: Any
    ) -> AbstractContextManager[None]:
        """A block that is inside of a call of `layer`, which this call is around.

        Args:
          build_graph: not looked at; there is always a graph.
        """
        return calling(Call(layer, inputs, training, self.frozen or not layer.trainable))


class _Innermost(threading.local):
    call = Call()


_innermost = _Innermost()


def current_call() -> Call:
    """The innermost call of this thread."""
    return _innermost.call


@contextmanager
def calling(call: Call) -> Iterator[None]:
    """A block that is inside of `call`."""
    outer, _innermost.call = _innermost.call, call
    try:
        yield
    finally:
        _innermost.call = outer
