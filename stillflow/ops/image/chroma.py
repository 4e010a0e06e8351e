"""The colours of a JPEG file: from fewer samples to one for each pixel, and to red, green, blue.

libjpeg does both as well, but smooths only what its accurate cosine transform gives. TensorFlow
takes the fast one and smooths, as is done here, in libjpeg's whole numbers.
"""

from __future__ import annotations

import numpy as np

_BLOCK = 8
_AT_ONCE = 1 << 15  # pixels, whose numbers fit in a processor's cache
_HALF = 1 << 15
# What chroma adds, in 65,536ths.
_RED, _BLUE, _GREEN_OF_RED, _GREEN_OF_BLUE = 91881, 116130, 46802, 22554
_CENTRE = 128  # chroma of grey
_DARKEST, _BRIGHTEST = np.int16(0), np.int16(255)


def to_rgb(spread: np.ndarray, chroma: tuple[int, int], begin: int, end: int) -> np.ndarray:
    """u8[height, width, 3] of luma and chroma, each of which is repeated -> smoothed, as colours.

    Args:
      chroma: how many pixels across and down have a sample in common: (2, 1) or (2, 2).
      begin, end: the columns that are wanted. As in libjpeg no sample is smoothed by one behind
        them, or before the blocks that they begin in.

    Returns:
      u8[height, end - begin, 3]
    """
    across, down = chroma
    first = begin // (_BLOCK * across) * _BLOCK * across
    smooths = spread.shape[1] > 2 * across and end - first > across
    found = _joined(spread[:, first:end], across, down, smooths)
    return found[:, begin - first :]


def _joined(spread: np.ndarray, across: int, down: int, smooths: bool) -> np.ndarray:
    width = spread.shape[1]
    framed = [_framed(spread[::down, ::across, n]) for n in (1, 2)]
    found = np.empty(spread.shape, np.uint8)
    rows = max(1, _AT_ONCE // width)  # of chroma
    spreading = _smoothed if smooths else _repeated
    for top in range(0, framed[0].shape[0] - 2, rows):
        part = slice(top * down, (top + rows) * down)
        luma = spread[part, :, 0].astype(np.int16)
        chroma = (spreading(each[top : top + rows + 2], down) for each in framed)
        blue, red = (each[: len(luma), :width].astype(np.int32) for each in chroma)
        _colour(luma, blue, red, found[part])
    return found


def _colour(luma: np.ndarray, blue: np.ndarray, red: np.ndarray, found: np.ndarray) -> None:
    """Puts red, green and blue into `found`, u8[rows, width, 3]; chroma, i32, is 0 for grey."""
    green = _GREEN_OF_BLUE * blue
    green += _GREEN_OF_RED * red
    np.subtract(_HALF, green, out=green)
    red *= _RED
    blue *= _BLUE
    red += _HALF
    blue += _HALF
    for place, added in enumerate((red, green, blue)):
        added >>= 16
        light = added.astype(np.int16)
        light += luma
        np.clip(light, _DARKEST, _BRIGHTEST, out=light)
        found[..., place] = light


def _smoothed(framed: np.ndarray, down: int) -> np.ndarray:
    """i16[h + 2, w + 2] -> i16[h * down, w * 2]: three parts of the nearer sample, one farther."""
    inner = framed[1:-1]
    height, width = inner.shape
    if down == 1:
        return _widened(inner, (1, 2), 2)
    nearer = 3 * inner
    rows = np.empty((height, 2, width), np.int16)
    np.add(nearer, framed[:-2], out=rows[:, 0])
    np.add(nearer, framed[2:], out=rows[:, 1])
    return _widened(rows.reshape(2 * height, width), (8, 7), 4)


def _repeated(framed: np.ndarray, down: int) -> np.ndarray:
    """i16[h + 2, w + 2] -> i16[h * down, w * 2], as libjpeg does for two samples or less."""
    return (framed[1:-1, 1:-1] - _CENTRE).repeat(2, 1).repeat(down, 0)


def _framed(samples: np.ndarray) -> np.ndarray:
    """u8[h, w] -> i16[h + 2, w + 2], its edges repeated."""
    framed = np.empty((samples.shape[0] + 2, samples.shape[1] + 2), np.int16)
    framed[1:-1, 1:-1] = samples
    framed[0], framed[-1] = framed[1], framed[-2]
    framed[:, 0], framed[:, -1] = framed[:, 1], framed[:, -2]
    return framed


def _widened(framed: np.ndarray, rounding: tuple[int, int], shift: int) -> np.ndarray:
    """i16[h, w + 2] -> i16[h, w * 2], less what grey has."""
    nearer = 3 * framed[:, 1:-1]
    wide = np.empty((*nearer.shape, 2), np.int16)
    for place, farther in enumerate((framed[:, :-2], framed[:, 2:])):
        total = nearer + farther
        total += rounding[place] - (_CENTRE << shift)
        total >>= shift
        wide[..., place] = total
    return wide.reshape(len(framed), -1)
