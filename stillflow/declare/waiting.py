"""Waiting for the first of several things that ops have begun, whatever resources they are of."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Protocol

from stillflow.declare.resources import Resource, is_run_cancelled, time_left

_LOOK_AGAIN_SECONDS = 0.5


class Waiting(Protocol):
    """What an op has begun that may have to wait: see `finish` of an OpDef."""

    @property
    def watched(self) -> Sequence[Resource]:
        """The resources whose changes may end the wait."""

    def is_ready(self) -> bool:
        """Whether to finish it, or to find that it fails, takes no waiting."""

    def give_up(self) -> None:
        """Ends it; what it has taken goes back."""


def first_ready(waits: Mapping[int, Waiting]) -> int:
    """The number of the first that is ready, or of one that may wait no longer, or is alone."""
    if len(waits) == 1:
        return next(iter(waits))
    for number, wait in waits.items():
        if wait.is_ready():
            return number
    bell = threading.Lock()
    bell.acquire()
    watched = {resource.changed for wait in waits.values() for resource in wait.watched}
    try:
        for changed in watched:
            with changed:
                changed.bells.append(bell)
        while True:
            for number, wait in waits.items():
                if wait.is_ready():
                    return number
            left = time_left()
            if is_run_cancelled() or (left is not None and left <= 0.0):
                return next(iter(waits))
            bell.acquire(timeout=min(_LOOK_AGAIN_SECONDS, left or _LOOK_AGAIN_SECONDS))
    finally:
        for changed in watched:
            with changed:
                if bell in changed.bells:
                    changed.bells.remove(bell)
