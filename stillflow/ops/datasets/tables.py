"""Datasets whose elements are rows of arrays, in some order: only the rows' numbers are moved.

What repeats, shuffles or picks elements moves *units*: elements, or the numbers of rows where its
input is made of rows of arrays. An array of rows is gathered at once where several are wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.dataset import Dataset, Element, ElementIterator, End, Place


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
        if self._columns is None:
            return found[0]
        row = found[0]
        return tuple([column[row, ...] for column in self._columns])

    def block(self, count: int) -> Element:
        assert self._columns is not None
        numbers = self.units(count)
        if isinstance(numbers, range):
            return tuple([column[numbers.start : numbers.stop] for column in self._columns])
        rows = np.array(numbers, np.intp)
        return tuple([column[rows] for column in self._columns])


class _Rows(MovingIterator):
    def __init__(self, table: Table):
        super().__init__(table.columns)
        self._count = table.cardinality()
        self._next = 0

    def units(self, count: int) -> Sequence[int]:
        first = self._next
        self._next = min(first + count, self._count)
        return range(first, self._next)

    def save(self) -> Any:
        return self._next

    def restore(self, state: Any) -> None:
        self._next = int(state)
