"""Writes a sorted table of byte strings, in LevelDB's file format. Knows no checkpoint.

    file   = data block..., metaindex block (empty), index block, footer
    block  = entry..., restart offset (u32)..., number of restarts (u32)
    stored = block, compression type (1 byte), masked CRC-32C of both (u32)
    entry  = bytes shared with the key before, bytes not shared, value size: varints;
             rest of the key, value
    footer = metaindex handle, index handle: (offset, size) varints; padding to 40 bytes; magic

The index block maps a key that is >= every key of a data block, and < every key of the next,
to the handle of that block. All integers are little-endian.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from stillflow.checkpoint import varint
from stillflow.platform import crc32c

_BLOCK_SIZE = 256 << 10  # a data block ends with the entry that reaches this size
_RESTART_INTERVAL = 16  # entries from one whole key to the next, in a data block
FOOTER_SIZE = 48
MAGIC = 0xDB4775248B80FB57
NO_COMPRESSION = 0


class _Block:
    """Collects entries in ascending order of their keys."""

    def __init__(self, restart_interval: int):
        self._interval = restart_interval
        self._content = bytearray()
        self._restarts = [0]
        self._since_restart = 0
        self.last_key = b""

    def __len__(self) -> int:
        return len(self._content) + 4 * len(self._restarts) + 4

    @property
    def empty(self) -> bool:
        return not self._content

    def add(self, key: bytes, value: bytes) -> None:
        if self._since_restart < self._interval:
            shared = _common_prefix(self.last_key, key)
        else:
            self._restarts.append(len(self._content))
            self._since_restart = shared = 0
        for number in (shared, len(key) - shared, len(value)):
            self._content += varint.encode(number)
        self._content += key[shared:]
        self._content += value
        self._since_restart += 1
        self.last_key = key

    def finish(self) -> bytes:
        restarts = (*self._restarts, len(self._restarts))
        return bytes(self._content) + struct.pack(f"<{len(restarts)}I", *restarts)


class TableWriter:
    """Writes a table to `file`: `add` in ascending order of the keys, then `finish`."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self._offset = 0
        self._data = _Block(_RESTART_INTERVAL)
        self._index = _Block(1)
        self._unindexed: tuple[bytes, bytes] | None = None  # last key and handle of a block

    def add(self, key: bytes, value: bytes) -> None:
        if self._unindexed is not None:
            self._add_to_index(lambda last: _shortest_separator(last, key))
        self._data.add(key, value)
        if len(self._data) >= _BLOCK_SIZE:
            self._flush()

    def finish(self) -> None:
        """Writes what is left; the file stays open."""
        if not self._data.empty:
            self._flush()
        metaindex = self._write_block(_Block(1))
        if self._unindexed is not None:
            self._add_to_index(_short_successor)
        handles = metaindex + self._write_block(self._index)
        self._file.write(handles.ljust(FOOTER_SIZE - 8, b"\0") + struct.pack("<Q", MAGIC))

    def _flush(self) -> None:
        self._unindexed = self._data.last_key, self._write_block(self._data)
        self._data = _Block(_RESTART_INTERVAL)

    def _add_to_index(self, bound) -> None:
        assert self._unindexed is not None
        last_key, handle = self._unindexed
        self._index.add(bound(last_key), handle)
        self._unindexed = None

    def _write_block(self, block: _Block) -> bytes:
        """Returns the handle of the block."""
        content = block.finish()
        handle = varint.encode(self._offset) + varint.encode(len(content))
        typed = content + bytes([NO_COMPRESSION])
        self._offset += self._file.write(
            typed + struct.pack("<I", crc32c.mask(crc32c.value(typed)))
        )
        return handle


def _common_prefix(a: bytes, b: bytes) -> int:
    for i, (x, y) in enumerate(zip(a, b, strict=False)):
        if x != y:
            return i
    return min(len(a), len(b))


def _shortest_separator(low: bytes, high: bytes) -> bytes:
    """Returns a short key k with low <= k < high."""
    i = _common_prefix(low, high)
    if i < min(len(low), len(high)) and low[i] < 0xFF and low[i] + 1 < high[i]:
        return low[:i] + bytes([low[i] + 1])
    return low


def _short_successor(key: bytes) -> bytes:
    """Returns a short key that is >= `key`."""
    for i, byte in enumerate(key):
        if byte != 0xFF:
            return key[:i] + bytes([byte + 1])
    return key
