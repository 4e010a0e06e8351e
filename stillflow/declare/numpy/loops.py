"""Loops that NumPy and XLA run differently, for ops whose rows go on for a length of their own.

Extensions of the NumPy namespace; `runtime.xla_loops` has their twins.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_CHUNK = 8192  # rows: the temporaries of float64 operations on them fit a core's cache


def interleave(
    parts: Callable[[Any], tuple],
    size: int,
    width: int,
    then: Callable[[Any], Any] = lambda laid: laid,
) -> np.ndarray:
    """Returns [size]: element i is `then` of element i // width of part i % width.

    `parts(index: u64[n])` gives `width` arrays [n], whose element i depends on `index[i]` alone;
    so does an element of `then`'s result on that of its argument.
    """
    count = -(-size // width)

    def rows(start: int) -> np.ndarray:
        index = np.arange(start, min(start + _CHUNK, count), dtype=np.uint64)
        found = parts(index)
        laid = np.empty((len(index), width), found[0].dtype)
        for lane, part in enumerate(found):
            laid[:, lane] = part
        return then(laid)

    first = rows(0)
    if count <= _CHUNK:
        return first.reshape(-1)[:size]
    # Memory that cannot be had is missed at once, not after hours.
    result = np.empty((count, width), first.dtype)
    result[:_CHUNK] = first
    for start in range(_CHUNK, count, _CHUNK):
        result[start : start + _CHUNK] = rows(start)
    return result.reshape(-1)[:size]


def while_each(
    pending: Callable[..., Any], step: Callable[..., tuple], state: tuple[Any, ...]
) -> tuple[np.ndarray, ...]:
    """Returns `state`, arrays of n rows, after `step` has run on each row while it is pending.

    `pending(*state)` gives bool[n] and `step(*state)` the next state; both treat rows one by one.
    """
    result = tuple(np.array(part) for part in state)
    rows = np.flatnonzero(pending(*result))
    while rows.size:
        rows = np.concatenate(
            [
                _step_rows(pending, step, result, rows[start : start + _CHUNK])
                for start in range(0, rows.size, _CHUNK)
            ]
        )
    return result


def _step_rows(pending: Callable, step: Callable, state: tuple, rows: np.ndarray) -> np.ndarray:
    """Steps these rows of `state` in place; returns those that are still pending."""
    stepped = step(*(part[rows] for part in state))
    for part, new in zip(state, stepped, strict=True):
        part[rows] = new
    return rows[pending(*stepped)]


def scan(
    step: Callable[[tuple, tuple], tuple[tuple, tuple]],
    carried: tuple[Any, ...],
    rows: tuple[Any, ...],
    made: list[tuple[tuple[int, ...], Any]],
    reverse: bool = False,
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """(what is carried behind the last step, what all steps made along axis 0)

    `step(carried, the next row of each of rows)` gives (what is carried on, what it makes); the
    last row comes first if `reverse`. `made` is (shape, dtype) of each result.
    """
    results = tuple(np.empty(shape, dtype) for shape, dtype in made)
    order = range(len(rows[0]))
    for i in reversed(order) if reverse else order:
        carried, values = step(carried, tuple(row[i] for row in rows))
        for result, value in zip(results, values, strict=True):
            result[i] = value
    return carried, results


def compose_swaps(targets: Any) -> np.ndarray:
    """targets: int[n] -> i64[n + 1]: 0 ... n after swapping elements i and targets[i] in turn."""
    order = list(range(len(targets) + 1))
    for i, j in enumerate(targets.tolist()):
        order[i], order[j] = order[j], order[i]
    return np.array(order, np.int64)
