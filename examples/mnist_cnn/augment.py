"""Pictures of digits, each a little turned, stretched and moved at random."""

import numpy as np

ANGLE = np.radians(10)  # at most, either way, as all of these
SLANT = 0.1
STRETCH = 0.1
SHIFT = 1.5  # pixels


def distorted(images, random):
    """f32[n, side * side] -> the same, distorted; `random` is a RandomState."""
    n, pixels = images.shape
    side = round(pixels**0.5)
    rows, columns = _sources(n, side, random)
    below, right = np.floor(rows), np.floor(columns)
    down, across = rows - below, columns - right
    # A margin of zeros, so that what comes from outside is black.
    padded = np.pad(images.reshape(n, side, side), [(0, 0), (1, 1), (1, 1)], "constant")
    first = np.clip(below.astype(int) + 1, 0, side), np.clip(right.astype(int) + 1, 0, side)
    picture = np.arange(n)[:, None]

    def pixel(by_row, by_column):
        return padded[picture, first[0] + by_row, first[1] + by_column]

    above = pixel(0, 0) * (1 - across) + pixel(0, 1) * across
    under = pixel(1, 0) * (1 - across) + pixel(1, 1) * across
    return (above * (1 - down) + under * down).astype(np.float32)


def _sources(n, side, random):
    """From where each pixel of each picture comes: rows and columns, f64[n, side * side] each."""
    angle = random.uniform(-ANGLE, ANGLE, (n, 1))
    slant = random.uniform(-SLANT, SLANT, (n, 1))
    tall, wide = random.uniform(1 - STRETCH, 1 + STRETCH, (2, n, 1))
    shift = random.uniform(-SHIFT, SHIFT, (2, n, 1))
    centre = (side - 1) / 2
    y, x = np.mgrid[:side, :side].reshape(2, 1, -1) - centre
    turned = np.cos(angle) * y - np.sin(angle) * x, np.sin(angle) * y + np.cos(angle) * x
    rows = turned[0] * tall + shift[0] + centre
    columns = (turned[1] + slant * turned[0]) * wide + shift[1] + centre
    return np.clip(rows, -1, side), np.clip(columns, -1, side)
