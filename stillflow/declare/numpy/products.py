"""Products of sparse matrices and dense ones, which NumPy has not."""

from __future__ import annotations

import numpy as np

from stillflow.declare.numpy.namespace import NUMPY

_WORTH_LOADING = 1 << 16  # products of elements, from which on SciPy pays for its import
_COMPILED = {np.dtype(name) for name in ("f4", "f8", "c8", "c16", "i4", "i8")}  # in SciPy


def sparse_matmul(
    rows: int, row: np.ndarray, column: np.ndarray, values: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """See `namespace`."""
    if len(values) * b.shape[1] >= _WORTH_LOADING and values.dtype in _COMPILED:
        return _by_scipy(rows, row, column, values, b)
    nothing = np.zeros((rows, b.shape[1]), values.dtype)
    return NUMPY.add_at(nothing, row, values[:, None] * b[column])


def _by_scipy(
    rows: int, row: np.ndarray, column: np.ndarray, values: np.ndarray, b: np.ndarray
) -> np.ndarray:
    from scipy import sparse  # only programs that have large ones pay for it

    # Either form adds up the products in the order in which the elements are.
    shape = rows, len(b)
    if not _ascends(row) and _ascends(column):
        return sparse.csc_matrix((values, row, _starts(column, len(b))), shape=shape) @ b
    if not _ascends(row):
        order = np.argsort(row, kind="stable")
        row, column, values = row[order], column[order], values[order]
    return sparse.csr_matrix((values, column, _starts(row, rows)), shape=shape) @ b


def _ascends(numbers: np.ndarray) -> bool:
    return bool(np.all(numbers[1:] >= numbers[:-1]))


def _starts(numbers: np.ndarray, count: int) -> np.ndarray:
    """Where each number below `count` begins in ascending ones, and where the last ends."""
    return np.searchsorted(numbers, np.arange(count + 1))
