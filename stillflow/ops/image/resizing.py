"""The ops that change the size of pictures, and their gradients.

Rows and columns are sampled one after the other: `ops.image.sampling` says from where.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.declare.type_sets import WIDE_FLOATS, types
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.array import shape_of
from stillflow.ops.image import lerping, sampling
from stillflow.ops.image.sampling import Places

_SCALED = types("int8 uint8 int16 uint16 int32 int64 float16 float32 float64")
_LERPED = types("int8 uint8 int16 uint16 int32 int64 bfloat16 float16 float32 float64")
_WIDEST_NEAREST = 1 << 24  # what float32 counts to


# Shapes -----------------------------------------------------------------------------------------


def sized(ctx: ShapeContext, size_index: int) -> tuple[int | None, int | None]:
    """The height and width that an input holds."""
    (count,) = shapes.with_rank(ctx.shape(size_index), 1)
    if count not in (2, None):
        raise ShapeError(f"Dimension must be 2 but is {count}")
    known = ctx.value(size_index)
    if known is None:
        return None, None
    height, width = (None if size == -1 else int(size) for size in known)
    return height, width


def resized(ctx: ShapeContext) -> tuple[int | None, ...]:
    """Pictures, input 0, of the height and width that input 1 holds."""
    batch, _, _, depth = shapes.with_rank(ctx.shape(0), 4)
    return (batch, *sized(ctx, 1), depth)


def _as_original(ctx: ShapeContext) -> Sizes:
    return ctx.shape(1)


# Checks -----------------------------------------------------------------------------------------


def check_size(name: str, size: Any) -> tuple[int, int]:
    """size: i32[2] -> (height, width), which are positive."""
    if size.ndim != 1:
        refuse(f"{name} must be 1-dimensional{format_sizes(size.shape)}")
    if len(size) != 2:
        refuse(f"{name} must have two elements{format_sizes(size.shape)}")
    height, width = size.tolist()
    if height <= 0 or width <= 0:
        refuse("output dimensions must be positive")
    return height, width


def _check_centres(align_corners: bool, half_pixel_centers: bool) -> None:
    if half_pixel_centers and align_corners:
        refuse("If half_pixel_centers is True, align_corners must be False.")


def _check_rank(name: str, x: Any) -> None:
    if x.ndim != 4:
        refuse(f"{name} must be 4-dimensional{format_sizes(x.shape)}")


def _checked(
    x: Any,
    size: Any,
    align_corners: bool = False,
    half_pixel_centers: bool = False,
    name: str = "shape_t",
) -> tuple[int, int]:
    """The new height and width of pictures, n[n, h, w, c]."""
    _check_centres(align_corners, half_pixel_centers)
    _check_rank("input", x)
    new = check_size(name, size)
    if x.shape[3] == 0:
        refuse("image must have at least one channel")
    if 0 in x.shape[1:3]:
        refuse("input image must be of non-zero size")
    return new


def _check_gradient(dy: Any, x: Any, align_corners: bool, half_pixel_centers: bool) -> None:
    _check_centres(align_corners, half_pixel_centers)
    _check_rank("input_grad", dy)
    _check_rank("original_image", x)


# Linear interpolation ---------------------------------------------------------------------------

_RESIZE: dict[str, Any] = {"shape": resized, "static": ("size",)}
_GRADIENT: dict[str, Any] = {"shape": _as_original, "total": True}


@functools.lru_cache(maxsize=64)
def _between(*args: Any) -> sampling.Between:
    return sampling.between(*args)


@op(
    "ResizeBilinear",
    "images: T, size: int32 -> resized_images: float32",
    types={"T": _LERPED},
    **_RESIZE,
)
def resize_bilinear_op(
    xp, images, size, *, align_corners: bool = False, half_pixel_centers: bool = False
):
    """images: n[n, h, w, c], size: i32[2] -> f32[n, *size, c], between the nearest four pixels."""
    new = _checked(images, size, align_corners, half_pixel_centers)
    if images.shape[1:3] == new:
        return xp.asarray(images, np.float32)
    if not sampling.compiles(xp):
        return lerping.lerped_pictures(images, new, align_corners, half_pixel_centers)
    rows, columns = (
        _between(images.shape[axis], new[axis - 1], align_corners, half_pixel_centers)
        for axis in (1, 2)
    )
    return sampling.lerped_pictures(xp, images, rows, columns)


@op(
    "ResizeBilinearGrad",
    "grads: float32, original_image: T -> output: T",
    types={"T": types("float32 bfloat16 float16 float64")},
    **_GRADIENT,
)
def resize_bilinear_grad(
    xp, grads, original_image, *, align_corners: bool = False, half_pixel_centers: bool = False
):
    """grads: f32[n, p, q, c], original_image: f[n, h, w, c] -> f[n, h, w, c]"""
    _check_gradient(grads, original_image, align_corners, half_pixel_centers)
    places = [
        _between(
            original_image.shape[axis], grads.shape[axis], align_corners, half_pixel_centers
        ).places()
        for axis in (1, 2)
    ]
    return _spread(xp, grads, original_image, places)


def _spread(xp: Any, dy: Any, x: Any, places: list[Places]) -> Any:
    """dy: f32[n, p, q, c] -> x.dtype[n, h, w, c]: what was taken from `places` is given back."""
    # In the type of the result, unless that is narrower than the gradient.
    wide = dy if x.dtype.itemsize < dy.dtype.itemsize else dy.astype(x.dtype)
    rows = sampling.applied(xp, wide, places[0].turned(x.shape[1]), 1)
    return sampling.applied(xp, rows, places[1].turned(x.shape[2]), 2).astype(x.dtype)


@resize_bilinear_op.gradient
def resize_bilinear_gradient(op, dy):
    return resize_bilinear_grad(dy, op.inputs[0], **op.defn.fn_attrs(op.attrs)), None


# The nearest pixel ------------------------------------------------------------------------------


@op(
    "ResizeNearestNeighbor",
    "images: T, size: int32 -> resized_images: T",
    types={"T": _SCALED},
    **_RESIZE,
)
def resize_nearest_neighbor_op(
    xp, images, size, *, align_corners: bool = False, half_pixel_centers: bool = False
):
    """images: n[n, h, w, c], size: i32[2] -> n[n, *size, c], each the nearest pixel."""
    new = _checked(images, size, align_corners, half_pixel_centers)
    if max(images.shape[1:3]) >= _WIDEST_NEAREST:
        refuse("nearest neighbor requires max height & width of 2^24")
    # First what makes fewer of them.
    x, axes = images, sorted((1, 2), key=lambda axis: new[axis - 1] / images.shape[axis])
    for axis in axes:
        sources = sampling.nearest(
            images.shape[axis], new[axis - 1], align_corners, half_pixel_centers
        )
        x = sampling.taken(xp, x, sources, axis)
    return x


@op(
    "ResizeNearestNeighborGrad",
    "grads: T, size: int32 -> output: T",
    shape=resized,
    static=("size",),
    types={"T": types("uint8 int8 int32 float16 float32 float64")},
    total=True,
)
def resize_nearest_neighbor_grad(
    xp, grads, size, *, align_corners: bool = False, half_pixel_centers: bool = False
):
    """grads: n[n, p, q, c], size: i32[2] -> n[n, *size, c], each the sum of what it became."""
    _check_rank("input", grads)
    if size.ndim != 1 or len(size) != 2:
        check_size("shape_t", size)
    if min(size.tolist()) <= 0:
        refuse("shape_t's elements must be positive")
    x = grads
    for axis in (1, 2):
        old, new = int(size[axis - 1]), grads.shape[axis]
        sources = sampling.nearest(old, new, align_corners, half_pixel_centers)
        places = Places(sources[None], np.ones((1, new), np.float32)).turned(old)
        x = sampling.applied(xp, x, places, axis)
    return x.astype(grads.dtype)


@resize_nearest_neighbor_op.gradient
def resize_nearest_neighbor_gradient(op, dy):
    size = _size_of(op.inputs[0])
    return resize_nearest_neighbor_grad(dy, size, **op.defn.fn_attrs(op.attrs)), None


def _size_of(images: Tensor) -> Any:
    """The height and width of n[n, h, w, c], known or as a tensor."""
    sizes = images.shape[1:3]
    return sizes if sizes.is_fully_defined() else shape_of.shape(images)[1:3]


# Cubic interpolation ----------------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def _cubic(*args: Any) -> Places:
    return sampling.cubic(*args)


@op(
    "ResizeBicubic",
    "images: T, size: int32 -> resized_images: float32",
    types={"T": _SCALED},
    **_RESIZE,
)
def resize_bicubic_op(
    xp, images, size, *, align_corners: bool = False, half_pixel_centers: bool = False
):
    """images: n[n, h, w, c], size: i32[2] -> f32[n, *size, c], from the nearest 16 pixels."""
    new = _checked(images, size, align_corners, half_pixel_centers)
    x = xp.asarray(images, np.float32)
    if x.shape[1:3] == new:
        return x
    for axis in (1, 2):
        places = _cubic(images.shape[axis], new[axis - 1], align_corners, half_pixel_centers)
        x = sampling.applied(xp, x, places, axis)
    return x


@op(
    "ResizeBicubicGrad",
    "grads: float32, original_image: T -> output: T",
    types={"T": WIDE_FLOATS},
    **_GRADIENT,
)
def resize_bicubic_grad(
    xp, grads, original_image, *, align_corners: bool = False, half_pixel_centers: bool = False
):
    """grads: f32[n, p, q, c], original_image: f[n, h, w, c] -> f[n, h, w, c]"""
    _check_gradient(grads, original_image, align_corners, half_pixel_centers)
    places = [
        _cubic(original_image.shape[axis], grads.shape[axis], align_corners, half_pixel_centers)
        for axis in (1, 2)
    ]
    return _spread(xp, grads, original_image, places)


@resize_bicubic_op.gradient
def resize_bicubic_gradient(op, dy):
    images = op.inputs[0]
    if images.dtype not in WIDE_FLOATS:
        return None, None
    return resize_bicubic_grad(dy, images, **op.defn.fn_attrs(op.attrs)), None


# Area -------------------------------------------------------------------------------------------


@op(
    "ResizeArea",
    "images: T, size: int32 -> resized_images: float32",
    types={"T": _SCALED},
    **_RESIZE,
)
def resize_area_op(xp, images, size, *, align_corners: bool = False):
    """images: n[n, h, w, c], size: i32[2] -> f32[n, *size, c], the mean of what a pixel covers."""
    new = _checked(images, size, align_corners)
    x = xp.asarray(images, np.float32)
    scale = np.float32(1)
    for axis in (2, 1):
        old, wanted = images.shape[axis], new[axis - 1]
        x = sampling.applied(xp, x, sampling.areas(old, wanted, align_corners), axis)
        scale = scale * sampling.scale_of(old, wanted, align_corners)
    # A picture of one row whose corners are aligned has a scale of 0, and no mean.
    return x * (np.float32(1.0 / float(scale)) if scale else np.float32(np.inf))


# Scaled and moved -------------------------------------------------------------------------------


def _pair(values: Any) -> tuple[np.float32, np.float32]:
    if values.ndim != 1:
        refuse(f"t must be 1-dimensional{format_sizes(values.shape)}")
    if len(values) != 2:
        refuse(f"t must have two elements{format_sizes(values.shape)}")
    first, second = np.asarray(values)
    return first, second


def _spans(
    sizes: Any, new: Any, scale: Any, translation: Any, kernel_type: str, antialias: bool
) -> list[Places]:
    """How the rows and the columns are sampled."""
    if kernel_type not in sampling.KERNELS:
        refuse(f"Unrecognized kernel type: {kernel_type}")
    scales = _pair(scale)
    if min(scales) <= 0:
        refuse("Scale must be greater than zero.")
    moves = _pair(translation)
    return [
        sampling.spans(sizes[i], new[i], scales[i], moves[i], kernel_type, antialias)
        for i in range(2)
    ]


@op(
    "ScaleAndTranslate",
    "images: T, size: int32, scale: float32, translation: float32 -> resized_images: float32",
    shape=resized,
    static=("size", "scale", "translation"),
    types={"T": _LERPED},
)
def scale_and_translate(
    xp,
    images,
    size,
    scale,
    translation,
    *,
    kernel_type: str = "lanczos3",
    antialias: bool = True,
):
    """images: n[n, h, w, c], size: i32[2], scale, translation: f32[2] -> f32[n, *size, c]

    The picture is scaled, moved, and sampled by a kernel; what lies outside of it is 0.
    """
    new = _checked(images, size, name="output_shape_t")
    x = xp.asarray(images, np.float32)
    places = _spans(images.shape[1:3], new, scale, translation, kernel_type, antialias)
    return sampling.applied(xp, sampling.applied(xp, x, places[0], 1), places[1], 2)


@op(
    "ScaleAndTranslateGrad",
    "grads: T, original_image: T, scale: float32, translation: float32 -> output: T",
    shape=_as_original,
    static=("scale", "translation"),
    types={"T": (dtypes.float32,)},
    total=True,
)
def scale_and_translate_grad(
    xp,
    grads,
    original_image,
    scale,
    translation,
    *,
    kernel_type: str = "lanczos3",
    antialias: bool = True,
):
    """grads: f32[n, p, q, c], original_image: f32[n, h, w, c] -> f32[n, h, w, c]"""
    _check_gradient(grads, original_image, False, False)
    sizes, new = original_image.shape[1:3], grads.shape[1:3]
    places = _spans(sizes, new, scale, translation, kernel_type, antialias)
    return _spread(xp, grads, original_image, places)


@scale_and_translate.gradient
def scale_and_translate_gradient(op: Operation, dy: Tensor) -> Any:
    images, _, scale, translation = op.inputs
    dx = scale_and_translate_grad(dy, images, scale, translation, **op.defn.fn_attrs(op.attrs))
    return dx, None, None, None
