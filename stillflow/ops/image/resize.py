"""`tf.image.resize_images` and its kin: pictures brought to a size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, reshaping, shape_of
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.image import checking, resizing
from stillflow.ops.image.cropping import pad_to_bounding_box
from stillflow.ops.known_values import constant_value_as_shape
from stillflow.ops.math import arithmetic, elementwise
from stillflow.ops.math.casts import cast
from stillflow.platform.deprecation import deprecated

_Resizer = Callable[[Tensor, Any], Tensor]


class ResizeMethod:
    """How `tf.image.resize_images` finds a pixel."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


class ResizeMethodV2:
    """How TensorFlow 2's `tf.image.resize` finds a pixel."""

    BILINEAR = "bilinear"
    NEAREST_NEIGHBOR = "nearest"
    BICUBIC = "bicubic"
    AREA = "area"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    GAUSSIAN = "gaussian"
    MITCHELLCUBIC = "mitchellcubic"


_FIRST: dict[Any, Any] = {
    "bilinear": resizing.resize_bilinear_op,
    "nearest": resizing.resize_nearest_neighbor_op,
    "bicubic": resizing.resize_bicubic_op,
    "area": resizing.resize_area_op,
}
_BY_NUMBER = dict(enumerate(_FIRST.values()))
_SAMPLED = ("lanczos3", "lanczos5", "gaussian", "mitchellcubic")
_ANTIALIASED = {"bilinear": "triangle", "bicubic": "keyscubic"}
_UNKNOWN_METHOD = "Resize method is not implemented."


def _to_size(
    images: Any, size: Any, resizer: _Resizer, keeps_aspect: bool, name: str | None, spares: bool
) -> Tensor:
    """The pictures as `resizer` makes them of `size`, unless they `spares` and are of it."""
    with name_scope(name, "resize", [images, size]):
        images = convert_to_tensor(images, name="images")
        rank = images.shape.ndims
        if rank is None:
            raise ValueError("'images' contains no shape.")
        if rank not in (3, 4):
            raise ValueError("'images' must have either 3 or 4 dimensions.")
        batch = images if rank == 4 else reshaping.expand_dims(images, 0)
        _, height, width, _ = batch.shape.as_list()
        size, new = _checked_size(size)
        if keeps_aspect:
            size, new = _fitting(batch, new)
        if not (spares and None not in (height, width) and new == [height, width]):
            batch = resizer(batch, size)
            batch.set_shape([None, *new, None])
        return checking.unbatched(batch, rank == 4)


def _checked_size(size: Any) -> tuple[Tensor, list[int | None]]:
    """`size` as i32[2], and what is known of it."""
    try:
        size = convert_to_tensor(size, dtypes.int32, name="size")
    except (TypeError, ValueError):
        raise ValueError("'size' must be a 1-D int32 Tensor") from None
    if not size.shape.is_compatible_with([2]):
        raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
    return size, _known(size)


def _known(size: Tensor) -> list[int | None]:
    return constant_value_as_shape(size) or [None, None]


def _fitting(images: Tensor, new: list[int | None]) -> tuple[Tensor, list[int | None]]:
    """The size, within `new`, that keeps the pictures' aspect."""
    _, *current, _ = checking.dimensions(images, 4)
    scales = [
        cast(wanted, dtypes.float32) / cast(size, dtypes.float32)
        for wanted, size in zip(new, current, strict=True)
    ]
    scale = arithmetic.minimum(*scales)
    scaled = [
        cast(elementwise.round_(scale * cast(size, dtypes.float32)), dtypes.int32)
        for size in current
    ]
    size = convert_to_tensor(scaled, dtypes.int32, name="size")
    return size, _known(size)


def resize_images(
    images: Any,
    size: Any,
    method: Any = ResizeMethod.BILINEAR,
    align_corners: bool = False,
    preserve_aspect_ratio: bool = False,
    name: str | None = None,
) -> Tensor:
    """n[h, w, c] or n[n, h, w, c] -> f32, the same with another height and width.

    What is of `size` already, and what takes the nearest pixel, keeps its type.

    Args:
      size: i32[2], height and width.
      method: of `tf.image.ResizeMethod`.
      align_corners: the centres of the corners stay where they are.
      preserve_aspect_ratio: `size` is the most that the picture may become.

    Raises:
      ValueError: another rank, size or method.
    """

    def resizer(batch: Tensor, new: Any) -> Tensor:
        # An unhashable method is none either.
        known = isinstance(method, (int, str))
        kind = (_BY_NUMBER.get(method) or _FIRST.get(method)) if known else None
        if kind is None:
            raise ValueError(_UNKNOWN_METHOD)
        return kind(batch, new, align_corners=align_corners)

    return _to_size(images, size, resizer, preserve_aspect_ratio, name, spares=True)


def resize_images_v2(
    images: Any,
    size: Any,
    method: str = ResizeMethodV2.BILINEAR,
    preserve_aspect_ratio: bool = False,
    antialias: bool = False,
    name: str | None = None,
) -> Tensor:
    """n[h, w, c] or n[n, h, w, c] -> f32, the same with another height and width.

    Pixels are squares here, whose centres lie at halves; the nearest one keeps its type.

    Args:
      size: i32[2], height and width.
      method: of TensorFlow 2's `tf.image.ResizeMethod`.
      preserve_aspect_ratio: `size` is the most that the picture may become.
      antialias: what a smaller picture loses is averaged.

    Raises:
      ValueError: another rank, size or method.
    """

    def sampled(batch: Tensor, new: Any, kernel: str) -> Tensor:
        wanted = cast(new, dtypes.float32)
        scale = wanted / cast(shape_of.shape(batch)[1:3], dtypes.float32)
        return resizing.scale_and_translate(
            batch, new, scale, filling.zeros([2]), kernel_type=kernel, antialias=antialias
        )

    def resizer(batch: Tensor, new: Any) -> Tensor:
        if method in _SAMPLED:
            return sampled(batch, new, method)
        if antialias and method in _ANTIALIASED:
            return sampled(batch, new, _ANTIALIASED[method])
        if method == "area":
            return resizing.resize_area_op(batch, new)
        if method not in _FIRST:
            raise ValueError(_UNKNOWN_METHOD)
        return _FIRST[method](batch, new, half_pixel_centers=True)

    return _to_size(images, size, resizer, preserve_aspect_ratio, name, spares=False)


def _with_pad(image: Any, target_height: Any, target_width: Any, resizer: _Resizer) -> Tensor:
    with name_scope(None, "resize_image_with_pad", [image]):
        images, was_batch = checking.as_batch(image)
        waits = checking.check_at_least_3d(images)
        waits += checking.check(target_width > 0, "target_width must be > 0.")
        waits += checking.check(target_height > 0, "target_height must be > 0.")
        images = with_dependencies(waits, images)
        _, *sizes, _ = checking.dimensions(images, 4)
        height, width, to_height, to_width = (
            cast(size, dtypes.float64) for size in (*sizes, target_height, target_width)
        )
        ratio = checking.maximum(width / to_width, height / to_height)
        exact = height / ratio, width / ratio
        new = [cast(elementwise.floor(size), dtypes.int32) for size in exact]
        spaces = (to_height - exact[0]) / 2, (to_width - exact[1]) / 2
        floors = [elementwise.floor(space) for space in spaces]
        top, left = (checking.maximum(0, cast(floor, dtypes.int32)) for floor in floors)
        padded = pad_to_bounding_box(resizer(images, new), top, left, target_height, target_width)
        if padded.shape.ndims is None:
            raise ValueError("padded contains no shape.")
        checking.dimensions(padded, 4)
        return checking.unbatched(padded, was_batch)


def resize_image_with_pad(
    image: Any,
    target_height: Any,
    target_width: Any,
    method: Any = ResizeMethod.BILINEAR,
    align_corners: bool = False,
) -> Tensor:
    """n[h, w, c] or n[n, h, w, c] -> f32, resized without distortion, and zeros around it.

    Raises:
      ValueError: another rank; a size that is not positive.
    """

    def resizer(images: Tensor, size: Any) -> Tensor:
        return resize_images(images, size, method, align_corners=align_corners)

    return _with_pad(image, target_height, target_width, resizer)


def resize_image_with_pad_v2(
    image: Any,
    target_height: Any,
    target_width: Any,
    method: str = ResizeMethodV2.BILINEAR,
    antialias: bool = False,
) -> Tensor:
    """`resize_image_with_pad` as `resize_images_v2` resizes."""

    def resizer(images: Tensor, size: Any) -> Tensor:
        return resize_images_v2(images, size, method, antialias=antialias)

    return _with_pad(image, target_height, target_width, resizer)


# The ops by their public names ------------------------------------------------------------------


@deprecated(None, "Use `tf.image.resize(...method=ResizeMethod.BILINEAR...)` instead.")
def resize_bilinear(
    images: Any,
    size: Any,
    align_corners: bool = False,
    name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:
    """images: n[n, h, w, c], size: i32[2] -> f32[n, *size, c], between the nearest four pixels."""
    return resizing.resize_bilinear_op(images, size, align_corners, half_pixel_centers, name)


@deprecated(None, "Use `tf.image.resize(...method=ResizeMethod.NEAREST_NEIGHBOR...)` instead.")
def resize_nearest_neighbor(
    images: Any,
    size: Any,
    align_corners: bool = False,
    name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:
    """images: n[n, h, w, c], size: i32[2] -> n[n, *size, c], each the nearest pixel."""
    return resizing.resize_nearest_neighbor_op(
        images, size, align_corners, half_pixel_centers, name
    )


@deprecated(None, "Use `tf.image.resize(...method=ResizeMethod.BICUBIC...)` instead.")
def resize_bicubic(
    images: Any,
    size: Any,
    align_corners: bool = False,
    name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:
    """images: n[n, h, w, c], size: i32[2] -> f32[n, *size, c], from the nearest 16 pixels."""
    return resizing.resize_bicubic_op(images, size, align_corners, half_pixel_centers, name)


@deprecated(None, "Use `tf.image.resize(...method=ResizeMethod.AREA...)` instead.")
def resize_area(
    images: Any, size: Any, align_corners: bool = False, name: str | None = None
) -> Tensor:
    """images: n[n, h, w, c], size: i32[2] -> f32[n, *size, c], the mean of what a pixel covers."""
    return resizing.resize_area_op(images, size, align_corners, name)
