"""What a call makes of composite tensors: a kind of them says what is done with it.

A function takes tensors; where it refuses its arguments and one of them is of a kind that has a
meaning for the function, that takes over. The kind has `_carry_out(function, args, kwargs)`, which
gives NotImplemented for what it does not know.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


def taken_over(function: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
    """What a composite tensor among the arguments makes of a call, or NotImplemented."""
    for value in (*args, *kwargs.values()):
        for part in value if isinstance(value, (list, tuple)) else (value,):
            carry_out = getattr(type(part), "_carry_out", None)
            if carry_out is not None:
                return carry_out(function, args, kwargs)
    return NotImplemented


def or_of_composites(function: Function) -> Function:
    """`function`, which composite tensors may take over."""

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except (TypeError, ValueError):
            result = taken_over(called, args, kwargs)
            if result is NotImplemented:
                raise
            return result

    return called  # type: ignore[return-value]
