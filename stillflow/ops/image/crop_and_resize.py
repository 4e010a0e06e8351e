"""Boxes cut out of pictures, each brought to one size."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.declare.type_sets import types
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import OutOfRangeError
from stillflow.graph.operation import Tensor
from stillflow.ops.array import shape_of
from stillflow.ops.image.resizing import sized
from stillflow.platform.deprecation import deprecated_args

_CROPPED = types("uint8 uint16 int8 int16 int32 int64 float16 float32 float64")
_DIFFERENTIABLE = types("float16 float32 float64")
_METHODS = ("bilinear", "nearest")


# Shapes -----------------------------------------------------------------------------------------


def _crops(ctx: ShapeContext) -> Sizes:
    *_, depth = shapes.with_rank(ctx.shape(0), 4)
    count, corners = shapes.with_rank(ctx.shape(1), 2)
    (indices,) = shapes.with_rank(ctx.shape(2), 1)
    count = shapes.merge_size(count, indices)
    if corners not in (4, None):
        raise ShapeError(f"Dimension must be 4 but is {corners}")
    return (count, *sized(ctx, 3), depth)


def _images(ctx: ShapeContext) -> Sizes:
    return shapes.with_rank(ctx.value_as_shape(3), 4)


# Places -----------------------------------------------------------------------------------------


class _Axis:
    """Where the pixels of each box lie along one axis of the images.

    Attributes:
      at: f32[n, k], their places.
      inside: bool[n, k], whether these are in the image.
      low, high: i[n, k], the pixels around; part: f32[n, k], how far from the first.
    """

    def __init__(self, xp: Any, start: Any, stop: Any, count: int, size: int):
        last = np.float32(size - 1)
        if count > 1:
            scale = (stop - start) * last / np.float32(count - 1)
            steps = np.arange(count, dtype=np.float32)
            self.at = (start * last)[:, None] + steps * scale[:, None]
        else:
            self.at = (np.float32(0.5) * (start + stop) * last)[:, None]
        self.inside = (self.at >= 0) & (self.at <= last)
        below = xp.floor(self.at)
        self.part = self.at - below
        self.low = _pixel(xp, below, size)
        self.high = _pixel(xp, xp.ceil(self.at), size)
        # A half is rounded up.
        self.nearest = _pixel(xp, xp.floor(self.at.astype(np.float64) + 0.5), size)
        self.last, self.count = last, count

    def shares(self) -> Any:
        """f32[count]: how far a pixel moves with the end of its box, the rest with the start."""
        if self.count == 1:
            return np.full(1, np.float32(0.5) * self.last)
        return np.arange(self.count, dtype=np.float32) * (self.last / np.float32(self.count - 1))


def _pixel(xp: Any, place: Any, size: int) -> Any:
    return xp.clip(xp.nan_to_num(place), 0, size - 1).astype(np.int32)


def _axes(
    xp: Any, boxes: Any, crop: tuple[int, int], image: tuple[int, int]
) -> tuple[_Axis, _Axis]:
    return (
        _Axis(xp, boxes[:, 0], boxes[:, 2], crop[0], image[0]),
        _Axis(xp, boxes[:, 1], boxes[:, 3], crop[1], image[1]),
    )


def _rows(indices: Any, y: Any, x: Any, image: tuple[int, ...]) -> Any:
    """The numbers of the pixels, i[n, p, q], of y: i[n, p] and x: i[n, q] of each image."""
    height, width = image[1:3]
    lines = indices[:, None] * height + y
    return lines[:, :, None] * width + x[:, None, :]


def _both(y: _Axis, x: _Axis) -> Any:
    """bool[n, p, q, 1]: whether a pixel is in the image."""
    return (y.inside[:, :, None] & x.inside[:, None, :])[..., None]


# Checks -----------------------------------------------------------------------------------------


def _check_images(name: str, x: Any) -> None:
    if x.ndim != 4:
        refuse(f"{name} must be 4-D{format_sizes(x.shape)}")


def _check_boxes(boxes: Any, indices: Any) -> None:
    if boxes.ndim != 2:
        refuse(f"boxes must be 2-D{format_sizes(boxes.shape)}")
    if boxes.shape[1] != 4:
        refuse("boxes must have 4 columns")
    if indices.ndim != 1:
        refuse(f"box_index must be 1-D{format_sizes(indices.shape)}")
    if len(indices) != len(boxes):
        refuse("box_index has incompatible shape")


def _check_indices(xp: Any, indices: Any, batch: int) -> None:
    message = "box_index has values outside [0, batch_size)"
    are_within = (indices >= 0) & (indices < batch)
    if not xp.is_xla and not np.all(are_within):
        raise OutOfRangeError(None, None, message)
    xp.check(are_within, lambda: message)


def _check_gradient(dy: Any, boxes: Any, indices: Any) -> None:
    _check_images("grads image", dy)
    if 0 in dy.shape[1:3]:
        refuse("grads dimensions must be positive")
    _check_boxes(boxes, indices)
    if len(dy) != len(boxes):
        refuse("boxes and grads have incompatible shape")


# Ops --------------------------------------------------------------------------------------------


@op(
    "CropAndResize",
    "image: T, boxes: float32, box_ind: int32, crop_size: int32 -> crops: float32",
    shape=_crops,
    static=("crop_size",),
    types={"T": _CROPPED},
    limits={"method": _METHODS},
)
def crop_and_resize_op(
    xp,
    image,
    boxes,
    box_ind,
    crop_size,
    *,
    method: str = "bilinear",
    extrapolation_value: float = 0.0,
):
    """image: n[b, h, w, c], boxes: f32[n, 4], box_ind: i32[n], crop_size: i32[2] -> f32[n, *, c]

    A box is two corners (y, x), of which (0, 0) and (1, 1) are the image's; what lies outside of
    the image is `extrapolation_value`.
    """
    _check_images("input image", image)
    if 0 in image.shape[1:3]:
        refuse("image dimensions must be positive")
    _check_boxes(boxes, box_ind)
    if crop_size.ndim != 1:
        refuse(f"crop_size must be 1-D{format_sizes(crop_size.shape)}")
    if len(crop_size) != 2:
        refuse(f"crop_size must have two elements{format_sizes(crop_size.shape)}")
    crop = tuple(crop_size.tolist())
    if min(crop) <= 0:
        refuse("crop dimensions must be positive")
    _check_indices(xp, box_ind, len(image))
    y, x = _axes(xp, boxes, crop, image.shape[1:3])
    pixels = image.reshape(-1, image.shape[3])

    def at(line: Any, column: Any) -> Any:
        rows = _rows(box_ind, line, column, image.shape)
        return xp.take(pixels, rows, 0, mode="clip").astype(np.float32)

    if method == "nearest":
        crops = at(y.nearest, x.nearest)
    else:
        part_x, part_y = x.part[:, None, :, None], y.part[:, :, None, None]
        left = at(y.low, x.low)
        top = left + (at(y.low, x.high) - left) * part_x
        left = at(y.high, x.low)
        bottom = left + (at(y.high, x.high) - left) * part_x
        crops = top + (bottom - top) * part_y
    return xp.where(_both(y, x), crops, np.float32(extrapolation_value))


@op(
    "CropAndResizeGradImage",
    "grads: float32, boxes: float32, box_ind: int32, image_size: int32 -> output: T",
    shape=_images,
    static=("image_size",),
    types={"T": _DIFFERENTIABLE},
    limits={"method": _METHODS},
)
def crop_and_resize_grad_image(
    xp, grads, boxes, box_ind, image_size, *, T: DType, method: str = "bilinear"
):
    """grads: f32[n, p, q, c], boxes: f32[n, 4], box_ind: i32[n], image_size: i32[4] -> T[*]

    Each pixel of the images gets what its part was in the crops.
    """
    _check_gradient(grads, boxes, box_ind)
    if image_size.ndim != 1:
        refuse(f"image_size must be 1-D{format_sizes(image_size.shape)}")
    if len(image_size) != 4:
        refuse(f"image_size must have 4 elements{format_sizes(image_size.shape)}")
    sizes = tuple(image_size.tolist())
    if min(sizes[1:3]) <= 0:
        refuse("image dimensions must be positive")
    if grads.shape[3] != sizes[3]:
        refuse("image_size and grads are incompatible")
    _check_indices(xp, box_ind, sizes[0])
    y, x = _axes(xp, boxes, grads.shape[1:3], sizes[1:3])
    given = xp.where(_both(y, x), grads, np.float32(0))
    dtype = np.promote_types(T.stored_as, np.float32)
    total = xp.zeros((sizes[0] * sizes[1] * sizes[2], sizes[3]), dtype)

    def added(total: Any, line: Any, column: Any, values: Any) -> Any:
        rows = _rows(box_ind, line, column, sizes).reshape(-1)
        return xp.add_at(total, rows, values.reshape(-1, sizes[3]).astype(dtype))

    if method == "nearest":
        total = added(total, y.nearest, x.nearest, given)
    else:
        part_x, part_y = x.part[:, None, :, None], y.part[:, :, None, None]
        for line, share in ((y.low, 1 - part_y), (y.high, part_y)):
            total = added(total, line, x.low, given * share * (1 - part_x))
            total = added(total, line, x.high, given * share * part_x)
    return total.reshape(sizes).astype(T.stored_as)


@op(
    "CropAndResizeGradBoxes",
    "grads: float32, image: T, boxes: float32, box_ind: int32 -> output: float32",
    shape=lambda ctx: ctx.shape(2),
    types={"T": _CROPPED},
    limits={"method": ("bilinear",)},
)
def crop_and_resize_grad_boxes(xp, grads, image, boxes, box_ind, *, method: str = "bilinear"):
    """grads: f32[n, p, q, c], image: n[b, h, w, c], boxes: f32[n, 4], box_ind: i32[n] -> f32[n, 4]

    How the crops change with the corners of their boxes, of which they are linear functions.
    """
    _check_gradient(grads, boxes, box_ind)
    _check_images("input image", image)
    if 0 in image.shape[1:3]:
        refuse("image dimensions must be positive")
    if image.shape[3] != grads.shape[3]:
        refuse("image, grads depth differ")
    _check_indices(xp, box_ind, len(image))
    y, x = _axes(xp, boxes, grads.shape[1:3], image.shape[1:3])
    pixels = image.reshape(-1, image.shape[3])

    def at(line: Any, column: Any) -> Any:
        rows = _rows(box_ind, line, column, image.shape)
        return xp.take(pixels, rows, 0, mode="clip").astype(np.float32)

    part_x, part_y = x.part[:, None, :, None], y.part[:, :, None, None]
    top_left, top_right = at(y.low, x.low), at(y.low, x.high)
    bottom_left, bottom_right = at(y.high, x.low), at(y.high, x.high)
    down = (bottom_left - top_left) * (1 - part_x) + (bottom_right - top_right) * part_x
    right = (top_right - top_left) * (1 - part_y) + (bottom_right - bottom_left) * part_y
    given = xp.where(_both(y, x), grads, np.float32(0))
    dy = (down * given).sum((2, 3))
    dx = (right * given).sum((1, 3))
    ends = [(slopes * axis.shares()).sum(1) for slopes, axis in ((dy, y), (dx, x))]
    starts = [(slopes * (axis.last - axis.shares())).sum(1) for slopes, axis in ((dy, y), (dx, x))]
    return xp.stack([*starts, *ends], 1).astype(np.float32)


@crop_and_resize_op.gradient
def crop_and_resize_gradient(op, dy):
    image, boxes, box_ind, _ = op.inputs
    known = image.shape
    sizes = known.as_list() if known.is_fully_defined() else shape_of.shape(image)
    by_image = None
    if image.dtype in _DIFFERENTIABLE:
        by_image = crop_and_resize_grad_image(
            dy, boxes, box_ind, sizes, T=op.attrs["T"], method=op.attrs["method"]
        )
    # Of the nearest pixels too, where it is that of interpolation.
    by_boxes = crop_and_resize_grad_boxes(dy, image, boxes, box_ind)
    return by_image, by_boxes, None, None


# TensorFlow's functions -------------------------------------------------------------------------


@deprecated_args(None, "box_ind is deprecated, use box_indices instead", "box_ind")
def crop_and_resize(
    image: Any,
    boxes: Any,
    box_ind: Any = None,
    crop_size: Any = None,
    method: str = "bilinear",
    extrapolation_value: float = 0,
    name: str | None = None,
    box_indices: Any = None,
) -> Tensor:
    """image: n[b, h, w, c], boxes: f32[n, 4] -> f32[n, *crop_size, c], cut out of the images.

    Args:
      boxes: two corners (y, x) each, of which (0, 0) and (1, 1) are the image's.
      box_indices: i32[n], the image of each box; `box_ind` is its older name.
      crop_size: i32[2].
      method: 'bilinear' or 'nearest'.
      extrapolation_value: of what lies outside of the image.
    """
    indices = renamed("box_indices", box_indices, "box_ind", box_ind)
    return crop_and_resize_v2(image, boxes, indices, crop_size, method, extrapolation_value, name)


def crop_and_resize_v2(
    image: Any,
    boxes: Any,
    box_indices: Any,
    crop_size: Any,
    method: str = "bilinear",
    extrapolation_value: float = 0,
    name: str | None = None,
) -> Tensor:
    """`crop_and_resize` with TensorFlow 2's signature."""
    return crop_and_resize_op(
        image, boxes, box_indices, crop_size, method, float(extrapolation_value), name
    )
