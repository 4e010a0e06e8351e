"""The largest elements of rows: an extension of the NumPy namespace, with a twin for XLA."""

from __future__ import annotations

import numpy as np

# From this size on, a row that gives few of its elements is not sorted as a whole.
_LONG = 1024
_FEW = 8  # a part of the row


def largest(x: np.ndarray, count: int) -> np.ndarray:
    """Returns i64[..., count]: where the largest elements of x: n[..., m] are, the largest first.

    Of equal ones the first leads; what is no number is larger than all numbers.
    """
    size = x.shape[-1]
    if size < _LONG or not 0 < count <= size // _FEW or not _has_numbers(x):
        return _sorted(x)[..., :count]
    rows = x.reshape(-1, size)
    least = np.partition(rows, size - count, axis=-1)[:, size - count]
    found = np.empty((len(rows), count), np.int64)
    for number, row in enumerate(rows):
        places = np.flatnonzero(row >= least[number])
        found[number] = places[_sorted(row[places])[:count]]
    return found.reshape(*x.shape[:-1], count)


def _has_numbers(x: np.ndarray) -> bool:
    return x.dtype.kind in "iu" or (x.dtype.kind == "f" and not np.isnan(x).any())


def _sorted(x: np.ndarray) -> np.ndarray:
    """The places in descending order.

    A stable ascending order of the mirrored row, read backwards, puts ties in their own order.
    """
    return (x.shape[-1] - 1 - np.argsort(x[..., ::-1], axis=-1, stable=True))[..., ::-1]
