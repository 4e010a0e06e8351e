"""`tf.contrib.lookup`'s own spellings of tables between words and their places."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.scopes import name_scope
from stillflow.ops.tables import by_index
from stillflow.ops.tables.vocabulary import FastHashSpec
from stillflow.platform.deprecation import deprecated

_GONE = (
    "This op will be removed after the deprecation date. Please switch to {} and call the lookup "
    "method of the returned table."
)


def index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: Any = FastHashSpec,
    dtype: Any = dtypes.string,
    name: str | None = None,
) -> Any:
    """Returns a table from the words of `mapping` to their places in it.

    Other words have `default_value`, or one of `num_oov_buckets` numbers behind those.

    Raises:
      ValueError: there is no mapping, or its words are not of `dtype`.
    """
    _check(mapping)
    return by_index.index_table_from_tensor(
        mapping, num_oov_buckets, default_value, hasher_spec, dtype, name
    )


def index_to_string_table_from_tensor(
    mapping: Any, default_value: Any = "UNK", name: str | None = None
) -> Any:
    """Returns a table from places in `mapping` to the words there.

    Raises:
      ValueError: there is no mapping.
    """
    _check(mapping)
    return by_index.index_to_string_table_from_tensor(mapping, default_value, name)


@deprecated("2017-04-10", "Use `index_table_from_file`.")
def string_to_index_table_from_file(
    vocabulary_file: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    hasher_spec: Any = FastHashSpec,
    name: str | None = None,
) -> Any:
    """`index_table_from_file` of strings."""
    return by_index.index_table_from_file(
        *(vocabulary_file, num_oov_buckets, vocab_size, default_value, hasher_spec), name=name
    )


@deprecated("2017-04-10", "Use `index_table_from_tensor`.")
def string_to_index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: Any = FastHashSpec,
    name: str | None = None,
) -> Any:
    """`index_table_from_tensor` of strings."""
    with name_scope(name, "string_to_index") as scope:
        words = convert_to_tensor(mapping)
    if words.dtype.base_dtype is not dtypes.string:
        raise ValueError("string_to_index_table_from_tensor requires string.")
    return index_table_from_tensor(words, num_oov_buckets, default_value, hasher_spec, name=scope)


@deprecated("2017-01-07", _GONE.format("index_table_from_tensor"))
def string_to_index(
    tensor: Any, mapping: Any, default_value: int = -1, name: str | None = None
) -> Any:
    """tensor: string[...] -> i64[...], the place of each in `mapping`, or `default_value`."""
    return index_table_from_tensor(mapping, default_value=default_value, name=name).lookup(tensor)


@deprecated("2017-01-07", _GONE.format("index_to_string_table_from_tensor"))
def index_to_string(
    tensor: Any, mapping: Any, default_value: Any = "UNK", name: str | None = None
) -> Any:
    """tensor: i64[...] -> string[...], the word of `mapping` in each place, or `default_value`."""
    return index_to_string_table_from_tensor(mapping, default_value, name).lookup(tensor)


def _check(mapping: Any) -> None:
    if mapping is None:
        raise ValueError("mapping must be specified.")
