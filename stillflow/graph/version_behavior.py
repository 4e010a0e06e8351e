"""Whether a program has switched everything to the behaviour of TensorFlow 2."""

from __future__ import annotations


class _Version:
    is_2 = False


def is_at_2() -> bool:
    """Whether all was switched to TensorFlow 2's way."""
    return _Version.is_2


def enable() -> None:
    """Notes that all was switched to TensorFlow 2's way."""
    _Version.is_2 = True


def disable() -> None:
    """Notes that all was switched to TensorFlow 1's way."""
    _Version.is_2 = False
