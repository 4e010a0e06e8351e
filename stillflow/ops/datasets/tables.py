"""Datasets whose elements are rows of arrays, in some order: only the rows' numbers are moved.

What repeats, shuffles or picks elements moves *units*: elements, or the numbers of rows where its
input is made of rows of arrays. An array of rows is gathered at once where several are wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.dataset import Dataset, Element, ElementIterator, End, Place
from stillflow.ops.datasets.state import State
from stillflow.ops.sparse.serializing import Held


class Table(Dataset):
    """The rows of arrays of equal length, first to last."""

    def __init__(self, columns: Element, types: Sequence[DType], shapes: Sequence[TensorShape]):
        super().__init__((), types, shapes)
        self.columns = columns

    def iterator(self, place: Place) -> ElementIterator:
        return _Rows(self)

    def cardinality(self) -> int:
        return len(self._columns()[0])

    def _columns(self) -> Element:
        assert self.columns is not None
        return self.columns


class Moving(Dataset):
    """Base of datasets that give elements of their input, in another order or another number."""

    def __init__(self, source: Dataset, types: Sequence[DType], shapes: Sequence[TensorShape]):
        super().__init__((source,), types, shapes)

    @property
    def columns(self) -> Element | None:  # type: ignore[override]
        return self.inputs[0].columns


class MovingIterator(ElementIterator):
    """Base of iterators over units of an input, which are rows of `columns` where these are known.

    Units are taken one at a time unless they are numbers of rows, which cannot fail.
    """

    def __init__(self, columns: Element | None):
        self._columns = columns

    def units(self, count: int) -> Sequence[Any]:
        """The next `count` units; fewer behind which there are no more."""
        raise NotImplementedError

    def next(self) -> Element:
        found = self.units(1)
        if not found:
            raise End
        return self.element(found[0])

    def element(self, unit: Any) -> Element:
        """The element that a unit is."""
        if self._columns is None:
            return unit
        return tuple([column[unit, ...] for column in self._columns])

    def units_of(self, elements: Sequence[Element]) -> Sequence[Any]:
        """Units that are these elements: of rows the first ones that are equal to them."""
        return elements if self._columns is None else _numbers_of(elements, self._columns)

    def block(self, count: int) -> Element:
        assert self._columns is not None
        numbers = self.units(count)
        if isinstance(numbers, range):
            return tuple([column[numbers.start : numbers.stop] for column in self._columns])
        rows = np.array(numbers, np.intp)
        return tuple([column[rows] for column in self._columns])


def _numbers_of(elements: Sequence[Element], columns: Element) -> list[int]:
    if not elements:
        return []
    by_content: dict[Any, int] = {}
    for number in range(len(columns[0])):
        by_content.setdefault(_content([column[number, ...] for column in columns]), number)
    try:
        return [by_content[_content(element)] for element in elements]
    except KeyError:
        refuse("An element that was saved with the iterator is none of its dataset's.")


def _content(element: Sequence[Any]) -> Any:
    arrays = map(np.asarray, element)
    return tuple(_items(a) if a.dtype == object else a.tobytes() for a in arrays)


def _items(array: np.ndarray) -> Any:
    return tuple(_content([one.array]) if isinstance(one, Held) else one for one in array.flat)


class _Rows(MovingIterator):
    kind = "TensorSlice"

    def __init__(self, table: Table):
        super().__init__(table.columns)
        self._count = table.cardinality()
        self._next = 0

    def units(self, count: int) -> Sequence[int]:
        first = self._next
        self._next = min(first + count, self._count)
        return range(first, self._next)

    def save(self, state: State) -> None:
        state["i"] = self._next

    def restore(self, state: State) -> None:
        self._next = state.number("i")
