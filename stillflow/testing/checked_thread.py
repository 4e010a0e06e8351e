"""A thread of a test, whose failure is the test's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any


class CheckedThread:
    """A thread that `start` starts and `join` waits for; what it raises fails the test there."""

    def __init__(
        self,
        fail: Callable[[str], Any],
        target: Callable,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ):
        self._fail = fail
        self._error: BaseException | None = None
        self._is_joined = False
        self._thread = threading.Thread(target=self._run, args=(target, args, kwargs or {}))

    def _run(self, target: Callable, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        try:
            target(*args, **kwargs)
        except BaseException as error:  # also a test's failure
            self._error = error

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        """Waits; the test fails when the thread did."""
        self._thread.join()
        self._is_joined = True
        if self._error is not None:
            self._fail(f"Error in checkedThread: {self._error}")

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def check_termination(self) -> None:
        """Fails the test when nobody has waited for the thread."""
        if not self._is_joined:
            self._fail("A checked thread was not joined.")
