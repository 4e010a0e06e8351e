"""Staging areas in a session: buffers of elements, in order or by key. They know no op."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Resource
from stillflow.graph.errors import ResourceExhaustedError
from stillflow.ops.queues.trials import NOT_YET, Trial, nothing

Element = tuple[Any, ...]
_WHAT = "Staging operation"


class Area(Resource):
    """Base of areas of at most `capacity` elements and `memory_limit` bytes; 0 sets no limit."""

    def __init__(self, name: str, capacity: int, memory_limit: int):
        super().__init__(name)
        self.capacity = capacity
        self.memory_limit = memory_limit

    def size(self) -> int:
        raise NotImplementedError

    def bytes_held(self) -> int:
        raise NotImplementedError

    def check_bytes(self, size: int) -> None:
        """Refuses what will never fit."""
        if 0 < self.memory_limit < size:
            raise ResourceExhaustedError(
                None,
                None,
                f"Attempted to insert tensors with combined size of '{size}' bytes into Staging "
                f"Area with a memory limit of '{self.memory_limit}'.",
            )

    def has_memory_for(self, size: int) -> bool:
        return not self.memory_limit or self.bytes_held() + size <= self.memory_limit

    def has_room_for(self, size: int) -> bool:
        is_full = 0 < self.capacity <= self.size()
        return not is_full and self.has_memory_for(size)


def bytes_of(values: Sequence[Any]) -> int:
    return sum(value.nbytes for value in values if value is not None)


class Buffer(Area):
    """Elements in the order in which they came."""

    def __init__(self, name: str, capacity: int, memory_limit: int):
        super().__init__(name, capacity, memory_limit)
        self._elements: deque[Element] = deque()

    def size(self) -> int:
        return len(self._elements)

    def bytes_held(self) -> int:
        return sum(map(bytes_of, self._elements))

    def put(self, values: Sequence[np.ndarray]) -> Trial:
        element = tuple(np.array(value) for value in values)
        size = bytes_of(element)
        self.check_bytes(size)

        def action() -> Any:
            if not self.has_room_for(size):
                return NOT_YET
            self._elements.append(element)
            return ()

        return Trial(self, action, nothing, _WHAT)

    def get(self) -> Trial:
        return Trial(
            self,
            lambda: self._elements.popleft() if self._elements else NOT_YET,
            self._elements.appendleft,
            _WHAT,
        )

    def peek(self, index: int) -> Trial:
        def action() -> Any:
            return self._elements[index] if 0 <= index < len(self._elements) else NOT_YET

        return Trial(self, action, nothing, _WHAT)

    def clear(self) -> None:
        with self.lock:
            self._elements.clear()
            self.changed.notify_all()


class Map(Area):
    """Elements by key, each of `width` components, which may come and go one by one."""

    def __init__(self, name: str, capacity: int, memory_limit: int, width: int, is_ordered: bool):
        super().__init__(name, capacity, memory_limit)
        self.width = width
        self._is_ordered = is_ordered
        self._whole: dict[int, list[Any]] = {}
        self._partial: dict[int, list[Any]] = {}

    def size(self) -> int:
        return len(self._whole)

    def incomplete_size(self) -> int:
        return len(self._partial)

    def bytes_held(self) -> int:
        held = (*self._whole.values(), *self._partial.values())
        return sum(map(bytes_of, held))

    def put(self, key: int, indices: Sequence[int], values: Sequence[np.ndarray]) -> Trial:
        _check_order(indices)
        own = [np.array(value) for value in values]
        size = bytes_of(own)
        self.check_bytes(size)

        def action() -> Any:
            if len(indices) == self.width:
                if not self.has_room_for(size):
                    return NOT_YET
                self._whole.setdefault(key, own)
                return ()
            if not self.has_memory_for(size):
                return NOT_YET
            self._put_some(key, indices, own)
            return ()

        return Trial(self, action, nothing, _WHAT)

    def peek(self, key: int, indices: Sequence[int]) -> Trial:
        _check_order(indices)

        def action() -> Any:
            if key not in self._whole:
                return NOT_YET
            return tuple(self._component(key, index) for index in indices)

        return Trial(self, action, nothing, _WHAT)

    def pop(self, key: int, indices: Sequence[int]) -> Trial:
        _check_order(indices)

        def action() -> Any:
            return self._taken(key, indices) if key in self._whole else NOT_YET

        return Trial(self, action, lambda taken: self._put_back(key, indices, taken), _WHAT)

    def pop_item(self, indices: Sequence[int]) -> Trial:
        """Some element and its key; the one of the least key where keys are in order."""
        _check_order(indices)

        def action() -> Any:
            if not self._whole:
                return NOT_YET
            key = min(self._whole) if self._is_ordered else next(reversed(self._whole))
            return (np.array(key, np.int64), *self._taken(key, indices))

        return Trial(
            self, action, lambda taken: self._put_back(int(taken[0]), indices, taken[1:]), _WHAT
        )

    def clear(self) -> None:
        with self.lock:
            self._whole.clear()
            self._partial.clear()
            self.changed.notify_all()

    def _put_some(self, key: int, indices: Sequence[int], values: Sequence[Any]) -> None:
        present = self._partial.get(key) or [None] * self.width
        for index in indices:
            self._check_index(key, index)
            if present[index] is not None:
                refuse(
                    f"The tensor for index '{index}' for key '{key}' was already initialized "
                    f"'{self.width}'."
                )
        for index, value in zip(indices, values, strict=True):
            present[index] = value
        if any(value is None for value in present):
            self._partial[key] = present
        else:
            self._partial.pop(key, None)
            self._whole.setdefault(key, present)

    def _component(self, key: int, index: int) -> Any:
        self._check_index(key, index)
        value = self._whole[key][index]
        if value is None:
            refuse(f"Tensor at index '{index}' for key '{key}' has already been removed.")
        return value

    def _taken(self, key: int, indices: Sequence[int]) -> Element:
        values = tuple(self._component(key, index) for index in indices)
        for index in indices:
            self._whole[key][index] = None
        if all(value is None for value in self._whole[key]):
            del self._whole[key]
        return values

    def _put_back(self, key: int, indices: Sequence[int], values: Sequence[Any]) -> None:
        element = self._whole.setdefault(key, [None] * self.width)
        for index, value in zip(indices, values, strict=True):
            element[index] = value

    def _check_index(self, key: int, index: int) -> None:
        if not 0 <= index < self.width:
            refuse(f"Index '{index}' for key '{key}' was out of bounds '{self.width}'.")


def _check_order(indices: Sequence[int]) -> None:
    if any(a >= b for a, b in itertools.pairwise(indices)):
        refuse("Indices are not strictly ordered")
