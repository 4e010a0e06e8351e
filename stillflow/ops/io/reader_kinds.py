"""What readers find in a file: lines, records, pieces of one length, the whole, or its name."""

from __future__ import annotations

import io
from collections.abc import Generator
from typing import Any

from stillflow.declare.refusing import refuse
from stillflow.graph.errors import OutOfRangeError
from stillflow.ops.io.reading import Reader, Record
from stillflow.platform import files
from stillflow.platform.compression import Inflating
from stillflow.platform.os_errors import os_errors_as_tf
from stillflow.platform.records import RecordReader

_BUFFER_SIZE = 1 << 18


class IdentityReader(Reader):
    kind = "IdentityReader"
    reads_whole_files = True
    keeps_state = True

    def records(self, work: bytes) -> Generator[Record, None, None]:
        yield work, work


class WholeFileReader(Reader):
    kind = "WholeFileReader"
    reads_whole_files = True
    keeps_state = True

    def records(self, work: bytes) -> Generator[Record, None, None]:
        with files.opened_to_read(work) as file, os_errors_as_tf(work.decode(errors="replace")):
            content = file.read()
        yield work, content


class TextLineReader(Reader):
    kind = "TextLineReader"

    def __init__(self, name: str, skipped: int):
        super().__init__(name)
        if skipped < 0:
            refuse(f"skip_header_lines must be >= 0 not {skipped}")
        self._skipped = skipped

    def records(self, work: bytes) -> Generator[Record, None, None]:
        with io.BufferedReader(files.opened_to_read(work), _BUFFER_SIZE) as file:
            for number, line in enumerate(file, 1):
                text = line.removesuffix(b"\n").replace(b"\r", b"")
                is_line = text or line.endswith(b"\n")
                if number > self._skipped and is_line:
                    yield b"%b:%d" % (work, number), text


class TFRecordReader(Reader):
    kind = "TFRecordReader"

    def __init__(self, name: str, compression_type: str):
        super().__init__(name)
        self._compression_type = compression_type

    def records(self, work: bytes) -> Generator[Record, None, None]:
        with RecordReader(work, self._compression_type) as reader:
            offset = 0
            for value in reader:
                yield b"%b:%d" % (work, offset), value
                offset = reader.offset


class FixedLengthRecordReader(Reader):
    """From one record to the next it is `hop` bytes; behind the last one there is a footer."""

    kind = "FixedLengthRecordReader"

    def __init__(
        self, name: str, header: int, record: int, footer: int, hop: int, encoding: str = ""
    ):
        super().__init__(name)
        sizes = {"header": header, "record": record, "footer": footer, "hop": hop}
        for what, size in sizes.items():
            if size < 0:
                refuse(f"{what}_bytes must be >= 0 not {size}")
        self._header, self._record, self._footer = header, record, footer
        self._hop = hop or record
        self._encoding = encoding

    def records(self, work: bytes) -> Generator[Record, None, None]:
        with files.opened_to_read(work) as raw:
            file: Any = (
                Inflating(raw, self._encoding)
                if self._encoding
                else io.BufferedReader(raw, _BUFFER_SIZE)
            )
            needed = self._record + self._footer
            window = b""
            if len(_read(file, self._header)) < self._header:
                raise OutOfRangeError(
                    None, None, f"reached end of file\n  The file has no header: {work!r}"
                )
            number = 0
            while True:
                if number:
                    skipped = self._hop - len(window)
                    window = window[self._hop :]
                    if len(_read(file, skipped)) < skipped:
                        return
                window += _read(file, needed - len(window))
                if len(window) < needed:
                    return
                yield b"%b:%d" % (work, number), window[: self._record]
                number += 1


def _read(file: Any, size: int) -> bytes:
    """The next `size` bytes, fewer at the end."""
    parts: list[bytes] = []
    while size > 0:
        part = file.read(size)
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
