"""`not`, `and`, `or`, `==`, `!=` and `a if b else c` of converted code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import is_tensor
from stillflow.ops.control.cond import cond
from stillflow.ops.math import comparison


def not_(a: Any) -> Any:
    """`not a`."""
    return comparison.logical_not(a) if is_tensor(a) else not a


def and_(a: Callable[[], Any], b: Callable[[], Any]) -> Any:
    """`a() and b()`; the second is called, or run, only where the first holds."""
    first = a()
    return cond(first, b, lambda: first) if is_tensor(first) else first and b()


def or_(a: Callable[[], Any], b: Callable[[], Any]) -> Any:
    """`a() or b()`; the second is called, or run, only where the first does not hold."""
    first = a()
    return cond(first, lambda: first, b) if is_tensor(first) else first or b()


def eq(a: Any, b: Any) -> Any:
    """`a == b`, the values of tensors compared."""
    return comparison.equal(a, b) if is_tensor(a) or is_tensor(b) else a == b


def not_eq(a: Any, b: Any) -> Any:
    """`a != b`, the values of tensors compared."""
    return not_(eq(a, b))


def if_exp(test: Any, body: Callable[[], Any], orelse: Callable[[], Any]) -> Any:
    """`body() if test else orelse()`."""
    if is_tensor(test):
        return cond(test, body, orelse)
    return body() if test else orelse()
