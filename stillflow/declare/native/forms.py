"""Which convolutions are one of images, or a gradient of one, as the library has them.

`convolve` of both namespaces takes all three in one form, by how the axes are named (see
`ops.nn.correlating`); here they are told apart again.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np


class Kind(enum.IntEnum):
    """What is computed; the numbers are the library's."""

    FORWARD = 0
    INPUT_GRADIENT = 1
    FILTER_GRADIENT = 2


class Geometry(NamedTuple):
    """Images f32[n, height, width, channels] and filters f32[rows, columns, channels, depth] give
    f32[n, out_height, out_width, depth]; in the order in which the library reads it.
    """

    n: int
    height: int
    width: int
    channels: int
    rows: int
    columns: int
    depth: int
    out_height: int
    out_width: int
    stride_y: int
    stride_x: int
    above: int
    left: int
    dilation_y: int
    dilation_x: int

    @property
    def work(self) -> int:
        """Multiplications of one image."""
        window = self.rows * self.columns * self.channels * self.depth
        return self.out_height * self.out_width * window


class Form(NamedTuple):
    """A convolution that the library has."""

    kind: Kind
    geometry: Geometry

    @property
    def result(self) -> tuple[int, int, int, int]:
        """The shape of what is computed."""
        g = self.geometry
        if self.kind == Kind.FORWARD:
            return g.n, g.out_height, g.out_width, g.depth
        if self.kind == Kind.INPUT_GRADIENT:
            return g.n, g.height, g.width, g.channels
        return g.rows, g.columns, g.channels, g.depth


_FORWARD = ("NHWC", "HWIO", "NHWC")
_INPUT = ("NHWC", "HWOI", "NHWC")
_FILTER = ("CHWN", "IHWO", "HWNC")
_Pair = tuple[int, int]


def form_of(
    images: Any,
    filters: Any,
    layouts: tuple[str, str, str],
    strides: Sequence[int],
    padding: Sequence[tuple[int, int]],
    x_dilation: Sequence[int] | None,
    w_dilation: Sequence[int] | None,
) -> Form | None:
    """What `convolve` of two arrays is; None where it is nothing that the library has."""
    x, w = images.shape, filters.shape
    if layouts not in (_FORWARD, _INPUT, _FILTER) or not all(isinstance(n, int) for n in (*x, *w)):
        return None
    if images.dtype != np.float32 or filters.dtype != np.float32:
        return None
    if x[layouts[0].index("C")] != w[layouts[1].index("I")]:
        return None
    steps, spread = _pair(strides), _pair(x_dilation or (1, 1))
    gaps, before = _pair(w_dilation or (1, 1)), _pair([low for low, _ in padding])
    axes = [layouts[0].index("H"), layouts[0].index("W")]
    taps = [layouts[1].index("H"), layouts[1].index("W")]
    out = [
        ((x[a] - 1) * s + 1 + sum(p) - ((w[t] - 1) * g + 1)) // step + 1
        for a, t, s, g, p, step in zip(axes, taps, spread, gaps, padding, steps, strict=True)
    ]
    if layouts == _FORWARD and spread == (1, 1):
        kind = Kind.FORWARD
        numbers = (*x, w[0], w[1], w[3], *out, *steps, *before, *gaps)
    elif layouts == _INPUT and steps == (1, 1):
        kind = Kind.INPUT_GRADIENT
        low = [(w[i] - 1) * gaps[i] - before[i] for i in (0, 1)]
        numbers = (x[0], *out, w[2], w[0], w[1], w[3], x[1], x[2], *spread, *low, *gaps)
    elif layouts == _FILTER and spread == (1, 1):
        kind = Kind.FILTER_GRADIENT
        numbers = (*x, *out, w[3], w[1], w[2], *gaps, *before, *steps)
    else:
        return None
    geometry = Geometry._make(numbers)
    return Form(kind, geometry) if _fits(geometry) else None


def _pair(numbers: Sequence[int]) -> _Pair:
    first, second = numbers
    return int(first), int(second)


def _fits(g: Geometry) -> bool:
    """Whether the library takes it: nothing is empty, cropped, or padded by a window or more."""
    reach_y, reach_x = (g.rows - 1) * g.dilation_y + 1, (g.columns - 1) * g.dilation_x + 1
    return (
        math.prod(g[:9]) > 0
        and 0 <= g.above < reach_y
        and 0 <= g.left < reach_x
        and _follows(g.height, reach_y, g.out_height, g.stride_y, g.above)
        and _follows(g.width, reach_x, g.out_width, g.stride_x, g.left)
    )


def _follows(size: int, reach: int, out: int, stride: int, before: int) -> bool:
    """Whether so many windows follow from the padding before, and one behind that is not negative.

    The library is told no padding behind where pixels are left over, fewer than a stride.
    """
    after = max((out - 1) * stride + reach - size - before, 0)
    return (size + before + after - reach) // stride + 1 == out and after < reach
