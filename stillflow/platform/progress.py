"""One line on the terminal that says what takes long, and goes away when it is done.

It stands below the line that the program is writing, whose cursor it leaves where it was, so that
neither prints without a newline nor other bars are touched. It is shown on a terminal only, and
never where STILLFLOW_PROGRESS is `off`.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

PATIENCE = 2.0  # seconds in which work is not long yet
_EVERY = 0.5
# Down a line in the same column, remembering it; back to it, and up.
_BELOW, _BACK = "\x1bD\x1b7\r\x1b[2K", "\x1b8\x1b[A"


def terminal() -> Any:
    """The stream to say it on; None where it is no terminal, or one that cannot take it back."""
    if os.environ.get("STILLFLOW_PROGRESS") == "off" or os.environ.get("TERM", "dumb") == "dumb":
        return None
    stream = sys.stderr
    try:
        return stream if stream.isatty() else None
    except (AttributeError, ValueError):  # none at all, the program's own, or closed
        return None


class Line:
    """The line; it is there from the first `show` to `clear`."""

    def __init__(self, stream: Any):
        self._stream = stream
        self._is_shown = False

    def show(self, text: str) -> None:
        self._write(_fitting(text, self._stream))
        self._is_shown = True

    def clear(self) -> None:
        if self._is_shown:
            self._write("")
            self._is_shown = False

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # the terminal has gone
            self._stream.write(f"{_BELOW}{text}{_BACK}")
            self._stream.flush()


def _fitting(text: str, stream: Any) -> str:
    """`text` in one line of the terminal."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError, AttributeError):
        columns = 0
    columns = columns or 80
    return text if len(text) < columns else f"{text[: columns - 4]}..."


_shown = threading.Lock()  # one line at a time; what begins meanwhile goes unsaid


@contextmanager
def long_work(what: str | Callable[[], str], patience: float | None = None) -> Iterator[None]:
    """A `with` block that, once it takes longer than `patience` seconds (2), says so, and how long.

    `what` is said, or what it returns at that moment.
    """
    stream = terminal()
    if stream is None or not _shown.acquire(blocking=False):
        yield
        return
    done = threading.Event()
    wait = PATIENCE if patience is None else patience
    told = threading.Thread(
        target=_tell, args=(what, wait, stream, done), daemon=True, name="stillflow-progress"
    )
    told.start()
    try:
        yield
    finally:
        done.set()
        told.join()
        _shown.release()


def _tell(what: str | Callable[[], str], wait: float, stream: Any, done: threading.Event) -> None:
    start = time.monotonic()
    line = Line(stream)
    while not done.wait(wait):
        said = what if isinstance(what, str) else what()
        line.show(f"stillflow: {said}: {time.monotonic() - start:.0f} s")
        wait = _EVERY
    line.clear()
