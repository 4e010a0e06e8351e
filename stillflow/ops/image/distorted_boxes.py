"""Parts of a picture, drawn at random, that hold enough of an object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.declare.type_sets import types
from stillflow.graph.random_seed import get_seed
from stillflow.graph.scopes import name_scope
from stillflow.ops.sampling import words
from stillflow.platform.deprecation import deprecated


def _begin_size_box(ctx: ShapeContext) -> list[Sizes]:
    (count,) = shapes.with_rank(ctx.shape(0), 1)
    *_, corners = shapes.with_rank(ctx.shape(1), 3)
    if len(ctx.inputs) > 2:
        shapes.with_rank(ctx.shape(2), 0)
    for size, wanted in ((count, 3), (corners, 4)):
        if size not in (wanted, None):
            raise ShapeError(f"Dimension must be {wanted} but is {size}")
    return [(3,), (3,), (1, 1, 4)]


class _Words:
    """The words of a stream, one by one, and numbers made of them."""

    def __init__(self, stream: np.ndarray):
        self._chunks = words.words(stream)
        self._left: Iterator[int] = iter(())

    def word(self) -> int:
        for word in self._left:
            return word
        self._left = iter(next(self._chunks).tolist())
        return next(self._left)

    def fraction(self) -> np.float32:
        return np.float32(words.float_fraction(self.word()))

    def below(self, limit: int) -> int:
        """A number in [0, limit); words that would favour the low ones are passed over."""
        if limit & (limit - 1) == 0:
            return self.word() & (limit - 1) if limit else 0 * self.word()
        unfair = 0xFFFFFFFF % limit + 1
        while (word := self.word()) < unfair:
            pass
        return word % limit


def _random_crop(
    height: int, width: int, areas: np.ndarray, ratio: np.float32, numbers: _Words
) -> tuple[int, int, int, int] | None:
    """(top, left, bottom, right) of an area between two shares of the image's; None if none is.

    `ratio` is that of its width and its height.
    """
    if areas[1] <= 0 or ratio <= 0 or width <= 0 or height <= 0 or areas[0] > areas[1]:
        return None
    least, most = areas * np.float32(width) * np.float32(height)
    low, high = (_rounded(np.sqrt(area / ratio)) for area in (least, most))
    if _rounded(np.float32(high) * ratio) > width:
        high = int((width + 0.5 - np.float32(1e-7)) / float(ratio))
    high = min(high, height)
    new_height = min(low, high)
    if new_height < high:
        new_height += numbers.below(high - new_height + 1)
    new_width = _rounded(np.float32(new_height) * ratio)
    # Rounding may have brought the area out of its limits.
    for step, is_out in ((1, lambda area: area < least), (-1, lambda area: area > most)):
        if is_out(np.float32(new_width * new_height)):
            new_height += step
            new_width = _rounded(np.float32(new_height) * ratio)
    if not least <= np.float32(new_width * new_height) <= most:
        return None
    if not (0 < new_width <= width and 0 < new_height <= height):
        return None
    top = numbers.below(height - new_height) if new_height < height else 0
    left = numbers.below(width - new_width) if new_width < width else 0
    return top, left, top + new_height, left + new_width


def _rounded(number: Any) -> int:
    return int(np.rint(number))


def _area(top: int, left: int, bottom: int, right: int) -> np.float32:
    return np.float32((bottom - top) * (right - left))


def _covers(crop: tuple[int, int, int, int], share: Any, boxes: list[list[int]]) -> bool:
    """Whether at least that share of some box is in the crop."""
    if _area(*crop) < 1:
        return False
    for box in boxes:
        area = _area(*box)
        top, left = max(crop[0], box[0]), max(crop[1], box[1])
        bottom, right = min(crop[2], box[2]), min(crop[3], box[3])
        common = np.float32(0) if left > right or top > bottom else _area(top, left, bottom, right)
        if area >= 1 and common / area >= share:
            return True
    return False


def _check_sampled(image_size: Any, boxes: Any, share: Any, ratios: Any, areas: Any) -> None:
    if len(ratios) != 2:
        refuse("Aspect ratio range field must specify 2 dimensions")
    if min(ratios) <= 0:
        refuse(f"Aspect ratio range must be non-negative: [{ratios[0]:g}, {ratios[1]:g}]")
    if len(areas) != 2:
        refuse("Area range field must specify 2 dimensions")
    if min(areas) <= 0:
        refuse(f"Area range must be non-negative: [{areas[0]:g}, {areas[1]:g}]")
    if max(areas) > 1:
        refuse(f"Area range must be less then or equal to 1.0: [{areas[0]:g}, {areas[1]:g}]")
    if image_size.ndim != 1:
        refuse(f"image_size must be 1-dimensional{format_sizes(image_size.shape)}")
    if len(image_size) != 3:
        refuse(f"image_size must contain 3 elements{format_sizes(image_size.shape)}")
    if boxes.ndim != 3:
        found = format_sizes(boxes.shape)
        refuse(f"input boxes must be 3-dimensional [batch, num_boxes, coords]: {found}")
    if boxes.shape[2] != 4:
        found = format_sizes(boxes.shape)
        refuse(f"bounding boxes must have shape [4] or [*, 4], got {found}")
    if np.ndim(share):
        refuse(f"min_object_covered must be 0-D, got shape {format_sizes(share.shape)}")
    if share < 0:
        refuse(f"Min object covered must be non-negative: {share:g}")
    outside = boxes[~((boxes >= 0) & (boxes <= 1))]
    if outside.size:
        refuse(f"All bounding box coordinates must be in [0.0, 1.0]: {outside[0]:g}")


def _sample(
    stream: Any,
    image_size: Any,
    bounding_boxes: Any,
    share: Any,
    ratios: list[float],
    areas: list[float],
    attempts: int,
    takes_image: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(begin, size, boxes): what `tf.slice` and `tf.image.draw_bounding_boxes` take."""
    _check_sampled(image_size, bounding_boxes, share, ratios, areas)
    if attempts <= 0:
        refuse(f"Max attempts must be non-negative: {attempts}")
    height, width = image_size.tolist()[:2]
    whole = (0, 0, height, width)
    scale = np.array([height, width] * 2, np.float32)
    boxes = (bounding_boxes.reshape(-1, 4) * scale).astype(np.int32).tolist()
    if not boxes and not takes_image:
        refuse(
            "No bounding boxes provided as input. One must enable use_image_if_no_bounding_boxes "
            "if you wish to not provide any bounding boxes."
        )
    numbers, (low, high) = _Words(stream), np.array(ratios, np.float32)
    crop = whole
    for _ in range(attempts):
        ratio = numbers.fraction() * (high - low) + low
        tried = _random_crop(height, width, np.array(areas, np.float32), ratio, numbers)
        if tried is not None and _covers(tried, np.float32(share), boxes or [list(whole)]):
            crop = tried
            break
    top, left, bottom, right = crop
    dtype = image_size.dtype
    with np.errstate(over="ignore"):
        begin = np.array([top, left, 0]).astype(dtype)
        size = np.array([bottom - top, right - left, -1]).astype(dtype)
    return begin, size, (np.array(crop, np.float32) / scale).reshape(1, 1, 4)


_SAMPLED: dict[str, Any] = {
    "shape": _begin_size_box,
    "types": {"T": types("uint8 int8 int16 int32 int64")},
    "stream": "max_attempts",
    "host": True,
}


@op(
    "SampleDistortedBoundingBox",
    "image_size: T, bounding_boxes: float32 -> begin: T, size: T, bboxes: float32",
    **_SAMPLED,
)
def sample_distorted_bounding_box_op(
    xp,
    stream,
    image_size,
    bounding_boxes,
    *,
    seed: int = 0,
    seed2: int = 0,
    min_object_covered: float = 0.1,
    aspect_ratio_range: list[float] = (0.75, 1.33),  # type: ignore[assignment]
    area_range: list[float] = (0.05, 1.0),  # type: ignore[assignment]
    max_attempts: int = 100,
    use_image_if_no_bounding_boxes: bool = False,
):
    """image_size: i[3], bounding_boxes: f32[n, k, 4] -> i[3], i[3], f32[1, 1, 4]"""
    return _sample(
        stream,
        image_size,
        bounding_boxes,
        min_object_covered,
        aspect_ratio_range,
        area_range,
        max_attempts,
        use_image_if_no_bounding_boxes,
    )


@op(
    "SampleDistortedBoundingBoxV2",
    "image_size: T, bounding_boxes: float32, min_object_covered: float32 "
    "-> begin: T, size: T, bboxes: float32",
    **_SAMPLED,
)
def sample_distorted_bounding_box_v2_op(
    xp,
    stream,
    image_size,
    bounding_boxes,
    min_object_covered,
    *,
    seed: int = 0,
    seed2: int = 0,
    aspect_ratio_range: list[float] = (0.75, 1.33),  # type: ignore[assignment]
    area_range: list[float] = (0.05, 1.0),  # type: ignore[assignment]
    max_attempts: int = 100,
    use_image_if_no_bounding_boxes: bool = False,
):
    """SampleDistortedBoundingBox, which is told in the run how much of a box must be covered."""
    return _sample(
        stream,
        image_size,
        bounding_boxes,
        min_object_covered,
        aspect_ratio_range,
        area_range,
        max_attempts,
        use_image_if_no_bounding_boxes,
    )


sample_distorted_bounding_box_op.not_differentiable()
sample_distorted_bounding_box_v2_op.not_differentiable()


@deprecated(None, "`seed2` arg is deprecated.Use sample_distorted_bounding_box_v2 instead.")
def sample_distorted_bounding_box(
    image_size: Any,
    bounding_boxes: Any,
    seed: int | None = None,
    seed2: int | None = None,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = None,
    area_range: Any = None,
    max_attempts: int | None = None,
    use_image_if_no_bounding_boxes: bool | None = None,
    name: str | None = None,
) -> Any:
    """A part of an image drawn at random, that holds enough of an object: (begin, size, boxes).

    i[3] and i[3] for `tf.slice`, f32[1, 1, 4] for `tf.image.draw_bounding_boxes`.

    Args:
      image_size: i[3], height, width, channels.
      bounding_boxes: f32[n, k, 4], of the objects, from 0 to 1.
      min_object_covered: which share of one of them must be in the part.
      aspect_ratio_range: of width to height; [0.75, 1.33] by default.
      area_range: of the part's share of the image; [0.05, 1] by default.
      max_attempts: 100 by default; after so many it is the whole image.
      use_image_if_no_bounding_boxes: without a box the image is one.
    """
    given = {
        "seed": seed,
        "seed2": seed2,
        "aspect_ratio_range": aspect_ratio_range,
        "area_range": area_range,
        "max_attempts": max_attempts,
        "use_image_if_no_bounding_boxes": use_image_if_no_bounding_boxes,
    }
    options: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    with name_scope(name, "sample_distorted_bounding_box"):
        return sample_distorted_bounding_box_v2_op(
            image_size, bounding_boxes, min_object_covered, name=name, **options
        )


def sample_distorted_bounding_box_v2(
    image_size: Any,
    bounding_boxes: Any,
    seed: int = 0,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = None,
    area_range: Any = None,
    max_attempts: int | None = None,
    use_image_if_no_bounding_boxes: bool | None = None,
    name: str | None = None,
) -> Any:
    """`sample_distorted_bounding_box` with TensorFlow 2's signature."""
    seed1, seed2 = get_seed(seed) if seed else (0, 0)
    return sample_distorted_bounding_box(
        image_size,
        bounding_boxes,
        seed1,
        seed2,
        min_object_covered,
        aspect_ratio_range,
        area_range,
        max_attempts,
        use_image_if_no_bounding_boxes,
        name,
    )
