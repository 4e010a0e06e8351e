"""Resources: what lives in a session and is known by a handle, each with a lock of its own.

An op whose declaration has a `resource` makes one, or finds the one of its name; the value of its
output, the handle, is the resource itself. Whoever waits for a resource holds nothing else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.graph.errors import CancelledError, DeadlineExceededError, NotFoundError
from stillflow.graph.text import as_bytes

_LOOK_AGAIN_SECONDS = 0.1  # of a wait that may be cancelled


class Handle:
    """Base of what is itself the value of a handle, a scalar."""

    shape = ()


class Changed(threading.Condition):
    """That something about a resource has changed; rings `bells`, of those who wait for several."""

    def __init__(self, lock: Any):
        super().__init__(lock)
        self.bells: list[Any] = []  # locks that are open once they have rung

    def notify_all(self) -> None:
        super().notify_all()
        self.ring()

    def ring(self) -> None:
        for bell in self.bells:
            ring(bell)


class Resource(Handle):
    """Base of queues and the like. What changes it does so under `changed`, and notifies."""

    def __init__(self, name: str):
        self.name = name
        self.users: set[int] = set()  # the sessions of a server that have asked for it
        # An interrupted thread never leaves it locked: the interpreter locks and enters in one.
        self.lock = threading.RLock()
        self.changed = Changed(self.lock)
        self.is_cancelled = False

    @property
    def outlives_sessions(self) -> bool:
        """Whether it stays with a server, for other sessions to find, when a session is closed."""
        return False

    def for_node(self, name: str) -> Any:
        """What the kernel of the node of that name gets."""
        return self

    def cancel(self) -> None:
        """Ends every wait, now and later, with CancelledError: the session is closed."""
        with self.changed:
            self.is_cancelled = True
            self.changed.notify_all()

    def wait_until(
        self, is_done: Callable[[], bool], what: str, polled: float | None = None
    ) -> None:
        """Waits, under `changed`, until `is_done()`, looked at when notified.

        It is looked at every `polled` seconds as well, where that is given.

        Raises:
          CancelledError: the session was closed; `what` was cancelled.
          DeadlineExceededError: the run may not go on for so long.
        """
        if polled is None and _patience.cancellation is not None:
            polled = _LOOK_AGAIN_SECONDS
        while not is_done():
            if self.is_cancelled or is_run_cancelled():
                raise CancelledError(None, None, f"{what} was cancelled")
            left = _patience.left()
            is_last = polled is None or (left is not None and left <= polled)
            if not self.changed.wait(left if is_last else polled) and is_last:
                raise DeadlineExceededError(None, None, "Timed out waiting for notification")


Kind = TypeVar("Kind", bound=Resource)


def resource_of(handle: Any, kind: type[Kind]) -> Kind:
    """What a handle refers to; one that was gathered from several is in an array.

    Raises:
      InvalidArgumentError: it is no handle, or refers to another kind of resource.
      NotFoundError: it is two strings that nothing in the session is known by.
    """
    found = handle.item() if isinstance(handle, np.ndarray) and handle.size == 1 else handle
    if isinstance(found, kind):
        return found
    if isinstance(found, Handle):
        refuse(
            "Trying to access resource using the wrong type. Expected "
            f"{kind.__name__} got {type(found).__name__}"
        )
    values = np.asarray(handle)
    if values.size != 2:
        refuse(
            f"Resource handle must have 2 elements, but had shape: {format_sizes(values.shape)}\n"
            f"  Give what made the {kind.__name__} instead."
        )
    container, name = (as_bytes(part).decode("utf-8", "replace") for part in values.ravel())
    raise NotFoundError(
        None,
        None,
        f"Container {container} does not exist. (Could not find resource: {container}/{name})\n"
        f"  Give what made the {kind.__name__} instead of its name.",
    )


def wait_for(condition: threading.Condition, is_done: Callable[[], Any]) -> None:
    """Waits, under `condition`, until `is_done()`.

    Raises:
      DeadlineExceededError: the run may not go on for so long.
    """
    if not condition.wait_for(is_done, _patience.left()):
        raise DeadlineExceededError(None, None, "Timed out waiting for notification")


def time_left() -> float | None:
    """How long the run that this thread is in may wait, in seconds; None for ever."""
    return _patience.left()


def is_run_cancelled() -> bool:
    """Whether the run that this thread is in was cancelled: what waits is to wait no longer."""
    cancellation = _patience.cancellation
    return cancellation is not None and bool(cancellation.is_cancelled)


def ring(bell: Any) -> None:
    with suppress(RuntimeError):  # it may be open already
        bell.release()


class _Patience(threading.local):
    """Until when the run that a thread is in may wait; None for ever.

    cancellation: what says by `is_cancelled` whether the run was cancelled, or None.
    """

    until: float | None = None
    cancellation: Any = None

    def left(self) -> float | None:
        return None if self.until is None else max(0.0, self.until - time.monotonic())


_patience = _Patience()


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """A `with` block whose waits, in this thread, end after so many seconds; 0 is for ever."""
    until = time.monotonic() + seconds if seconds > 0 else None
    before, _patience.until = _patience.until, until
    try:
        yield
    finally:
        _patience.until = before


@contextmanager
def cancelled_by(cancellation: Any) -> Iterator[None]:
    """A `with` block whose waits, in this thread, end when `cancellation.is_cancelled`."""
    before, _patience.cancellation = _patience.cancellation, cancellation
    try:
        yield
    finally:
        _patience.cancellation = before
