"""Convolution in NumPy. An extension of its namespace; `runtime.xla_namespace` has the twin.

The windows of the images become rows of a matrix, so that one product does the arithmetic. The
rows are made for some images at a time: they hold each pixel as often as a window does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

_ROWS_BYTES = 16 << 20

Pair = Sequence[int]


def convolve(
    x: Any,
    w: Any,
    layouts: tuple[str, str, str],
    strides: Pair,
    padding: Sequence[tuple[int, int]],
    x_dilation: Pair = (1, 1),
    w_dilation: Pair = (1, 1),
) -> Any:
    """Correlates images `x` with filters `w`.

    `layouts` spell the axes of x (N, H, W, C), of w (H, W, I, O) and of the result (N, H, W, C).
    A dilation puts that many steps between neighbours; padding may be negative, which crops.
    """
    x = _prepared(x.transpose(_order(layouts[0], "NHWC")), padding, x_dilation)
    w = w.transpose(_order(layouts[1], "HWIO"))
    windows = _windows(x, w.shape[:2], strides, w_dilation)
    y = _product(windows, w.reshape(math.prod(w.shape[:3]), w.shape[3]))
    return y.transpose(_order("NHWC", layouts[2]))


def _order(have: str, want: str) -> list[int]:
    return [have.index(letter) for letter in want]


def _prepared(x: np.ndarray, padding: Sequence[tuple[int, int]], dilation: Pair) -> np.ndarray:
    """x: f[n, h, w, c] dilated, then padded with zeros or cropped, contiguous."""
    x = _dilated(x, dilation)
    grown = [(max(low, 0), max(high, 0)) for low, high in padding]
    if np.any(grown):
        x = np.pad(x, [(0, 0), *grown, (0, 0)])
    crops = [
        slice(max(-low, 0), size - max(-high, 0))
        for size, (low, high) in zip(x.shape[1:3], padding, strict=True)
    ]
    return np.ascontiguousarray(x[(slice(None), *crops)])


def _dilated(x: np.ndarray, dilation: Pair) -> np.ndarray:
    """x: f[n, h, w, c] with zeros between its pixels."""
    rows, columns = dilation
    if rows == columns == 1:
        return x
    n, h, w, c = x.shape
    sizes = [max((size - 1) * gap + 1, 0) for size, gap in zip((h, w), dilation, strict=True)]
    spread = np.zeros((n, *sizes, c), x.dtype)
    spread[:, ::rows, ::columns] = x
    return spread


def _windows(x: np.ndarray, window: Pair, strides: Pair, dilation: Pair) -> np.ndarray:
    """A view of x: f[n, h, w, c] -> f[n, p, q, kh, kw, c], what each window sees."""
    n, *sizes, c = x.shape
    reach = [(k - 1) * gap + 1 for k, gap in zip(window, dilation, strict=True)]
    counts = [
        max((size - span) // step + 1, 0)
        for size, span, step in zip(sizes, reach, strides, strict=True)
    ]
    along_n, *along, along_c = x.strides
    between = [bytes_ * step for bytes_, step in zip(along, strides, strict=True)]
    within = [bytes_ * gap for bytes_, gap in zip(along, dilation, strict=True)]
    return np.lib.stride_tricks.as_strided(
        x, (n, *counts, *window, c), (along_n, *between, *within, along_c), writeable=False
    )


def _product(windows: np.ndarray, w: np.ndarray) -> np.ndarray:
    """windows: f[n, p, q, kh, kw, c], w: f[kh * kw * c, d] -> f[n, p, q, d]"""
    n, p, q = windows.shape[:3]
    y = np.empty((n, p, q, w.shape[1]), w.dtype)
    per_image = max(p * q * w.shape[0] * w.itemsize, 1)
    images = max(_ROWS_BYTES // per_image, 1)
    for start in range(0, n, images):
        part = windows[start : start + images]
        rows = part.reshape(len(part) * p * q, w.shape[0])
        np.matmul(rows, w, out=y[start : start + images].reshape(len(rows), w.shape[1]))
    return y
