"""`tf.contrib.data`'s datasets of files: older names, which say so when they are used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.input.datasets.dataset_v1 import DatasetV1Adapter, make_one_shot_iterator
from stillflow.input.datasets.experimental import csv, examples, readers
from stillflow.input.datasets.readers import TFRecordDatasetV1
from stillflow.platform.deprecation import deprecated

_INSTEAD = "Use `tf.data.experimental.{}`."


@deprecated(None, _INSTEAD.format("make_csv_dataset(...)"))
def make_csv_dataset(
    file_pattern: Any,
    batch_size: int,
    column_names: Sequence[str] | None = None,
    column_defaults: Sequence[Any] | None = None,
    label_name: str | None = None,
    select_columns: Sequence[Any] | None = None,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    header: bool = True,
    num_epochs: int | None = None,
    shuffle: bool = True,
    shuffle_buffer_size: int = 10000,
    shuffle_seed: Any = None,
    prefetch_buffer_size: int | None = None,
    num_parallel_reads: int | None = None,
    sloppy: bool = False,
    num_rows_for_inference: int | None = 100,
    compression_type: Any = None,
) -> DatasetV1Adapter:
    """Batches of the records of CSV files: see `tf.data.experimental.make_csv_dataset`."""
    return csv.make_csv_dataset(
        file_pattern,
        batch_size,
        column_names,
        column_defaults,
        label_name,
        select_columns,
        field_delim,
        use_quote_delim,
        na_value,
        header,
        num_epochs,
        shuffle,
        shuffle_buffer_size,
        shuffle_seed,
        prefetch_buffer_size,
        num_parallel_reads,
        sloppy,
        num_rows_for_inference,
        compression_type,
    )


class CsvDataset(readers.CsvDatasetV1):
    """The records of CSV files: see `tf.data.experimental.CsvDataset`."""

    @deprecated(None, _INSTEAD.format("CsvDataset(...)"))
    def __init__(
        self,
        filenames: Any,
        record_defaults: Sequence[Any],
        compression_type: Any = None,
        buffer_size: Any = None,
        header: Any = False,
        field_delim: Any = ",",
        use_quote_delim: Any = True,
        na_value: Any = "",
        select_cols: Any = None,
    ):
        super().__init__(
            filenames,
            record_defaults,
            compression_type,
            buffer_size,
            header,
            field_delim,
            use_quote_delim,
            na_value,
            select_cols,
        )


class SqlDataset(readers.SqlDatasetV1):
    """The rows of a query: see `tf.data.experimental.SqlDataset`."""

    @deprecated(None, _INSTEAD.format("SqlDataset(...)"))
    def __init__(self, driver_name: Any, data_source_name: Any, query: Any, output_types: Any):
        super().__init__(driver_name, data_source_name, query, output_types)


@deprecated(None, _INSTEAD.format("make_batched_features_dataset(...)"))
def make_batched_features_dataset(
    file_pattern: Any,
    batch_size: int,
    features: Mapping[str, Any],
    reader: Any = TFRecordDatasetV1,
    label_key: str | None = None,
    reader_args: Any = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    shuffle_buffer_size: int = 10000,
    shuffle_seed: Any = None,
    prefetch_buffer_size: int | None = None,
    reader_num_threads: int | None = None,
    parser_num_threads: int | None = None,
    sloppy_ordering: bool = False,
    drop_final_batch: bool = False,
) -> DatasetV1Adapter:
    """Batches of features: see `tf.data.experimental.make_batched_features_dataset`."""
    return examples.make_batched_features_dataset(
        file_pattern,
        batch_size,
        features,
        reader,
        label_key,
        reader_args,
        num_epochs,
        shuffle,
        shuffle_buffer_size,
        shuffle_seed,
        prefetch_buffer_size,
        reader_num_threads,
        parser_num_threads,
        sloppy_ordering,
        drop_final_batch,
    )


@deprecated(None, "Use `tf.data.experimental.make_batched_features_dataset(...)`")
def read_batch_features(
    file_pattern: Any,
    batch_size: int,
    features: Mapping[str, Any],
    reader: Any = TFRecordDatasetV1,
    reader_args: Any = None,
    randomize_input: bool = True,
    num_epochs: int | None = None,
    capacity: int = 10000,
) -> Any:
    """The next batch of the features of Examples in files, {name: n[batch_size, ...]}."""
    dataset = examples.make_batched_features_dataset(
        file_pattern,
        batch_size,
        features,
        reader=reader,
        reader_args=reader_args,
        shuffle=randomize_input,
        num_epochs=num_epochs,
        shuffle_buffer_size=capacity,
    )
    return make_one_shot_iterator(dataset).get_next()


@deprecated(None, _INSTEAD.format("parse_example_dataset(...)"))
def parse_example_dataset(
    features: Mapping[str, Any], num_parallel_calls: Any = 1
) -> Callable[[Any], Any]:
    """Parses the elements of a dataset: see `tf.data.experimental.parse_example_dataset`."""
    return examples.parse_example_dataset(features, num_parallel_calls)


class TFRecordWriter(examples.TFRecordWriter):
    """Writes the elements of a dataset: see `tf.data.experimental.TFRecordWriter`."""

    @deprecated(None, _INSTEAD.format("TFRecordWriter(...)"))
    def __init__(self, filename: Any, compression_type: Any = None):
        super().__init__(filename, compression_type)
