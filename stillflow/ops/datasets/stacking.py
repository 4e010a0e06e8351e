"""Elements one by one as blocks: a stacked array for each component."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Handle
from stillflow.declare.shapes import format_sizes
from stillflow.ops.datasets.dataset import Element, ElementIterator, End


def rows_of(block: Element) -> int:
    """How many elements a block has; one without components has none."""
    return len(block[0]) if block else 0


def joined(blocks: Sequence[Element]) -> Element:
    """The elements of several blocks."""
    if len(blocks) == 1:
        return blocks[0]
    return tuple(np.concatenate(columns) for columns in zip(*blocks, strict=True))


def unstacked(block: Element) -> list[Element]:
    """The elements of a block."""
    return [tuple([column[row, ...] for column in block]) for row in range(rows_of(block))]


def stacked(elements: Sequence[Element]) -> Element:
    """n[count, ...] for each component; InvalidArgumentError where shapes differ."""
    return tuple(_column(column, n) for n, column in enumerate(zip(*elements, strict=True)))


def _column(values: Sequence[Any], component: int) -> np.ndarray:
    first = values[0]
    kind = np.dtype(object) if isinstance(first, Handle) else first.dtype
    column = np.empty((len(values), *first.shape), kind)
    shape = first.shape
    for row, value in enumerate(values):
        if value.shape != shape:
            refuse(
                f"Cannot batch tensors with different shapes in component {component}. First "
                f"element had shape {format_sizes(shape)} and element {row} had shape "
                f"{format_sizes(value.shape)}.\n  padded_batch fills elements up to one shape."
            )
        column[row, ...] = value
    return column


def next_block(iterator: ElementIterator, count: int) -> Element:
    """The next `count` elements of an iterator as a block, one after another."""
    elements: list[Element] = []
    try:
        while len(elements) < count:
            elements.append(iterator.next())
    except End:
        pass
    return stacked(elements) if elements else ()
