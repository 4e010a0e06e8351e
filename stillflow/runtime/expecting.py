"""How often what runs now will be run, where who asks for it knows.

Who trains for a given number of steps says so, and a plan that will win back what compiling it
costs is compiled after its first run, not once the host has lost as much (`runtime.cost`).
"""

from __future__ import annotations

import threading
from types import TracebackType


class expecting:
    """Within it, in this thread, the first feeds of a plan are expected `runs` times.

    Args:
      runs: how many runs are to come; None where nobody knows.
    """

    def __init__(self, runs: int | None):
        self._runs = runs or 0
        self._outer = 0

    def __enter__(self) -> None:
        self._outer, _thread.runs = _thread.runs, self._runs

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _thread.runs = self._outer


def expected_runs() -> int:
    """How many runs are expected in this thread; 0 where nobody has said."""
    return _thread.runs


class _Thread(threading.local):
    runs = 0


_thread = _Thread()
