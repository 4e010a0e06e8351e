"""On which device the copies of a variable are being updated, in each thread."""

from __future__ import annotations

import threading
from typing import Any


class _Current(threading.local):
    def __init__(self) -> None:
        self.device: Any = None


_here = _Current()


def current() -> Any:
    """What the innermost UpdateContext was given; None outside of them."""
    return _here.device


class UpdateContext:
    """A `with` block in which distributed values stand for that of `device`."""

    def __init__(self, device: Any):
        self._device = device
        self._outer: Any = None

    def __enter__(self) -> None:
        self._outer, _here.device = _here.device, self._device

    def __exit__(self, *exc: Any) -> None:
        _here.device = self._outer
