"""Pillow, which knows compressed pictures: loaded by the first run that needs it."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from stillflow.graph.errors import UnimplementedError


@functools.cache
def image_module() -> Any:
    """`PIL.Image`.

    Raises:
      UnimplementedError: Pillow is not installed.
    """
    try:
        from PIL import Image
    except ImportError:
        raise UnimplementedError(
            None, None, "Compressed pictures need Pillow.\n  pip install 'stillflow[image]'"
        ) from None
    return Image


def decoded(mode: str, size: tuple[int, int], data: bytes, decoder: str, *options: Any) -> Any:
    """What one of Pillow's decoders makes of `data`: a picture of (width, height).

    Raises:
      ValueError: the data are broken, or end too early.
    """
    try:
        return image_module().frombytes(mode, size, data, decoder, *options)
    except (OSError, SyntaxError) as error:
        raise ValueError(str(error)) from error


def pixels(picture: Any) -> np.ndarray:
    """u8[height, width, channels] of a picture whose channels are bytes.

    NumPy would have it copied in parts, and those put together.
    """
    width, height = picture.size
    channels = len(picture.getbands())
    work = image_module()._getencoder(picture.mode, "raw", (picture.mode,))
    work.setimage(picture.im, (0, 0, width, height))
    _, _, content = work.encode(width * height * channels + 1)
    return np.frombuffer(content, np.uint8).reshape(height, width, channels)


def decoded_rows(
    mode: str, size: tuple[int, int], data: bytes, decoder: str, *options: Any
) -> tuple[Any, int]:
    """The picture as far as the data go, black behind, and how many rows that is."""
    image = image_module()
    width, height = size
    # What is decoded does not depend on what was there.
    pictures = []
    for before in (0, 255):
        picture = image.new(mode, size, (before,) * len(mode))
        work = image._getdecoder(mode, decoder, options)
        work.setimage(picture.im, (0, 0, width, height))
        work.decode(data)
        pictures.append(picture)
    black, white = (picture.tobytes() for picture in pictures)
    stride = len(black) // height
    starts = range(0, len(black), stride)
    rows = sum(black[at : at + stride] == white[at : at + stride] for at in starts)
    return pictures[0], rows
