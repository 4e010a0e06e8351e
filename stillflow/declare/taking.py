"""What a run takes out of resources goes back where the run fails, so that no element is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")


class Begun(Protocol):
    """What an op has begun with a resource.

    One that `has_brought` something for good, if it can, has used what the run took.
    """

    def give_up(self) -> None:
        """Ends it; what it has taken goes back. Called once more, it does nothing."""


class Held(Protocol):
    """What a run holds until it is over, however it ends."""

    def release(self) -> None:
        """Called once more, it does nothing."""


class _Begun(threading.local):
    """What the runs of a thread have begun and not kept, and what they hold.

    A run within a run comes after it.
    """

    def __init__(self) -> None:
        self.attempts: list[Begun] = []
        self.held: list[Held] = []
        self.runs = 0  # that go on


_begun = _Begun()


def note_begun(attempt: Begun) -> None:
    """To be called before `attempt` takes anything. What no run takes is used at once."""
    if _begun.runs:
        _begun.attempts.append(attempt)


def note_held(held: Held) -> None:
    """To be called before `held` is."""
    _begun.held.append(held)


def whole(run: Callable[..., Result]) -> Callable[..., Result]:
    """`run`, which gives up what it has begun where it fails, and ends with nothing held."""

    def run_whole(*args: Any) -> Result:
        first_held = len(_begun.held)
        _begun.runs += 1
        try:
            return run_or_give_up(*args)
        finally:
            _begun.runs -= 1
            while len(_begun.held) > first_held:
                _begun.held.pop().release()

    def run_or_give_up(*args: Any) -> Result:
        attempts = _begun.attempts
        first = len(attempts)
        try:
            result = run(*args)
        except BaseException:
            if not any(getattr(attempt, "has_brought", False) for attempt in attempts[first:]):
                while len(attempts) > first:
                    attempts[-1].give_up()
                    attempts.pop()
            del attempts[first:]
            raise
        del attempts[first:]
        return result

    return run_whole


def keep_taken(since: int) -> None:
    """What the run has taken, the first `since` attempts aside, has been used."""
    del _begun.attempts[since:]


def count_begun() -> int:
    return len(_begun.attempts)
