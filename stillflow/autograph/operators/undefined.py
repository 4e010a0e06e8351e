"""Names that have no value yet, in code that a graph's control flow carries out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Undefined:
    """What stands for a name that no statement gave a value."""

    def __init__(self, symbol_name: str):
        self.symbol_name = symbol_name

    def __repr__(self) -> str:
        return f"<undefined {self.symbol_name}>"


class UndefinedReturnValue:
    """What stands for the value of a function that has not returned yet."""


def is_undefined(value: Any) -> bool:
    return isinstance(value, Undefined)


def is_undefined_return(value: Any) -> bool:
    return isinstance(value, UndefinedReturnValue)


def retval(value: Any) -> Any:
    """What a function returns: None where no `return` was reached."""
    return None if isinstance(value, UndefinedReturnValue) else value


def ld(value: Any) -> Any:
    """The value of a name; UnboundLocalError, as in Python, where it has none."""
    if isinstance(value, Undefined):
        raise UnboundLocalError(
            f"local variable '{value.symbol_name}' referenced before assignment"
        )
    return value


def ldu(read: Callable[[], Any], name: str) -> Any:
    """The value of `self.x` or `a[i]`, or what stands for it where there is none yet."""
    try:
        return read()
    except (AttributeError, KeyError, IndexError, NameError):
        return Undefined(name)
