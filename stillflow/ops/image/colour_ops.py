"""The ops that change colours. A pixel is its last axis: red, green, blue, or hue and so on."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.errors import FailedPreconditionError

_COLOURED: dict[str, Any] = {
    "types": {"T": types("float16 bfloat16 float32 float64")},
    "defaults": {"T": dtypes.float32},
}


def _of_three(ctx: ShapeContext) -> Sizes:
    sizes = shapes.with_rank_at_least(ctx.shape(0), 1)
    if sizes is None:
        return None
    if sizes[-1] not in (3, None):
        raise ShapeError(f"Dimension must be 3 but is {sizes[-1]}")
    return (*sizes[:-1], 3)


def _of_images(ctx: ShapeContext) -> Sizes:
    return shapes.with_rank_at_least(ctx.shape(0), 3)


def _of_images_by_scalar(ctx: ShapeContext) -> Sizes:
    shapes.with_rank(ctx.shape(1), 0)
    return _of_images(ctx)


# Hue, saturation, value -------------------------------------------------------------------------


def _check_pixels(x: Any) -> None:
    if x.ndim < 1:
        refuse(f"input must be at least 1D{format_sizes(x.shape)}")
    if x.shape[-1] != 3:
        raise FailedPreconditionError(
            None, None, f"input must have 3 channels but input only has {x.shape[-1]} channels."
        )


def _channels(x: Any) -> tuple[Any, Any, Any]:
    return x[..., 0], x[..., 1], x[..., 2]


def _hsv(xp: Any, r: Any, g: Any, b: Any) -> tuple[Any, Any, Any]:
    one = r.dtype.type(1)
    value = xp.maximum(r, xp.maximum(g, b))
    span = value - xp.minimum(r, xp.minimum(g, b))
    saturation = xp.where(value > 0, span / value, one * 0)
    scale = one / span * (one / r.dtype.type(6))
    hue = xp.where(
        r == value,
        scale * (g - b),
        xp.where(
            g == value,
            scale * (b - r) + r.dtype.type(2 / 6),
            scale * (r - g) + r.dtype.type(4 / 6),
        ),
    )
    hue = xp.where(span > 0, hue, one * 0)
    return xp.where(hue < 0, hue + one, hue), saturation, value


@op("RGBToHSV", "images: T -> output: T", shape=_of_three, **_COLOURED)
def rgb_to_hsv(xp, images):
    """images: f[..., 3], red, green, blue -> f[..., 3], hue, saturation, value, all from 0 to 1"""
    _check_pixels(images)
    return xp.stack(_hsv(xp, *_channels(images)), -1)


@rgb_to_hsv.gradient
def rgb_to_hsv_gradient(op, dy):
    from stillflow.ops.image import hsv_gradient

    return hsv_gradient.of_rgb(op, dy)


@op("HSVToRGB", "images: T -> output: T", shape=_of_three, **_COLOURED)
def hsv_to_rgb(xp, images):
    """images: f[..., 3], hue, saturation, value -> f[..., 3], red, green, blue"""
    _check_pixels(images)
    hue, saturation, value = _channels(images)
    number = images.dtype.type
    sixths = hue * number(6)
    parts = (
        abs(sixths - number(3)) - number(1),
        -abs(sixths - number(2)) + number(2),
        -abs(sixths - number(4)) + number(2),
    )
    grey = -saturation + number(1)
    rgb = [
        (grey + saturation * xp.minimum(xp.maximum(part, number(0)), number(1))) * value
        for part in parts
    ]
    return xp.stack(rgb, -1)


hsv_to_rgb.not_differentiable()


# Adjustments ------------------------------------------------------------------------------------

_ADJUSTED: dict[str, Any] = {
    "types": {"T": types("float16 float32")},
    "defaults": {"T": dtypes.float32},
}


def _check_adjusted(x: Any, name: str, by: Any, channels: int | None = 3) -> None:
    if x.ndim < 3:
        refuse(f"input must be at least 3-D, got shape{format_sizes(x.shape)}")
    if by.ndim:
        refuse(f"{name} must be scalar: {format_sizes(by.shape)}")
    if channels and x.shape[-1] != channels:
        refuse(f"input must have 3 channels but instead has {x.shape[-1]} channels.")


@op("AdjustHue", "images: T, delta: float32 -> output: T", shape=_of_images, **_ADJUSTED)
def adjust_hue_op(xp, images, delta):
    """images: f[..., h, w, 3], delta: f32[] -> the same with hues turned by `delta` of a circle"""
    _check_adjusted(images, "delta", delta)
    r, g, b = _channels(images.astype(np.float32))
    six = np.float32(6)
    most, least = xp.maximum(r, xp.maximum(g, b)), xp.minimum(r, xp.minimum(g, b))
    middle = xp.maximum(xp.minimum(r, g), xp.minimum(xp.maximum(r, g), b))
    # The circle has six parts; in each one colour is the most and one the least.
    part = xp.where(
        r < g,
        xp.where(b < r, 1, xp.where(b > g, 3, 2)),
        xp.where(b < g, 0, xp.where(b > r, 4, 5)),
    ).astype(np.float32)
    share = (middle - least) / (most - least)
    hue = part + xp.where(part % 2 == 0, share, np.float32(1) - share)
    hue = xp.where(most == least, np.float32(0), hue) + delta * six
    hue = hue - six * xp.floor(hue / six)
    hue = xp.where(hue >= six, hue - six, hue)
    part = xp.trunc(hue)
    share = hue - part
    middle = least + xp.where(part % 2 == 0, share, np.float32(1) - share) * (most - least)
    rgb = [
        _in_part(xp, part, order)
        for order in (
            (most, middle, least, least, middle, most),
            (middle, most, most, middle, least, least),
            (least, least, middle, most, most, middle),
        )
    ]
    return xp.stack(rgb, -1).astype(images.dtype)


def _in_part(xp: Any, part: Any, values: tuple[Any, ...]) -> Any:
    """The one of six values that belongs to the part of the circle of hues."""
    chosen = values[5]
    for number in range(4, -1, -1):
        chosen = xp.where(part == number, values[number], chosen)
    return chosen


@op("AdjustSaturation", "images: T, scale: float32 -> output: T", shape=_of_images, **_ADJUSTED)
def adjust_saturation_op(xp, images, scale):
    """images: f[..., h, w, 3], scale: f32[] -> the same with saturations multiplied, at most 1"""
    _check_adjusted(images, "scale", scale)
    hue, saturation, value = _hsv(xp, *_channels(images.astype(np.float32)))
    one, zero = np.float32(1), np.float32(0)
    saturation = xp.minimum(one, xp.maximum(zero, saturation * scale))
    most = saturation * value
    least = value - most
    sixths = hue * np.float32(6)
    part = xp.trunc(sixths)
    turn = sixths - np.float32(2) * xp.floor(sixths / np.float32(2))
    middle = most * (one - abs(turn - one))
    none = xp.zeros_like(most)
    # A hue of 1 is in no part.
    in_none = part >= 6
    rgb = [
        xp.where(in_none, none, _in_part(xp, part, order)) + least
        for order in (
            (most, middle, none, none, middle, most),
            (middle, most, most, middle, none, none),
            (none, none, middle, most, most, middle),
        )
    ]
    return xp.stack(rgb, -1).astype(images.dtype)


@op(
    "AdjustContrastv2",
    "images: T, contrast_factor: float32 -> output: T",
    shape=_of_images_by_scalar,
    **_ADJUSTED,
)
def adjust_contrast_op(xp, images, contrast_factor):
    """images: f[..., h, w, c], contrast_factor: f32[] -> the same, farther from each image's mean.

    Of each channel: mean + contrast_factor * (x - mean).
    """
    _check_adjusted(images, "contrast_factor", contrast_factor, None)
    x = images.astype(np.float32)
    *batch, height, width, depth = x.shape
    pixels = x.reshape((-1, height * width, depth))
    if not x.size:
        return images
    mean = _folded_sum(xp, pixels) * (np.float32(1) / np.float32(height * width))
    mean = mean.reshape((*batch, 1, 1, depth))
    return (mean + contrast_factor * (x - mean)).astype(images.dtype)


def _folded_sum(xp: Any, x: Any) -> Any:
    """x: f32[n, k, c] -> f32[n, 1, c]; half is added to half, as TensorFlow does."""
    while x.shape[1] > 1:
        half = x.shape[1] // 2
        rest = x.shape[1] - half
        summed = x[:, :half] + x[:, rest:]
        x = xp.concatenate([summed, x[:, half:rest]], 1) if rest > half else summed
    return x
