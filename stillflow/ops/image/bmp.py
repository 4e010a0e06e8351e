"""BMP files, not compressed, to pixels."""

from __future__ import annotations

import numpy as np

from stillflow.declare.refusing import refuse

_LEAST = 32  # bytes that hold all that is read of the header
_MOST_PIXELS = (1 << 31) // 8 - 1


def decode(data: bytes, channels: int) -> np.ndarray:
    """u8[height, width, channels] of a BMP file; 0 channels are as many as it has.

    Raises:
      InvalidArgumentError: it is not whole, or of another kind.
    """
    if len(data) < _LEAST:
        refuse(
            "Incomplete bmp content, requires at least 32 bytes to find the header size, width, "
            f"height, and bpp, got {len(data)} bytes"
        )
    start, width, height, bits = (
        int.from_bytes(data[at : at + 4], "little", signed=True) for at in (10, 18, 22, 28)
    )
    count = int(bits / 8)
    if channels and channels != count:
        refuse(f"channels attribute {channels} does not match bits per pixel from file {count}")
    if count not in (1, 3, 4):
        refuse(f"Number of channels must be 1, 3 or 4, was {count}")
    if width <= 0:
        refuse("Width must be positive")
    if not height:
        refuse("Height must be nonzero")
    if start < 0:
        refuse("header size must be nonnegative")
    if width * abs(height) >= _MOST_PIXELS:
        refuse("Total possible pixel bytes must be less than 2^30")
    stride = (count * width + 3) // 4 * 4
    wanted = start + (abs(height) - 1) * stride + width * count
    if wanted > len(data):
        refuse(f"Incomplete bmp content, requires at least {wanted} bytes, got {len(data)} bytes")
    padded = data[start : start + abs(height) * stride].ljust(abs(height) * stride, b"\0")
    rows = np.frombuffer(padded, np.uint8).reshape(abs(height), stride)
    pixels = rows[:, : width * count].reshape(abs(height), width, count)
    if height > 0:  # from the bottom up
        pixels = pixels[::-1]
    order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[count]
    return pixels[..., order]
