"""CRC-32C over buffers, and the masked form in which TensorFlow stores it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

_CHUNK = 1 << 20  # the library takes only `bytes`: copy this much at a time
_MASK_DELTA = 0xA282EAD8


def chunks(data: bytes | memoryview) -> Iterator[bytes]:
    """Yields `data` as `bytes` of bounded length."""
    for start in range(0, len(data), _CHUNK):
        yield bytes(data[start : start + _CHUNK])


def function() -> Callable[[bytes], int]:
    """What computes the CRC of bytes, for who asks often."""
    import google_crc32c

    return google_crc32c.value


def extend(crc: int, data: bytes) -> int:
    """Returns the CRC of what gave `crc` followed by `data`; begin with 0."""
    import google_crc32c

    return google_crc32c.extend(crc, data)


def value(data: bytes | memoryview) -> int:
    """Returns the CRC of `data`."""
    crc = 0
    for chunk in chunks(data):
        crc = extend(crc, chunk)
    return crc


def mask(crc: int) -> int:
    """A CRC of data that contains CRCs is weak, so the stored ones are rotated and offset."""
    return ((crc >> 15 | crc << 17) + _MASK_DELTA) & 0xFFFFFFFF


def unmask(masked: int) -> int:
    """The inverse of `mask`."""
    rotated = (masked - _MASK_DELTA) & 0xFFFFFFFF
    return (rotated >> 17 | rotated << 15) & 0xFFFFFFFF
