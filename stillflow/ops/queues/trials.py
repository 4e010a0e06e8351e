"""Waiting for a resource by trying: whoever waits tries again when something has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.resources import Resource
from stillflow.declare.taking import note_begun

NOT_YET = object()


class Trial:
    """What an op has begun with something: `action` gives NOT_YET until it can be done."""

    def __init__(
        self,
        held: Resource,
        action: Callable[[], Any],
        undo: Callable[[Any], None],
        what: str,
    ):
        self.held = held
        self._what = what
        self.result: Any = NOT_YET
        self._action = action
        self._undo = undo
        note_begun(self)
        with held.lock:
            self.is_done()

    def is_done(self) -> bool:
        """Whether it is; tries once more if not."""
        if self.result is NOT_YET:
            self.result = self._action()
            if self.result is not NOT_YET:
                self.held.changed.notify_all()
        return self.result is not NOT_YET

    @property
    def watched(self) -> tuple[Resource, ...]:
        return (self.held,)

    def is_ready(self) -> bool:
        """Whether `finished` need not wait."""
        with self.held.lock:
            return self.is_done() or self.held.is_cancelled

    def finished(self) -> Any:
        """What it gives, after waiting for that."""
        with self.held.lock:
            self.held.wait_until(self.is_done, self._what)
        return self.result

    def give_up(self) -> None:
        """What it took goes back."""
        with self.held.lock:
            result, self.result = self.result, NOT_YET
            self._action = lambda: NOT_YET
            if result is not NOT_YET:
                self._undo(result)
                self.held.changed.notify_all()


def nothing(result: Any) -> None:
    """There is nothing to undo."""
