"""Compiled runs that several devices make together, of one process or of several.

One begins when the last has ended, for devices that wait for each other in different runs would do
so for ever. Between processes each begins with a word, for one that came to another run, or to the
same with other shapes, would have XLA wait or abort.
"""

from __future__ import annotations

import hashlib
import threading
from typing import Any

import jax

from stillflow.graph.errors import InvalidArgumentError
from stillflow.platform import processes

_PATIENCE = 2.0  # seconds in which a failure that XLA was first to see is told by name
_RUNNING = threading.Lock()


class OneByOne:
    """A compiled function, of which no two are called at once.

    Where it `waits` it is not left before it has ended; devices that queue runs need only be given
    them in one order.
    """

    def __init__(self, function: Any, waits: bool):
        self._function = function
        self._waits = waits

    def __call__(self, *arguments: Any) -> Any:
        with _RUNNING:
            results = self._function(*arguments)
            return jax.block_until_ready(results) if self._waits else results

    def lower(self, *arguments: Any) -> Any:
        return self._function.lower(*arguments)


class Together(OneByOne):
    """A compiled function that all ranks call. `name` is what they say of it."""

    def __init__(self, function: Any, name: str):
        super().__init__(function, waits=True)
        self._name = name
        self._mark: str | None = None
        self._place = ""

    def __call__(self, *arguments: Any) -> Any:
        group = processes.group()
        if self._mark is None:
            self._place = f"{self._name} on {_shapes(arguments)}"
            text = self.lower(*arguments).as_text()
            self._mark = hashlib.sha256(text.encode()).hexdigest()
        marks = group.exchange(self._place, self._mark)
        if len(set(marks)) > 1:
            raise _difference(self._place, marks)
        try:
            return super().__call__(*arguments)
        except (jax.errors.JaxRuntimeError, ValueError):
            group.check(_PATIENCE)
            raise


def _shapes(arguments: Any) -> str:
    """The shapes of what is fed, the last of the arguments."""
    shapes = [list(getattr(value, "shape", ())) for value in arguments[-1]]
    return ", ".join(map(str, shapes)) or "nothing"


def _difference(place: str, marks: list[str]) -> Exception:
    others = [str(rank) for rank, mark in enumerate(marks) if mark != marks[0]]
    return InvalidArgumentError(
        None,
        None,
        f"The ranks do not run the same program: at {place}, what rank {', '.join(others)} has "
        "built differs from what rank 0 has.\n  All ranks build the same graph. Python's sets have "
        "another order in each process unless PYTHONHASHSEED is set, as `stillflow launch` does.",
    )
