"""A queue in a session: elements go out in the order in which they came in.

Whoever comes when it is full, or has too little, stands in line: one line for those who bring and
one for those who take, each served in order. Knows no op and no run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Resource
from stillflow.declare.shapes import Sizes, fits, format_sizes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import CancelledError, OpError, OutOfRangeError

# An array for each component.
Element = tuple[np.ndarray, ...]


class Attempt:
    """What somebody in line wants; `what` names it where it is cancelled."""

    what = ""

    def __init__(self) -> None:
        self.is_done = False
        self.error: OpError | None = None

    def advance(self, queue: Queue) -> bool:
        """Does what can be done now; returns whether that was all."""
        raise NotImplementedError

    def withdraw(self, queue: Queue) -> None:
        """Undoes what cannot be finished."""


class Waiting(NamedTuple):
    """What an op has begun with a queue."""

    queue: Queue
    attempt: Attempt

    def give_up(self) -> None:
        self.queue.give_up(self.attempt)


class Queue(Resource):
    """Elements of `types` and, where they are declared, `shapes`; at most `capacity` of them."""

    kind = "FIFOQueue"

    def __init__(self, name: str, types: Sequence[DType], shapes: Sequence[Sizes], capacity: int):
        super().__init__(name)
        self.types = list(types)
        self.shapes = list(shapes)
        self.capacity = capacity
        self.elements: deque[Element] = deque()
        self.is_closed = False
        self._bringing: deque[Attempt] = deque()
        self._taking: deque[Attempt] = deque()

    def check(self, types: Sequence[DType], shapes: Sequence[Sizes], capacity: int) -> None:
        """Refuses a node that shares this queue, but declares another."""
        pairs = (
            ("has capacity {} but requested capacity was {}", self.capacity, capacity),
            (
                "has component types {} but requested component types were {}",
                *(", ".join(t.runtime_name for t in own) for own in (self.types, types)),
            ),
            (
                "has component shapes {} but requested component shapes were {}",
                *(_listed(own) for own in (self.shapes, shapes)),
            ),
        )
        for sentence, own, wanted in pairs:
            if own != wanted:
                refuse(f"Shared queue '{self.name}' {sentence.format(own, wanted)}")

    # What ops do: they begin something, then wait for it ------------------------------------------

    def enqueue(self, components: Sequence[np.ndarray]) -> Attempt:
        """components: one for each type, the caller's own, which are copied"""
        self._check_number(components)
        for index, value in enumerate(components):
            self._check_shape(index, np.shape(value), ())
        return self._begin(self._bringing, _Enqueue([tuple(map(np.array, components))]))

    def enqueue_many(self, components: Sequence[np.ndarray]) -> Attempt:
        """components: [n, ...] each, of which every row is copied"""
        self._check_number(components)
        rows = np.shape(components[0])[:1]
        for index, value in enumerate(components):
            self._check_shape(index, np.shape(value), rows or (1,))
        blocks = [np.array(value) for value in components]
        elements = [tuple(block[row] for block in blocks) for row in range(rows[0])]
        if not elements:
            return _Nothing()
        return self._begin(self._bringing, _Enqueue(map(_arrays, elements)))

    def dequeue(self) -> Attempt:
        return self._begin(self._taking, _Dequeue(1, False))

    def dequeue_many(self, count: int, name: str, allow_fewer: bool = False) -> Attempt:
        """`name` is that of the kernel which takes `count` elements."""
        if len(self.shapes) != len(self.types):
            refuse(
                f"{self.kind}'s DequeueMany and DequeueUpTo require the components to have "
                "specified shapes."
            )
        if count < 0:
            refuse(f"{name} requested {count} < 0 elements")
        return self._begin(self._taking, _Dequeue(count, allow_fewer)) if count else _Nothing()

    def close(self, cancels_pending: bool) -> Attempt:
        """Nothing is brought any more once those in line have been served, or else sent away."""
        with self.changed:
            if cancels_pending:
                for attempt in self._bringing:
                    attempt.error = CancelledError(None, None, "Enqueue operation was cancelled")
                    attempt.is_done = True
                self._bringing.clear()
            elif self.is_closed:
                raise CancelledError(None, None, f"Queue '{self.name}' is already closed.")
        return self._begin(self._bringing, _Close())

    def finished(self, attempt: Attempt) -> Any:
        """`attempt`, after waiting for it; raises what it failed with."""
        with self.changed:
            try:
                self.wait_until(lambda: attempt.is_done, f"{attempt.what} operation")
            except OpError:
                self.give_up(attempt)
                raise
        if attempt.error is not None:
            raise attempt.error
        return attempt

    def give_up(self, attempt: Attempt) -> None:
        """Leaves the line; what was taken goes back."""
        with self.changed:
            for line in (self._bringing, self._taking):
                if attempt in line:
                    line.remove(attempt)
                    attempt.withdraw(self)
            self._serve()

    def stacked(self, elements: Sequence[Element]) -> tuple[np.ndarray, ...]:
        """[n, ...] for each component."""
        if elements:
            return tuple(np.stack(values) for values in zip(*elements, strict=True))
        pairs = zip(self.types, self.shapes, strict=True)
        return tuple(np.empty((0, *(sizes or ())), dtype.stored_as) for dtype, sizes in pairs)  # type: ignore[arg-type]

    # ----------------------------------------------------------------------------------------------

    def _begin(self, line: deque[Attempt], attempt: Attempt) -> Attempt:
        with self.changed:
            line.append(attempt)
            self._serve()
        return attempt

    def _serve(self) -> None:
        """Serves both lines until neither moves."""
        moved = True
        while moved:
            moved = False
            for line in (self._bringing, self._taking):
                while line:
                    before = len(self.elements)
                    line[0].is_done = line[0].advance(self)
                    moved |= line[0].is_done or len(self.elements) != before
                    if not line[0].is_done:
                        break
                    line.popleft()
        self.changed.notify_all()

    def _check_number(self, components: Sequence[Any]) -> None:
        if len(components) != len(self.types):
            refuse(
                f"Wrong number of components in tuple. Expected {len(self.types)}, got "
                f"{len(components)}"
            )

    def _check_shape(self, index: int, shape: tuple[int, ...], rows: tuple[int, ...]) -> None:
        """Refuses a component whose shape is not `rows` and then the declared sizes."""
        if self.shapes:
            wanted = (*rows, *(self.shapes[index] or ()))
            is_fitting = fits(shape, wanted)
        else:
            wanted = rows
            is_fitting = shape[: len(rows)] == rows
        if not is_fitting:
            refuse(
                f"Shape mismatch in tuple component {index}. Expected {format_sizes(wanted)}, got "
                f"{format_sizes(shape)}"
            )


def _listed(shapes: Sequence[Sizes]) -> str:
    return "[" + ",".join(map(format_sizes, shapes)) + "]" if shapes else "[]"


def _arrays(element: Iterable[Any]) -> Element:
    """A row of a vector is a NumPy scalar, or what an object array holds."""
    return tuple(row if isinstance(row, np.ndarray) else _scalar(row) for row in element)


def _scalar(value: Any) -> np.ndarray:
    return np.asarray(value, None if isinstance(value, np.generic) else np.object_)


class _Nothing(Attempt):
    """There is nothing to do, nor to wait for."""

    taken: Sequence[Element] = ()

    def __init__(self) -> None:
        super().__init__()
        self.is_done = True


class _Enqueue(Attempt):
    what = "Enqueue"

    def __init__(self, elements: Iterable[Element]):
        super().__init__()
        self._left = deque(elements)

    def advance(self, queue: Queue) -> bool:
        if queue.is_closed:
            self.error = CancelledError(None, None, f"{queue.kind} '{queue.name}' is closed.")
            return True
        while self._left and (queue.capacity < 0 or len(queue.elements) < queue.capacity):
            queue.elements.append(self._left.popleft())
        return not self._left


class _Close(Attempt):
    what = "Close"

    def advance(self, queue: Queue) -> bool:
        queue.is_closed = True
        return True


class _Dequeue(Attempt):
    """Takes elements one by one as they come, so that there may be more of them than fit."""

    what = "Dequeue"

    def __init__(self, count: int, allow_fewer: bool):
        super().__init__()
        self._missing = count
        self._allow_fewer = allow_fewer
        self.taken: list[Element] = []

    def advance(self, queue: Queue) -> bool:
        there = len(queue.elements)
        if queue.is_closed and there < self._missing:
            missing = self._missing
            self.withdraw(queue)
            if not (self._allow_fewer and queue.elements):
                self.error = OutOfRangeError(
                    None,
                    None,
                    f"{queue.kind} '{queue.name}' is closed and has insufficient elements "
                    f"(requested {missing}, current size {there})",
                )
                return True
            self._missing = len(queue.elements)
        while self._missing and queue.elements:
            self.taken.append(queue.elements.popleft())
            self._missing -= 1
        return not self._missing

    def withdraw(self, queue: Queue) -> None:
        self._missing += len(self.taken)
        queue.elements.extendleft(reversed(self.taken))
        self.taken = []
