"""Until when graphs must be readable by older programs, which decides of the ops that are built."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

_OF_TENSORFLOW_115 = date(2019, 8, 21)
_DELAY = "TF_FORWARD_COMPATIBILITY_DELTA_DAYS"


def _horizon() -> tuple[int, int, int]:
    day = _OF_TENSORFLOW_115 + timedelta(days=int(os.environ.get(_DELAY) or 0))
    return day.year, day.month, day.day


_current = _horizon()


def forward_compatible(year: int, month: int, day: int) -> bool:
    """Whether ops that came on that day may be built: whether the horizon is a later one."""
    return _current > (year, month, day)


@contextmanager
def forward_compatibility_horizon(year: int, month: int, day: int) -> Iterator[None]:
    """A `with` block in which that day is the horizon; behind it TensorFlow 1.15's is again."""
    global _current
    _current = year, month, day
    try:
        yield
    finally:
        _current = _horizon()
