"""`NearestNeighbors`: the centres that are nearest to points."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse


def _check(points: Any, centers: Any, k: Any) -> None:
    if points.ndim != 2:
        refuse("Input points should be a matrix.")
    if centers.ndim != 2:
        refuse("Input centers should be a matrix.")
    if k.ndim:
        refuse("Input k should be a scalar.")
    if points.shape[1] != centers.shape[1]:
        refuse(
            "Expected point_dimensions == center_dimensions: "
            f"{points.shape[1]} vs {centers.shape[1]}."
        )


@op(
    "NearestNeighbors",
    "points: float, centers: float, k: int64 -> nearest_center_indices: int64, "
    "nearest_center_distances: float",
    shape=lambda ctx: [shapes.unknown(ctx)] * 2,
    static=("k",),
    flops=lambda points, centers, k: 2 * points[0] * points[1] * centers[0],
)
def nearest_neighbors(xp, points, centers, k):
    """points: f32[n, d], centers: f32[m, d], k: i64[] -> i64[n, j], f32[n, j]: the j = min(k, m)
    nearest centres of each point, the nearest first, and the squares of their distances"""
    _check(points, centers, k)
    count = min(int(k), centers.shape[0])
    if not count:
        none = (points.shape[0], 0)
        return xp.zeros(none, np.int64), xp.zeros(none, np.float32)
    half = np.float32(0.5)
    of_points = half * xp.sum(points * points, axis=1, keepdims=True)
    of_centers = half * xp.sum(centers * centers, axis=1)
    halves = of_centers - xp.matmul(points, xp.transpose(centers))
    if count == 1:
        nearest = xp.argmin(halves, axis=1)[:, None]
    else:
        nearest = xp.argsort(halves, axis=1, stable=True)[:, :count]
    distances = np.float32(2) * (of_points + xp.take_along_axis(halves, nearest, axis=1))
    return nearest.astype(np.int64), xp.maximum(distances, np.float32(0))


nearest_neighbors.not_differentiable()
