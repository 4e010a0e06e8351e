"""Queues that elements leave in the order in which they came."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import Sizes, fits
from stillflow.graph.dtypes import DType, string
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.queues.lines import Element, Queue, column_of, move


class FIFOQueue(Queue):
    kind = "FIFOQueue"

    def nothing(self) -> deque[Element]:
        return deque()

    def take(self, into: list[Element], count: int) -> None:
        move(self.elements.popleft, into.extend, count)

    def put_back(self, taken: list[Element]) -> None:
        move(taken.pop, self.elements.extendleft, len(taken))


class PaddingFIFOQueue(FIFOQueue):
    """One of whose `shapes` sizes may be unknown; elements that are taken together are padded."""

    kind = "PaddingFIFOQueue"

    def __init__(self, name: str, types: Sequence[DType], shapes: Sequence[Sizes], capacity: int):
        if len(types) != len(shapes):
            refuse(
                f"Shapes must be provided for all components, but received {len(types)} dtypes "
                f"and {len(shapes)} shapes."
            )
        super().__init__(name, types, shapes, capacity)

    def differences(self, other: Queue) -> list[tuple[str, Any, Any]]:
        told = super().differences(other)
        if _are_compatible(self.shapes, other.shapes):
            told.pop()
        return told

    def stacked(self, elements: Sequence[Element]) -> tuple[np.ndarray, ...]:
        columns = zip(*elements, strict=True) if elements else [()] * len(self.types)
        triples = zip(columns, self.types, self.shapes, strict=True)
        return tuple(_padded(values, dtype, sizes or ()) for values, dtype, sizes in triples)


def _are_compatible(some: Sequence[Sizes], others: Sequence[Sizes]) -> bool:
    shapes = [map(TensorShape.of, sizes) for sizes in (some, others)]
    return len(some) == len(others) and all(
        one.is_compatible_with(other) for one, other in zip(*shapes, strict=True)
    )


def _padded(values: Sequence[Any], dtype: DType, sizes: tuple[int | None, ...]) -> np.ndarray:
    """values: arrays of one rank -> [n, ...], as large as the largest where the size is unknown"""
    shapes = [np.shape(value) for value in values]
    largest = [
        max((shape[axis] for shape in shapes), default=0) if size is None else size
        for axis, size in enumerate(sizes)
    ]
    whole = (len(values), *largest)
    if all(fits(shape, tuple(largest)) for shape in shapes):
        return column_of(values, whole, dtype)
    nothing = b"" if dtype is string else 0
    column = np.full(whole, nothing, dtype.stored_as)
    for row, value in enumerate(values):
        place: Any = (row, *map(slice, np.shape(value)))
        column[place] = value
    return column
