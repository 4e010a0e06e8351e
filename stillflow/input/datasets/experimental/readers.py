"""`tf.data.experimental.CsvDataset` and `SqlDataset`: rows of files and of databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_n_to_tensor, convert_to_tensor, is_tensor
from stillflow.graph import dtypes
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets import nesting
from stillflow.input.datasets.arguments import optional_param_to_tensor
from stillflow.input.datasets.dataset import DatasetSource
from stillflow.input.datasets.dataset_v1 import DatasetV1Adapter
from stillflow.ops.datasets.csv_files import csv_dataset_op
from stillflow.ops.datasets.databases import sql_dataset_op

_CSV_TYPES = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string)
_BUFFER_SIZE = 4 << 20


def as_default(value: Any) -> Any:
    """A default of a column, of which a type says that there is none."""
    is_type = isinstance(value, (dtypes.DType, type)) and value in _CSV_TYPES
    return constant([], dtypes.as_dtype(value)) if is_type and not is_tensor(value) else value


class CsvDatasetV2(DatasetSource):
    """The records of CSV files (RFC 4180): a tuple of scalars for each.

    Args:
      filenames: string[n] or string[].
      record_defaults: for each column its type, or a value that a missing field is.
      compression_type: "", "ZLIB" or "GZIP".
      buffer_size: how many bytes are read at a time; 4 MB by default.
      header: whether the first record of each file is left out.
      na_value: what stands for a missing field beside nothing.
      select_cols: the numbers of the columns that are wanted, in order; all by default.
    """

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
        names = convert_to_tensor(filenames, dtypes.string, "filenames")
        kind = optional("compression_type", compression_type, "", dtypes.string)
        defaults = convert_n_to_tensor(
            [as_default(value) for value in record_defaults], name="record_defaults"
        )
        size = optional_param_to_tensor("buffer_size", buffer_size, _BUFFER_SIZE)
        self._structure = tuple(TensorSpec([], default.dtype) for default in defaults)
        variant = csv_dataset_op(
            filenames=names,
            compression_type=kind,
            buffer_size=size,
            header=convert_to_tensor(header, dtypes.bool, "header"),
            field_delim=convert_to_tensor(field_delim, dtypes.string, "field_delim"),
            use_quote_delim=convert_to_tensor(use_quote_delim, dtypes.bool, "use_quote_delim"),
            na_value=convert_to_tensor(na_value, dtypes.string, "na_value"),
            select_cols=optional("select_cols", select_cols, [], dtypes.int64),
            record_defaults=defaults,
            output_shapes=self._flat_shapes,
        )
        super().__init__(variant)

    @property
    def element_spec(self) -> Any:
        return self._structure


def optional(name: str, value: Any, default: Any, dtype: dtypes.DType) -> Any:
    if value is None:
        return constant(default, dtype, name=name)
    return convert_to_tensor(value, dtype, name)


class CsvDatasetV1(DatasetV1Adapter):
    """The records of CSV files: see `tf.compat.v2.data.experimental.CsvDataset`."""

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
            CsvDatasetV2(
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
        )


class SqlDatasetV2(DatasetSource):
    """The rows that a query of a database gives.

    Args:
      driver_name: string[], "sqlite".
      data_source_name: string[], the file of the database.
      query: string[], in SQL.
      output_types: the structure of the types of the columns: strings, bools, whole numbers or
        float64.
    """

    def __init__(self, driver_name: Any, data_source_name: Any, query: Any, output_types: Any):
        names = {"driver_name": driver_name, "data_source_name": data_source_name, "query": query}
        tensors = {
            name: convert_to_tensor(value, dtypes.string, name) for name, value in names.items()
        }
        self._structure = nesting.map_structure(
            lambda dtype: TensorSpec([], dtypes.as_dtype(dtype)), output_types
        )
        super().__init__(sql_dataset_op(**tensors, **self._flat_structure))

    @property
    def element_spec(self) -> Any:
        return self._structure


class SqlDatasetV1(DatasetV1Adapter):
    """The rows of a query: see `tf.compat.v2.data.experimental.SqlDataset`."""

    def __init__(self, driver_name: Any, data_source_name: Any, query: Any, output_types: Any):
        super().__init__(SqlDatasetV2(driver_name, data_source_name, query, output_types))
