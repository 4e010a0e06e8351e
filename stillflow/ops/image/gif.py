"""GIF files to pixels.

TensorFlow paints each frame onto the one before, and knows neither transparency nor disposal; so
the file's blocks are read here, and Pillow unpacks what a frame holds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stillflow.ops.image import pillow

_INCOMPLETE = "failed to slurp gif file: Image EOF detected before image complete"
_MOST_SQUEEZED = 2731  # pixels that a byte can stand for


class BrokenError(ValueError):
    """The data are no whole GIF file."""


class ManyFramesError(ValueError):
    """One frame was wanted; there are as many as the argument says."""


class _Frame(NamedTuple):
    left: int
    top: int
    width: int
    height: int
    interlaced: bool
    palette: np.ndarray | None
    bits: int
    blocks: bytes


class _Reader:
    """Takes bytes from the front; there must be as many as are wanted."""

    def __init__(self, data: bytes):
        self._data, self._at = data, 0

    def take(
        self, count: int, missing: str = "failed to slurp gif file: Failed to read from given file"
    ) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise BrokenError(missing)
        self._at += count
        return taken

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        return int.from_bytes(self.take(2), "little")

    def blocks(self) -> bytes:
        """Blocks with their lengths, up to the empty one."""
        start = self._at
        while length := self.byte():
            self.take(length)
        return self._data[start : self._at]

    def palette(self, flags: int) -> np.ndarray | None:
        if not flags & 0x80:
            return None
        colours = 2 << (flags & 7)
        return np.frombuffer(self.take(3 * colours), np.uint8).reshape(-1, 3)


def decode(data: bytes, only_one: bool = False) -> np.ndarray:
    """u8[frames, height, width, 3] of a GIF file.

    Raises:
      ManyFramesError: `only_one`, and there are more.
      BrokenError: it cannot be decoded; nothing of a size that a file of this length cannot hold
        is allocated.
    """
    frames, palette = _frames(_Reader(data))
    if not frames:
        raise BrokenError("failed to slurp gif file: No Image Descriptor detected")
    height, width = max(f.height for f in frames), max(f.width for f in frames)
    if sum(frame.width * frame.height for frame in frames) > _MOST_SQUEEZED * len(data):
        raise BrokenError(_INCOMPLETE)
    if only_one and len(frames) > 1:
        raise ManyFramesError(len(frames))
    if frames[0][:4] != (0, 0, width, height):
        raise BrokenError("the first frame does not fill the canvas")
    pixels = np.zeros((len(frames), height, width, 3), np.uint8)
    for number, frame in enumerate(frames):
        if number:
            pixels[number] = pixels[number - 1]
        colours = palette if frame.palette is None else frame.palette
        if colours is None:
            raise BrokenError(f"missing color map for frame {number}")
        _paint(pixels[number], frame, colours)
    return pixels


def _frames(reader: _Reader) -> tuple[list[_Frame], np.ndarray | None]:
    """The frames, and the palette of those that have none."""
    if reader.take(3) != b"GIF":
        raise BrokenError("failed to open gif file: Data is not in GIF format")
    reader.take(3)  # version
    screen = reader.take(7, "failed to open gif file: No screen descriptor detected")
    flags = screen[4]
    palette = reader.palette(flags)
    frames = []
    while (kind := reader.byte()) != 0x3B:
        if kind == 0x21:
            reader.byte()
            reader.blocks()
        elif kind == 0x2C:
            left, top, width, height = (reader.number() for _ in range(4))
            flags = reader.byte()
            local, bits = reader.palette(flags), reader.byte()
            interlaced = bool(flags & 0x40)
            frames.append(
                _Frame(left, top, width, height, interlaced, local, bits, reader.blocks())
            )
        else:
            raise BrokenError("failed to slurp gif file: Wrong record type detected")
    return frames, palette


def _paint(canvas: np.ndarray, frame: _Frame, colours: np.ndarray) -> None:
    size = frame.width, frame.height
    try:
        unpacked = pillow.decoded("L", size, frame.blocks, "gif", frame.bits, frame.interlaced)
    except ValueError as error:
        raise BrokenError(_INCOMPLETE) from error
    height, width, _ = canvas.shape
    indices = np.asarray(unpacked)[: height - frame.top, : width - frame.left]
    if indices.size and indices.max() >= len(colours):
        raise BrokenError(
            f"found color index {indices.max()} outside of color map range {len(colours)}"
        )
    rows, columns = indices.shape
    canvas[frame.top : frame.top + rows, frame.left : frame.left + columns] = colours[indices]
