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
        self._writes: Any = np.zeros(size, np.int8)  # of each element, how many, 2 for more
        self._checked_writes: Any = None
        self._read: frozenset[int] = frozenset()  # as far as it is known
        if facts.has_one_shape:
            self._hold(facts.element_shape)

    def size(self, xp: Any) -> np.int32:
        if self.facts.dynamic and xp.is_inner:
            raise NotTraceable("the size of an array that may grow in a loop")
        return np.int32(self._size)

    @property
    def element_shape(self) -> _Shape | None:
        """The elements' shape, once it is known."""
        return None if self._buffer is None else self._buffer.shape[1:]

    @property
    def layout(self) -> tuple[int, _Shape | None]:
        """How many elements there are, and their shape."""
        return self._size, self.element_shape

    def lay_out(self, layout: Any) -> None:
        """Makes room for so many elements, and of the shape if one is known."""
        size, shape = layout
        self._grow(size)
        if shape is not None:
            self._hold(shape)

    def _hold(self, shape: Any) -> None:
        """Makes room for elements of this shape."""
        if self._buffer is None:
            self._buffer = jnp.zeros((self._size, *shape), self.facts.dtype.stored_as)

    def state(self) -> list[Any]:
        if self._buffer is None or self.facts.adds:
            return [] if self._buffer is None else [self._buffer]
        return [self._buffer, self._writes]

    def set_state(self, state: list[Any]) -> None:
        if state:
            self._buffer = state[0]
        if len(state) == 2:
            self._writes = state[1]

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
        if is_known(index, self._writes):
            self._check_known_writable(np.ravel(index).tolist())
            return
        self._check_writes(xp)
        if self.facts.dynamic:
            self._grow(self._behind(xp, index))
        if not self._must_be_inside(xp, index):
            xp.check(self._is_inside(index), self._no_place, index)

    def _behind(self, xp: Any, index: Any) -> int:
        """How many elements there are once all turns of the loops around have written."""
        last = np.max(index, initial=-1) if is_known(index) else None
        _, last = xp.ranges.get(id(index), (None, last))
        if last is None or not xp.is_certain:
            raise NotTraceable("an array grows at an index that only a run knows")
        return int(last) + 1

    def _must_be_inside(self, xp: Any, index: Any) -> bool:
        low, high = xp.ranges.get(id(index), (-1, 0))
        return low >= 0 and high < self._size

    def _check_known_writable(self, places: list[int]) -> None:
        facts, size = self.facts, self._size
        taken = set(np.flatnonzero(self._writes).tolist())
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

    def _check_writes(self, xp: Any) -> None:
        """Has the run fail if an element has been written twice, outside of loops.

        In a loop this would be looked at in every turn, and what is read and written in one turn is
        copied.
        """
        writes = self._writes
        if xp.is_inner or self.facts.adds or is_known(writes) or writes is self._checked_writes:
            return
        self._checked_writes = writes
        twice = writes > 1
        xp.check(~jnp.any(twice), self.facts.written_before, jnp.argmax(twice))

    def _no_place(self, index: np.ndarray) -> str:
        return self.facts.no_place(self._first_outside(index), self._size)

    def _first_outside(self, index: np.ndarray) -> int:
        return next(place for place in np.ravel(index) if not 0 <= place < self._size)

    def _is_inside(self, index: Any) -> Any:
        if not self._size and not is_known(index):
            raise NotTraceable("an array without elements")
        return (index >= 0) & (index < self._size)

    def _grow(self, size: int) -> None:
        more = size - self._size
        if more <= 0:
            return
        pad = np.pad if is_known(self._writes) else jnp.pad
        self._writes = pad(self._writes, (0, more))
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
        self._hold(shape)
        if self.element_shape != shape:
            raise NotTraceable("an array holds elements of several shapes")

    def _add(self, index: Any, value: Any) -> None:
        if self._buffer.dtype == bool:
            raise NotTraceable("truth values have no sum")
        self._buffer = self._buffer.at[index].add(value)

    def _mark(self, index: Any) -> None:
        if is_known(self._writes, index):
            self._writes = self._writes.copy()
            self._writes[index] = 1
        elif self.facts.adds:  # no loop carries their marks
            self._writes = np.ones(self._size, np.int8)
        elif np.ndim(index):
            self._writes = jnp.asarray(self._writes).at[index].add(np.int8(1))
        else:
            writes = jnp.asarray(self._writes)
            more = jnp.where(lax.dynamic_index_in_dim(writes, index) > 0, np.int8(2), np.int8(1))
            self._writes = lax.dynamic_update_slice_in_dim(writes, more, index, 0)

    def _are_all(self, indices: Any) -> bool:
        return is_known(indices) and np.array_equal(indices, np.arange(self._size))

    def read(self, xp: Any, index: Any) -> Any:
        self._check_readable(xp, index)
        return lax.dynamic_index_in_dim(self._buffer, index, keepdims=False)

    def gather(self, xp: Any, indices: Any, element_shape: Sizes) -> Any:
        self._check_readable(xp, indices)
        self.facts.check_alike([self.element_shape], element_shape)
        if self._are_all(indices):
            return self._buffer
        return jnp.take(self._buffer, indices, axis=0, mode="clip")

    def concat(self, xp: Any, rest: Sizes) -> tuple[Any, np.ndarray]:
        count = self.facts.joined(self._size)
        self._check_readable(xp, np.arange(count, dtype=np.int32))
        self.facts.check_joinable([self.element_shape], rest)
        length, *others = self._buffer.shape[1:]
        lengths = np.full(count, length, np.int64)
        return self._buffer[:count].reshape(count * length, *others), lengths

    def _check_readable(self, xp: Any, index: Any) -> None:
        """Has the run fail unless the elements at `index`, i32[] or i32[k], can be read."""
        self.facts.check_open()
        if is_known(index, self._writes):
            self._check_known_readable(np.ravel(index).tolist())
        else:
            if self.facts.dynamic and xp.is_inner:
                raise NotTraceable("an array is read that may grow in a loop")
            self._check_writes(xp)
            if not self._must_be_inside(xp, index):
                xp.check(self._is_inside(index), self._no_element, index)
            self._check_written(xp, index)
        if self.facts.has_one_shape:
            self._hold(self.facts.element_shape)
        if self._buffer is None:
            raise NotTraceable("an element is read whose shape is not known yet")

    def _check_known_readable(self, places: list[int]) -> None:
        facts = self.facts
        for place in places:
            if not 0 <= place < self._size:
                refuse(facts.no_element(place, self._size))
            if facts.clears and place in self._read:
                refuse(facts.not_kept(place))
            if not self._writes[place]:
                facts.shape_of_unwritten(place)
            self._read = self._read | {place}

    def _check_written(self, xp: Any, index: Any) -> None:
        """Has the run fail if there is an element at `index` that has neither value nor shape."""
        facts = self.facts
        if facts.has_one_shape or facts.adds or not self._size:
            return
        if facts.identical and xp.is_inner:
            return  # in the loop that writes them; whether it has is looked at behind it
        writes = jnp.asarray(self._writes)
        unwritten = (
            ~jnp.any(writes) if facts.identical else jnp.take(writes, index, mode="clip") == 0
        )
        first = jnp.ravel(index)[jnp.argmax(unwritten)] if np.ndim(index) else index
        xp.check(~unwritten, facts.never_written, first)

    def _no_element(self, index: np.ndarray) -> str:
        return self.facts.no_element(self._first_outside(index), self._size)

    def close(self, xp: Any) -> None:
        if xp.is_inner:
            raise NotTraceable("a handle is closed in a choice or a loop")
        self.facts.is_closed = True

    def grad(self, source: str, prepended: _Shape = ()) -> TracedTensorArray:
        facts = self.facts.of_gradients(source, prepended)
        if source not in self.gradients:
            array = TracedTensorArray(facts, self._size)
            if self.element_shape is not None:
                array._hold((*prepended, *self.element_shape))
            ones = np.ones(self._size, np.int8)
            array._writes = self._writes if is_known(self._writes) else ones
            self.gradients = {**self.gradients, source: array}
        return self.gradients[source]
