"""Convolutions, traced. What they take is told in `declare.numpy.convolving`.

Where a window is larger than the images XLA goes through its elements one by one on a CPU, at a
fiftieth of the speed (measured with JAX 0.10: 66 ms against 1.2 for 3x3 windows of 512 channels
over eight images of 2x2). There such windows are laid out in rows, and multiplied as a matrix.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from stillflow.declare.native.paying import form_to_take, pays
from stillflow.runtime import platforms, xla_native

# More of them take longer to lay out and to compile.
_MAX_PLACES = 64


def convolve(
    x: Any,
    w: Any,
    layouts: tuple[str, str, str],
    strides: Sequence[int],
    padding: Sequence[tuple[int, int]],
    x_dilation: Sequence[int] | None = None,
    w_dilation: Sequence[int] | None = None,
    for_here: bool = False,
) -> Any:
    """Correlates images `x`, or volumes, with filters `w`.

    What is compiled `for_here` may be left to a library that this process has.
    """
    if for_here:
        form = form_to_take(x, w, layouts, strides, padding, x_dilation, w_dilation)
        if form is not None and pays(form, compiled=True) and xla_native.is_known():
            return xla_native.convolve(x, w, form)
    spatial = [letter for letter in layouts[0] if letter not in "NC"]
    sizes = [x.shape[layouts[0].index(letter)] for letter in spatial]
    windows = [w.shape[layouts[1].index(letter)] for letter in spatial]
    x_steps = x_dilation or (1,) * len(spatial)
    w_steps = w_dilation or (1,) * len(spatial)
    reaches = [_reach(count, step) for count, step in zip(windows, w_steps, strict=True)]
    exceeds = any(reach > size for reach, size in zip(reaches, sizes, strict=True))
    exceeds &= platforms.current().lays_out_windows
    if not exceeds or math.prod(windows) > _MAX_PLACES or 0 in (*x.shape, *w.shape):
        return lax.conv_general_dilated(
            x, w, strides, padding, x_dilation, w_dilation, dimension_numbers=layouts
        )
    order = "".join(spatial)
    x = jnp.transpose(x, [layouts[0].index(letter) for letter in f"N{order}C"])
    w = jnp.transpose(w, [layouts[1].index(letter) for letter in f"{order}IO"])
    around = [(0, 0, 0), *((*p, s - 1) for p, s in zip(padding, x_steps, strict=True)), (0, 0, 0)]
    rows = _rows(lax.pad(x, np.zeros((), x.dtype), around), windows, strides, w_steps)
    result = rows @ w.reshape(-1, w.shape[-1])
    return jnp.transpose(result, [f"N{order}C".index(letter) for letter in layouts[2]])


def _reach(count: int, step: int) -> int:
    """How many pixels a window of `count` elements, each a step from the last, extends over."""
    return max((count - 1) * step + 1, 0)


def _rows(
    x: Any, windows: Sequence[int], strides: Sequence[int], steps: Sequence[int]
) -> jnp.ndarray:
    """x: [n, sizes, c] -> [n, counts, windows * c], what each window sees."""
    reaches = map(_reach, windows, steps)
    counts = [
        max((size - reach) // stride + 1, 0)
        for size, reach, stride in zip(x.shape[1:-1], reaches, strides, strict=True)
    ]
    parts = []
    for place in product(*map(range, windows)):
        index = tuple(
            slice(at * step, at * step + _reach(count, stride), stride)
            for at, step, count, stride in zip(place, steps, counts, strides, strict=True)
        )
        parts.append(x[:, *index])
    return jnp.concatenate(parts, axis=-1)
