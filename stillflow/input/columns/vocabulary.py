"""Columns of categories that are known by their place in a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.input.columns import checking
from stillflow.input.columns.categorical import check_feature_kind, check_feature_type
from stillflow.input.columns.features import sparse_categories
from stillflow.input.columns.own import Inputs, OwnCategoricalColumn
from stillflow.ops.math.casts import cast
from stillflow.ops.parsing.features import VarLenFeature
from stillflow.ops.tables.by_index import index_table_from_file, index_table_from_tensor
from stillflow.platform import files, logging


class _VocabularyColumn(OwnCategoricalColumn):
    """What both kinds have in common."""

    key: str
    dtype: DType

    @property
    def name(self) -> str:
        return self.key

    @property
    def parents(self) -> list[Any]:
        return [self.key]

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return {self.key: VarLenFeature(self.dtype)}

    def _table(self, key_dtype: DType, name: str) -> Any:
        raise NotImplementedError

    def _transformed(self, inputs: Inputs) -> Any:
        feature = sparse_categories(inputs.get(self.key))
        check_feature_type(self, feature)
        check_feature_kind(self, feature)
        key_dtype = self.dtype
        if feature.dtype.is_integer:
            key_dtype = dtypes.int64
            feature = cast(feature, dtypes.int64)
        name = f"{self.key}_lookup"
        table = self._table(key_dtype, name)
        inputs.keep(self, name, table)
        return table.lookup(feature)


@dataclass(frozen=True)
class VocabularyFileCategoricalColumn(_VocabularyColumn):
    """See `categorical_column_with_vocabulary_file`."""

    key: str
    vocabulary_file: str
    vocabulary_size: int
    num_oov_buckets: int
    dtype: DType
    default_value: int

    @property
    def num_buckets(self) -> int:
        return self.vocabulary_size + self.num_oov_buckets

    def _table(self, key_dtype: DType, name: str) -> Any:
        return index_table_from_file(
            vocabulary_file=self.vocabulary_file,
            num_oov_buckets=self.num_oov_buckets,
            vocab_size=self.vocabulary_size,
            default_value=self.default_value,
            key_dtype=key_dtype,
            name=name,
        )


def categorical_column_with_vocabulary_file(
    key: str,
    vocabulary_file: str,
    vocabulary_size: int | None = None,
    num_oov_buckets: int = 0,
    default_value: int | None = None,
    dtype: DType = dtypes.string,
) -> VocabularyFileCategoricalColumn:
    """A column of the values of feature `key`, each of which is a line of a file.

    Args:
      vocabulary_size: how many lines are read; all of them, when it is None.
      num_oov_buckets: how many further categories other values share, by their hash.
      default_value: the category of other values where there are none such; -1 for none.
      dtype: that of the values, strings or integers.

    Raises:
      ValueError: there is no file, or an argument is no such thing.
    """
    if not vocabulary_file:
        raise ValueError(f"Missing vocabulary_file in {key}.")
    size = _lines(vocabulary_file, key) if vocabulary_size is None else vocabulary_size
    if size < 1:
        raise ValueError(f"Invalid vocabulary_size in {key}.")
    _check_others(num_oov_buckets, default_value is not None, key)
    checking.check_string_or_int(dtype, f"column_name: {key}")
    checking.check_key(key)
    default = -1 if default_value is None else default_value
    return VocabularyFileCategoricalColumn(
        key, vocabulary_file, size, num_oov_buckets or 0, dtype, default
    )


def categorical_column_with_vocabulary_file_v2(
    key: str,
    vocabulary_file: str,
    vocabulary_size: int | None = None,
    dtype: DType = dtypes.string,
    default_value: int | None = None,
    num_oov_buckets: int = 0,
) -> VocabularyFileCategoricalColumn:
    """`categorical_column_with_vocabulary_file`, with its arguments in TensorFlow 2's order."""
    return categorical_column_with_vocabulary_file(
        key, vocabulary_file, vocabulary_size, num_oov_buckets, default_value, dtype
    )


def _lines(vocabulary_file: str, key: str) -> int:
    if not files.exists(vocabulary_file):
        raise ValueError(f"vocabulary_file in {key} does not exist.")
    with files.GFile(vocabulary_file, "rb") as file:
        count = sum(1 for _ in file)
    logging.info(
        "vocabulary_size = %d in %s is inferred from the number of elements in the "
        "vocabulary_file %s.",
        *(count, key, vocabulary_file),
    )
    return count


@dataclass(frozen=True)
class VocabularyListCategoricalColumn(_VocabularyColumn):
    """See `categorical_column_with_vocabulary_list`."""

    key: str
    vocabulary_list: tuple[Any, ...]
    dtype: DType
    default_value: int
    num_oov_buckets: int

    @property
    def num_buckets(self) -> int:
        return len(self.vocabulary_list) + self.num_oov_buckets

    def _table(self, key_dtype: DType, name: str) -> Any:
        return index_table_from_tensor(
            vocabulary_list=tuple(self.vocabulary_list),
            default_value=self.default_value,
            num_oov_buckets=self.num_oov_buckets,
            dtype=key_dtype,
            name=name,
        )


def categorical_column_with_vocabulary_list(
    key: str,
    vocabulary_list: Sequence[Any],
    dtype: DType | None = None,
    default_value: int = -1,
    num_oov_buckets: int = 0,
) -> VocabularyListCategoricalColumn:
    """A column of the values of feature `key`, each of which is in a list.

    Args:
      vocabulary_list: strings or integers, no two of them equal.
      dtype: that of the feature; by default that of the list.
      default_value: the category of other values; -1 for none.
      num_oov_buckets: how many further categories other values share, by their hash.

    Raises:
      ValueError: there is nothing in the list, or an argument is no such thing.
    """
    if vocabulary_list is None or len(vocabulary_list) < 1:
        raise ValueError(f"vocabulary_list {vocabulary_list} must be non-empty, column_name: {key}")
    if len(set(vocabulary_list)) != len(vocabulary_list):
        raise ValueError(f"Duplicate keys in vocabulary_list {vocabulary_list}, column_name: {key}")
    own_dtype = dtypes.as_dtype(np.array(vocabulary_list).dtype)
    _check_others(num_oov_buckets, default_value != -1, key)
    checking.check_string_or_int(own_dtype, f"column_name: {key} vocabulary")
    if dtype is None:
        dtype = own_dtype
    elif dtype.is_integer != own_dtype.is_integer:
        raise ValueError(
            f"dtype {dtype} and vocabulary dtype {own_dtype} do not match, column_name: {key}"
        )
    checking.check_string_or_int(dtype, f"column_name: {key}")
    checking.check_key(key)
    return VocabularyListCategoricalColumn(
        key, tuple(vocabulary_list), dtype, default_value, num_oov_buckets
    )


def _check_others(buckets: int, has_default: bool, key: str) -> None:
    """ValueError unless other values have at most one kind of place."""
    if not buckets:
        return
    if has_default:
        raise ValueError(f"Can't specify both num_oov_buckets and default_value in {key}.")
    if buckets < 0:
        raise ValueError(f"Invalid num_oov_buckets {buckets} in {key}.")
