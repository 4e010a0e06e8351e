"""Parts of pictures, and pictures with zeros around them."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import reshaping, shape_of, slicing, stacking
from stillflow.ops.array.padding import pad
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.image import checking
from stillflow.ops.math.casts import cast


def _known(*sizes: Any) -> list[Any]:
    return [None if is_tensor(size) else size for size in sizes]


def pad_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """n[h, w, c] or n[n, h, w, c] -> the picture at an offset in one of zeros.

    Raises:
      ValueError: another rank; a negative offset; the picture does not fit. What is known in the
        run only is an InvalidArgumentError there.
    """
    with name_scope(None, "pad_to_bounding_box", [image]):
        images, was_batch = checking.as_batch(image)
        waits = checking.check_at_least_3d(images)
        batch, height, width, depth = checking.dimensions(images, 4)
        right = target_width - offset_width - width
        below = target_height - offset_height - height
        waits += checking.check(offset_height >= 0, "offset_height must be >= 0")
        waits += checking.check(offset_width >= 0, "offset_width must be >= 0")
        waits += checking.check(right >= 0, "width must be <= target - offset")
        waits += checking.check(below >= 0, "height must be <= target - offset")
        images = with_dependencies(waits, images)
        around = [0, 0, offset_height, below, offset_width, right, 0, 0]
        padded = pad(images, reshaping.reshape(stacking.stack(around), [4, 2]))
        padded.set_shape(_known(batch, target_height, target_width, depth))
        return checking.unbatched(padded, was_batch)


def crop_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """n[h, w, c] or n[n, h, w, c] -> the part at an offset, of the target's size.

    Raises:
      ValueError: another rank; a negative offset; a size that is not positive; a part that is not
        within the picture. What is known in the run only is an InvalidArgumentError there.
    """
    with name_scope(None, "crop_to_bounding_box", [image]):
        images, was_batch = checking.as_batch(image)
        waits = checking.check_at_least_3d(images)
        batch, height, width, depth = checking.dimensions(images, 4)
        waits += checking.check(offset_width >= 0, "offset_width must be >= 0.")
        waits += checking.check(offset_height >= 0, "offset_height must be >= 0.")
        waits += checking.check(target_width > 0, "target_width must be > 0.")
        waits += checking.check(target_height > 0, "target_height must be > 0.")
        waits += checking.check(
            width >= (target_width + offset_width), "width must be >= target + offset."
        )
        waits += checking.check(
            height >= (target_height + offset_height), "height must be >= target + offset."
        )
        images = with_dependencies(waits, images)
        cropped = slicing.slice_(
            images,
            stacking.stack([0, offset_height, offset_width, 0]),
            stacking.stack([-1, target_height, target_width, -1]),
        )
        cropped.set_shape(_known(batch, target_height, target_width, depth))
        return checking.unbatched(cropped, was_batch)


def resize_image_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Tensor:
    """n[h, w, c] or n[n, h, w, c] -> its centre, or it in the centre of zeros, as an axis needs.

    Raises:
      ValueError: another rank; a size that is not positive.
    """
    with name_scope(None, "resize_image_with_crop_or_pad", [image]):
        images, was_batch = checking.as_batch(image)
        waits = checking.check_at_least_3d(images)
        waits += checking.check(target_width > 0, "target_width must be > 0.")
        waits += checking.check(target_height > 0, "target_height must be > 0.")
        images = with_dependencies(waits, images)
        if is_tensor(target_height):
            target_height = with_dependencies(waits, target_height)
        if is_tensor(target_width):
            target_width = with_dependencies(waits, target_width)
        _, height, width, _ = checking.dimensions(images, 4)
        wider = target_width - width
        crop_width = checking.maximum(-wider // 2, 0)
        pad_width = checking.maximum(wider // 2, 0)
        higher = target_height - height
        crop_height = checking.maximum(-higher // 2, 0)
        pad_height = checking.maximum(higher // 2, 0)
        cropped = crop_to_bounding_box(
            images,
            crop_height,
            crop_width,
            checking.minimum(target_height, height),
            checking.minimum(target_width, width),
        )
        resized = pad_to_bounding_box(cropped, pad_height, pad_width, target_height, target_width)
        if resized.shape.ndims is None:
            raise ValueError("resized contains no shape.")
        _, new_height, new_width, _ = checking.dimensions(resized, 4)
        waits = checking.check(
            checking.equal(new_height, target_height), "resized height is not correct."
        )
        waits += checking.check(
            checking.equal(new_width, target_width), "resized width is not correct."
        )
        return checking.unbatched(with_dependencies(waits, resized), was_batch)


def central_crop(image: Any, central_fraction: float) -> Tensor:
    """n[h, w, c] or n[n, h, w, c] -> the central `central_fraction` of its rows and columns.

    Raises:
      ValueError: another rank; a fraction that is not within (0, 1].
    """
    with name_scope(None, "central_crop", [image]):
        image = convert_to_tensor(image, name="image")
        if central_fraction <= 0.0 or central_fraction > 1.0:
            raise ValueError("central_fraction must be within (0, 1]")
        if central_fraction == 1.0:
            return image
        checking.at_least_3d(image)
        rank = image.shape.ndims
        if rank not in (3, 4):
            raise ValueError(
                f"`image` should either be a Tensor with rank = 3 or rank = 4. Had rank = {rank}."
            )
        first = rank - 3
        sizes = [_size(image, first), _size(image, first + 1)]
        starts = [_central_start(size, central_fraction) for size in sizes]
        new = [size - start * 2 for size, start in zip(sizes, starts, strict=True)]
        begin = stacking.stack([0] * first + [*starts, 0])
        cropped = slicing.slice_(image, begin, stacking.stack([-1] * first + [*new, -1]))
        ends = image.shape.as_list()
        cropped.set_shape([*ends[:first], *_known(*new), ends[-1]])
        return cropped


def _size(image: Tensor, axis: int) -> Any:
    known = image.shape.as_list()[axis]
    return shape_of.shape(image)[axis] if known is None else known


def _central_start(size: Any, fraction: float) -> Any:
    if not is_tensor(size):
        return int((float(size) - float(size) * fraction) / 2)
    exact = cast(size, dtypes.float64)
    return cast((exact - exact * fraction) / 2, dtypes.int32)
