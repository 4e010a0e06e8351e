"""Methods that a class of Stillflow has for subclasses to override, and whether one has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_Method = TypeVar("_Method", bound=Callable[..., Any])

_defaults: set[Any] = set()


def default(method: _Method) -> _Method:
    """Marks a method that a subclass may override."""
    _defaults.add(method)
    return method


def is_default(method: Callable[..., Any]) -> bool:
    """Whether a method of an object is one that no subclass has overridden."""
    return getattr(method, "__func__", None) in _defaults
