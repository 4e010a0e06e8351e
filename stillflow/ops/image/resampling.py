"""Pictures sampled at places that a network chooses (Jaderberg et al., 2015)."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes, format_sizes
from stillflow.declare.type_sets import types
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.image.reading_between import numbers_of, pixels_at

_FLOATS = types("float16 float32 float64")


def _sampled(ctx: ShapeContext) -> Sizes:
    data, warp = (shapes.with_rank_at_least(ctx.shape(i), 1) for i in (0, 1))
    if warp is None:
        return None
    return (*warp[:-1], None if data is None else data[-1])


@op(
    "Resampler",
    "data: T, warp: T -> output: T",
    shape=_sampled,
    types={"T": _FLOATS},
)
def resampler_op(xp, data, warp):
    """data: f[b, h, w, c], warp: f[b, ..., 2], places (x, y) -> f[b, ..., c]

    Between pixels in proportion; outside the picture counts as zeros.
    """
    _check(data, warp)
    total: Any = np.zeros((), data.dtype)
    for corner in _corners(xp, data, warp):
        total = total + corner.weight * corner.value
    return total


def _check(data: Any, warp: Any) -> None:
    if data.ndim != 4:
        raise UnimplementedError(
            None,
            None,
            "Only bilinear interpolation is currently supported. The input data shape must be "
            "[batch_size, data_height, data_width, data_channels], but is: "
            f"{format_sizes(data.shape)}",
        )
    if warp.ndim < 2:
        refuse(f"warp should be at least a matrix, got shape {format_sizes(warp.shape)}")
    if warp.shape[-1] != 2:
        raise UnimplementedError(
            None,
            None,
            "Only bilinear interpolation is supported, warping coordinates must be 2D; warp shape "
            f"last entry should be 2, but shape vector is: {format_sizes(warp.shape)}",
        )
    if len(data) != len(warp):
        refuse(
            "Batch size of data and warp tensor must be the same, but input shapes are: "
            f"{format_sizes(data.shape)}, {format_sizes(warp.shape)}"
        )


class _Corner:
    """One of the four pixels about each place.

    Attributes:
      rows: i64[b, ...], its number among all pixels.
      value: f[b, ..., c]; weight, by_x, by_y: f[b, ..., 1], its part, and how that grows.
    """

    def __init__(self, xp: Any, data: Any, at: tuple[Any, Any], parts: tuple[Any, Any], reach: Any):
        (y, x), (part_y, part_x) = at, parts
        pixels, inside = pixels_at(xp, data, y, x)
        zero = np.zeros((), data.dtype)
        is_there = inside & reach[..., None]
        self.rows = numbers_of(xp, y, x, data.shape)
        self.value = xp.where(is_there, pixels, zero)
        self.is_there = is_there
        self.weight = (part_x * part_y)[..., None]
        self.part_x, self.part_y = part_x[..., None], part_y[..., None]


def _corners(xp: Any, data: Any, warp: Any) -> list[_Corner]:
    """Those at (floor, floor), (ceil, ceil), (floor x, ceil y), (ceil x, floor y)."""
    _, height, width, _ = data.shape
    x, y = warp[..., 0], warp[..., 1]
    reach = (x > -1) & (y > -1) & (x < width) & (y < height)
    zero, one = np.zeros((), data.dtype), np.ones((), data.dtype)
    x, y = xp.where(reach, x, zero), xp.where(reach, y, zero)
    low_x, low_y = (xp.floor(at.astype(np.float32)).astype(np.int64) for at in (x, y))
    near_x, near_y = ((low + 1).astype(data.dtype) - at for low, at in ((low_x, x), (low_y, y)))
    return [
        _Corner(
            xp,
            data,
            (low_y + down, low_x + right),
            (one - near_y if down else near_y, one - near_x if right else near_x),
            reach,
        )
        for down, right in ((0, 0), (1, 1), (1, 0), (0, 1))
    ]


@op(
    "ResamplerGrad",
    "data: T, warp: T, grad_output: T -> grad_data: T, grad_warp: T",
    shape=lambda ctx: [ctx.shape(0), ctx.shape(1)],
    types={"T": _FLOATS},
)
def resampler_grad(xp, data, warp, grad_output):
    """data: f[b, h, w, c], warp: f[b, ..., 2], grad_output: f[b, ..., c] -> those of both"""
    _check(data, warp)
    corners = _corners(xp, data, warp)
    total = xp.zeros((data.size // max(data.shape[3], 1), data.shape[3]), data.dtype)
    for corner in corners:
        part = xp.where(corner.is_there, grad_output * corner.weight, np.zeros((), data.dtype))
        total = xp.add_at(total, corner.rows.reshape(-1), part.reshape(-1, data.shape[3]))
    near, far, below, beside = corners
    by_x = far.part_y * (far.value - below.value) + near.part_y * (beside.value - near.value)
    by_y = far.part_x * (far.value - beside.value) + near.part_x * (below.value - near.value)
    moved = [xp.sum(grad_output * by, axis=-1, dtype=data.dtype) for by in (by_x, by_y)]
    return total.reshape(data.shape), xp.stack(moved, axis=-1)


resampler_grad.not_differentiable()


@resampler_op.gradient
def resampler_gradient(op, dy):
    return resampler_grad(op.inputs[0], op.inputs[1], dy)


def resampler(data: Any, warp: Any, name: str = "resampler") -> Tensor:
    """Returns pictures sampled at places.

    Args:
      data: f[b, h, w, c].
      warp: f[b, ..., 2], places (x, y), in pixels. Outside the picture it is zeros.

    Returns:
      f[b, ..., c].
    """
    with name_scope(name, "resampler", [data, warp]):
        pictures = convert_to_tensor(data, name="data")
        return resampler_op(pictures, convert_to_tensor(warp, name="warp"))
