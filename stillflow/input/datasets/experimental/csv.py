"""`tf.data.experimental.make_csv_dataset`: batches of columns that have names."""

from __future__ import annotations

import csv
import gzip
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.declare.convert import is_tensor
from stillflow.declare.static import constant_value
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.text import as_text
from stillflow.input.datasets.dataset import AUTOTUNE
from stillflow.input.datasets.dataset_v1 import DatasetV1, DatasetV1Adapter
from stillflow.input.datasets.experimental.mixing import parallel_interleave
from stillflow.input.datasets.experimental.readers import CsvDatasetV1, as_default
from stillflow.input.datasets.experimental.scanning import ignore_errors as without_errors
from stillflow.input.datasets.experimental.sources import shuffle_and_repeat
from stillflow.input.datasets.mapping import MapDataset
from stillflow.input.datasets.options import Options
from stillflow.platform import files

Opener = Callable[[str], Any]


def shuffled_and_repeated(
    dataset: Any, num_epochs: int | None, shuffle: bool, buffer_size: int, seed: Any
) -> Any:
    if num_epochs != 1 and shuffle:
        return dataset.apply(shuffle_and_repeat(buffer_size, num_epochs, seed))
    if shuffle:
        return dataset.shuffle(buffer_size, seed)
    return dataset if num_epochs == 1 else dataset.repeat(num_epochs)


def make_csv_dataset_v2(
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
    ignore_errors: bool = False,
) -> Any:
    """Batches of the records of CSV files: {column: n[batch_size]}, in an OrderedDict.

    Args:
      file_pattern: a pattern, or several, of which the matching files are read.
      column_names: by default the first record of each file.
      column_defaults: for each wanted column its type, or what a missing field is; by default what
        the first `num_rows_for_inference` records look like.
      label_name: a column that is taken out of the dict: elements are pairs of that and the label.
      select_columns: the names or numbers of the columns that are wanted; all by default.
      num_epochs: how often all is given; for ever by default, in full batches.
      sloppy: the records of several files may come in any order.
      ignore_errors: records that cannot be read are left out.

    Raises:
      ValueError: no file matches, or columns are not as they are told.
    """
    names = _file_names(file_pattern)
    dataset: Any = DatasetV1.from_tensor_slices(names)
    if shuffle:
        dataset = dataset.shuffle(len(names), shuffle_seed)
    probe = _Probe(names, field_delim, use_quote_delim)
    if column_names is None or column_defaults is None:
        probe.open = _opener(compression_type)
    if column_names is None:
        if not header:
            raise ValueError("Cannot infer column names without a header line.")
        column_names = probe.column_names()
    if len(column_names) != len(set(column_names)):
        raise ValueError("Cannot have duplicate column names.")
    selected = None if select_columns is None else _numbers(select_columns, column_names)
    if column_defaults is not None:
        column_defaults = [as_default(value) for value in column_defaults]
    else:
        wanted = range(len(column_names)) if selected is None else selected
        found = probe.types(len(column_names), wanted, na_value, header, num_rows_for_inference)
        column_defaults = [
            constant(["" if dtype == dtypes.string else 0], dtype=dtype) for dtype in found
        ]
    if selected is not None and len(column_defaults) != len(selected):
        raise ValueError("If specified, column_defaults and select_columns must have same length.")
    if selected is not None and len(column_names) > len(selected):
        column_names = [column_names[number] for number in selected]
    if label_name is not None and label_name not in column_names:
        raise ValueError("`label_name` provided must be one of the columns.")

    def filename_to_dataset(filename: Any) -> Any:
        records: Any = CsvDatasetV1(
            filename,
            record_defaults=column_defaults,
            field_delim=field_delim,
            use_quote_delim=use_quote_delim,
            na_value=na_value,
            select_cols=selected,
            header=header,
            compression_type=compression_type,
        )
        return records.apply(without_errors()) if ignore_errors else records

    def map_fn(*columns: Any) -> Any:
        features = OrderedDict(zip(column_names, columns, strict=True))
        if label_name is None:
            return features
        label = features.pop(label_name)
        return features, label

    dataset = interleaved(dataset, filename_to_dataset, num_parallel_reads, sloppy)
    dataset = shuffled_and_repeated(dataset, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed)
    dataset = dataset.batch(batch_size=batch_size, drop_remainder=num_epochs is None)
    mapped = MapDataset(dataset, map_fn, use_inter_op_parallelism=False)
    return mapped.prefetch(AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)


def interleaved(
    dataset: Any, reader: Callable, num_parallel_reads: int | None, sloppy: bool
) -> Any:
    """The elements of the datasets of several files."""
    if num_parallel_reads != AUTOTUNE:
        return dataset.apply(parallel_interleave(reader, num_parallel_reads or 1, sloppy=sloppy))
    options = Options()
    options.experimental_deterministic = not sloppy
    return dataset.interleave(reader, num_parallel_calls=AUTOTUNE).with_options(options)


def _file_names(file_pattern: Any) -> list[str]:
    if isinstance(file_pattern, list) and not file_pattern:
        raise ValueError("File pattern is empty.")
    found = files.glob(file_pattern)
    if not found:
        raise ValueError(f"No files match {file_pattern}.")
    return sorted(found)


def _opener(compression_type: Any) -> Opener:
    kind = compression_type
    if is_tensor(compression_type):
        kind = constant_value(compression_type)
        if kind is None:
            raise ValueError("Received unkown compression_type")
        kind = as_text(kind.item())
    if kind == "GZIP":
        return lambda name: gzip.open(name, "rt")
    if kind == "ZLIB":
        raise ValueError(
            f"compression_type ({compression_type}) is not supported for probing columns"
        )
    if kind:
        raise ValueError(f"compression_type ({compression_type}) is not supported")
    return lambda name: open(name, newline="")


def _numbers(select_columns: Sequence[Any], column_names: Sequence[str]) -> list[int]:
    """The numbers of the columns that are wanted, in order."""
    found = []
    for column in select_columns:
        if isinstance(column, int):
            if not 0 <= column < len(column_names):
                raise ValueError(
                    f"Column index {column} specified in select_columns out of valid range."
                )
            found.append(column)
        elif column in column_names:
            found.append(list(column_names).index(column))
        else:
            raise ValueError(
                f"Value '{column}' specified in select_columns not a valid column index or name."
            )
    if len(set(found)) != len(found):
        raise ValueError("select_columns contains duplicate columns")
    return sorted(found)


class _Probe:
    """Looks into files for the names and types of columns."""

    open: Opener

    def __init__(self, names: Sequence[str], delimiter: str, uses_quotes: bool):
        self._names = names
        self._form: dict[str, Any] = {
            "delimiter": delimiter,
            "quoting": csv.QUOTE_MINIMAL if uses_quotes else csv.QUOTE_NONE,
        }

    def column_names(self) -> list[str]:
        headers = [self._header(name) for name in self._names]
        if any(header != headers[0] for header in headers):
            raise ValueError("Files have different column names in the header row.")
        return headers[0]

    def _header(self, name: str) -> list[str]:
        with self.open(name) as file:
            header = next(csv.reader(file, **self._form), None)
        if header is None:
            raise ValueError(
                f"Received StopIteration when reading the header line of {name}.  Empty file?"
            )
        return header

    def types(
        self,
        count: int,
        wanted: Sequence[int],
        missing: str,
        header: bool,
        most_rows: int | None,
    ) -> list[DType]:
        found: list[DType | None] = [None for _ in wanted]
        for number, row in enumerate(self._rows(count, header)):
            if most_rows is not None and number >= most_rows:
                break
            for index, column in enumerate(wanted):
                found[index] = _type_of(row[column], missing, found[index])
        return [dtype or dtypes.string for dtype in found]

    def _rows(self, count: int, header: bool) -> Iterator[list[str]]:
        for name in self._names:
            with self.open(name) as file:
                reader = csv.reader(file, **self._form)
                if header:
                    next(reader)
                for row in reader:
                    if len(row) != count:
                        raise ValueError(
                            "Problem inferring types: CSV row has different number of fields than "
                            "expected."
                        )
                    yield row


def _is_int32(text: str) -> bool:
    return abs(int(text) * 2 + 1) < 1 << 32


def _is_int64(text: str) -> bool:
    return abs(int(text) * 2 + 1) < 1 << 64


def _is_finite(kind: type) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        with np.errstate(over="ignore"):
            return bool(kind(text) < np.inf)

    return check


_CHECKS: tuple[tuple[DType, Callable[[str], bool]], ...] = (
    (dtypes.int32, _is_int32),
    (dtypes.int64, _is_int64),
    (dtypes.float32, _is_finite(np.float32)),
    (dtypes.float64, _is_finite(np.float64)),
    (dtypes.string, lambda text: True),
)


def _type_of(text: str, missing: str, before: DType | None) -> DType | None:
    """The first type that fits a field and those before it."""
    if text in ("", missing):
        return before
    passed: list[DType] = []
    for dtype, check in _CHECKS:
        passed.append(dtype)
        try:
            fits = check(text)
        except (ValueError, OverflowError):
            continue
        if fits and (before is None or before in passed):
            return dtype
    raise AssertionError("unreachable: any text is a string")


@wraps(make_csv_dataset_v2)
def make_csv_dataset(*args: Any, **kwargs: Any) -> DatasetV1Adapter:
    return DatasetV1Adapter(make_csv_dataset_v2(*args, **kwargs))
