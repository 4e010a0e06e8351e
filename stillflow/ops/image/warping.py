"""Pictures whose pixels flow: by a field of flows, or by a few points that are moved."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import joining, ranging, reshaping, shape_of, stacking
from stillflow.ops.array.constants import constant
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.tiling import meshgrid
from stillflow.ops.debug import checks
from stillflow.ops.image.splines import interpolate_spline
from stillflow.ops.math import arithmetic, casts, elementwise

# TensorFlow's message, which the graph holds, with the margin that it has in TensorFlow's source.
_TOO_LARGE = ("\n" + 23 * " ").join(
    (
        "The image size or batch size is sufficiently large",
        "that the linearized addresses used by array_ops.gather",
        "may exceed the int32 limit.",
    )
)


def interpolate_bilinear(
    grid: Any, query_points: Any, name: str = "interpolate_bilinear", indexing: str = "ij"
) -> Tensor:
    """Returns what is between the elements of grids: f[b, h, w, c] at f[b, n, 2] -> f[b, n, c].

    Beyond the edge it is what is at the edge.

    Args:
      indexing: "ij" for points (y, x), "xy" for points (x, y).

    Raises:
      ValueError: another `indexing`, a grid of another rank, or a known size that is too small.
    """
    if indexing not in ("ij", "xy"):
        raise ValueError("Indexing mode must be 'ij' or 'xy'")
    with name_scope(name):
        grid, points = convert_to_tensor(grid), convert_to_tensor(query_points)
        if grid.shape.ndims != 4:
            raise ValueError(f"Grid must be 4 dimensional. Received size: {grid.shape}")
        batch, height, width, channels = (shape_of.shape(grid)[i] for i in range(4))
        queries, coordinates = _coordinates(points, height, width)
        axes = [
            _Axis(coordinates[axis], (height, width)[axis], axis, grid.dtype)
            for axis in ((0, 1) if indexing == "ij" else (1, 0))
        ]
        with control_dependencies([_within_int32(batch, height, width)]):
            flat = reshaping.reshape(grid, [batch * height * width, channels])
            offsets = reshaping.reshape(ranging.range_(batch) * height * width, [batch, 1])

        def at(y: Tensor, x: Tensor, corner: str) -> Tensor:
            with name_scope(f"gather-{corner}"):
                values = gather(flat, offsets + y * width + x)
                return reshaping.reshape(values, [batch, queries, channels])

        y, x = axes
        top_left = at(y.floor, x.floor, "top_left")
        top_right = at(y.floor, x.ceil, "top_right")
        bottom_left = at(y.ceil, x.floor, "bottom_left")
        bottom_right = at(y.ceil, x.ceil, "bottom_right")
        with name_scope("interpolate"):
            top = x.part * (top_right - top_left) + top_left
            bottom = x.part * (bottom_right - bottom_left) + bottom_left
            return y.part * (bottom - top) + top


def _coordinates(points: Tensor, height: Tensor, width: Tensor) -> tuple[Tensor, list[Tensor]]:
    """How many points there are, and the coordinates of each axis; sizes are checked."""
    are_points = [
        checks.assert_equal(points.shape.ndims, 3, message="Query points must be 3 dimensional."),
        checks.assert_equal(
            shape_of.shape(points)[2], 2, message="Query points must be size 2 in dim 2."
        ),
    ]
    with control_dependencies(are_points):
        count = shape_of.shape(points)[1]
    are_grids = [
        checks.assert_greater_equal(height, 2, message="Grid height must be at least 2."),
        checks.assert_greater_equal(width, 2, message="Grid width must be at least 2."),
    ]
    with control_dependencies(are_grids):
        return count, stacking.unstack(points, axis=2)


def _within_int32(batch: Tensor, height: Tensor, width: Tensor) -> Any:
    return checks.assert_less_equal(
        casts.cast(batch * height * width, dtype=dtypes.float32),
        np.iinfo(np.int32).max / 8,
        message=_TOO_LARGE,
    )


class _Axis:
    """The elements about each point along an axis, and how far between them it lies."""

    def __init__(self, queries: Tensor, size: Tensor, axis: int, dtype: Any):
        with name_scope(f"dim-{axis}"):
            last = casts.cast(size - 2, queries.dtype)
            first = constant(0.0, dtype=queries.dtype)
            floor = arithmetic.minimum(arithmetic.maximum(first, elementwise.floor(queries)), last)
            self.floor = casts.cast(floor, dtypes.int32)
            self.ceil = self.floor + 1
            part = casts.cast(queries - floor, dtype)
            least, most = constant(0.0, dtype=dtype), constant(1.0, dtype=dtype)
            part = arithmetic.minimum(arithmetic.maximum(least, part), most)
            self.part = reshaping.expand_dims(part, 2)


def dense_image_warp(image: Any, flow: Any, name: str = "dense_image_warp") -> Tensor:
    """Returns pictures in which each pixel is what was at its place less its flow.

    Args:
      image: f[b, h, w, c], at least 2 pixels high and wide.
      flow: f[b, h, w, 2], (dy, dx).

    Returns:
      f[b, h, w, c].
    """
    with name_scope(name):
        batch, height, width, channels = (shape_of.shape(image)[i] for i in range(4))
        grid_x, grid_y = meshgrid(ranging.range_(width), ranging.range_(height))
        places = casts.cast(stacking.stack([grid_y, grid_x], axis=2), flow.dtype)
        points = reshaping.expand_dims(places, axis=0) - flow
        points = reshaping.reshape(points, [batch, height * width, 2])
        found = interpolate_bilinear(image, points)
        return reshaping.reshape(found, [batch, height, width, channels])


def sparse_image_warp(
    image: Any,
    source_control_point_locations: Any,
    dest_control_point_locations: Any,
    interpolation_order: int = 2,
    regularization_weight: float = 0.0,
    num_boundary_points: int = 0,
    name: str = "sparse_image_warp",
) -> tuple[Tensor, Tensor]:
    """Returns pictures in which some points are moved and all between them goes along.

    Args:
      image: f[b, h, w, c], of known shape.
      source_control_point_locations, dest_control_point_locations: f[b, n, 2], points (y, x).
      interpolation_order, regularization_weight: as of `interpolate_spline`.
      num_boundary_points: how many points of each edge stay where they are.

    Returns:
      The pictures, f[b, h, w, c], and the flows, f[b, h, w, 2].
    """
    image = convert_to_tensor(image)
    source = convert_to_tensor(source_control_point_locations)
    points = convert_to_tensor(dest_control_point_locations)
    flows = points - source
    with name_scope(name):
        batch, height, width, _ = image.shape.as_list()
        every = _repeated(grid_locations(height, width).reshape(-1, 2), batch)
        queries = constant(every, image.dtype)
        if num_boundary_points > 0:
            edge = boundary_locations(height, width, num_boundary_points - 1)
            dtype = points.dtype
            still = constant(_repeated(edge, batch), dtype=dtype)
            no_flow = constant(_repeated(np.zeros_like(edge), batch), dtype=dtype)
            points = joining.concat([points, still], 1)
            flows = joining.concat([flows, no_flow], 1)
        flat = interpolate_spline(
            points, flows, queries, interpolation_order, regularization_weight
        )
        dense = reshaping.reshape(flat, [batch, height, width, 2])
        return dense_image_warp(image, dense), dense


def grid_locations(height: Any, width: Any) -> np.ndarray:
    """The places of all pixels, f64[h, w, 2]."""
    y, x = np.meshgrid(
        np.linspace(0, height - 1, height), np.linspace(0, width - 1, width), indexing="ij"
    )
    return np.stack((y, x), -1)


def boundary_locations(height: Any, width: Any, per_edge: int) -> np.ndarray:
    """Points along the edge, f64[n, 2]: the corners, and so many between them."""
    y, x = np.meshgrid(
        np.linspace(0, height - 1, per_edge + 2),
        np.linspace(0, width - 1, per_edge + 2),
        indexing="ij",
    )
    is_edge = (x == 0) | (x == width - 1) | (y == 0) | (y == height - 1)
    return np.stack([y[is_edge], x[is_edge]], axis=-1)


def _repeated(points: np.ndarray, batch: Any) -> np.ndarray:
    return np.tile(points[None], [batch, *[1] * points.ndim])
