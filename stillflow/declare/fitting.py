"""What ops come to on the host where the shapes and types of their inputs stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def always(function: Callable[..., Any]) -> Callable[..., Callable[..., Any]]:
    """`fitted` of an op without attributes that is `function` of its inputs, whatever these are."""
    return lambda *inputs: function
