"""What tables are filled with: tensors of keys and values, or the lines of a text file."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import init_scope, name_scope
from stillflow.ops.known_values import constant_value
from stillflow.ops.saving.asset import TrackableAsset
from stillflow.ops.tables import declared, text_file
from stillflow.tracking.trackable import Trackable


class TableInitializerBase(Trackable):
    """Base of what fills a table."""

    _shared_name = ""

    def __init__(self, key_dtype: Any, value_dtype: Any):
        self._key_dtype = dtypes.as_dtype(key_dtype)
        self._value_dtype = dtypes.as_dtype(value_dtype)

    @property
    def key_dtype(self) -> DType:
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        return self._value_dtype

    def initialize(self, table: Any) -> Operation:
        """Returns the operation that fills `table`.

        Raises:
          TypeError: it is of other types.
        """
        raise NotImplementedError

    def _check_types(self, table: Any) -> None:
        pairs = (
            ("key", self._key_dtype.base_dtype, table.key_dtype),
            ("value", self._value_dtype.base_dtype, table.value_dtype),
        )
        for what, own, wanted in pairs:
            if own is not wanted:
                raise TypeError(f"Invalid {what} dtype, expected {wanted} but got {own}.")


class KeyValueTensorInitializer(TableInitializerBase):
    """Fills a table with `keys` and `values`, of which each is a vector, and as long."""

    def __init__(
        self,
        keys: Any,
        values: Any,
        key_dtype: Any = None,
        value_dtype: Any = None,
        name: str | None = None,
    ):
        """The types are those of Python's values; tensors have their own."""
        if get_default_graph()._get_control_flow_context() is None:
            self._convert(keys, values, key_dtype, value_dtype)
        else:
            with init_scope():
                self._convert(keys, values, key_dtype, value_dtype)
        self._name = "key_value_init" if name is None else name
        super().__init__(self._keys.dtype, self._values.dtype)

    def _convert(self, keys: Any, values: Any, key_dtype: Any, value_dtype: Any) -> None:
        self._keys = convert_to_tensor(keys, dtype=key_dtype, name="keys")
        self._values = convert_to_tensor(values, dtype=value_dtype, name="values")

    def initialize(self, table: Any) -> Operation:
        """Returns the operation that fills `table`, and adds it to the table initializers."""
        self._check_types(table)
        tensors = (table.resource_handle, _here(self._keys), _here(self._values))
        with name_scope(self._name, values=tensors):
            init_op: Any = declared.import_op(*tensors)
        if not executing_eagerly():
            get_default_graph().add_to_collection(GraphKeys.TABLE_INITIALIZERS, init_op)
        return init_op


def _here(tensor: Tensor) -> Tensor:
    """A tensor, or its value where it is known in another function than the one being built."""
    graph = get_default_graph()
    if tensor._is_eager or tensor.graph is graph or not graph.building_function:
        return tensor
    value = constant_value(tensor)
    return tensor if value is None else convert_to_tensor(value, dtype=tensor.dtype)


class TextFileIndex:
    """What of a line is the key, or the value; any other number is that of a column, from zero."""

    WHOLE_LINE = text_file.WHOLE_LINE
    LINE_NUMBER = text_file.LINE_NUMBER


class TextFileInitializer(TableInitializerBase):
    """Fills a table from a text file that has an entry in each line.

    The file is an asset: SavedModels take it along.
    """

    def __init__(
        self,
        filename: Any,
        key_dtype: Any,
        key_index: int,
        value_dtype: Any,
        value_index: int,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = None,
    ):
        """Of each line `key_index` says what the key is, `value_index` what the value.

        Args:
          filename: text, or a tensor string[].
          key_index, value_index: the number of a column, or one of TextFileIndex.
          vocab_size: how many lines are read, if it is known; there must be as many.
          delimiter: the character between columns.

        Raises:
          ValueError: there is no file name, or a type does not fit what is its index.
        """
        if not is_tensor(filename) and not filename:
            raise ValueError(f"Filename required for {name}.")
        super().__init__(key_dtype, value_dtype)
        self._check_index("key", key_index, self._key_dtype)
        self._check_index("value", value_index, self._value_dtype)
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError(f"Invalid vocab_size {vocab_size}.")
        self._filename_arg = filename
        self._key_index = key_index
        self._value_index = value_index
        self._vocab_size = vocab_size
        self._delimiter = delimiter
        self._name = name
        self._filename = self._track_trackable(TrackableAsset(filename), "_filename")

    @staticmethod
    def _check_index(what: str, index: int, dtype: DType) -> None:
        if index < TextFileIndex.WHOLE_LINE:
            raise ValueError(f"Invalid {what} index {index}.")
        whole_lines = (dtypes.string,)
        if index == TextFileIndex.LINE_NUMBER and dtype is not dtypes.int64:
            raise ValueError(
                f"Signature mismatch. {what.title()}s must be dtype {dtypes.int64}, got {dtype}."
            )
        if index != TextFileIndex.WHOLE_LINE or dtype in whole_lines:
            return
        if what == "value":
            raise ValueError(
                f"Signature mismatch. Values must be dtype {dtypes.string}, got {dtype}."
            )
        if not dtype.is_integer:
            raise ValueError(f"Signature mismatch. Keys must be integer or string, got {dtype}.")

    def initialize(self, table: Any) -> Operation:
        """Returns the operation that fills `table`, and adds it to the table initializers."""
        self._check_types(table)
        with name_scope(self._name, "text_file_init", (table.resource_handle,)):
            filename: Tensor = self._filename.asset_path
            init_op: Any = declared.initialize_from_text_file_op(
                table.resource_handle,
                filename,
                key_index=self._key_index,
                value_index=self._value_index,
                vocab_size=-1 if self._vocab_size is None else self._vocab_size,
                delimiter=self._delimiter,
            )
        if executing_eagerly():
            return init_op
        graph = get_default_graph()
        graph.add_to_collection(GraphKeys.TABLE_INITIALIZERS, init_op)
        if not filename._is_eager and filename.op.defn.is_constant:  # one that is fed is no asset
            graph.add_to_collection(GraphKeys.ASSET_FILEPATHS, filename)
        return init_op

    @property
    def _shared_name(self) -> str:  # type: ignore[override]
        """Tables of one file, in one session, are one."""
        size = f"_{self._vocab_size:d}" if self._vocab_size else ""
        return f"hash_table_{self._filename_arg}{size}_{self._key_index}_{self._value_index}"


class TextFileStringTableInitializer(TextFileInitializer):
    """Fills a table from numbers to strings."""

    def __init__(
        self,
        filename: Any,
        key_column_index: int = TextFileIndex.LINE_NUMBER,
        value_column_index: int = TextFileIndex.WHOLE_LINE,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = "text_file_string_table_init",
    ):
        super().__init__(
            *(filename, dtypes.int64, key_column_index, dtypes.string, value_column_index),
            vocab_size=vocab_size,
            delimiter=delimiter,
            name=name,
        )


class TextFileIdTableInitializer(TextFileInitializer):
    """Fills a table from strings, or numbers, to numbers."""

    def __init__(
        self,
        filename: Any,
        key_column_index: int = TextFileIndex.WHOLE_LINE,
        value_column_index: int = TextFileIndex.LINE_NUMBER,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = "text_file_id_table_init",
        key_dtype: Any = dtypes.string,
    ):
        super().__init__(
            *(filename, key_dtype, key_column_index, dtypes.int64, value_column_index),
            vocab_size=vocab_size,
            delimiter=delimiter,
            name=name,
        )
