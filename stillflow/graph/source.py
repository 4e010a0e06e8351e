"""Where in the user's program an operation was built. Knows nothing but frames."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from typing import NamedTuple

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep

_BLOCKS = contextlib.__file__  # between a `with` block and what enters it

#: Each gives what is to be said in place of a file's name (a notebook's cell, say), or None.
titles: list[Callable[[str], str | None]] = []


def title_of(file: str) -> str | None:
    """What is to be said in place of a file's name, if anything."""
    return next((found for title in titles if (found := title(file))), None)


class SourceLine(NamedTuple):
    """One line of the user's program."""

    filename: str
    lineno: int
    function: str

    def __str__(self) -> str:
        where = f"{title_of(self.filename) or os.path.basename(self.filename)}:{self.lineno}"
        return where if self.function == "<module>" else f"{where} in {self.function}()"


#: Every line that an operation was built at, so that those of one line share it.
_lines: dict[tuple[str, int, str], SourceLine] = {}


def _one_of(line: tuple[str, int, str]) -> SourceLine:
    found = _lines.get(line)
    if found is None:
        found = _lines[line] = SourceLine(*line)
    return found


def user_line() -> SourceLine | None:
    """The innermost line of the call stack that is not Stillflow's own; None when there is none."""
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if not code.co_filename.startswith(_PACKAGE) and code.co_filename != _BLOCKS:
            return _one_of((code.co_filename, frame.f_lineno, code.co_name))
        frame = frame.f_back  # type: ignore[assignment]
    return None
