"""Compiled runs that several processes make together.

Each begins with a word between the ranks, for one that came to another run, or to the same with
other shapes, would have XLA wait for ever or abort.
"""

from __future__ import annotations

import hashlib
from typing import Any

import jax

from stillflow.graph.errors import InvalidArgumentError
from stillflow.platform import processes

_PATIENCE = 2.0  # seconds in which a failure that XLA was first to see is told by name


class Together:
    """A compiled function that all ranks call. `name` is what they say of it."""

    def __init__(self, function: Any, name: str):
        self._function = function
        self._name = name
        self._mark: str | None = None
        self._place = ""

    def __call__(self, *arguments: Any) -> Any:
        group = processes.group()
        if self._mark is None:
            self._place = f"{self._name} on {_shapes(arguments)}"
            text = self._function.lower(*arguments).as_text()
            self._mark = hashlib.sha256(text.encode()).hexdigest()
        marks = group.exchange(self._place, self._mark)
        if len(set(marks)) > 1:
            raise _difference(self._place, marks)
        try:
            return jax.block_until_ready(self._function(*arguments))
        except (jax.errors.JaxRuntimeError, ValueError):
            group.check(_PATIENCE)
            raise

    def lower(self, *arguments: Any) -> Any:
        return self._function.lower(*arguments)

    def trace(self, *arguments: Any) -> Any:
        return self._function.trace(*arguments)


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
