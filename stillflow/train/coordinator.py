"""`tf.train.Coordinator`: ends a group of threads together. Pure Python; it knows no graph."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from stillflow.graph.errors import OutOfRangeError
from stillflow.platform import logging

_POLL_SECONDS = 1.0


class Coordinator:
    """Threads ask it whether to stop, and tell it what went wrong; one joins them all through it.

    Args:
      clean_stop_exception_types: exceptions that end the work without being errors, such as the
        end of the input; OutOfRangeError by default.
    """

    def __init__(self, clean_stop_exception_types: Sequence[type] | None = None):
        self._clean_types = tuple(clean_stop_exception_types or (OutOfRangeError,))
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._error: BaseException | None = None  # with its traceback
        self._registered_threads: set[threading.Thread] = set()
        self._joined = False

    @property
    def joined(self) -> bool:
        return self._joined

    def should_stop(self) -> bool:
        return self._stopped.is_set()

    def wait_for_stop(self, timeout: float | None = None) -> bool:
        """Waits until a stop is requested, or for `timeout` seconds; returns whether it was."""
        return self._stopped.wait(timeout)

    def request_stop(self, ex: Any = None) -> None:
        """Asks every thread to stop; `join` raises `ex`, an exception or `sys.exc_info()`."""
        error = ex[1] if isinstance(ex, tuple) else ex
        if isinstance(error, self._clean_types):
            error = None
        with self._lock:
            if self._joined and error is not None:
                raise error  # no join will
            if not self._stopped.is_set() and error is not None and self._error is None:
                self._error = _reported(ex)
            self._stopped.set()

    def clear_stop(self) -> None:
        """Takes the request back, so that threads may run again."""
        with self._lock:
            self._joined = False
            self._error = None
            self._stopped.clear()

    @contextmanager
    def stop_on_exception(self) -> Iterator[None]:
        """A block in which an exception requests a stop instead of ending the thread."""
        try:
            yield
        except BaseException:
            self.request_stop(sys.exc_info())

    def register_thread(self, thread: threading.Thread) -> None:
        """Has `join` wait for `thread` too."""
        with self._lock:
            self._registered_threads.add(thread)

    def join(
        self,
        threads: Iterable[threading.Thread] | None = None,
        stop_grace_period_secs: float = 120,
        ignore_live_threads: bool = False,
    ) -> None:
        """Waits for `threads` and the registered ones to end.

        Args:
          stop_grace_period_secs: how long to wait for them once a stop is requested.
          ignore_live_threads: lets threads that still run then run on.

        Raises:
          RuntimeError: threads still run after the grace period.
          Exception: what `request_stop` was told.
        """
        with self._lock:
            awaited = self._registered_threads.union(threads or ())
        while any(t.is_alive() for t in awaited) and not self.wait_for_stop(_POLL_SECONDS):
            pass
        deadline = time.monotonic() + stop_grace_period_secs
        for thread in awaited:
            thread.join(max(0.0, deadline - time.monotonic()))
        with self._lock:
            self._joined = True
            self._registered_threads = set()
        self.raise_requested_exception()
        stragglers = " ".join(thread.name for thread in awaited if thread.is_alive())
        if stragglers:
            message = f"Coordinator stopped with threads still running: {stragglers}"
            if not ignore_live_threads:
                raise RuntimeError(message)
            logging.info(message)

    def raise_requested_exception(self) -> None:
        """Raises what `request_stop` was told, if anything."""
        if self._error is not None:
            raise self._error


def _reported(ex: Any) -> BaseException:
    """What `join` is to raise for `ex`, which is logged; ValueError where nothing can be raised."""
    is_raised = isinstance(ex, tuple)
    if is_raised:
        logging.info("Error reported to Coordinator: %s", ex[1], exc_info=ex)
    else:
        logging.info("Error reported to Coordinator: %s, %s", type(ex), ex)
    info = ex if is_raised else sys.exc_info()
    if len(info) == 3 and info[0] and info[1]:
        return info[1].with_traceback(info[2])
    try:
        raise ValueError(
            f"ex must be a tuple or sys.exc_info must return the current exception: {info}"
        )
    except ValueError as error:
        return error


class LooperThread(threading.Thread):
    """A thread that calls `target` again and again until its coordinator stops.

    Args:
      timer_interval_secs: the time from one call to the next; None leaves no pause.
    """

    def __init__(
        self,
        coord: Coordinator,
        timer_interval_secs: float | None,
        target: Callable[..., Any] | None = None,
        args: Sequence[Any] | None = None,
        kwargs: dict[str, Any] | None = None,
    ):
        if not isinstance(coord, Coordinator):
            raise ValueError(f"'coord' argument must be a Coordinator: {coord}")
        super().__init__(daemon=True)
        self._coord = coord
        self._interval = timer_interval_secs
        self._call, self._call_args, self._call_kwargs = target, args or (), kwargs or {}
        coord.register_thread(self)

    @staticmethod
    def loop(
        coord: Coordinator,
        timer_interval_secs: float | None,
        target: Callable[..., Any],
        args: Sequence[Any] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> LooperThread:
        """Starts a LooperThread and returns it."""
        looper = LooperThread(coord, timer_interval_secs, target, args, kwargs)
        looper.start()
        return looper

    def run(self) -> None:
        with self._coord.stop_on_exception():
            self.start_loop()
            due = time.monotonic()
            while not self._coord.wait_for_stop(max(0.0, due - time.monotonic())):
                due += self._interval or 0.0
                self.run_loop()
            self.stop_loop()

    def start_loop(self) -> None:
        """Called when the thread starts."""

    def stop_loop(self) -> None:
        """Called when the thread stops."""

    def run_loop(self) -> None:
        """Called in every turn."""
        if self._call is not None:
            self._call(*self._call_args, **self._call_kwargs)
