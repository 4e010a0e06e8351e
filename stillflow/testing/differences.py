"""Where arrays differ, as the messages of `tf.test.TestCase` tell it. Knows no test case."""

from __future__ import annotations

from typing import Any

import numpy as np


def unequal(a: np.ndarray, b: np.ndarray) -> str:
    """Where two arrays of one shape differ, NaN being equal to NaN; "" where they are equal."""
    same = np.asarray(a == b)
    if a.dtype.kind in "fc" and b.dtype.kind in "fc":
        same = same | (np.isnan(a) & np.isnan(b))
    if same.all():
        return ""
    x, y, where = _picked(a, b, ~same)
    lines = [f"not equal where = {where}"] if a.ndim else []
    return "\n".join([*lines, f"not equal lhs = {x!r}", f"not equal rhs = {y!r}"])


def distant(a: np.ndarray, b: np.ndarray, rtol: Any, atol: Any) -> str:
    """Where |a - b| > atol + rtol |b| for arrays of one shape; "" where they are near.

    The tolerances may be arrays too.
    """
    if np.allclose(a, b, rtol, atol, equal_nan=True):
        return ""
    with np.errstate(invalid="ignore"):
        far = ~np.isclose(a, b, rtol, atol, equal_nan=True)
        x, y, where = _picked(a, b, far)
        difference = np.abs(x - y)
        tolerance = np.broadcast_to(atol + rtol * np.abs(b), a.shape)[far if a.ndim else ()]
    lines = [f"not close where = {where}"] if a.ndim else []
    return "\n".join(
        [
            *lines,
            f"not close lhs = {x}",
            f"not close rhs = {y}",
            f"not close dif = {difference}",
            f"not close tol = {tolerance}",
            f"dtype = {a.dtype}, shape = {a.shape}",
        ]
    )


def _picked(a: np.ndarray, b: np.ndarray, where: np.ndarray) -> tuple[Any, Any, Any]:
    """What of `a` and of `b` is at some places, and which places; scalars as they are."""
    return (a[where], b[where], np.where(where)) if a.ndim else (a, b, ())
