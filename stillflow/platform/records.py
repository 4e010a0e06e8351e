"""TFRecord files: records of any bytes, each with its length and checksums.

A record is its length (u64), the masked CRC-32C of those eight bytes (u32), the bytes, and their
masked CRC-32C (u32), all little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from stillflow.graph.errors import DataLossError
from stillflow.platform import compression, crc32c
from stillflow.platform.files import opened_to_read
from stillflow.platform.os_errors import os_errors_as_tf

_LENGTH, _CRC = struct.Struct("<Q"), struct.Struct("<I")
_HEADER = _LENGTH.size + _CRC.size
_AROUND = _HEADER + _CRC.size  # what a record takes beside its content
BUFFER_SIZE = 1 << 18
_AT_ONCE = 1 << 24  # a length may be wrong, so memory is taken as the file gives


def framed(data: bytes) -> bytes:
    """`data` as a record."""
    length = _LENGTH.pack(len(data))
    return b"".join((length, _checksum(length), data, _checksum(data)))


def _checksum(data: bytes) -> bytes:
    return _CRC.pack(crc32c.mask(crc32c.value(data)))


class RecordReader:
    """Iterates over the records of a file. For one thread.

    Attributes:
      offset: where the next record begins, in what the file holds when it is not compressed.
    """

    def __init__(self, path: Any, compression_type: str = "", buffer_size: int = BUFFER_SIZE):
        """Opens the file; `compression_type` is "", "GZIP" or "ZLIB".

        Raises:
          tf.errors.OpError: the file cannot be read.
        """
        self.offset = 0
        self._path = path
        self._file = opened_to_read(path)
        self._buffer_size = max(buffer_size, _HEADER)
        self._source = self._file
        if compression_type:
            self._source = compression.Inflating(self._file, compression_type)
        self._records = self._read()

    def __iter__(self) -> Iterator[bytes]:
        return self._records

    def __next__(self) -> bytes:
        """Raises tf.errors.DataLossError: the record is damaged, or its end is missing."""
        return next(self._records)

    def skip_to(self, offset: int) -> None:
        """Goes on with the record that begins at `offset`, behind where it is now."""
        if self._source is self._file:
            self._file.seek(offset)
            self.offset = offset
        while self.offset < offset:
            skipped = self._more(b"", min(offset - self.offset, _AT_ONCE), exactly=True)
            self.offset += len(skipped)
            if not skipped:
                break
        self._records = self._read()

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> RecordReader:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def _read(self) -> Iterator[bytes]:
        """Yields what each record holds; a header that is not whole ends the file."""
        crc, mask, stored = crc32c.function(), crc32c.mask, _CRC.unpack_from
        buffer, start = b"", 0
        known, size = b"", 0  # as a rule a record is as long as the one before
        while True:
            header = buffer[start : start + _HEADER]
            if len(header) < _HEADER:
                buffer, start = self._more(buffer[start:], _HEADER), 0
                header = buffer[:_HEADER]
                if len(header) < _HEADER:
                    return
            if header != known:
                known, size = header, self._size(header)
            if len(buffer) < start + size + _AROUND:
                buffer, start = self._more(buffer[start:], size + _AROUND), 0
                if len(buffer) < size + _AROUND:
                    raise self._loss("truncated record", self.offset)
            end = start + _HEADER + size
            data = buffer[start + _HEADER : end]
            if mask(crc(data)) != stored(buffer, end)[0]:
                raise self._loss("corrupted record", self.offset + _HEADER)
            start = end + _CRC.size
            self.offset += size + _AROUND
            yield data

    def _size(self, header: bytes) -> int:
        if _checksum(header[: _LENGTH.size]) != header[_LENGTH.size :]:
            raise self._loss("corrupted record", self.offset)
        return _LENGTH.unpack_from(header)[0]

    def _more(self, rest: bytes, needed: int, exactly: bool = False) -> bytes:
        """`rest` and what follows, of `needed` bytes or more unless the file ends before."""
        parts, missing = [rest], needed - len(rest)
        while missing > 0:
            wanted = missing if exactly else max(missing, self._buffer_size)
            with os_errors_as_tf(self._path):
                part = self._source.read(min(wanted, _AT_ONCE))
            if not part:
                break
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _loss(self, what: str, offset: int) -> DataLossError:
        return DataLossError(None, None, f"{what} at {offset}\n  File: {self._path}")
