"""Finds the digit in grey levels, and brings it into the form that MNIST's images have.

The steps: leave out what lies around a sheet; take away the paper's brightness, wherever the light
fell; tell ink from paper; choose the ink that is the digit; give its strokes MNIST's width; scale
it into 20 by 20 pixels; centre its mass in 28 by 28.
"""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

from stillflow.digits import sheet
from stillflow.digits.picture import PictureError

SIDE = 28
BOX = 20  # a digit's longer side, as in MNIST
_STROKES = (2.4, 4.4)  # nearly all of MNIST's strokes are between these widths, in pixels of BOX
_DRAFT = 8 * BOX  # strokes are mended at this size
_MARGIN = _DRAFT // 4
_SKETCH = 40  # the paper is found at this size
_WIDEST = 0.35  # a stroke is narrower than this share of the picture's longer side
_SMALLEST = 0.04  # and a digit larger than this one
_CONTRAST = 0.05  # of ink and paper, as a share of black and white
_CLARITY = 4.0  # the same contrast, in deviations of the paper
_NEAR = 0.15  # parts of a broken digit are not further apart, as a share of its size

Region = tuple[slice, slice]


def digit(grey: np.ndarray) -> np.ndarray:
    """grey: f32[h, w], 0 black to 1 white, the ink either -> f32[28, 28], 0 paper to 1 ink.

    Raises:
      PictureError: no digit stands out from the paper.
    """
    bare = sheet.laid_bare(grey, _otsu(grey))
    ink = ink_of(grey if bare is None else bare)
    parts = _parts(ink, _threshold(ink))
    region = _bounds(parts)
    close = _resized(np.where(parts, ink, 0)[region], _fitting(ink[region].shape, _DRAFT))
    # An edge lies where half the ink is, wherever the threshold was.
    strokes = _mended(close > (np.median(ink[parts]) + np.median(ink[~parts])) / 2)
    inside = strokes[_bounds(strokes > 0)]
    return _centred(_resized(inside, _fitting(inside.shape, BOX)))


def ink_of(grey: np.ndarray) -> np.ndarray:
    """grey: f32[h, w] -> f32[h, w], how far each pixel is from the paper around it, ink upwards."""
    side = max(grey.shape)
    calm = ndimage.gaussian_filter(grey, side / 400)
    sketch = _resized(calm, _fitting(calm.shape, min(_SKETCH, side)))
    level = calm - np.tensordot(_tilt(sketch), _second_degree(calm.shape)[:3], 1)
    if not _ink_is_lighter(sketch):
        level = -level
    # What is wider than a stroke is paper too, such as a shadow.
    wider = (max(3, round(_WIDEST * side)),) * 2
    return level - ndimage.grey_opening(level, wider, mode="nearest")


def _tilt(sketch: np.ndarray) -> np.ndarray:
    """f32[3]: the plane nearest to a picture. Without it, an opening would see ink where it is
    brightest, at the picture's edge.
    """
    terms = _second_degree(sketch.shape)[:3].reshape(3, -1)
    return np.linalg.lstsq(terms.T, sketch.reshape(-1), rcond=None)[0]


def _ink_is_lighter(sketch: np.ndarray) -> bool:
    """Whether most of a picture, its frame above all, lies near a surface of the second degree
    from which the rest differs by being lighter.
    """
    terms, values = _second_degree(sketch.shape).reshape(6, -1), sketch.reshape(-1)
    weights = (abs(terms[1:3]).max(axis=0) > 0.8).astype(np.float64)  # the frame
    for _ in range(4):
        root = np.sqrt(weights)
        fit = np.linalg.lstsq((terms * root).T, values * root, rcond=None)[0]
        above = values - fit @ terms
        weights = 1 / (1 + (above / max(1.5 * np.median(abs(above)), 0.01)) ** 4)
    return bool((above**3).sum() >= 0)


def _second_degree(shape: tuple[int, ...]) -> np.ndarray:
    """f32[6, h, w]: 1, y, x, y^2, xy and x^2, the picture reaching from -1 to 1."""
    sides = (np.linspace(-1, 1, side, dtype=np.float32) for side in shape)
    y, x = np.meshgrid(*sides, indexing="ij")
    return np.stack([np.ones_like(x), y, x, y * y, x * y, x * x])


def _threshold(ink: np.ndarray) -> float:
    """Where ink begins, were the digit small enough to be lost in a histogram."""
    paper = np.median(ink)
    deviation = 1.4826 * np.median(abs(ink - paper))
    return max(_otsu(ink), paper + _CONTRAST, paper + _CLARITY * deviation)


def _otsu(values: np.ndarray) -> float:
    """The level that splits the values into two classes as far apart as can be (Otsu, 1979)."""
    counts, edges = np.histogram(values, 256)
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1]
    sums = np.cumsum(counts * middles)
    above = values.size - below
    between = (sums[-1] * below / values.size - sums[:-1]) ** 2 / np.maximum(below * above, 1)
    # Levels between two clear classes are equally good: take their middle.
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return float(edges[1:-1][best].mean())


def _parts(ink: np.ndarray, threshold: float) -> np.ndarray:
    """The pixels of the digit, bool[h, w]: the most ink that hangs together, and what is near it.

    What runs off the picture is taken only if there is nothing else.
    """
    labels, count = ndimage.label(ink > threshold, np.ones((3, 3)))
    boxes = ndimage.find_objects(labels)
    amounts = ndimage.sum_labels(ink, labels, np.arange(1, count + 1))
    large = [i for i in range(count) if _length(boxes[i]) >= max(4, _SMALLEST * max(ink.shape))]
    if not large:
        raise PictureError("There is no digit in the picture: nothing stands out from the paper.")
    whole = [i for i in large if not _runs_off(boxes[i], ink.shape)]
    main = max(whole or large, key=lambda i: amounts[i])
    near = _NEAR * _length(boxes[main])
    rest = [i for i in range(count) if amounts[i] > 0.02 * amounts[main] and i in (whole or large)]
    chosen = [i for i in rest if _gap(boxes[i], boxes[main]) <= near]
    return np.isin(labels, [i + 1 for i in chosen])


def _length(box: Region) -> int:
    return max(side.stop - side.start for side in box)


def _gap(a: Region, b: Region) -> int:
    """How many pixels lie between two boxes, along the axis where more do."""
    return max(max(p.start, q.start) - min(p.stop, q.stop) for p, q in zip(a, b, strict=True))


def _runs_off(box: Region, shape: tuple[int, ...]) -> bool:
    return any(s.start == 0 or s.stop == size for s, size in zip(box, shape, strict=True))


def _bounds(mask: np.ndarray) -> Region:
    """The smallest rectangle around what is true, as slices."""
    return ndimage.find_objects(mask.astype(np.int8))[0]


def _mended(mask: np.ndarray) -> np.ndarray:
    """A drawing whose strokes have MNIST's width: bool[h, w] -> f32 with a margin, soft edges.

    Distances to the edge do it: moving the edge makes every stroke wider or thinner alike.
    """
    mask = np.pad(mask, _MARGIN)
    inner = ndimage.distance_transform_edt(mask)
    outer = ndimage.distance_transform_edt(~mask)
    width = 4 * inner[mask].mean() - 1  # a bar's pixels lie a quarter of its width deep on average
    low, high = (stroke * _DRAFT / BOX for stroke in _STROKES)
    growth = (min(max(width, low), high) - width) / 2
    # No stroke may vanish, however thick the others are.
    growth = max(growth, 2 - inner.max())
    return np.clip(np.where(mask, inner, 1 - outer) + growth, 0, 1).astype(np.float32)


def _fitting(shape: tuple[int, ...], length: int) -> tuple[int, int]:
    """(height, width) with the proportions of `shape`, the longer side `length`."""
    scale = length / max(shape)
    return max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale))


def _resized(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """f32[h, w] -> f32[shape]: the mean of what falls on a pixel, or straight lines between."""
    image = Image.fromarray(values.astype(np.float32))
    return np.asarray(image.resize(shape[::-1], Image.Resampling.BILINEAR))


def _centred(values: np.ndarray) -> np.ndarray:
    """f32[h, w], neither above 20 -> f32[28, 28] with the centre of its mass in the middle."""
    centre = ndimage.center_of_mass(values)
    image = np.zeros((SIDE, SIDE), np.float32)
    starts = [
        min(max(round(SIDE / 2 - middle), 0), SIDE - size)
        for middle, size in zip(centre, values.shape, strict=True)
    ]
    rows, columns = (slice(s, s + n) for s, n in zip(starts, values.shape, strict=True))
    image[rows, columns] = values
    return image
