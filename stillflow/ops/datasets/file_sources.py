"""What datasets of files read from one file: lines, records, pieces of one length.

A source gives bytes by `take`, so many at a time, fewer only at the end of its file; its `position`
is where what follows begins, in what the file holds when it is not compressed.
"""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import Any, Protocol

from stillflow.declare.refusing import refuse
from stillflow.graph.errors import DataLossError
from stillflow.graph.text import as_text
from stillflow.platform import files
from stillflow.platform.compression import Inflating
from stillflow.platform.os_errors import os_errors_as_tf
from stillflow.platform.records import RecordReader

BUFFER_SIZE = 1 << 18
_AT_ONCE = 1 << 24


class Source(Protocol):
    """What one file gives; closed when nobody wants more of it."""

    position: int

    def take(self, count: int) -> list[bytes]: ...

    def close(self) -> None: ...


class Records:
    """The records of a TFRecord file, from `position` on."""

    def __init__(self, path: bytes, compression_type: str, buffer_size: int, position: int = 0):
        self._reader = RecordReader(as_text(path), compression_type, buffer_size)
        if position:
            self._reader.skip_to(position)

    @property
    def position(self) -> int:
        return self._reader.offset

    @position.setter
    def position(self, value: int) -> None:
        self._reader.skip_to(value)

    def take(self, count: int) -> list[bytes]:
        return list(islice(self._reader, count))

    def close(self) -> None:
        self._reader.close()


class Stream:
    """What a file holds, from `position` on."""

    def __init__(self, path: bytes, compression_type: str, buffer_size: int, position: int):
        self._path = as_text(path)
        self._file = files.opened_to_read(path)
        self._buffer_size = buffer_size
        self._source: Any = self._file
        if compression_type:
            self._source = Inflating(self._file, compression_type)
            self.read(position)
        elif position:  # a pipe can only be read from its beginning
            self._file.seek(position)

    def some(self) -> bytes:
        """A buffer of bytes, none at the end."""
        with os_errors_as_tf(self._path):
            return self._source.read(self._buffer_size)

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer at the end."""
        parts = []
        with os_errors_as_tf(self._path):
            while size > 0 and (part := self._source.read(min(size, _AT_ONCE))):
                parts.append(part)
                size -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        self._file.close()


class Lines:
    """The lines of a text file, without their ends."""

    def __init__(self, path: bytes, compression_type: str, buffer_size: int, position: int = 0):
        self._stream = Stream(path, compression_type, buffer_size, position)
        self._lines: deque[bytes] = deque()
        self._begun: list[bytes] = []  # of a line of which the end is not read yet
        self._is_over = False
        self.position = position

    def take(self, count: int) -> list[bytes]:
        while len(self._lines) < count and not self._is_over:
            self._read_some()
        taken = [self._lines.popleft() for _ in range(min(count, len(self._lines)))]
        self.position += sum(map(len, taken)) + len(taken)
        return [line.replace(b"\r", b"") if b"\r" in line else line for line in taken]

    def _read_some(self) -> None:
        data = self._stream.some()
        first, *others = data.split(b"\n")
        self._begun.append(first)
        if others or not data:
            line = b"".join(self._begun)
            self._begun = others[-1:]
            if others or line.replace(b"\r", b""):
                self._lines.append(line)
            self._lines.extend(others[:-1])
        self._is_over = not data

    def close(self) -> None:
        self._stream.close()


class Pieces:
    """Pieces of `size` bytes each between a header and a footer."""

    def __init__(
        self,
        path: bytes,
        compression_type: str,
        buffer_size: int,
        header: int,
        size: int,
        footer: int,
        position: int = 0,
    ):
        """The pieces from `position` on.

        Raises:
          InvalidArgumentError: what is between is no whole number of pieces.
        """
        self._path = as_text(path)
        self._sizes = header, size, footer
        self._limit: int | None = None
        if not compression_type:
            length = files.stat(path).length
            self._limit = length - footer
            if (length - header - footer) % size:
                refuse(self._wrong(length - header - footer))
        self.position = position or header
        self._stream = Stream(path, compression_type, buffer_size, self.position)
        self._ahead = b"" if self._limit is not None else self._stream.read(footer)

    def take(self, count: int) -> list[bytes]:
        _, size, _ = self._sizes
        if self._limit is not None:
            count = min(count, max(0, self._limit - self.position) // size)
        data = self._ahead + self._stream.read(count * size)
        keeps = len(self._ahead)
        whole = len(data) - keeps
        self._ahead = data[whole:]
        if whole % size:
            raise DataLossError(None, None, self._wrong(self.position + whole - self._sizes[0]))
        self.position += whole
        return [data[start : start + size] for start in range(0, whole, size)]

    def _wrong(self, length: int) -> str:
        header, size, footer = self._sizes
        return (
            f"Excluding the header ({header} bytes) and footer ({footer} bytes), input file "
            f'"{self._path}" has body length {length} bytes, which is not an exact multiple of the '
            f"record length ({size} bytes)."
        )

    def close(self) -> None:
        self._stream.close()
