"""What makes the variables of a graph: functions that a program puts before their making."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class CreatorStack(threading.local):
    """What makes variables, on a thread: (priority, creator), those of a higher one last."""

    def __init__(self) -> None:
        self.creators: list[tuple[int, Any]] = []


class Creators:
    """The part of a graph that knows them; `ops.variables.creators` asks it."""

    def __init__(self) -> None:
        super().__init__()
        self._creator_stack = CreatorStack()

    @contextmanager
    def _variable_creator_scope(self, creator: Callable, priority: int = 100) -> Iterator[None]:
        """Within the block `creator` makes variables, before those of lower or older priority."""
        outer = self._creator_stack.creators
        own = sorted([*outer, (priority, creator)], key=lambda entry: entry[0])
        self._creator_stack.creators = own
        try:
            yield
        finally:
            if self._creator_stack.creators is not own:
                raise RuntimeError("Exiting variable_creator_scope without proper nesting.")
            self._creator_stack.creators = outer

    @property
    def _variable_creator_stack(self) -> list[tuple[int, Callable]]:
        return self._creator_stack.creators

    @_variable_creator_stack.setter
    def _variable_creator_stack(self, creators: list[tuple[int, Callable]]) -> None:
        self._creator_stack.creators = creators
