"""`tf.contrib.framework.RecordInput`: records of several files in random order."""

from __future__ import annotations

from typing import Any

from stillflow.graph.scopes import name_scope
from stillflow.ops.array.joining import split
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.io.record_input import record_input_op
from stillflow.platform.record_files import TFRecordOptions


class RecordInput:
    """Gives the records of TFRecord files for ever, in another order in each epoch.

    Args:
      file_pattern: of the names of the files; several, separated by commas.
      batch_size: how many records a run gets.
      buffer_size: how many records there are to choose from.
      parallelism: how many files are read side by side.
      shift_ratio: from 0 to 1; by which part of all files their order is rotated.
      seed: of the order.
      batches: how many batches a run gets, as a list; one that is no list by default.
      compression_type: of the files, one of tf.python_io.TFRecordCompressionType.
    """

    def __init__(
        self,
        file_pattern: str,
        batch_size: int = 1,
        buffer_size: int = 1,
        parallelism: int = 1,
        shift_ratio: float = 0,
        seed: int = 0,
        name: str | None = None,
        batches: int | None = None,
        compression_type: Any = None,
    ):
        self._batches = batches
        self._batch_size = batch_size if batches is None else batch_size * batches
        self._name = name
        self._told = {
            "file_pattern": file_pattern,
            "file_buffer_size": buffer_size,
            "file_parallelism": parallelism,
            "file_shuffle_shift_ratio": shift_ratio,
            "batch_size": self._batch_size,
            "file_random_seed": seed,
            "compression_type": TFRecordOptions.get_compression_type_string(
                TFRecordOptions(0 if compression_type is None else compression_type)
            ),
        }

    def get_yield_op(self) -> Any:
        """string[batch_size], the next records; with `batches` a list of lists of string[].

        A run raises tf.errors.NotFoundError where no file matches.
        """
        records = record_input_op(name=self._name, **self._told)
        if self._batches is None:
            return records
        with name_scope(self._name):
            found: list[list[Any]] = [[] for _ in range(self._batches)]
            for number, record in enumerate(split(records, self._batch_size, 0)):
                found[number % self._batches].append(reshape(record, []))
            return found
