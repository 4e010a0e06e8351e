"""JPEG files to and from pixels. libjpeg-turbo does the work, through Pillow.

Its fast cosine transform, TensorFlow's default, can be asked for only together with chroma that is
not smoothed. `chroma` smooths it then, for the usual two kinds of samples; for others, and for the
accurate transform without smoothing, the other transform is used.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from stillflow.ops.image import pillow
from stillflow.ops.image.chroma import to_rgb

_END = b"\xff\xd9"
_MOST_PIXELS = 1 << 29
# A block of 64 pixels takes a bit at least.
_PIXELS_PER_BYTE = 512
_SMOOTHED = ((2, 1), (2, 2))


class BrokenError(ValueError):
    """The data are no whole JPEG file, or not one that can be decoded."""


@dataclass(frozen=True)
class Header:
    """What a JPEG file says of itself.

    Attributes:
      has_adobe: a marker of Adobe's is there: CMYK is inverted.
      is_sampled: some components have fewer pixels than others.
      chroma: how many pixels across and down have a sample of both chromas in common, where the
        components are luma and those, and the numbers such as `chroma` smooths.
    """

    height: int
    width: int
    components: int
    has_adobe: bool
    is_sampled: bool
    chroma: tuple[int, int] | None


class Window(NamedTuple):
    """A part of a picture."""

    top: int
    left: int
    height: int
    width: int

    def is_within(self, height: int, width: int) -> bool:
        fits = self.top + self.height <= height and self.left + self.width <= width
        return fits and min(self.top, self.left) >= 0 and min(self.height, self.width) > 0

    def of(self, pixels: np.ndarray) -> np.ndarray:
        rows = slice(self.top, self.top + self.height)
        return pixels[rows, self.left : self.left + self.width]


def read_header(data: bytes) -> Header:
    """Raises BrokenError unless the markers up to the frame's are whole."""
    at, adobe, is_jfif, frame = 2, b"", False, None
    while data[:2] == b"\xff\xd8" and at + 4 <= len(data):
        if data[at] != 0xFF:
            break
        kind = data[at + 1]
        if kind == 0xFF:  # padding
            at += 1
            continue
        if kind == 0x01 or 0xD0 <= kind <= 0xD8:  # without a length
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if kind == 0xDA:
            break
        is_jfif = is_jfif or (kind == 0xE0 and body[:5] == b"JFIF\0")
        if kind == 0xEE and body[:5] == b"Adobe":
            adobe = body
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            frame = body
        at += 2 + length
    if frame is None or len(frame) < 6 or len(frame) < 6 + 3 * frame[5]:
        raise BrokenError("it has no whole header")
    parts = [frame[6 + 3 * i : 9 + 3 * i] for i in range(frame[5])]
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    is_rgb = not is_jfif and (
        adobe[11:12] == b"\0" if adobe else bytes(part[0] for part in parts) == b"RGB"
    )
    factors = [part[1] for part in parts]
    chroma = divmod(factors[0], 16) if factors[1:] == [0x11, 0x11] and not is_rgb else None
    chroma = chroma if chroma in _SMOOTHED else None
    return Header(height, width, len(parts), bool(adobe), len(set(factors)) > 1, chroma)


def decode(
    data: bytes,
    channels: int,
    ratio: int,
    fancy_upscaling: bool,
    recovers: bool,
    acceptable_fraction: float,
    dct_method: str,
    window: Window | None = None,
) -> np.ndarray:
    """u8[height, width, channels] of a JPEG file, or of a part of it.

    Args:
      channels: 1, 3, or 0 for as many as the file has.
      ratio: by which the picture is made smaller.
      fancy_upscaling: chroma that the file has fewer of is smoothed.
      recovers: what is missing at the end is made up.
      acceptable_fraction: of the rows, that must be there; the others are black.
      dct_method: the accurate transform if INTEGER_ACCURATE.
      window: the part of the picture that is wanted.

    Raises:
      BrokenError: it cannot be decoded; nothing of a size that a file of this length cannot hold
        is allocated.
    """
    header = read_header(data)
    channels = channels or min(header.components, 3)
    is_cmyk = header.components == 4
    if channels not in (1, 3) or (is_cmyk and channels == 1):
        raise BrokenError(f"{header.components} components cannot become {channels}")
    width, height = -(-header.width // ratio), -(-header.height // ratio)
    pixels = header.width * header.height
    if not 0 < pixels * channels < _MOST_PIXELS:
        raise BrokenError(f"{header.width} by {header.height} pixels are none or too many")
    if recovers:
        data += _END
    elif pixels > _PIXELS_PER_BYTE * len(data):
        raise BrokenError("it ends too early")
    part = window or Window(0, 0, height, width)
    if not part.is_within(height, width):
        raise BrokenError("the window is not within the picture")
    smooths = header.is_sampled and channels == 3 and ratio == 1
    is_fast = dct_method != "INTEGER_ACCURATE"
    chroma = header.chroma if smooths and fancy_upscaling and is_fast else None
    if smooths and chroma is None:
        is_fast = not fancy_upscaling  # only one of the two can be had as it is wanted
    mode = "CMYK" if is_cmyk else {1: "L", 3: "RGB"}[channels]
    mode = mode if chroma is None else "YCbCr"
    options = (mode, (width, height), data, "jpeg", mode, "", ratio, int(is_fast))
    try:
        picture = pillow.decoded(*options)
    except ValueError:
        picture, rows = pillow.decoded_rows(*options)
        if (rows - part.top) / part.height < min(1.0, acceptable_fraction):
            raise BrokenError("it ends too early") from None
    decoded = pillow.pixels(picture)
    if chroma is not None:
        colours = to_rgb(decoded, chroma, part.left, part.left + part.width)
        return colours[part.top : part.top + part.height]
    decoded = part.of(decoded)
    return _without_black(decoded, header.has_adobe) if is_cmyk else decoded


def _without_black(cmyk: np.ndarray, is_inverted: bool) -> np.ndarray:
    """u8[h, w, 4], cyan, magenta, yellow, black -> u8[h, w, 3]"""
    inks = cmyk.astype(np.int32)
    light = inks if is_inverted else 255 - inks
    return (light[..., 3:] * light[..., :3] // 255).astype(np.uint8)


def encode(
    pixels: np.ndarray,
    quality: int,
    progressive: bool = False,
    optimize_size: bool = False,
    chroma_downsampling: bool = True,
    density: tuple[int, int] = (300, 300),
    per_cm: bool = False,
    xmp: bytes = b"",
) -> bytes:
    """pixels: u8[height, width, 1 or 3] -> a JPEG file"""
    picture = pillow.image_module().fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    options: dict[str, Any] = {"xmp": xmp} if xmp else {}
    file = io.BytesIO()
    picture.save(
        file,
        "JPEG",
        quality=max(quality, 1),
        progressive=progressive,
        optimize=optimize_size,
        subsampling=2 if chroma_downsampling else 0,
        **options,
    )
    return _with_density(file.getvalue(), density, per_cm)


def _with_density(data: bytes, density: tuple[int, int], per_cm: bool) -> bytes:
    """The file with pixels per inch or centimetre in its first segment, JFIF's."""
    unit = 2 if per_cm else 1
    found = bytes([unit]) + b"".join(number.to_bytes(2, "big") for number in density)
    return data[:13] + found + data[18:]
