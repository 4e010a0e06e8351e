"""Finds a sheet of paper that lies on something else, so that its edge is not taken for ink."""

from __future__ import annotations

import numpy as np
from scipy import ndimage, spatial

_SMALLEST = 0.08  # of a sheet, as a share of the picture
_RECTANGULAR = 0.87  # share of its rectangle that a sheet fills; an ellipse fills 0.79
_WRITTEN_ON = (0.002, 0.25)  # share of a sheet that ink covers: a 0 has a larger hole, a 1 has none
_EDGE = 0.03  # of its size, where a sheet curls and throws a shadow
_TURNS = np.deg2rad(np.arange(0, 90, 3))


def laid_bare(grey: np.ndarray, threshold: float) -> np.ndarray | None:
    """The part of a picture where a sheet lies, f32[h', w'], its surroundings painted as paper.

    grey: f32[h, w], `threshold` between the sheet's brightness and its surroundings'. None if no
    rectangle that is written on lies within the picture.
    """
    for side in (grey > threshold, grey <= threshold):
        labels, count = ndimage.label(side)
        if not count:
            continue
        paper = labels == 1 + np.argmax(np.bincount(labels.ravel())[1:])
        if paper.sum() < _SMALLEST * paper.size or _reaches_the_frame(paper):
            continue
        whole = ndimage.binary_fill_holes(paper)
        if _is_sheet(paper, whole):
            return _cut_out(grey, paper, whole)
    return None


def _reaches_the_frame(mask: np.ndarray) -> bool:
    return bool(mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())


def _is_sheet(paper: np.ndarray, whole: np.ndarray) -> bool:
    """paper: bool[h, w], without what is written on it; whole: with that."""
    area = whole.sum()
    written_on = _WRITTEN_ON[0] < 1 - paper.sum() / area < _WRITTEN_ON[1]
    return written_on and area > _RECTANGULAR * _area_around(np.argwhere(whole))


def _area_around(points: np.ndarray) -> float:
    """The area of the smallest rectangle, turned as it may be, around pixels i64[n, 2]."""
    corners = points[spatial.ConvexHull(points).vertices]
    axes = np.stack([np.cos(_TURNS), np.sin(_TURNS)]), np.stack([-np.sin(_TURNS), np.cos(_TURNS)])
    lengths = [np.ptp(corners @ axis, axis=0) + 1 for axis in axes]
    return float((lengths[0] * lengths[1]).min())


def _cut_out(grey: np.ndarray, paper: np.ndarray, whole: np.ndarray) -> np.ndarray:
    depth = ndimage.distance_transform_edt(whole)
    inside = depth > _EDGE * max(whole.any(axis=0).sum(), whole.any(axis=1).sum())
    region = ndimage.find_objects(inside.astype(np.int8))[0]
    return np.where(inside, grey, np.median(grey[paper]))[region].astype(np.float32)
