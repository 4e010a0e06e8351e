"""Distorted training images: bent, turned, scaled, sheared and moved a little, at random.

After P. Simard, D. Steinkraus and J. Platt, "Best Practices for Convolutional Neural Networks
Applied to Visual Document Analysis", ICDAR 2003.
"""

from __future__ import annotations

import numpy as np

from stillflow.digits.forward import PIXELS, SIDE

_WARPS = 3000  # made once
_SHARING = 8  # images of a batch that take the same warp
_SMOOTHNESS = 4.0  # of the bending, in pixels
_BEND = 34.0  # the strength of the bending before it is smoothed
_TURN, _SCALE, _SHEAR = 0.22, 0.13, 0.13  # the largest: radians, shares
_MOVE = 1.5  # pixels


class Distortion:
    """Distorts images; the same for the same seed and step.

    A warp says for each pixel which four pixels of the image it is a weighted mean of. Some images
    of a batch share one, as gathering several pixels at a time is much faster than one.
    """

    def __init__(self, strength: float, seed: int):
        self._seed = seed
        random = np.random.RandomState([seed, 1 << 20])
        self._corners, self._weights = _bilinear(*_sources(random, strength))

    def __call__(self, images: np.ndarray, step: int) -> np.ndarray:
        """images: f32[n, 784] -> f32[n, 784]"""
        groups = -(-len(images) // _SHARING)
        chosen = np.random.RandomState([self._seed, step, 1]).randint(_WARPS, size=groups)
        padded = np.zeros((groups * _SHARING, PIXELS), np.float32)
        padded[: len(images)] = images
        # One row for each pixel of each group, with that pixel of all the group's images.
        pixels = padded.reshape(groups, _SHARING, PIXELS).swapaxes(1, 2).reshape(-1, _SHARING)
        first = (np.arange(groups) * PIXELS)[:, np.newaxis]
        total = np.zeros_like(pixels)
        for corners, weights in zip(self._corners, self._weights, strict=True):
            corner = pixels.take((corners[chosen] + first).ravel(), axis=0)
            corner *= weights[chosen].reshape(-1, 1)
            total += corner
        moved = total.reshape(groups, PIXELS, _SHARING).swapaxes(1, 2)
        return moved.reshape(-1, PIXELS)[: len(images)]


def _sources(random: np.random.RandomState, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Where in the image each pixel of each warp comes from: rows and columns, f32[warps, 784]."""
    grid = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2
    y, x = (axis.ravel() for axis in np.meshgrid(grid, grid, indexing="ij"))

    def drawn(largest: float) -> np.ndarray:
        return random.uniform(-largest, largest, [_WARPS, 1]).astype(np.float32) * strength

    turn, shear = drawn(_TURN), drawn(_SHEAR)
    high, wide = 1 + drawn(_SCALE), 1 + drawn(_SCALE)
    rows = (np.cos(turn) * y + np.sin(turn) * x) * high + drawn(_MOVE)
    columns = (np.cos(turn) * x - np.sin(turn) * y + shear * y) * wide + drawn(_MOVE)
    bends = [_smooth_noise(random) * np.float32(_BEND * strength) for _ in range(2)]
    middle = np.float32((SIDE - 1) / 2)
    return rows + bends[0] + middle, columns + bends[1] + middle


def _smooth_noise(random: np.random.RandomState) -> np.ndarray:
    """Noise in [-1, 1] blurred with a Gaussian: f32[warps, 784]."""
    noise = random.uniform(-1, 1, [_WARPS, SIDE, SIDE]).astype(np.float32)
    distance = np.arange(SIDE)[:, np.newaxis] - np.arange(SIDE)
    blur = np.exp(-(distance**2) / (2 * _SMOOTHNESS**2)) / (_SMOOTHNESS * np.sqrt(2 * np.pi))
    blur = blur.astype(np.float32)
    return (blur @ noise @ blur.T).reshape(_WARPS, PIXELS)


def _bilinear(rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The four pixels around each place, i16[4, warps, 784], and their weights, f32 likewise.

    What lies outside the image weighs nothing.
    """
    top, left = np.floor(rows), np.floor(columns)
    down, right = rows - top, columns - left
    corners, weights = [], []
    for row, high in ((top, 1 - down), (top + 1, down)):
        for column, wide in ((left, 1 - right), (left + 1, right)):
            inside = (row >= 0) & (row < SIDE) & (column >= 0) & (column < SIDE)
            corners.append(np.where(inside, row * SIDE + column, 0).astype(np.int16))
            weights.append(np.where(inside, high * wide, 0).astype(np.float32))
    return np.stack(corners), np.stack(weights)
