"""What Python 2 had built in and Python 3 has not, or has otherwise. Translated modules import it.

Of modules that translation gives another meaning too: `/`, for which `div` stands.
"""

from __future__ import annotations

import functools
import importlib
import operator
import sys
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

cmp_to_key = functools.cmp_to_key
file = open
intern = sys.intern
reduce = functools.reduce
reload = importlib.reload
unichr = chr
unicode = basestring = str
long = int
xrange = range
_EXACT = Context(prec=400)


def cmp(x: Any, y: Any) -> int:
    """-1, 0 or 1, as x is less than y, equal or greater."""
    return (x > y) - (x < y)


def coerce(x: Any, y: Any) -> tuple[Any, Any]:
    """Two numbers as numbers of one type."""
    kind = type(x + y)
    return kind(x), kind(y)


def round(number: Any, ndigits: int = 0) -> Any:
    """A float: halves away from zero."""
    if not isinstance(number, int | float):
        return type(number).__round__(number, ndigits)
    value = float(number)
    if value != value or value in (float("inf"), float("-inf")):
        return value
    unit = Decimal(1).scaleb(-ndigits)
    return float(Decimal(value).quantize(unit, ROUND_HALF_UP, _EXACT))


def div(x: Any, y: Any) -> Any:
    """`x / y`: of integers the floor."""
    for owner, name, other in ((x, "__div__", y), (y, "__rdiv__", x)):
        method = getattr(type(owner), name, None)
        if method is not None and (result := method(owner, other)) is not NotImplemented:
            return result
    return operator.floordiv(x, y) if _is_whole(x) and _is_whole(y) else operator.truediv(x, y)


def div_into(x: Any, y: Any) -> Any:
    """What `x` is after `x /= y`; an array is changed in its place."""
    method = getattr(type(x), "__idiv__", None)
    if method is not None and (result := method(x, y)) is not NotImplemented:
        return result
    if hasattr(type(x), "__div__") or hasattr(type(y), "__rdiv__"):
        return div(x, y)
    return operator.ifloordiv(x, y) if _is_whole(x) and _is_whole(y) else operator.itruediv(x, y)


def div_into_attribute(owner: Any, name: str, y: Any) -> None:
    """`owner.name /= y`"""
    setattr(owner, name, div_into(getattr(owner, name), y))


def div_into_item(owner: Any, key: Any, y: Any) -> None:
    """`owner[key] /= y`"""
    owner[key] = div_into(owner[key], y)


def _is_whole(value: Any) -> bool:
    """Whether it is an integer, NumPy's or an array of such too."""
    if isinstance(value, int):
        return True
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(value, numpy.ndarray | numpy.generic):
        return False
    return value.dtype.kind in "iub"
