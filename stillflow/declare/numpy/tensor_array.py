"""Arrays of tensors of the host: elements that are written once and read, mostly in loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.array_facts import ArrayFacts
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Handle
from stillflow.declare.shapes import Sizes

_Shape = tuple[int, ...]


class HostTensorArray(Handle):
    """Elements of one type. What has a shape but no value is zero.

    `size` and indices are scalars; `ArrayFacts` says what is refused.
    """

    def __init__(self, facts: ArrayFacts, size: int):
        self.facts = facts
        self._gradients: dict[str, HostTensorArray] = {}
        self._values: list[np.ndarray | None] = [None] * size
        self._shapes: list[_Shape | None] = [None] * size  # None: not written yet
        self._is_read = [False] * size
        self._is_joined = False

    @property
    def has_one_shape(self) -> bool:
        """Whether what is read has one shape, whichever element it is."""
        return not self._is_joined and len(set(self._shapes) - {None}) <= 1

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        """What a fetch of the handle shows, str[2]."""
        return np.array([b"_tensor_arrays", self.facts.name.encode()], object)

    def size(self, xp: Any) -> np.int32:
        return np.int32(len(self._values))

    def write(self, xp: Any, index: Any, value: np.ndarray) -> None:
        """Makes `value`, n[...], the element at `index`, or adds it in an array of gradients."""
        facts, index = self.facts, int(index)
        facts.check_open()
        if not 0 <= index < len(self._values):
            if index < 0 or not facts.dynamic:
                refuse(facts.no_place(index, len(self._values)))
            self._grow(index + 1)
        facts.admit(index, value.shape)
        if self._is_read[index]:
            refuse(facts.read_before(index))
        if self._shapes[index] is None:
            self._values[index], self._shapes[index] = value, value.shape
        elif facts.adds:
            self._add(index, value)
        else:
            refuse(facts.written_before(index))

    def _grow(self, size: int) -> None:
        more = size - len(self._values)
        self._values += [None] * more
        self._shapes += [None] * more
        self._is_read += [False] * more

    def _add(self, index: int, value: np.ndarray) -> None:
        old, shape = self._values[index], self._shapes[index]
        if shape != value.shape:
            self.facts.refuse_sum(index, shape, value.shape)  # type: ignore[arg-type]
        if old is None:
            self._values[index] = value
        elif value.dtype.kind in "bO":
            refuse(f"tensor_array::AddToTensor type not supported: {self.facts.dtype.runtime_name}")
        else:
            self._values[index] = old + value

    def read(self, xp: Any, index: Any) -> np.ndarray:
        """The element at `index`."""
        facts, index = self.facts, int(index)
        facts.check_open()
        if not 0 <= index < len(self._values):
            refuse(facts.no_element(index, len(self._values)))
        if self._is_read[index] and facts.clears:
            refuse(facts.not_kept(index))
        shape, value = self._shapes[index], self._values[index]
        if value is None:
            value = self._zeros(facts.shape_of_unwritten(index) if shape is None else shape)
        self._is_read[index] = True
        if facts.clears:
            self._values[index] = None
        return value

    def _zeros(self, shape: _Shape) -> np.ndarray:
        stored = np.dtype(self.facts.dtype.stored_as)
        if stored.kind == "O":
            refuse(
                f"tensor_array::TensorSetZero type not supported: {self.facts.dtype.runtime_name}"
            )
        return np.zeros(shape, stored)

    def gather(self, xp: Any, indices: np.ndarray, element_shape: Sizes) -> np.ndarray:
        """indices: i32[k] -> n[k, ...], the elements there, of one shape that fits the given."""
        elements = [self.read(xp, index) for index in indices.tolist()]
        self.facts.check_alike([element.shape for element in elements], element_shape)
        return np.stack(elements)

    def scatter(self, xp: Any, indices: np.ndarray, values: np.ndarray) -> None:
        """indices: i32[k], values: n[k, ...]: writes the rows there."""
        last, size = max(indices.tolist(), default=-1), len(self._values)
        if last >= size and not self.facts.dynamic:
            refuse(self.facts.ends_before(last, size))
        for row, index in enumerate(indices.tolist()):
            self.write(xp, index, values[row, ...])

    def concat(self, xp: Any, rest: Sizes) -> tuple[np.ndarray, np.ndarray]:
        """All elements along axis 0, n[k, ...], and their lengths, i64[size].

        Their other axes are alike and fit `rest`.
        """
        self._is_joined = True
        count = self.facts.joined(len(self._values))
        elements = [self.read(xp, index) for index in range(count)]
        self.facts.check_joinable([element.shape for element in elements], rest)
        return np.concatenate(elements), np.array([len(e) for e in elements], np.int64)

    def split(self, xp: Any, value: np.ndarray, lengths: np.ndarray) -> None:
        """value: n[k, ...], lengths: i64[size]: makes the next so many rows each an element."""
        for index, (length, end) in enumerate(zip(lengths, np.cumsum(lengths), strict=True)):
            self.write(xp, index, value[end - length : end])
        self.facts.split(len(lengths))

    def close(self, xp: Any) -> None:
        self.facts.is_closed = True
        self._values = [None] * len(self._values)

    def grad(self, source: str, prepended: _Shape = ()) -> HostTensorArray:
        """The array of the gradients that `source` adds up, whose elements are zero at first.

        They are of the shapes of this one's, with the axes `prepended` before them.
        """
        facts = self.facts.of_gradients(source, prepended)
        if source not in self._gradients:
            self._gradients[source] = array = HostTensorArray(facts, len(self._values))
            array._shapes = [None if s is None else (*prepended, *s) for s in self._shapes]
        return self._gradients[source]
