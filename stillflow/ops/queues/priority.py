"""A queue that elements leave by priority, the least first.

Which of several of one priority leaves first is decided by how the heap is kept, so it is kept as
C++'s is on Linux. It is changed by exchanging neighbours alone, so that an interrupted thread loses
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import Sizes, format_sizes
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.ops.queues.lines import Element, Queue, move


class PriorityQueue(Queue):
    """The first component of an element is its priority, i64[]."""

    kind = "PriorityQueue"
    many_need_shapes = "DequeueMany requires the components"
    takes_at_once = True

    def __init__(self, name: str, types: Sequence[DType], shapes: Sequence[Sizes], capacity: int):
        own_shapes = [(), *shapes] if len(shapes) == len(types) else []
        super().__init__(name, [dtypes.int64, *types], own_shapes, capacity)

    def nothing(self) -> list[Element]:
        return []

    def put(self, elements: Iterator[Element], count: int) -> None:
        for _ in range(count):
            super().put(elements, 1)
            _raise(self.elements, len(self.elements) - 1)

    def take(self, into: list[Element], count: int) -> None:
        for _ in range(count):
            _to_the_end(self.elements)
            move(self.elements.pop, into.extend, 1)

    def put_back(self, taken: list[Element]) -> None:
        while taken:
            move(taken.pop, self.elements.extend, 1)
            _raise(self.elements, len(self.elements) - 1)

    def check_element(self, shapes: Sequence[tuple[int, ...]]) -> None:
        super().check_element(shapes)
        _check_priority(shapes[0])

    def check_elements(self, shapes: Sequence[tuple[int, ...]]) -> None:
        super().check_elements(shapes)
        _check_priority(shapes[0][1:])


def _check_priority(shape: tuple[int, ...]) -> None:
    if shape:
        refuse(
            "Expected the priority element to be a scalar, but received shape: "
            f"{format_sizes(shape)}"
        )


def _raise(heap: list[Element], at: int) -> None:
    """Lets the element there rise past those that are less urgent."""
    while at and heap[(at - 1) // 2][0] > heap[at][0]:
        above = (at - 1) // 2
        heap[above], heap[at] = heap[at], heap[above]
        at = above


def _to_the_end(heap: list[Element]) -> None:
    """Moves the first element to the end; the others are a heap."""
    last = len(heap) - 1
    heap[0], heap[last] = heap[last], heap[0]
    at = 0
    while 2 * at + 1 < last:  # what came from the end sinks all the way, and then rises
        below = 2 * at + 2
        if below == last or heap[below][0] > heap[below - 1][0]:
            below -= 1
        heap[below], heap[at] = heap[at], heap[below]
        at = below
    _raise(heap, at)
