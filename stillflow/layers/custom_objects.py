"""What programs tell `tf.keras` before they use it."""

from __future__ import annotations

from typing import Any

_objects: dict[str, Any] = {}


def get_custom_objects() -> dict[str, Any]:
    """The table of a program's own classes by name; what is put in stays."""
    return _objects


def floatx() -> str:
    """The type of numbers where none is said."""
    return "float32"
