"""Arrays of tensors that XLA traces: see `runtime.xla_holders`."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from stillflow.declare.array_facts import ArrayFacts
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import Sizes
from stillflow.graph.errors import InvalidArgumentError
from stillflow.runtime.xla_holders import Holder, NotTraceable, is_known, longer

_Shape = tuple[int, ...]


class TracedTensorArray(Holder):
    """A buffer of the elements, zeros where none is written, and marks of those that are.

    That an element is read twice, or written after it was read, is seen only where indices are
    known.

    Attributes:
      gradients: the arrays that add up the gradients of this one, by source.
    """

    def __init__(self, facts: ArrayFacts, size: int):
        self.facts = facts
        self.gradients: dict[str, TracedTensorArray] = {}
        self._size = size
        self._buffer: Any = None
        self._written: Any = np.zeros(size, bool)
        self._read: frozenset[int] = frozenset()  # as far as it is known
        if facts.has_one_shape:
            self.lay_out(facts.element_shape)

    def size(self) -> np.int32:
        return np.int32(self._size)

    @property
    def layout(self) -> _Shape | None:
        """The elements' shape, once it is known."""
        return None if self._buffer is None else self._buffer.shape[1:]

    def lay_out(self, layout: Any) -> None:
        """Makes room for elements of this shape."""
        if layout is not None and self._buffer is None:
            self._buffer = jnp.zeros((self._size, *layout), self.facts.dtype.stored_as)

    def state(self) -> list[Any]:
        if self._buffer is None or self.facts.adds:
            return [] if self._buffer is None else [self._buffer]
        return [self._buffer, self._written]

    def set_state(self, state: list[Any]) -> None:
        if state:
            self._buffer = state[0]
        if len(state) == 2:
            self._written = state[1]

    def write(self, xp: Any, index: Any, value: Any) -> None:
        self._check_writable(xp, index)
        self._admit(index, value.shape)
        if self.facts.adds:
            self._add(index, value)
        else:
            self._buffer = lax.dynamic_update_index_in_dim(self._buffer, value, index, 0)
        self._mark(index)

    def scatter(self, xp: Any, indices: Any, values: Any) -> None:
        if not self.facts.dynamic:
            last = (np if is_known(indices) else jnp).max(indices, initial=-1)
            xp.check(last < self._size, self.facts.ends_before, last, self._size)
        self._check_writable(xp, indices)
        if not values.shape[0]:
            return
        self._admit(indices, values.shape[1:])
        if self.facts.adds:
            self._add(indices, values)
        elif self._are_all(indices):
            self._buffer = jnp.asarray(values)
        else:
            self._buffer = self._buffer.at[indices].set(values)
        self._mark(indices)

    def split(self, xp: Any, value: Any, lengths: np.ndarray) -> None:
        self.facts.split(len(lengths))
        if len(set(lengths.tolist())) == 1:
            rows = value.reshape(len(lengths), int(lengths[0]), *value.shape[1:])
            self.scatter(xp, np.arange(len(lengths), dtype=np.int32), rows)
            return
        for index, (length, end) in enumerate(zip(lengths, np.cumsum(lengths), strict=True)):
            self.write(xp, np.int32(index), value[end - length : end])

    def _check_writable(self, xp: Any, index: Any) -> None:
        """Has the run fail unless the elements at `index`, i32[] or i32[k], can be written."""
        self.facts.check_open()
        if is_known(index, self._written):
            self._check_known_writable(np.ravel(index).tolist())
            return
        if self.facts.dynamic:
            raise NotTraceable("an array grows in a loop")
        inside = self._is_inside(index)
        if self.facts.adds:
            xp.check(inside, self._why_not_written, index)
        else:
            was_written = self._was_written(index)
            xp.check(inside & ~was_written, self._why_not_written, index, was_written)

    def _check_known_writable(self, places: list[int]) -> None:
        facts, size = self.facts, self._size
        taken = set(np.flatnonzero(self._written).tolist())
        for place in places:
            if place < 0 or (place >= size and not facts.dynamic):
                refuse(facts.no_place(place, size))
            if place in self._read:
                refuse(facts.read_before(place))
            if place in taken and not facts.adds:
                refuse(facts.written_before(place))
            taken.add(place)
            size = max(size, place + 1)
        self._grow(size)

    def _why_not_written(self, index: np.ndarray, was_written: Any = False) -> str:
        for place, is_taken in np.broadcast(index, was_written):
            if not 0 <= place < self._size:
                return self.facts.no_place(place, self._size)
            if is_taken:
                return self.facts.written_before(place)
        raise AssertionError("every index can be written")

    def _is_inside(self, index: Any) -> Any:
        if not self._size and not is_known(index):
            raise NotTraceable("an array without elements")
        return (index >= 0) & (index < self._size)

    def _was_written(self, index: Any) -> Any:
        if not self._size:
            return np.zeros(np.shape(index), bool)
        take = np.take if is_known(self._written, index) else jnp.take
        return take(self._written, index, mode="clip")

    def _grow(self, size: int) -> None:
        more = size - self._size
        if not more:
            return
        self._written = np.pad(self._written, (0, more))
        if self._buffer is not None:
            self._buffer = longer(self._buffer, size)
        self._size = size

    def _admit(self, index: Any, shape: _Shape) -> None:
        """Makes room for elements of this shape, if they may be in."""
        try:
            self.facts.admit(np.ravel(index)[0] if is_known(index) else index, shape)
        except InvalidArgumentError:
            if is_known(index):
                raise
            raise NotTraceable("only a run knows which element is of a wrong shape") from None
        self.lay_out(shape)
        if self.layout != shape:
            raise NotTraceable("an array holds elements of several shapes")

    def _add(self, index: Any, value: Any) -> None:
        if self._buffer.dtype == bool:
            raise NotTraceable("truth values have no sum")
        self._buffer = self._buffer.at[index].add(value)

    def _mark(self, index: Any) -> None:
        if is_known(self._written, index):
            self._written = self._written.copy()
            self._written[index] = True
        elif self.facts.adds:  # no loop carries their marks
            self._written = np.ones(self._size, bool)
        else:
            self._written = jnp.asarray(self._written).at[index].set(True)

    def _are_all(self, indices: Any) -> bool:
        return is_known(indices) and np.array_equal(indices, np.arange(self._size))

    def read(self, xp: Any, index: Any) -> Any:
        self._check_readable(xp, index)
        return lax.dynamic_index_in_dim(self._buffer, index, keepdims=False)

    def gather(self, xp: Any, indices: Any, element_shape: Sizes) -> Any:
        self._check_readable(xp, indices)
        self.facts.check_alike([self.layout], element_shape)
        if self._are_all(indices):
            return self._buffer
        return jnp.take(self._buffer, indices, axis=0, mode="clip")

    def concat(self, xp: Any, rest: Sizes) -> tuple[Any, np.ndarray]:
        count = self.facts.joined(self._size)
        self._check_readable(xp, np.arange(count, dtype=np.int32))
        self.facts.check_joinable([self.layout], rest)
        length, *others = self._buffer.shape[1:]
        lengths = np.full(count, length, np.int64)
        return self._buffer[:count].reshape(count * length, *others), lengths

    def _check_readable(self, xp: Any, index: Any) -> None:
        """Has the run fail unless the elements at `index`, i32[] or i32[k], can be read."""
        facts = self.facts
        facts.check_open()
        if is_known(index, self._written):
            self._check_known_readable(np.ravel(index).tolist())
        else:
            inside = self._is_inside(index)
            if facts.has_one_shape or facts.adds:
                xp.check(inside, self._why_not_read, index)
            else:
                has_shape = self._written.any() if facts.identical else self._was_written(index)
                xp.check(inside & has_shape, self._why_not_read, index, has_shape)
        if facts.has_one_shape:
            self.lay_out(facts.element_shape)
        if self._buffer is None:
            raise NotTraceable("an element is read whose shape is not known yet")

    def _check_known_readable(self, places: list[int]) -> None:
        facts = self.facts
        for place in places:
            if not 0 <= place < self._size:
                refuse(facts.no_element(place, self._size))
            if facts.clears and place in self._read:
                refuse(facts.not_kept(place))
            if not self._written[place]:
                facts.shape_of_unwritten(place)
            self._read = self._read | {place}

    def _why_not_read(self, index: np.ndarray, has_shape: Any = True) -> str:
        for place, can_be_zero in np.broadcast(index, has_shape):
            if not 0 <= place < self._size:
                return self.facts.no_element(place, self._size)
            if not can_be_zero:
                return self.facts.never_written(place)
        raise AssertionError("every index can be read")

    def close(self) -> None:
        self.facts.is_closed = True

    def grad(self, source: str, prepended: _Shape = ()) -> TracedTensorArray:
        facts = self.facts.of_gradients(source, prepended)
        if source not in self.gradients:
            array = TracedTensorArray(facts, self._size)
            if self.layout is not None:
                array.lay_out((*prepended, *self.layout))
            array._written = self._written if is_known(self._written) else np.ones(self._size, bool)
            self.gradients = {**self.gradients, source: array}
        return self.gradients[source]
