"""TFRecord files: records of any bytes, each with its length and checksums.

A record is its length (u64), the masked CRC-32C of those eight bytes (u32), the bytes, and their
masked CRC-32C (u32), all little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from stillflow.checkpoint import crc32c
from stillflow.graph.errors import DataLossError

_LENGTH, _CRC = struct.Struct("<Q"), struct.Struct("<I")
_HEADER = _LENGTH.size + _CRC.size


def framed(data: bytes) -> bytes:
    """`data` as a record."""
    length = _LENGTH.pack(len(data))
    return b"".join((length, _checksum(length), data, _checksum(data)))


def read(file: BinaryIO) -> Iterator[bytes]:
    """Yields the content of each record. A header that is not whole ends the file.

    Raises:
      tf.errors.DataLossError: a record is damaged, or its end is missing.
    """
    position = 0
    while len(header := file.read(_HEADER)) == _HEADER:
        length, checksum = header[: _LENGTH.size], header[_LENGTH.size :]
        if _checksum(length) != checksum:
            raise DataLossError(None, None, f"corrupted record at {position}")
        position += _HEADER
        size = _LENGTH.unpack(length)[0]
        body = file.read(size + _CRC.size)
        if len(body) < size + _CRC.size:
            raise DataLossError(None, None, f"truncated record at {position}")
        data = body[:size]
        if _checksum(data) != body[size:]:
            raise DataLossError(None, None, f"corrupted record at {position}")
        yield data
        position += len(body)


def _checksum(data: bytes) -> bytes:
    return _CRC.pack(crc32c.mask(crc32c.value(data)))
