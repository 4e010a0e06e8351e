"""PNG files to and from pixels. zlib does the work, through Pillow for reading."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np

from stillflow.ops.image import pillow

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # grey, with alpha, RGB, with alpha
_CHANNELS = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}
_PALETTE = 3
# What libpng weighs red, green and blue with, of 32768.
_LUMA = (9797, 19234, 3737)
_LONGEST_SIDE = 1_000_000  # that libpng takes
_MOST_SQUEEZED = 1032  # bytes that a byte of deflate can stand for


class BrokenHeaderError(ValueError):
    """The file does not begin as PNG files do."""


class BrokenError(ValueError):
    """The data behind the header are broken, or end too early."""


class Header:
    """What a PNG file says of itself.

    Attributes:
      bits: of a channel.
      has_transparency: a chunk says which colours are transparent.
    """

    def __init__(self, data: bytes):
        if data[:8] != SIGNATURE or data[12:16] != b"IHDR" or len(data) < 33:
            raise BrokenHeaderError("it has no header")
        self.width, self.height, self.bits, self.colour_type = struct.unpack(">IIBB", data[16:26])
        if not self.width or not self.height or self.colour_type not in _CHANNELS:
            raise BrokenHeaderError("it has no pixels, or of an unknown kind")
        if max(self.width, self.height) > _LONGEST_SIDE:
            raise BrokenHeaderError("it is too large")
        if zlib.crc32(data[12:29]) != int.from_bytes(data[29:33], "big"):
            raise BrokenHeaderError("its header has a wrong checksum")
        self.has_transparency = b"tRNS" in data[: data.find(b"IDAT")]

    @property
    def channels(self) -> int:
        """How many its pixels have where nobody says how many they shall."""
        if self.colour_type == _PALETTE:
            return 4 if self.has_transparency else 3
        return _CHANNELS[self.colour_type]

    @property
    def stored(self) -> int:
        """The bytes that its pixels are stored in."""
        per_pixel = 1 if self.colour_type == _PALETTE else _CHANNELS[self.colour_type]
        return self.height * (1 + -(-self.width * per_pixel * self.bits // 8))


def decode(data: bytes, header: Header, channels: int, dtype: Any) -> np.ndarray:
    """u8 or u16[height, width, channels] of a PNG file; 0 channels are as many as it has.

    Raises:
      BrokenError: it cannot be decoded; nothing of a size that a file of this length cannot hold
        is allocated.
    """
    if header.stored > _MOST_SQUEEZED * len(data) + 4096:
        raise BrokenError("it ends too early")
    channels = channels or header.channels
    try:
        # Greys are computed of all that is there.
        if header.bits == 16 and (dtype == np.uint16 or channels < 3):
            pixels = _in_channels(_sixteen_bits(data, header), channels, 16)
            return pixels if dtype == np.uint16 else (pixels >> 8).astype(np.uint8)
        pixels = _in_channels(_eight_bits(data, channels), channels, min(8, header.bits))
    except (OSError, SyntaxError, ValueError) as error:
        raise BrokenError(str(error)) from error
    return pixels if dtype == np.uint8 else pixels.astype(np.uint16) * 257


def _opened(data: bytes) -> Any:
    from PIL.PngImagePlugin import PngImageFile

    pillow.image_module()
    return PngImageFile(io.BytesIO(data))


def _eight_bits(data: bytes, channels: int) -> np.ndarray:
    """u8[height, width, channels of the file]"""
    picture = _opened(data)
    if picture.mode in ("I;16", "I"):
        return (np.asarray(picture).astype(np.uint16) >> 8).astype(np.uint8)[..., None]
    if picture.mode == "P":
        has_alpha = "transparency" in picture.info and channels in (2, 4)
        picture = picture.convert("RGBA" if has_alpha else "RGB")
    elif picture.mode == "1":
        picture = picture.convert("L")
    elif "transparency" in picture.info and channels in (2, 4):
        picture = picture.convert("RGBA" if picture.mode == "RGB" else "LA")
    pixels = np.asarray(picture)
    return pixels[..., None] if pixels.ndim == 2 else pixels


def _sixteen_bits(data: bytes, header: Header) -> np.ndarray:
    """u16[height, width, channels of the file]

    Pillow keeps one byte of each; here it reads pixels as if they had more channels, or twice.
    """
    shape = (header.height, header.width, _CHANNELS[header.colour_type])
    if header.colour_type in (0, 4):
        raw = {0: "LA", 4: "RGBA"}[header.colour_type]
        return _raw(data, raw, raw).reshape((*shape[:2], -1, 2)) @ np.array([256, 1], np.uint16)
    mode = {2: "RGB", 6: "RGBA"}[header.colour_type]
    high, low = (_raw(data, mode, f"{mode};16{order}") for order in "BL")
    return high * np.uint16(256) + low


def _raw(data: bytes, mode: str, raw_mode: str) -> np.ndarray:
    picture = _opened(data)
    picture._mode = mode
    picture.tile = [tile._replace(args=raw_mode) for tile in picture.tile]
    return np.asarray(picture).astype(np.uint16)


def _in_channels(pixels: np.ndarray, channels: int, bits: int) -> np.ndarray:
    """u[h, w, c] -> u[h, w, channels]; alpha is the most that `bits` hold unless there is one."""
    count = pixels.shape[2]
    if count == channels:
        return pixels
    alpha = pixels[..., -1:] if count in (2, 4) else None
    colours = pixels[..., : count - 1] if alpha is not None else pixels
    if channels >= 3 and colours.shape[2] == 1:
        colours = np.repeat(colours, 3, 2)
    if channels < 3 and colours.shape[2] == 3:
        colours = _grey(colours)
    if channels in (1, 3):
        return colours
    if alpha is None:
        alpha = np.full((*pixels.shape[:2], 1), (1 << bits) - 1, pixels.dtype)
    return np.concatenate([colours, alpha], 2)


def _grey(rgb: np.ndarray) -> np.ndarray:
    """u[h, w, 3] -> u[h, w, 1], as libpng computes it."""
    weighed = rgb.astype(np.int64) @ np.array(_LUMA)
    rounding = 16384 if rgb.dtype == np.uint16 else 0
    return ((weighed + rounding) >> 15).astype(rgb.dtype)[..., None]


def encode(pixels: np.ndarray, compression: int = -1) -> bytes:
    """pixels: u8 or u16[height, width, 1 to 4] -> a PNG file

    `compression` is zlib's level, 0 to 9; -1 is its default.
    """
    height, width, channels = pixels.shape
    kind = _COLOUR_TYPES[channels]
    bits = 8 * pixels.itemsize
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    stored = np.ascontiguousarray(pixels.astype(pixels.dtype.newbyteorder(">"), copy=False))
    rows = _filtered(stored.view(np.uint8).reshape(height, -1), channels * pixels.itemsize)
    body = zlib.compress(rows.tobytes(), compression)
    parts = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def _filtered(rows: np.ndarray, step: int) -> np.ndarray:
    """u8[height, n] -> u8[height, 1 + n]: the number of a filter, and the row less what it expects.

    Each row takes the filter that leaves least, as libpng does. A pixel has `step` bytes.
    """
    left = np.pad(rows, ((0, 0), (step, 0)))[:, : rows.shape[1]]
    above = np.pad(rows, ((1, 0), (0, 0)))[:-1]
    corner = np.pad(left, ((1, 0), (0, 0)))[:-1]
    expected = {0: np.uint8(0), 1: left, 2: above, 4: _paeth(left, above, corner)}
    rests = {number: rows - guess for number, guess in expected.items()}
    sizes = [np.abs(rest.view(np.int8).astype(np.int16)).sum(1) for rest in rests.values()]
    numbers = np.array(list(rests), np.uint8)[np.argmin(sizes, 0)]
    filtered = np.empty((len(rows), 1 + rows.shape[1]), np.uint8)
    filtered[:, 0] = numbers
    for number, rest in rests.items():
        filtered[numbers == number, 1:] = rest[numbers == number]
    return filtered


def _paeth(left: np.ndarray, above: np.ndarray, corner: np.ndarray) -> np.ndarray:
    """Whichever is closest to left + above - corner."""
    a, b, c = (x.astype(np.int16) for x in (left, above, corner))
    by_left, by_above, by_corner = np.abs(b - c), np.abs(a - c), np.abs(a + b - 2 * c)
    nearest = np.where(by_above <= by_corner, above, corner)
    return np.where((by_left <= by_above) & (by_left <= by_corner), left, nearest)


def _chunk(kind: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)
