"""Compressed files, as streams: zlib's and gzip's form."""

from __future__ import annotations

import zlib
from typing import Any

from stillflow.graph.errors import DataLossError

# By TensorFlow's name of each: what zlib adds to the window's bits.
WINDOW_BITS = {"ZLIB": zlib.MAX_WBITS, "GZIP": zlib.MAX_WBITS + 16}
_BUFFER_SIZE = 1 << 18


class Inflating:
    """What a file holds that is compressed; a file that ends too early ends here too."""

    def __init__(self, file: Any, compression_type: str):
        self._file = file
        self._inflating = zlib.decompressobj(WINDOW_BITS[compression_type])

    def read(self, size: int) -> bytes:
        """Returns at most `size` bytes, none at the end.

        Raises:
          tf.errors.DataLossError: the file is not compressed in this way, or is damaged.
        """
        inflating = self._inflating
        while not inflating.eof:
            packed = inflating.unconsumed_tail or self._file.read(_BUFFER_SIZE)
            try:
                data = inflating.decompress(packed, size)
            except zlib.error as error:
                raise inflate_error(error, getattr(self._file, "name", "")) from None
            if data or not packed:
                return data
        return b""


def inflate_error(error: zlib.error, name: str = "") -> DataLossError:
    """What zlib says as TensorFlow puts it: "Error -3 while decompressing data: reason"."""
    words = str(error)
    code, _, reason = words.removeprefix("Error ").partition(" while decompressing data: ")
    where = f"\n  File: {name}" if name else ""
    return DataLossError(None, None, f"inflate() failed with error {code}: {reason}{where}")


class Deflating:
    """Writes to a file what it is given, compressed, in pieces of about `input_buffer_size`."""

    def __init__(
        self,
        file: Any,
        compression_type: str,
        flush_mode: int | None = None,
        input_buffer_size: int | None = None,
        window_bits: int | None = None,
        compression_level: int | None = None,
        compression_method: int | None = None,
        mem_level: int | None = None,
        compression_strategy: int | None = None,
    ):
        """As zlib knows these parameters; each is TensorFlow's where it is None."""
        self._file = file
        self._flush_mode = flush_mode or zlib.Z_NO_FLUSH
        self._capacity = input_buffer_size or _BUFFER_SIZE
        self._waiting: list[bytes] = []
        self._size = 0
        self._deflating = zlib.compressobj(
            zlib.Z_DEFAULT_COMPRESSION if compression_level is None else compression_level,
            compression_method or zlib.DEFLATED,
            WINDOW_BITS[compression_type] if window_bits is None else window_bits,
            9 if mem_level is None else mem_level,
            compression_strategy or zlib.Z_DEFAULT_STRATEGY,
        )

    def write(self, data: bytes) -> None:
        if self._size + len(data) > self._capacity:
            self._deflate(self._flush_mode)
        self._waiting.append(data)
        self._size += len(data)
        if self._size > self._capacity:
            self._deflate(self._flush_mode)

    def flush(self) -> None:
        """Hands on all that was written so far."""
        self._deflate(zlib.Z_PARTIAL_FLUSH)
        self._file.flush()

    def close(self) -> None:
        self._deflate(zlib.Z_FINISH)
        self._file.close()

    def _deflate(self, flush_mode: int) -> None:
        self._file.write(self._deflating.compress(b"".join(self._waiting)))
        if flush_mode != zlib.Z_NO_FLUSH:
            self._file.write(self._deflating.flush(flush_mode))
        self._waiting, self._size = [], 0
