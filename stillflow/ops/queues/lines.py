"""A queue in a session, whatever the order in which its elements leave it.

Whoever comes when it is full, or has too little, stands in line: one line for those who bring and
one for those who take, each served in order. Knows no op.

A thread may be interrupted anywhere. So elements move from one list to another within one call that
the interpreter does not interrupt (`move`), what is missing is counted from the lists themselves,
and whoever waits looks from time to time whether somebody who served the lines did not finish.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import length_hint
from typing import Any, TypeVar

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Resource, is_run_cancelled, ring, time_left
from stillflow.declare.shapes import Sizes, fits, format_sizes
from stillflow.declare.taking import note_begun
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import CancelledError, DeadlineExceededError, OpError, OutOfRangeError

Wanted = TypeVar("Wanted", bound="Attempt")

# A value for each component: an array, or a row of one.
Element = tuple[Any, ...]

_LOOK_AGAIN_SECONDS = 0.5


def move(take: Callable[[], Element], add: Callable[[Iterator[Element]], Any], count: int) -> None:
    """Adds what `take` gives, `count` times; no element is in neither place meanwhile."""
    add(islice(iter(take, None), count))


class Attempt:
    """What somebody in line wants; `what` names it where it is cancelled."""

    what = ""
    brings = False

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.is_done = False
        self.error: OpError | None = None
        self.bell: Any = None  # a lock that is open once it is done; None while nobody waits

    def advance(self) -> bool:
        """Does what can be done now; returns whether that was all."""
        raise NotImplementedError

    def withdraw(self) -> None:
        """Undoes what has been done, where that can be undone."""

    @property
    def watched(self) -> tuple[Queue, ...]:
        return (self.queue,)

    def is_ready(self) -> bool:
        return self.is_done or self.queue.is_ready(self)

    @property
    def has_brought(self) -> bool:
        return self.brings and self.is_done and self.error is None

    def give_up(self) -> None:
        """Leaves the line; what was taken goes back."""
        self.queue.give_up(self)


class Queue(Resource):
    """Elements of `types` and, where they are declared, `shapes`; at most `capacity` of them."""

    kind = ""
    many_need_shapes = "DequeueMany and DequeueUpTo require the components"
    takes_at_once = False  # several are taken when all are there, and not before

    def __init__(self, name: str, types: Sequence[DType], shapes: Sequence[Sizes], capacity: int):
        super().__init__(name)
        self.types = list(types)
        self.shapes = list(shapes)
        self.capacity = capacity
        self.elements: Any = self.nothing()
        self.is_closed = False
        self._bringing: deque[Attempt] = deque()
        self._taking: deque[Attempt] = deque()
        # What nodes declare that have been found to be of this very queue.
        self.known: dict[int, Any] = {}

    # What kinds of queues differ in -------------------------------------------------------------

    def nothing(self) -> Any:
        """What holds the elements."""
        raise NotImplementedError

    def put(self, elements: Iterator[Element], count: int) -> None:
        """Adds the next `count` of `elements`."""
        self.elements.extend(islice(elements, count))

    def take(self, into: list[Element], count: int) -> None:
        """Moves the next `count` elements to `into`."""
        raise NotImplementedError

    def put_back(self, taken: list[Element]) -> None:
        """Moves elements that were taken last to where they were."""
        raise NotImplementedError

    @property
    def ready(self) -> int:
        """How many elements may be taken."""
        return len(self.elements)

    @property
    def gives_or_fails(self) -> bool:
        """Whether who takes one element need not wait."""
        return self.ready > 0 or self.is_closed or self.is_cancelled

    def stacked(self, elements: Sequence[Element]) -> tuple[np.ndarray, ...]:
        """[n, ...] for each component."""
        pairs = zip(self.types, self.shapes, strict=True)
        columns = zip(*elements, strict=True) if elements else [()] * len(self.types)
        return tuple(
            column_of(values, (len(values), *(sizes or ())), dtype)  # type: ignore[arg-type]
            for values, (dtype, sizes) in zip(columns, pairs, strict=True)
        )

    # What ops do: they begin something, then wait for it ------------------------------------------

    def check_same(self, other: Queue) -> None:
        """Refuses a node that shares this queue, but declares `other`."""
        if other.kind != self.kind:
            refuse(f"Expected {self.kind}, found {other.kind}V2")
        for sentence, own, wanted in self.differences(other):
            if own != wanted:
                refuse(f"Shared queue '{self.name}' {sentence.format(own, wanted)}")

    def differences(self, other: Any) -> list[tuple[str, Any, Any]]:
        """Sentences about this queue and another, and what of the two they are about."""

        def pair(sentence: str, told: Callable[[Any], Any]) -> tuple[str, Any, Any]:
            return sentence, told(self), told(other)

        return [
            pair("has capacity {} but requested capacity was {}", lambda q: q.capacity),
            pair(
                "has component types {} but requested component types were {}",
                lambda q: ", ".join(dtype.runtime_name for dtype in q.types),
            ),
            pair(
                "has component shapes {} but requested component shapes were {}",
                lambda q: _listed(q.shapes),
            ),
        ]

    def enqueue(self, components: Sequence[np.ndarray]) -> Attempt:
        """components: one for each type, the caller's own, which are copied"""
        self.check_element([np.shape(value) for value in components])
        element = tuple([np.array(value) for value in components])
        return self._begin(self._bringing, Enqueue(self, iter((element,))))

    def enqueue_many(self, components: Sequence[np.ndarray]) -> Enqueue:
        """components: [n, ...] each, of which every row is copied"""
        shapes = [np.shape(value) for value in components]
        self.check_elements(shapes)
        if not shapes[0][0]:
            nothing = Enqueue(self, iter(()))
            nothing.is_done = True
            return nothing
        rows = [iter(np.array(value)) for value in components]
        elements = zip(*rows, strict=True)
        return self._begin(self._bringing, Enqueue(self, elements, counted=rows[0]))

    def dequeue(self) -> Dequeue:
        return self._begin(self._taking, Dequeue(self, 1, False))

    def dequeue_some(self, most: int) -> DequeueSome | None:
        """At least one element, and as many as are there; None where elements may not stack."""
        shapes = self.shapes
        if not shapes or any(sizes is None or None in sizes for sizes in shapes):
            return None
        return self._begin(self._taking, DequeueSome(self, most))

    def dequeue_many(self, count: int, name: str, allow_fewer: bool = False) -> Dequeue:
        """`name` is that of the kernel which takes `count` elements."""
        if len(self.shapes) != len(self.types):
            refuse(f"{self.kind}'s {self.many_need_shapes} to have specified shapes.")
        if count < 0:
            refuse(f"{name} requested {count} < 0 elements")
        wanted = Dequeue(self, count, allow_fewer)
        if not count:
            wanted.is_done = True
            return wanted
        return self._begin(self._taking, wanted)

    def close(self, cancels_pending: bool) -> Attempt:
        """Nothing is brought any more once those in line have been served, or else sent away."""
        with self.lock:
            if cancels_pending:
                while self._bringing:
                    attempt = self._bringing[0]
                    attempt.error = CancelledError(None, None, "Enqueue operation was cancelled")
                    self._finish(self._bringing)
            elif self.is_closed:
                raise CancelledError(None, None, f"Queue '{self.name}' is already closed.")
        return self._begin(self._bringing, Close(self))

    def finish(self, attempt: Attempt) -> None:
        """Waits until `attempt` is done; raises what it failed with."""
        if not attempt.is_done:
            try:
                self._wait(attempt)
            except BaseException as error:
                with self.lock:  # it may be done by now, and then is
                    if not (attempt.is_done and isinstance(error, OpError)):
                        self.give_up(attempt)
                        raise
        if attempt.error is not None:
            raise attempt.error

    def is_ready(self, attempt: Attempt) -> bool:
        """Whether `finish` need not wait."""
        with self.lock:
            if not attempt.is_done:
                self._serve()
            return attempt.is_done or self.is_cancelled

    def give_up(self, attempt: Attempt) -> None:
        """Leaves the line; what was taken goes back."""
        with self.lock:
            attempt.withdraw()
            for line in (self._bringing, self._taking):
                if attempt in line:
                    line.remove(attempt)
            self._serve()
            self.changed.ring()  # what went back may be all that others wait for

    def cancel(self) -> None:
        super().cancel()
        with self.lock:
            for attempt in (*self._bringing, *self._taking):
                if attempt.bell is not None:
                    ring(attempt.bell)

    # ----------------------------------------------------------------------------------------------

    def _begin(self, line: deque[Attempt], attempt: Wanted) -> Wanted:
        note_begun(attempt)
        with self.lock:
            line.append(attempt)
            self._serve()
        return attempt

    def _wait(self, attempt: Attempt) -> None:
        bell = threading.Lock()
        bell.acquire()
        attempt.bell = bell
        while True:
            with self.lock:
                if not attempt.is_done:
                    self._serve()
                if attempt.is_done:
                    return
                if self.is_cancelled or is_run_cancelled():
                    raise CancelledError(None, None, f"{attempt.what} operation was cancelled")
            left = time_left()
            if left is not None and left <= 0.0:
                raise DeadlineExceededError(None, None, "Timed out waiting for notification")
            bell.acquire(timeout=min(_LOOK_AGAIN_SECONDS, left or _LOOK_AGAIN_SECONDS))

    def _serve(self) -> None:
        """Serves both lines until neither moves."""
        has_moved = False
        while self._moves():
            has_moved = True
        if has_moved:  # else who asks whether something is ready would ring for itself, for ever
            self.changed.ring()

    def _moves(self) -> bool:
        """Serves each line as far as it goes; returns whether anything was done."""
        moved = False
        for line in (self._bringing, self._taking):
            while line:
                before = len(self.elements)
                is_done = line[0].advance()
                moved |= is_done or len(self.elements) != before
                if not is_done:
                    break
                self._finish(line)
        return moved

    def _finish(self, line: deque[Attempt]) -> None:
        attempt = line[0]
        attempt.is_done = True
        line.popleft()
        if attempt.bell is not None:
            ring(attempt.bell)

    def check_element(self, shapes: Sequence[tuple[int, ...]]) -> None:
        """Refuses components that are no element."""
        self._check_number(shapes)
        for index, (shape, wanted) in enumerate(zip(shapes, self.shapes, strict=False)):
            if wanted != shape and not fits(shape, wanted):
                _refuse_shape(index, wanted, shape)

    def check_elements(self, shapes: Sequence[tuple[int, ...]]) -> None:
        """Refuses components that are no rows of elements."""
        self._check_number(shapes)
        if not shapes[0]:
            _refuse_shape(0, (1, *(self.shapes[0] or ())) if self.shapes else (1,), ())
        rows = shapes[0][0]
        for index, (shape, wanted) in enumerate(zip(shapes, self.shapes, strict=False)):
            if not fits(shape, (rows, *(wanted or ()))):
                _refuse_shape(index, (rows, *(wanted or ())), shape)
        for index, shape in enumerate(shapes):
            if shape[:1] != (rows,):
                refuse(
                    "All input tensors must have the same size in the 0th dimension. Component "
                    f"{index} has {shape[0] if shape else 0}, and should have {rows}"
                )

    def _check_number(self, components: Sequence[Any]) -> None:
        if len(components) != len(self.types):
            refuse(
                f"Wrong number of components in tuple. Expected {len(self.types)}, got "
                f"{len(components)}"
            )


def column_of(values: Sequence[Any], shape: tuple[int, ...], dtype: DType) -> np.ndarray:
    """values: n arrays, or rows of them, of one shape -> shape[n, ...]"""
    column: np.ndarray = np.empty(shape, dtype.stored_as)
    for row, value in enumerate(values):
        column[row] = value if value.__class__ is not np.ndarray or value.ndim else value[()]
    return column


def _refuse_shape(index: int, wanted: Sizes, got: tuple[int, ...]) -> None:
    refuse(
        f"Shape mismatch in tuple component {index}. Expected {format_sizes(wanted)}, got "
        f"{format_sizes(got)}"
    )


def _listed(shapes: Sequence[Sizes]) -> str:
    return "[" + ",".join(map(format_sizes, shapes)) + "]" if shapes else "[]"


class Enqueue(Attempt):
    """Brings `elements`, of which as many are left as `counted` says."""

    what = "Enqueue"
    brings = True

    def __init__(self, queue: Queue, elements: Iterator[Element], counted: Any = None):
        super().__init__(queue)
        self._elements = elements
        self._counted = elements if counted is None else counted

    @property
    def left(self) -> int:
        """How many elements have not been brought."""
        return length_hint(self._counted)

    def advance(self) -> bool:
        queue = self.queue
        if queue.is_closed:
            self.error = CancelledError(None, None, f"{queue.kind} '{queue.name}' is closed.")
            return True
        left = self.left
        room = left if queue.capacity < 0 else queue.capacity - len(queue.elements)
        if room > 0 and left:
            queue.put(self._elements, min(left, room))
        return room >= left


class Close(Attempt):
    what = "Close"

    def advance(self) -> bool:
        self.queue.is_closed = True
        return True


class Dequeue(Attempt):
    """Takes elements one by one as they come, so that there may be more of them than fit."""

    what = "Dequeue"

    def __init__(self, queue: Queue, count: int, allow_fewer: bool):
        super().__init__(queue)
        self._count = count
        self._allow_fewer = allow_fewer
        self.taken: list[Element] = []

    def advance(self) -> bool:
        queue = self.queue
        missing = self._count - len(self.taken)
        there = queue.ready
        if queue.is_closed and there < missing:
            self.withdraw()
            if not (self._allow_fewer and queue.ready):
                self.error = OutOfRangeError(
                    None,
                    None,
                    f"{queue.kind} '{queue.name}' is closed and has insufficient elements "
                    f"(requested {missing}, current size {there})",
                )
                return True
            self._count = missing = there = queue.ready
        if there > 0 and not (queue.takes_at_once and there < missing):
            queue.take(self.taken, min(there, missing))
        return len(self.taken) == self._count

    def withdraw(self) -> None:
        if self.taken:
            self.queue.put_back(self.taken)


class DequeueSome(Dequeue):
    """Takes what is there, once there is something, but no more than `most`."""

    def __init__(self, queue: Queue, most: int):
        super().__init__(queue, 1, False)
        self._most = most

    def advance(self) -> bool:
        self._count = max(1, min(self._most, self.queue.ready))
        return super().advance()

    def finished(self) -> tuple[tuple[np.ndarray, ...], int]:
        """The components, stacked, and how many elements they are."""
        self.queue.finish(self)
        return self.queue.stacked(self.taken), len(self.taken)

    def keep(self, count: int) -> None:
        """The first so many are used, and do not go back."""
        del self.taken[:count]
