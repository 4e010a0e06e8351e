"""Ctrl-C held back while something goes on that must not be cut in two.

Python raises KeyboardInterrupt in the main thread, between any two of its instructions: an element
that is half on its way from one iterator to the next would be lost. What must be whole is done
under `held_back()`; the interrupt comes when it is done. Other threads are never interrupted.
"""

from __future__ import annotations

import _thread
import threading
import time

# The public functions of `signal` look up enumerations, which takes longer than many a run.
from _signal import SIGINT, getsignal, signal  # type: ignore[import-not-found]
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

_PATIENCE = 0.5  # seconds after which a second Ctrl-C is not held back
POLLED = 0.1  # seconds between looks for an interrupt

_main = threading.main_thread()


class held_back:
    """A `with` block at whose end KeyboardInterrupt is raised, if it was to be raised within.

    `is_wanted` tells so while the block goes on. Whoever presses Ctrl-C again half a second later
    breaks the block off; one that `may_wait` is broken off then in any case. A program's own
    handler of the signal is called late in the same way.
    """

    __slots__ = ("_handler", "_since", "may_wait")

    def __init__(self, may_wait: bool = False) -> None:
        self.may_wait = may_wait
        self._handler: Callable[[int, FrameType | None], Any] | None = None
        self._since: float | None = None

    def __enter__(self) -> held_back:
        if is_interruptible():
            handler = getsignal(SIGINT)
            if callable(handler):
                self._handler = handler
                signal(SIGINT, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        handler = self._handler
        if handler is None:
            return
        signal(SIGINT, handler)
        if self._since is not None:
            handler(SIGINT, None)

    @property
    def is_wanted(self) -> bool:
        return self._since is not None

    def _note(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._since is None:
            self._since = now
            if self.may_wait:
                threading.Timer(_PATIENCE + POLLED, self._press_again).start()
        elif now - self._since > _PATIENCE and self._handler is not None:
            self._handler(number, frame)

    def _press_again(self) -> None:
        if getsignal(SIGINT) == self._note:
            _thread.interrupt_main()


def is_interruptible() -> bool:
    """Whether KeyboardInterrupt can be raised in this thread."""
    return threading.current_thread() is _main


def acquired(lock: Any, seconds: float | None, is_over: Callable[[], bool]) -> bool:
    """Acquires a lock, for which it waits `seconds` at most, and no longer once `is_over()`."""
    until = None if seconds is None else time.monotonic() + seconds
    while not is_over():
        left = POLLED if until is None else min(POLLED, until - time.monotonic())
        if lock.acquire(timeout=max(left, 0.0)):
            return True
        if left <= 0:
            break
    return False
