"""What an op gives when its inputs are known in part: rules that ops declare as `partly`.

They bound the number of turns that a loop makes, where something of its condition is known only in
a run: `i < min(n, length)` and `i < n and not done` fail for i = n at the latest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


class _Unknown:
    """The value of which nothing is known."""


UNKNOWN = _Unknown()
# Of an op whose inputs, known as they are, will not decide what it gives in any other turn either.
NEVER_KNOWN = _Unknown()


@dataclass(frozen=True)
class AtMost:
    """A value of which an upper limit is known."""

    limit: Any


def upper(value: Any) -> Any:
    """The upper limit of a value; infinity where there is none."""
    if isinstance(value, _Unknown):
        return np.inf
    return value.limit if isinstance(value, AtMost) else value


def is_exact(value: Any) -> bool:
    return not isinstance(value, (_Unknown, AtMost))


def minimum(x: Any, y: Any) -> Any:
    """The smaller of two."""
    if np.ndim(upper(x)) or np.ndim(upper(y)):
        return NEVER_KNOWN
    limit = min(upper(x), upper(y))
    return NEVER_KNOWN if limit == np.inf else AtMost(limit)


def less(x: Any, y: Any) -> Any:
    """Whether x < y: no, when x is no less than what y is at most."""
    if not is_exact(x) or np.ndim(x) or upper(y) is np.inf:
        return NEVER_KNOWN
    return np.False_ if x >= upper(y) else UNKNOWN


def less_equal(x: Any, y: Any) -> Any:
    """Whether x <= y: no, when x is more than what y is at most."""
    if not is_exact(x) or np.ndim(x) or upper(y) is np.inf:
        return NEVER_KNOWN
    return np.False_ if x > upper(y) else UNKNOWN


def greater(x: Any, y: Any) -> Any:
    return less(y, x)


def greater_equal(x: Any, y: Any) -> Any:
    return less_equal(y, x)


def logical_and(x: Any, y: Any) -> Any:
    """Whether both hold: no, when one is known not to."""
    known = [value for value in (x, y) if is_exact(value)]
    if not known or np.ndim(known[0]):
        return NEVER_KNOWN
    return UNKNOWN if all(known) else np.False_
