"""Linear equations of triangular matrices."""

from __future__ import annotations

import numpy


def solve_triangular(triangle: numpy.ndarray, rhs: numpy.ndarray, lower: bool) -> numpy.ndarray:
    """triangle: f[..., n, n], rhs: f[..., n, k] -> x, f[..., n, k], with triangle x = rhs.

    Halves are solved one after the other, so that most of the work is products. What is zero by
    the shape of the matrix stays exactly zero.
    """
    rows = triangle.shape[-1]
    if rows < 2:
        return rhs / triangle if rows else rhs
    halves = slice(None, rows // 2), slice(rows // 2, None)
    first, last = halves if lower else halves[::-1]
    known = solve_triangular(triangle[..., first, first], rhs[..., first, :], lower)
    left = rhs[..., last, :] - triangle[..., last, first] @ known
    rest = solve_triangular(triangle[..., last, last], left, lower)
    return numpy.concatenate([known, rest] if lower else [rest, known], axis=-2)
