"""Linear interpolation of pictures on the host, a few rows at a time.

What follows from sizes alone is computed once for all pictures of these sizes. Only the result
takes fresh memory of any size, which costs more than arithmetic.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from stillflow.ops.image import sampling
from stillflow.ops.image.sampling import MANY_CHANNELS, Between

_BLOCK = 24_000  # numbers of the result that are worked on together


class _Axis(NamedTuple):
    """Where the new places of an axis lie: see `Between`. `is_whole` if none is between two."""

    lower: np.ndarray
    upper: np.ndarray
    part: np.ndarray
    is_whole: bool


class _Rows(NamedTuple):
    """The new rows from `start` to `stop`, which lie between the old ones of `first` to `last`."""

    start: int
    stop: int
    first: int
    last: int
    axis: _Axis


class _Way(NamedTuple):
    columns: _Axis
    blocks: tuple[_Rows, ...]


def lerped_pictures(
    images: np.ndarray, new: tuple[int, int], align_corners: bool, half_pixel_centers: bool
) -> np.ndarray:
    """images: n[n, h, w, c] -> f32[n, *new, c], columns, then rows interpolated linearly."""
    mirrored = images.strides[2] < 0
    if mirrored:  # such a view is slow to read pixel by pixel
        images = images[:, :, ::-1]
    way = _way(images.shape[1:], new, align_corners, half_pixel_centers, mirrored)
    out = np.empty((len(images), *new, images.shape[3]), np.float32)
    for block in way.blocks:
        for image, result in zip(images, out, strict=True):
            wide = _across(image[block.first : block.last], way.columns)
            few = result[block.start : block.stop]
            _down(wide.reshape(len(wide), -1), block.axis, few.reshape(len(few), -1))
    return out


def _across(pixels: np.ndarray, columns: _Axis) -> np.ndarray:
    """pixels: n[h, w, c] -> f32, the same with columns interpolated."""
    if pixels.shape[2] < MANY_CHANNELS:  # NumPy's inner loops are not as short as a pixel then
        pixels = pixels.reshape(len(pixels), -1)
    low = np.asarray(pixels.take(columns.lower, 1, mode="clip"), np.float32)
    if columns.is_whole:
        return low
    high = np.asarray(pixels.take(columns.upper, 1, mode="clip"), np.float32)
    high -= low
    high *= columns.part
    high += low
    return high


def _down(wide: np.ndarray, rows: _Axis, out: np.ndarray) -> None:
    """wide: f32[h, k] -> out: f32[new h, k], rows interpolated."""
    low = wide.take(rows.lower, 0, mode="clip")
    if rows.is_whole:
        out[...] = low
        return
    high = wide.take(rows.upper, 0, mode="clip")
    high -= low
    high *= rows.part
    np.add(high, low, out=out)


@functools.lru_cache(maxsize=64)
def _way(
    sizes: tuple[int, ...],
    new: tuple[int, int],
    align_corners: bool,
    half_pixel_centers: bool,
    mirrored: bool,
) -> _Way:
    height, width, channels = sizes
    rows, columns = (
        sampling.between(old, wanted, align_corners, half_pixel_centers)
        for old, wanted in zip((height, width), new, strict=True)
    )
    if mirrored:
        columns = columns.mirrored(width)
    count = max(1, round(new[0] * new[1] * channels / _BLOCK))
    step = -(-new[0] // count)
    blocks = [_rows(rows, start, step) for start in range(0, new[0], step)]
    return _Way(_columns(columns, channels), tuple(blocks))


def _rows(rows: Between, start: int, step: int) -> _Rows:
    lower, upper, part = (vector[start : start + step] for vector in rows)
    first, last = int(lower[0]), int(upper[-1]) + 1
    axis = _Axis(lower - first, upper - first, part[:, None], not part.any())
    return _Rows(start, start + len(lower), first, last, axis)


def _columns(columns: Between, channels: int) -> _Axis:
    """The places of pixels, or of their numbers where those lie in long rows."""
    lower, upper, part = columns
    is_whole = not part.any()
    if channels >= MANY_CHANNELS:
        return _Axis(lower, upper, part[:, None], is_whole)
    number = np.arange(channels)
    lower, upper = ((at[:, None] * channels + number).reshape(-1) for at in (lower, upper))
    return _Axis(lower, upper, np.repeat(part, channels), is_whole)
