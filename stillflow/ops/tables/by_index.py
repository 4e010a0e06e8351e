"""Tables between words and their places in a list or a file."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.shape_of import size
from stillflow.ops.known_values import constant_value
from stillflow.ops.math.casts import cast
from stillflow.ops.tables.initializers import (
    KeyValueTensorInitializer,
    TextFileIdTableInitializer,
    TextFileIndex,
    TextFileStringTableInitializer,
)
from stillflow.ops.tables.static import StaticHashTable
from stillflow.ops.tables.vocabulary import FastHashSpec, IdTableWithHashBuckets

_NUMBER, _LINE = TextFileIndex.LINE_NUMBER, TextFileIndex.WHOLE_LINE


def index_table_from_file(
    vocabulary_file: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    hasher_spec: Any = FastHashSpec,
    key_dtype: Any = dtypes.string,
    name: str | None = None,
    key_column_index: int = _LINE,
    value_column_index: int = _NUMBER,
    delimiter: str = "\t",
) -> Any:
    """Returns a table from the words of a file, one in a line, to the numbers of their lines.

    Args:
      vocabulary_file: its name, text or a tensor string[].
      num_oov_buckets: how many numbers other words share, behind those of the file.
      vocab_size: how many lines are read, if it is known.
      default_value: the number of other words, where there are no buckets.
      hasher_spec: how other words are spread over the buckets.
      key_dtype: that of the words, strings or integers.
      key_column_index, value_column_index: what of a line is the word, and what its number.

    Raises:
      ValueError: there is no file name, or a number is out of range.
      TypeError: words are of another type.
    """
    _check_file(vocabulary_file)
    _check_buckets(num_oov_buckets)
    if vocab_size is not None and vocab_size < 1:
        shown = vocabulary_file
        if is_tensor(vocabulary_file):
            shown = constant_value(vocabulary_file) or "?"
        raise ValueError(
            f"vocab_size must be greater than 0, got {vocab_size}. vocabulary_file: {shown}"
        )
    dtype = _word_dtype(key_dtype)
    with name_scope(name, "string_to_index"):
        with name_scope(None, "hash_table"):
            fill = TextFileIdTableInitializer(
                vocabulary_file,
                vocab_size=vocab_size,
                key_dtype=dtypes.int64 if dtype.is_integer else dtype,
                name="table_init",
                key_column_index=key_column_index,
                value_column_index=value_column_index,
                delimiter=delimiter,
            )
            table = StaticHashTable(fill, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, dtype)


def index_table_from_tensor(
    vocabulary_list: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: Any = FastHashSpec,
    dtype: Any = dtypes.string,
    name: str | None = None,
) -> Any:
    """Returns a table from the words of a list to their places in it; see `index_table_from_file`.

    Raises:
      ValueError: there is no list, or its words are not of `dtype`.
      TypeError: words are neither strings nor integers.
    """
    if vocabulary_list is None:
        raise ValueError("vocabulary_list must be specified.")
    _check_buckets(num_oov_buckets)
    wanted = _word_dtype(dtype)
    with name_scope(name, "string_to_index"):
        words = convert_to_tensor(vocabulary_list)
        if words.dtype.is_integer != wanted.is_integer:
            kind = "integer" if wanted.is_integer else "non-integer"
            raise ValueError(f"Expected {kind}, got {words.dtype}.")
        if not wanted.is_integer and words.dtype.base_dtype is not wanted:
            raise ValueError(f"Expected {wanted}, got {words.dtype}.")
        places = _places(words)
        with name_scope(None, "hash_table"):
            keys = cast(words, dtypes.int64) if words.dtype.is_integer else words
            key_dtype = keys.dtype.base_dtype
            fill = KeyValueTensorInitializer(
                keys, places, key_dtype, dtypes.int64, name="table_init"
            )
            table = StaticHashTable(fill, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, wanted)


def index_to_string_table_from_file(
    vocabulary_file: Any,
    vocab_size: int | None = None,
    default_value: Any = "UNK",
    name: str | None = None,
    key_column_index: int = _NUMBER,
    value_column_index: int = _LINE,
    delimiter: str = "\t",
) -> StaticHashTable:
    """Returns a table from the numbers of a file's lines to the words in them.

    Raises:
      ValueError: there is no file name, or no line.
    """
    _check_file(vocabulary_file)
    if vocab_size is not None and vocab_size < 1:
        raise ValueError(f"vocab_size must be greater than 0, got {vocab_size}.")
    with name_scope(name, "index_to_string"):
        fill = TextFileStringTableInitializer(
            vocabulary_file,
            vocab_size=vocab_size,
            name="table_init",
            key_column_index=key_column_index,
            value_column_index=value_column_index,
            delimiter=delimiter,
        )
        return StaticHashTable(fill, default_value)


def index_to_string_table_from_tensor(
    vocabulary_list: Any, default_value: Any = "UNK", name: str | None = None
) -> StaticHashTable:
    """Returns a table from places in a list to the words there.

    Raises:
      ValueError: there is no list.
    """
    if vocabulary_list is None:
        raise ValueError("vocabulary_list must be specified.")
    with name_scope(name, "index_to_string"):
        words = convert_to_tensor(vocabulary_list, dtypes.string)
        fill = KeyValueTensorInitializer(
            _places(words), words, dtypes.int64, dtypes.string, name="table_init"
        )
        return StaticHashTable(fill, default_value)


def _places(words: Tensor) -> Tensor:
    return cast(range_(size(words)), dtypes.int64)


def _with_buckets(table: Any, buckets: int, hasher_spec: Any, key_dtype: Any) -> Any:
    if not buckets:
        return table
    return IdTableWithHashBuckets(
        table, num_oov_buckets=buckets, hasher_spec=hasher_spec, key_dtype=key_dtype
    )


def _word_dtype(dtype: Any) -> dtypes.DType:
    found = dtypes.as_dtype(dtype)
    if not found.is_integer and found.base_dtype is not dtypes.string:
        raise TypeError("Only integer and string keys are supported.")
    return found


def _check_file(vocabulary_file: Any) -> None:
    if vocabulary_file is None or (isinstance(vocabulary_file, str) and not vocabulary_file):
        raise ValueError("vocabulary_file must be specified and must not be empty.")


def _check_buckets(count: int) -> None:
    if count < 0:
        raise ValueError(f"num_oov_buckets must be greater or equal than 0, got {count}.")
