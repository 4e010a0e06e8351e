"""Datasets of what files hold: `tf.data.TFRecordDataset`, `TextLineDataset` and their kin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets import structure
from stillflow.input.datasets.arguments import optional_param_to_tensor
from stillflow.input.datasets.dataset import AUTOTUNE, DatasetSource, DatasetV2
from stillflow.input.datasets.dataset_v1 import DatasetV1Adapter
from stillflow.input.datasets.experimental.mixing import ParallelInterleaveDataset
from stillflow.input.datasets.moving import number
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.datasets.file_sources import BUFFER_SIZE
from stillflow.ops.datasets.files import (
    fixed_length_record_dataset_v2_op,
    text_line_dataset_op,
    tf_record_dataset_op,
)
from stillflow.ops.datasets.matching_files import matching_files_dataset_op


class StringDataset(DatasetSource):
    """Elements of string[]."""

    @property
    def element_spec(self) -> TensorSpec:
        return TensorSpec([], dtypes.string)


def _compression(value: Any) -> Tensor:
    if value is None:
        return constant("", dtypes.string, name="compression_type")
    return convert_to_tensor(value, dtypes.string, "compression_type")


def _buffer_size(value: Any) -> Tensor:
    return optional_param_to_tensor("buffer_size", value, BUFFER_SIZE)


class _ReadFile(StringDataset):
    """What one op reads of a file."""

    def __init__(self, op: Callable[..., Tensor], filename: Tensor, *tensors: Tensor):
        super().__init__(op(filename, *tensors))


def _dataset_of_names(filenames: Any) -> DatasetV2:
    if isinstance(filenames, DatasetV2):
        if structure.legacy_output_types(filenames.element_spec) != dtypes.string:
            raise TypeError("`filenames` must be a `tf.data.Dataset` of `tf.string` elements.")
        shape = structure.legacy_output_shapes(filenames.element_spec)
        if not shape.is_compatible_with(TensorShape([])):
            raise TypeError(
                "`filenames` must be a `tf.data.Dataset` of scalar `tf.string` elements."
            )
        return filenames
    names = convert_to_tensor(filenames, dtypes.string)
    return DatasetV2.from_tensor_slices(reshape(names, [-1], name="flat_filenames"))


def _read(
    filenames: DatasetV2, reader: Callable[[Tensor], DatasetV2], num_parallel_reads: Any
) -> DatasetV2:
    """The elements of all files: one after another, or of several that take turns."""

    def read_one_file(filename: Any) -> DatasetV2:
        return reader(convert_to_tensor(filename, dtypes.string, "filename"))

    if num_parallel_reads is None:
        return filenames.flat_map(read_one_file)
    if num_parallel_reads == AUTOTUNE:
        return filenames.interleave(read_one_file, num_parallel_calls=num_parallel_reads)
    return ParallelInterleaveDataset(
        filenames, read_one_file, num_parallel_reads, 1, False, None, None
    )


class FilesDataset(StringDataset):
    """Base of datasets of several files."""

    def __init__(
        self, filenames: Any, reader: Callable[[Tensor], DatasetV2], num_parallel_reads: Any
    ):
        self._filenames = _dataset_of_names(filenames)
        self._impl = _read(self._filenames, reader, num_parallel_reads)
        super().__init__(self._impl._variant_tensor)

    def _inputs(self) -> Sequence[DatasetV2]:
        return self._impl._inputs()

    def _functions(self) -> list[Any]:
        return self._impl._functions()


class _WithoutInputs(FilesDataset):
    """One that, as TensorFlow has it, keeps the dataset of names to itself."""

    def _inputs(self) -> Sequence[DatasetV2]:
        return []


class TextLineDatasetV2(_WithoutInputs):
    """The lines of text files, string[] each, without their ends.

    Args:
      filenames: string[...], or a dataset of string[].
      compression_type: "", "ZLIB" or "GZIP".
      buffer_size: how many bytes are read at a time; 256 KB by default.
      num_parallel_reads: how many files are read in turns; by default one after another.
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ):
        def reader(filename: Tensor) -> DatasetV2:
            kind, size = _compression(compression_type), _buffer_size(buffer_size)
            return _ReadFile(text_line_dataset_op, filename, kind, size)

        super().__init__(filenames, reader, num_parallel_reads)


class RecordsDataset(StringDataset):
    """The records of TFRecord files, string[n] or string[], as one op reads them."""

    def __init__(self, filenames: Any, compression_type: Any = None, buffer_size: Any = None):
        names = convert_to_tensor(filenames, dtypes.string)
        kind, size = _compression(compression_type), _buffer_size(buffer_size)
        super().__init__(tf_record_dataset_op(names, kind, size))


class TFRecordDatasetV2(FilesDataset):
    """The records of TFRecord files, string[] each.

    Args:
      filenames: string[...], or a dataset of string[].
      compression_type: "", "ZLIB" or "GZIP".
      buffer_size: how many bytes are read at a time; 256 KB by default.
      num_parallel_reads: how many files are read in turns; by default one after another.
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ):
        def reader(filename: Tensor) -> DatasetV2:
            return RecordsDataset(filename, compression_type, buffer_size)

        super().__init__(filenames, reader, num_parallel_reads)


class FixedLengthRecordDatasetV2(_WithoutInputs):
    """Pieces of `record_bytes` bytes of binary files, string[] each.

    Args:
      filenames: string[...], or a dataset of string[].
      record_bytes: i64[].
      header_bytes, footer_bytes: i64[], what each file has before and behind; 0 by default.
      buffer_size: how many bytes are read at a time; 256 KB by default.
      compression_type: "", "ZLIB" or "GZIP".
      num_parallel_reads: how many files are read in turns; by default one after another.
    """

    def __init__(
        self,
        filenames: Any,
        record_bytes: Any,
        header_bytes: Any = None,
        footer_bytes: Any = None,
        buffer_size: Any = None,
        compression_type: Any = None,
        num_parallel_reads: Any = None,
    ):
        def reader(filename: Tensor) -> DatasetV2:
            size = number(record_bytes, "record_bytes")
            header = optional_param_to_tensor("header_bytes", header_bytes)
            footer = optional_param_to_tensor("footer_bytes", footer_bytes)
            buffer, kind = _buffer_size(buffer_size), _compression(compression_type)
            return _ReadFile(
                fixed_length_record_dataset_v2_op, filename, header, size, footer, buffer, kind
            )

        super().__init__(filenames, reader, num_parallel_reads)


class _V1(DatasetV1Adapter):
    _dataset: Any

    @property
    def _filenames(self) -> Any:
        return self._dataset._filenames


class TextLineDatasetV1(_V1):
    """The lines of text files: see `tf.compat.v2.data.TextLineDataset`."""

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ):
        super().__init__(
            TextLineDatasetV2(filenames, compression_type, buffer_size, num_parallel_reads)
        )


class TFRecordDatasetV1(_V1):
    """The records of TFRecord files: see `tf.compat.v2.data.TFRecordDataset`."""

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ):
        super().__init__(
            TFRecordDatasetV2(filenames, compression_type, buffer_size, num_parallel_reads)
        )


class FixedLengthRecordDatasetV1(_V1):
    """Pieces of binary files: see `tf.compat.v2.data.FixedLengthRecordDataset`."""

    def __init__(
        self,
        filenames: Any,
        record_bytes: Any,
        header_bytes: Any = None,
        footer_bytes: Any = None,
        buffer_size: Any = None,
        compression_type: Any = None,
        num_parallel_reads: Any = None,
    ):
        super().__init__(
            FixedLengthRecordDatasetV2(
                filenames,
                record_bytes,
                header_bytes,
                footer_bytes,
                buffer_size,
                compression_type,
                num_parallel_reads,
            )
        )


class MatchingFilesDataset(StringDataset):
    """The paths of files that match `patterns`: string[n] or string[], one after another.

    Folders are looked into as elements are taken, all that are below the first wildcard.

    Raises:
      NotFoundError: in a run, there is no such folder, or nothing matches.
    """

    def __init__(self, patterns: Any):
        self._patterns = convert_to_tensor(patterns, dtypes.string, "patterns")
        super().__init__(matching_files_dataset_op(self._patterns))
