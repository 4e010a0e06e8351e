"""Reads a picture file into grey levels. Knows formats, orientation and transparency, no digits.

What is read here may come from anyone: only three decoders are open to it, and the number of pixels
is known from the header before any is decoded.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "BMP")
MAX_PIXELS = 50_000_000  # what a good phone's camera takes
WORKING_SIDE = 480  # a digit of a tenth of this is still larger than the network sees


class PictureError(Exception):
    """A picture that cannot be read, or in which there is no digit."""


def read(data: bytes, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """A file's bytes -> f32[h, w], 0 black to 1 white, upright, no side above `WORKING_SIDE`.

    Transparent parts become whatever stands out from the rest.

    Raises:
      PictureError: it is no picture, is cut off or broken, or has more than `max_pixels`.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_large(max_pixels) from None
    except Exception:  # decoders raise most of Python's exceptions for bytes made to mislead them
        raise PictureError(f"It is not a picture: {_list(FORMATS)} are read.") from None
    if image.width * image.height > max_pixels:
        raise _too_large(max_pixels)
    try:
        return _grey(image)
    except Exception as error:
        raise PictureError(f"The picture is cut off or broken ({error}).") from None


def _grey(image: Image.Image) -> np.ndarray:
    image.draft("L", (2 * WORKING_SIDE, 2 * WORKING_SIDE))  # a JPEG is decoded at a smaller scale
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # 16 bits a pixel, which convert() would cut off at 255
        image = Image.fromarray(np.asarray(image, np.float32) / 257)
    if image.has_transparency_data:
        return _shrunk_over_contrast(image.convert("RGBA"))
    if image.mode != "F":
        image = image.convert("RGB").convert("L")
    return _levels(_shrunk(image))


def _shrunk(image: Image.Image) -> Image.Image:
    """No side above WORKING_SIDE; each pixel is the mean of those that it stands for."""
    scale = WORKING_SIDE / max(image.size)
    if scale >= 1:
        return image
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BOX)


def _shrunk_over_contrast(image: Image.Image) -> np.ndarray:
    """Lays an RGBA image on white if it is dark where it is opaque, else on black."""
    image = _shrunk(image)
    opaque = _levels(image.getchannel("A"))
    grey = _levels(image.convert("RGB").convert("L"))
    dark = (grey * opaque).sum() <= 0.5 * opaque.sum()
    return (grey * opaque + (1 - opaque) * dark).astype(np.float32)


def _levels(image: Image.Image) -> np.ndarray:
    """f32[h, w] in [0, 1]"""
    return np.clip(np.asarray(image, np.float32) / 255, 0, 1)


def _too_large(max_pixels: int) -> PictureError:
    return PictureError(f"The picture has more than {max_pixels // 1_000_000} million pixels.")


def _list(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
