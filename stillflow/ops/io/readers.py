"""`tf.TextLineReader` and its kin: what programs hold of a reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.opdef import OPS
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.io import reader_ops as declared
from stillflow.platform.deprecation import deprecated
from stillflow.platform.record_files import TFRecordOptions


def _replaced_by(what: str) -> Callable:
    return deprecated(
        None, f"Queue-based input pipelines have been replaced by `tf.data`. Use `tf.data.{what}`."
    )


class ReaderBase:
    """Gives records, and what each is called, of the files whose names come out of a queue.

    One run at a time reads; others wait for their turn.
    """

    def __init__(self, reader_ref: Tensor, supports_serialize: bool = False):
        """The reader with the handle `reader_ref`."""
        self._reader_ref = reader_ref
        self._supports_serialize = supports_serialize

    @property
    def reader_ref(self) -> Tensor:
        return self._reader_ref

    @property
    def supports_serialize(self) -> bool:
        """Whether its state can be saved."""
        return self._supports_serialize

    def read(self, queue: Any, name: str | None = None) -> Any:
        """Returns a key and a value, string[] each: the next record.

        queue: of the names of files, or its handle. A run waits for one; it raises OutOfRangeError
        when the queue is closed and there are no more.
        """
        return self._build("ReaderRead", self._handle_of(queue), name=name)

    def read_up_to(self, queue: Any, num_records: Any, name: str | None = None) -> Any:
        """Returns keys and values, string[k] each, of at most `num_records`, i64[], of a file."""
        return self._build("ReaderReadUpTo", self._handle_of(queue), num_records, name=name)

    def num_records_produced(self, name: str | None = None) -> Tensor:
        """Returns how many records there have been, i64[]."""
        return self._build("ReaderNumRecordsProduced", name=name)

    def num_work_units_completed(self, name: str | None = None) -> Tensor:
        """Returns how many files have been read to their end, i64[]."""
        return self._build("ReaderNumWorkUnitsCompleted", name=name)

    def serialize_state(self, name: str | None = None) -> Tensor:
        """Returns how far the reader is, string[]; a run raises UnimplementedError if it cannot."""
        return self._build("ReaderSerializeState", name=name)

    def restore_state(self, state: Any, name: str | None = None) -> Operation:
        """Returns the operation after which the reader is where `state`, string[], says."""
        return self._build("ReaderRestoreState", state, name=name)

    def reset(self, name: str | None = None) -> Operation:
        """Returns the operation after which the reader has read nothing."""
        return self._build("ReaderReset", name=name)

    @property
    def _is_old(self) -> bool:
        return self._reader_ref.dtype != dtypes.resource

    def _build(self, op_type: str, *args: Any, name: str | None) -> Any:
        declaration = OPS[op_type if self._is_old else f"{op_type}V2"]
        return declaration(self._reader_ref, *args, name=name)

    def _handle_of(self, queue: Any) -> Tensor:
        handle = queue if isinstance(queue, Tensor) else queue.queue_ref
        return declared.fake_queue_op(handle) if self._is_old else handle


class WholeFileReader(ReaderBase):
    """A file is one record, and its name the key."""

    @_replaced_by("Dataset.map(tf.read_file)")
    def __init__(self, name: str | None = None):
        super().__init__(declared.whole_file_reader_op(name=name), supports_serialize=True)


class TextLineReader(ReaderBase):
    """A record is a line, without its end; the key is `file:number`, from 1 on."""

    @_replaced_by("TextLineDataset")
    def __init__(self, skip_header_lines: int | None = None, name: str | None = None):
        """skip_header_lines: how many of each file are left out."""
        super().__init__(
            declared.text_line_reader_op(skip_header_lines=skip_header_lines or 0, name=name)
        )


class FixedLengthRecordReader(ReaderBase):
    """A record is so many bytes; the key is `file:number`, from 0 on."""

    @_replaced_by("FixedLengthRecordDataset")
    def __init__(
        self,
        record_bytes: int,
        header_bytes: int | None = None,
        footer_bytes: int | None = None,
        hop_bytes: int | None = None,
        name: str | None = None,
        encoding: str | None = None,
    ):
        """A reader of records of `record_bytes`.

        Args:
          header_bytes, footer_bytes: what a file has before its records, and behind them.
          hop_bytes: from the beginning of one record to that of the next; `record_bytes` when 0.
          encoding: "ZLIB" or "GZIP", how files are compressed.
        """
        reader = declared.fixed_length_record_reader_op(
            record_bytes=record_bytes,
            header_bytes=header_bytes or 0,
            footer_bytes=footer_bytes or 0,
            hop_bytes=hop_bytes or 0,
            encoding=encoding or "",
            name=name,
        )
        super().__init__(reader)


class TFRecordReader(ReaderBase):
    """A record is one of a TFRecord file; the key is `file:offset`."""

    @_replaced_by("TFRecordDataset")
    def __init__(self, name: str | None = None, options: Any = None):
        """options: a TFRecordOptions, or a TFRecordCompressionType."""
        compression = TFRecordOptions.get_compression_type_string(options)
        super().__init__(declared.tf_record_reader_op(name=name, compression_type=compression))


class IdentityReader(ReaderBase):
    """A record is the name of a file itself; the key, too."""

    @_replaced_by("Dataset.map(...)")
    def __init__(self, name: str | None = None):
        super().__init__(declared.identity_reader_op(name=name), supports_serialize=True)
