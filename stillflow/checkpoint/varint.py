"""Base-128 variable-length integers, as protocol buffers and LevelDB write them."""

from __future__ import annotations

_MAX_BYTES = 10  # of a 64-bit integer


def encode(value: int) -> bytes:
    """Returns `value`, 0 <= value < 2**64, seven bits to a byte, lowest first."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def decode(data: bytes, start: int) -> tuple[int, int]:
    """Returns the integer at `start` and the position after it.

    Raises:
      ValueError: when it does not end within `data`, or exceeds 64 bits.
    """
    value = 0
    for count, byte in enumerate(data[start : start + _MAX_BYTES]):
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            if value >> 64:
                break
            return value, start + count + 1
    raise ValueError(f"malformed variable-length integer at byte {start}")
