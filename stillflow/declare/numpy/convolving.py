"""Convolution in NumPy. An extension of its namespace; `runtime.xla_namespace` has the twin.

The windows of the images become rows of a matrix, so that one product does the arithmetic. The
rows are made for some images at a time: they hold each pixel as often as a window does. Where that
is much work, every core takes some. A library that is optional does it faster (`declare.native`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.native import on_host as native
from stillflow.declare.native.paying import form_to_take, pays
from stillflow.declare.numpy import threads, together

_ROWS_BYTES = 16 << 20
_WORTH_SHARING = 1 << 25  # multiplications, from which on all cores take part
_SHARES = 2  # for each core, so that one which is late is not waited for long

Steps = Sequence[int]


def convolve(
    x: Any,
    w: Any,
    layouts: tuple[str, str, str],
    strides: Steps,
    padding: Sequence[tuple[int, int]],
    x_dilation: Steps | None = None,
    w_dilation: Steps | None = None,
) -> Any:
    """Correlates images `x`, or volumes, with filters `w`.

    `layouts` spell the axes of x (as N, H, W, C), of w (as H, W, I, O) and of the result. A
    dilation puts that many steps between neighbours; padding may be negative, which crops.
    """
    form = form_to_take(x, w, layouts, strides, padding, x_dilation, w_dilation)
    if form is not None and pays(form, compiled=False):
        return native.convolve(x, w, form)
    return by_products(x, w, layouts, strides, padding, x_dilation, w_dilation)


def by_products(
    x: Any,
    w: Any,
    layouts: tuple[str, str, str],
    strides: Steps,
    padding: Sequence[tuple[int, int]],
    x_dilation: Steps | None,
    w_dilation: Steps | None,
) -> Any:
    """`convolve` in NumPy alone."""
    places = [letter for letter in layouts[1] if letter not in "IO"]
    images, filters = ["N", *places, "C"], [*places, "I", "O"]
    ones = (1,) * len(places)
    x = _prepared(x.transpose(_order(layouts[0], images)), padding, x_dilation or ones)
    w = w.transpose(_order(layouts[1], filters))
    windows = _windows(x, w.shape[:-2], strides, w_dilation or ones)
    y = _product(windows, w.reshape(math.prod(w.shape[:-1]), w.shape[-1]))
    return y.transpose(_order(images, layouts[2]))


def _order(have: Sequence[str], want: Sequence[str]) -> list[int]:
    return [have.index(letter) for letter in want]


def _prepared(x: np.ndarray, padding: Sequence[tuple[int, int]], dilation: Steps) -> np.ndarray:
    """x: f[n, ..., c] dilated, then padded with zeros or cropped, contiguous."""
    x = _dilated(x, dilation)
    grown = [(max(low, 0), max(high, 0)) for low, high in padding]
    if np.any(grown):
        x = np.pad(x, [(0, 0), *grown, (0, 0)])
    crops = [
        slice(max(-low, 0), size - max(-high, 0))
        for size, (low, high) in zip(x.shape[1:-1], padding, strict=True)
    ]
    return np.ascontiguousarray(x[(slice(None), *crops)])


def _dilated(x: np.ndarray, dilation: Steps) -> np.ndarray:
    """x: f[n, ..., c] with zeros between its pixels."""
    if all(gap == 1 for gap in dilation):
        return x
    n, *places, c = x.shape
    sizes = [max((size - 1) * gap + 1, 0) for size, gap in zip(places, dilation, strict=True)]
    spread = np.zeros((n, *sizes, c), x.dtype)
    spread[(slice(None), *(slice(None, None, gap) for gap in dilation))] = x
    return spread


def _windows(x: np.ndarray, window: Steps, strides: Steps, dilation: Steps) -> np.ndarray:
    """A view of x: f[n, sizes, c] -> f[n, counts, window, c], what each window sees."""
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
    """windows: f[n, counts, window, c], w: f[window * c, d] -> f[n, counts, d]"""
    n, *counts = windows.shape[: windows.ndim // 2]
    size, depth = w.shape
    y = np.empty((n, *counts, depth), w.dtype)
    row = math.prod(counts[1:])  # of windows that are beside each other in an image
    parts = _parts(n, counts[0], row * size * w.itemsize, row * w.size)
    # Memory that other threads allocate goes back to the system at once, to be mapped anew.
    largest = max((windows[part].size for part in parts), default=0)
    free = [np.empty(largest, windows.dtype) for _ in range(min(together.cores(), len(parts)))]

    def compute(part: tuple[slice, slice]) -> None:
        seen, result = windows[part], y[part]
        memory = free.pop()
        rows = memory[: seen.size].reshape(seen.shape)
        np.copyto(rows, seen)
        count = math.prod(result.shape[:-1])
        threads.matmul(rows.reshape(count, size), w, out=result.reshape(count, depth))
        free.append(memory)

    together.for_each(compute, parts)
    return y


def _parts(images: int, rows: int, row_bytes: int, row_work: int) -> list[tuple[slice, slice]]:
    """Images, and rows of windows in each, that are computed at a time."""
    shares = _SHARES * together.cores() if images * rows * row_work >= _WORTH_SHARING else 1
    at_once = max(_ROWS_BYTES // max(rows * row_bytes, 1), 1)
    if images >= shares:
        at_once = min(at_once, -(-images // shares))
        return [(slice(i, i + at_once), slice(None)) for i in range(0, images, at_once)]
    step = max(-(-rows // shares), 1)
    return [
        (slice(i, i + 1), slice(start, start + step))
        for i in range(images)
        for start in range(0, rows, step)
    ]
