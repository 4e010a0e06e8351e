"""What a process writes to a stream, whether Python or what lies below it does so."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from typing import IO


class CapturedWrites:
    """The text that has been written since the capture began, to its end."""

    def __init__(self, stream: IO[str], file: IO[bytes]):
        self._stream, self._file = stream, file
        self._text = ""

    def contents(self) -> str:
        if not self._file.closed:
            self._stream.flush()
            number = self._file.fileno()
            written = os.pread(number, os.fstat(number).st_size, 0)
            self._text = written.decode("utf-8", "replace")
        return self._text


@contextlib.contextmanager
def captured_writes(stream: IO[str]) -> Iterator[CapturedWrites]:
    """Within the block, what is written to `stream`, which has a file number, goes to a file."""
    stream.flush()
    number = stream.fileno()
    before = os.dup(number)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), number)
        captured = CapturedWrites(stream, file)
        try:
            yield captured
        finally:
            captured.contents()
            os.dup2(before, number)
            os.close(before)
