"""`tf.python_io`: files of records, written and read by a program itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stillflow.graph.errors import FailedPreconditionError
from stillflow.platform import records
from stillflow.platform.compression import Deflating
from stillflow.platform.deprecation import deprecated
from stillflow.platform.files import opened_to_write
from stillflow.platform.os_errors import os_errors_as_tf


class TFRecordCompressionType:
    """How the records of a file are compressed."""

    NONE = 0
    ZLIB = 1
    GZIP = 2


class TFRecordOptions:
    """How a file of records is compressed, in zlib's own terms; None is zlib's, or TensorFlow's.

    Args:
      compression_type: "GZIP", "ZLIB" or "", or a TFRecordCompressionType.
      flush_mode: what is flushed after each `input_buffer_size` bytes, such as `zlib.Z_FULL_FLUSH`.
      output_buffer_size: has no effect.

    Raises:
      ValueError: there is no such type.
    """

    compression_type_map = {  # noqa: RUF012 (a public name)
        TFRecordCompressionType.ZLIB: "ZLIB",
        TFRecordCompressionType.GZIP: "GZIP",
        TFRecordCompressionType.NONE: "",
    }

    def __init__(
        self,
        compression_type: Any = None,
        flush_mode: int | None = None,
        input_buffer_size: int | None = None,
        output_buffer_size: int | None = None,
        window_bits: int | None = None,
        compression_level: int | None = None,
        compression_method: int | None = None,
        mem_level: int | None = None,
        compression_strategy: int | None = None,
    ):
        self.get_compression_type_string(compression_type)
        self.compression_type = compression_type
        self.flush_mode = flush_mode
        self.input_buffer_size = input_buffer_size
        self.output_buffer_size = output_buffer_size
        self.window_bits = window_bits
        self.compression_level = compression_level
        self.compression_method = compression_method
        self.mem_level = mem_level
        self.compression_strategy = compression_strategy

    @classmethod
    def get_compression_type_string(cls, options: Any) -> str:
        """ "GZIP", "ZLIB" or "", of options, of a TFRecordCompressionType or of such a name.

        Raises:
          ValueError: there is no such type.
        """
        if not options:
            return ""
        if isinstance(options, TFRecordOptions):
            return cls.get_compression_type_string(options.compression_type)
        kinds = cls.compression_type_map
        if options in kinds:
            return kinds[options]
        if options not in kinds.values():
            raise ValueError(f'Not a valid compression_type: "{options}"')
        return options

    def _deflating(self, file: Any) -> Any:
        """What to write records to that end in `file`."""
        kind = self.get_compression_type_string(self.compression_type)
        if not kind:
            return file
        return Deflating(
            file,
            kind,
            self.flush_mode,
            self.input_buffer_size,
            self.window_bits,
            self.compression_level,
            self.compression_method,
            self.mem_level,
            self.compression_strategy,
        )


class TFRecordWriter:
    """Writes records to a new file; a `with` block closes it.

    Args:
      options: TFRecordOptions, or a type of compression.

    Raises:
      tf.errors.OpError: the file cannot be written.
      ValueError: there is no such type of compression.
    """

    def __init__(self, path: Any, options: Any = None):
        if not isinstance(options, TFRecordOptions):
            options = TFRecordOptions(compression_type=options)
        self._path = path
        self._file: Any = options._deflating(opened_to_write(path))

    def __enter__(self) -> TFRecordWriter:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_file"):  # not after a refusal in `__init__`
            self.close()

    def write(self, record: bytes) -> None:
        """Adds a record of these bytes.

        Raises:
          TypeError: they are no bytes.
          tf.errors.FailedPreconditionError: the writer was closed.
        """
        if not isinstance(record, bytes):
            raise TypeError(f"expected bytes, {type(record).__name__} found")
        with os_errors_as_tf(self._path):
            self._open_file().write(records.framed(record))

    def flush(self) -> None:
        """Hands what was written to the operating system."""
        with os_errors_as_tf(self._path):
            self._open_file().flush()

    def close(self) -> None:
        """Ends the file; a second time there is nothing to do."""
        file, self._file = self._file, None
        if file is not None:
            with os_errors_as_tf(self._path):
                file.close()

    def _open_file(self) -> Any:
        if self._file is None:
            message = "Writer not initialized or previously closed"
            raise FailedPreconditionError(None, None, message)
        return self._file


@deprecated(None, "Use eager execution and: \n`tf.data.TFRecordDataset(path)`")
def tf_record_iterator(path: Any, options: Any = None) -> Iterator[bytes]:
    """Yields the records of a file; `options` are TFRecordOptions, or a type of compression.

    Raises:
      tf.errors.OpError: the file cannot be read.
      tf.errors.DataLossError: a record is damaged, or its end is missing.
      ValueError: there is no such type of compression.
    """
    with records.RecordReader(path, TFRecordOptions.get_compression_type_string(options)) as reader:
        yield from reader
