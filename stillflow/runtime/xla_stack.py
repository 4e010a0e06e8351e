"""Stacks of what XLA traces: see `runtime.xla_holders`."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from stillflow.declare.array_facts import StackFacts
from stillflow.runtime.xla_holders import Holder, NotTraceable, is_known, longer


class TracedStack(Holder):
    """Elements of one shape and a number, which may be traced, of those that there are.

    As long as every element is known and the same, there is no buffer: a shape that each turn of a
    loop leaves for its gradient stays known there.

    Attributes:
      at_most: no more elements than that.
    """

    def __init__(self, facts: StackFacts):
        self.facts = facts
        self.at_most = 0
        self._count: Any = np.int32(0)
        self._same: np.ndarray | None = None  # what every element is
        self._buffer: Any = None
        self._capacity = 0

    @property
    def layout(self) -> Any:
        """None, the element that all are, or the shape of the elements in the buffer."""
        if self._buffer is not None:
            return self._buffer.shape[1:]
        return self._same

    def lay_out(self, layout: Any) -> None:
        """Takes the form in which it holds elements of the `layout` that it had at another time."""
        if isinstance(layout, tuple):
            self._use_buffer(layout)
        elif layout is not None and self.layout is None:
            self._same = layout

    def reserve(self, extra: int) -> None:
        """Makes room for `extra` elements more."""
        wanted = self.at_most + extra
        if self._buffer is not None and wanted > self._capacity:
            self._buffer = longer(self._buffer, wanted)
        self._capacity = max(self._capacity, wanted)

    def state(self) -> list[Any]:
        return [self._count] if self._buffer is None else [self._count, self._buffer]

    def set_state(self, state: list[Any]) -> None:
        self._count, self._buffer = state if len(state) == 2 else (state[0], None)

    def push(self, xp: Any, value: Any) -> None:
        self.facts.check_open()
        if not isinstance(value, (np.ndarray, np.generic, jax.Array)):
            raise NotTraceable("a stack holds what is no array")
        if self.facts.most is not None:
            xp.check(self._count < self.facts.most, self.facts.is_full)
        if not self._is_same(value):
            self._use_buffer(value.shape)
            if value.shape != self._buffer.shape[1:]:
                raise NotTraceable("a stack holds elements of several shapes")
            self.reserve(1)
            self._buffer = lax.dynamic_update_index_in_dim(self._buffer, value, self._count, 0)
        self._count = self._count + np.int32(1)
        self.at_most += 1

    def _is_same(self, value: Any) -> bool:
        """Whether every element is known, and this one too; takes note of the first."""
        if not is_known(value) or self._buffer is not None:
            return False
        if self._same is None:
            self._same = np.asarray(value)
        return np.array_equal(self._same, value)

    def _use_buffer(self, shape: tuple[int, ...]) -> None:
        if self._buffer is not None:
            return
        if self._same is None:
            self._buffer = jnp.zeros((self._capacity, *shape), self.facts.dtype.stored_as)
        else:
            capacity = self._capacity = max(self._capacity, self.at_most)
            self._buffer = jnp.broadcast_to(self._same, (capacity, *self._same.shape))
            self._same = None

    def pop(self, xp: Any) -> Any:
        self.facts.check_open()
        xp.check(self._count > 0, self.facts.is_empty)
        if self.layout is None:
            raise NotTraceable("a stack is popped before anything is pushed")
        self._count = self._count - np.int32(1)
        self.at_most = max(self.at_most - 1, 0)
        if self._buffer is None:
            return self._same
        return lax.dynamic_index_in_dim(self._buffer, self._count, keepdims=False)

    def close(self, xp: Any) -> None:
        if xp.is_inner:
            raise NotTraceable("a handle is closed in a choice or a loop")
        self.facts.is_closed = True
