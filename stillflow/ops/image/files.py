"""`tf.image`'s functions of the contents of files, of whichever kind these are."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import gathering
from stillflow.ops.control.cond import cond
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.image import decoding
from stillflow.ops.image.colours import convert_image_dtype
from stillflow.ops.math import comparison
from stillflow.ops.random.drawing import random_uniform
from stillflow.ops.strings.parts import substr


def is_jpeg(contents: Any, name: str | None = None) -> Tensor:
    """bool[]: whether `contents`, string[], begin as JPEG files do."""
    with name_scope(name, "is_jpeg"):
        return comparison.equal(substr(contents, 0, 3), b"\xff\xd8\xff", name=name)


def _is_png(contents: Any, name: str | None = None) -> Tensor:
    with name_scope(name, "is_png"):
        return comparison.equal(substr(contents, 0, 3), b"\x89PN", name=name)


def decode_image(
    contents: Any,
    channels: int | None = None,
    dtype: Any = dtypes.uint8,
    name: str | None = None,
    expand_animations: bool = True,
) -> Tensor:
    """dtype[height, width, channels] of a JPEG, PNG, GIF or BMP file, contents: string[].

    A GIF file gives dtype[frames, height, width, 3] unless `expand_animations` is false, so that
    nothing is known of the shape while building.

    Args:
      channels: 1, 3 or 4; None or 0 for as many as the file has.
      dtype: floats are from 0 to 1.

    Raises:
      ValueError: another number of channels.
      InvalidArgumentError: in a run, it cannot be decoded.
    """
    with name_scope(name, "decode_image"):
        if channels not in (None, 0, 1, 3, 4):
            raise ValueError("channels must be in (None, 0, 1, 3, 4)")
        start = substr(contents, 0, 3)
        wanted = channels or 0

        def converted(pixels: Any) -> Tensor:
            return convert_image_dtype(pixels, dtype)

        def bmp() -> Tensor:
            is_bmp = comparison.equal(substr(contents, 0, 2), "BM", name="is_bmp")
            known = assert_that(is_bmp, ["Unable to decode bytes as JPEG, PNG, GIF, or BMP"])
            fits = comparison.not_equal(wanted, 1, name="check_channels")
            message = "Channels must be in (None, 0, 3) when decoding BMP images"
            with control_dependencies([known, assert_that(fits, [message])]):
                return converted(decoding.decode_bmp(contents))

        def gif() -> Tensor:
            fits = comparison.logical_and(
                comparison.not_equal(wanted, 1, name="check_gif_channels"),
                comparison.not_equal(wanted, 4, name="check_gif_channels"),
            )
            message = "Channels must be in (None, 0, 3) when decoding GIF images"
            with control_dependencies([assert_that(fits, [message])]):
                frames = converted(decoding.decode_gif(contents))
                return frames if expand_animations else gathering.gather(frames, 0)

        def gif_or_bmp() -> Tensor:
            is_gif = comparison.equal(start, b"GIF", name="is_gif")
            return cond(is_gif, gif, bmp, name="cond_gif")

        def png() -> Tensor:
            stored = dtypes.uint8 if dtype == dtypes.uint8 else dtypes.uint16
            return converted(decoding.decode_png(contents, channels, dtype=stored))

        def no_jpeg() -> Tensor:
            return cond(_is_png(contents), png, gif_or_bmp, name="cond_png")

        def jpeg() -> Tensor:
            fits = comparison.not_equal(wanted, 4, name="check_jpeg_channels")
            message = "Channels must be in (None, 0, 1, 3) when decoding JPEG images"
            with control_dependencies([assert_that(fits, [message])]):
                return converted(decoding.decode_jpeg(contents, channels))

        return cond(is_jpeg(contents), jpeg, no_jpeg, name="cond_jpeg")


def adjust_jpeg_quality(image: Any, jpeg_quality: Any, name: str | None = None) -> Tensor:
    """n[h, w, 1 or 3] -> of the same type, as a JPEG file of that quality keeps it."""
    with name_scope(name, "adjust_jpeg_quality", [image]):
        image = convert_to_tensor(image, name="image")
        pixels = convert_image_dtype(image, dtypes.uint8)
        if not is_tensor(jpeg_quality):
            jpeg_quality = convert_to_tensor(jpeg_quality, dtype=dtypes.int32)
        file = decoding.encode_jpeg_variable_quality(pixels, jpeg_quality)
        return convert_image_dtype(decoding.decode_jpeg(file), image.dtype)


def random_jpeg_quality(
    image: Any, min_jpeg_quality: int, max_jpeg_quality: int, seed: int | None = None
) -> Tensor:
    """`adjust_jpeg_quality` by a quality drawn from [min_jpeg_quality, max_jpeg_quality).

    Raises:
      ValueError: one is not within [0, 100], or the first is not below the second.
    """
    if not (0 <= min_jpeg_quality <= 100 and 0 <= max_jpeg_quality <= 100):
        raise ValueError("jpeg encoding range must be between 0 and 100.")
    if min_jpeg_quality >= max_jpeg_quality:
        raise ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.")
    quality = random_uniform([], min_jpeg_quality, max_jpeg_quality, seed=seed, dtype=dtypes.int32)
    return adjust_jpeg_quality(image, quality)
