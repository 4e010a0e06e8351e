"""Reads the tables that table.py describes, each block checked before it is used."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import BinaryIO

from stillflow.checkpoint import snappy, varint
from stillflow.checkpoint.table import FOOTER_SIZE, MAGIC, NO_COMPRESSION
from stillflow.platform import crc32c

_TRAILER_SIZE = 5
_SNAPPY = 1

# Keys share their beginnings, so a small file can spell long ones: this many bytes of keys for a
# byte of the file, or in all, are more than any checkpoint has.
_MAX_KEYS_FACTOR = 100
_MAX_KEYS = 1 << 24

Handle = tuple[int, int]  # offset and size of a block


class CorruptTable(Exception):
    """The bytes are not a table, or are a damaged one."""


class Unsupported(Exception):
    """A sound file, of a kind that is not read: compressed, say."""


class Table:
    """The rows of a table in `file`, of which a block at a time is read.

    Raises, all of its methods:
      CorruptTable: saying what is wrong.
      Unsupported: naming the compression of a block.
    """

    def __init__(self, file: BinaryIO):
        self._file = file
        self._size = file.seek(0, io.SEEK_END)
        self._key_bytes_left = max(_MAX_KEYS_FACTOR * self._size, _MAX_KEYS)
        if self._size < FOOTER_SIZE:
            raise CorruptTable("file is too short to be an sstable")
        footer = self._read(self._size - FOOTER_SIZE, FOOTER_SIZE)
        if struct.unpack("<Q", footer[-8:])[0] != MAGIC:
            raise CorruptTable("not an sstable (bad magic number)")
        _, position = _handle(footer, 0)
        self._index, _ = _handle(footer, position)

    def entries(self) -> Iterator[tuple[bytes, bytes]]:
        """Yields the keys and values, in order."""
        last_key = None
        for _, handle in self._blocks():
            for key, value in self._rows(handle):
                if last_key is not None and key <= last_key:
                    raise CorruptTable(f"keys out of order: {key!r} after {last_key!r}")
                last_key = key
                yield key, value

    def get(self, key: bytes) -> bytes | None:
        """Returns the value of `key`; None when there is no such row."""
        for bound, handle in self._blocks():
            if key <= bound:
                return next((value for found, value in self._rows(handle) if found == key), None)
        return None

    def _blocks(self) -> Iterator[tuple[bytes, Handle]]:
        """Yields, for each data block, a bound of its keys and its handle."""
        end = 0
        for bound, value in self._rows(self._index):
            (offset, size), _ = _handle(value, 0)
            if offset < end:
                raise CorruptTable(f"blocks out of order: one at byte {offset} after {end}")
            end = offset + size
            yield bound, (offset, size)

    def _rows(self, handle: Handle) -> Iterator[tuple[bytes, bytes]]:
        for key, value in _block_entries(self._block(handle)):
            self._key_bytes_left -= len(key)
            if self._key_bytes_left < 0:
                raise CorruptTable("the keys are too long for the size of the file")
            yield key, value

    def _read(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        data = self._file.read(size)
        if len(data) != size:
            raise CorruptTable(f"truncated block read: {len(data)} of {size} bytes at {offset}")
        return data

    def _block(self, handle: Handle) -> bytes:
        """Returns the content of the block at `handle`, its checksum verified."""
        offset, size = handle
        end = offset + size + _TRAILER_SIZE
        if end > self._size - FOOTER_SIZE:
            raise CorruptTable(
                f"truncated block read: bytes {offset} to {end} of a file of {self._size} bytes"
            )
        stored = self._read(offset, size + _TRAILER_SIZE)
        typed = memoryview(stored)[:-4]
        if crc32c.mask(crc32c.value(typed)) != struct.unpack("<I", stored[-4:])[0]:
            raise CorruptTable(f"block checksum mismatch at byte {offset}")
        compression = typed[-1]
        if compression == NO_COMPRESSION:
            return stored[:size]
        if compression != _SNAPPY:
            raise Unsupported(
                f"block at byte {offset} has compression type {compression} (unknown)"
            )
        try:
            return snappy.decompressed(stored[:size])
        except ValueError as error:
            raise CorruptTable(f"block at byte {offset} cannot be decompressed: {error}") from None


def _handle(data: bytes, start: int) -> tuple[Handle, int]:
    """Returns the (offset, size) at `start`, and the position after it."""
    try:
        offset, position = varint.decode(data, start)
        size, position = varint.decode(data, position)
    except ValueError as error:
        raise CorruptTable(f"bad block handle: {error}") from None
    return (offset, size), position


def _block_entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    end = _end_of_entries(block)
    position = 0
    key = b""
    while position < end:
        try:
            shared, position = varint.decode(block, position)
            unshared, position = varint.decode(block, position)
            value_size, position = varint.decode(block, position)
        except ValueError as error:
            raise CorruptTable(f"bad entry in block: {error}") from None
        value_start = position + unshared
        if shared > len(key) or value_start + value_size > end:
            raise CorruptTable(f"bad entry in block: sizes exceed the block at byte {position}")
        key = key[:shared] + block[position:value_start]
        position = value_start + value_size
        yield key, block[value_start:position]


def _end_of_entries(block: bytes) -> int:
    """Returns where the restart offsets begin. They serve only a search."""
    if len(block) >= 4:
        (restarts,) = struct.unpack("<I", block[-4:])
        end = len(block) - 4 * (restarts + 1)
        if end >= 0:
            return end
    raise CorruptTable("bad entry in block: restart offsets exceed the block")
