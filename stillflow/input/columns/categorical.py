"""Columns of categories that are known by a number: a hash, or what the feature says itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.scopes import control_dependencies
from stillflow.input.columns import checking
from stillflow.input.columns.features import sparse_categories
from stillflow.input.columns.own import Inputs, OwnCategoricalColumn
from stillflow.ops.array.filling import fill
from stillflow.ops.array.selecting import where_v2
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.checks import assert_greater_equal, assert_less
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import logical_or
from stillflow.ops.parsing.features import VarLenFeature
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.strings.hashing import string_to_hash_bucket_fast
from stillflow.ops.strings.numbers import as_string


def check_feature_type(column: Any, feature: SparseTensor) -> None:
    """ValueError when a feature is not of the type that the column says."""
    if column.dtype.is_integer != feature.dtype.is_integer:
        raise ValueError(
            f"Column dtype and SparseTensors dtype must be compatible. key: {column.key}, column "
            f"dtype: {column.dtype}, tensor dtype: {feature.dtype}"
        )


def check_feature_kind(column: Any, feature: SparseTensor) -> None:
    checking.check_string_or_int(feature.dtype, f"column_name: {column.key} input_tensor")


@dataclass(frozen=True)
class HashedCategoricalColumn(OwnCategoricalColumn):
    """See `categorical_column_with_hash_bucket`."""

    key: str
    hash_bucket_size: int
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

    @property
    def num_buckets(self) -> int:
        return self.hash_bucket_size

    def _transformed(self, inputs: Inputs) -> Any:
        feature = sparse_categories(inputs.get(self.key))
        check_feature_kind(self, feature)
        check_feature_type(self, feature)
        values = feature.values
        text = values if self.dtype == dtypes.string else as_string(values)
        ids = string_to_hash_bucket_fast(text, num_buckets=self.hash_bucket_size, name="lookup")
        return SparseTensor(feature.indices, ids, feature.dense_shape)


def categorical_column_with_hash_bucket(
    key: str, hash_bucket_size: int, dtype: DType = dtypes.string
) -> HashedCategoricalColumn:
    """A column of the values of feature `key`, each of which has one of some buckets by its hash.

    Args:
      dtype: that of the values, strings or integers.

    Raises:
      ValueError: there is no bucket, or an argument is no such thing.
    """
    if hash_bucket_size is None:
        raise ValueError(f"hash_bucket_size must be set. key: {key}")
    if hash_bucket_size < 1:
        raise ValueError(
            f"hash_bucket_size must be at least 1. hash_bucket_size: {hash_bucket_size}, key: {key}"
        )
    checking.check_key(key)
    checking.check_string_or_int(dtype, f"column_name: {key}")
    return HashedCategoricalColumn(key, hash_bucket_size, dtype)


@dataclass(frozen=True)
class IdentityCategoricalColumn(OwnCategoricalColumn):
    """See `categorical_column_with_identity`."""

    key: str
    number_buckets: int
    default_value: int | None

    @property
    def name(self) -> str:
        return self.key

    @property
    def parents(self) -> list[Any]:
        return [self.key]

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return {self.key: VarLenFeature(dtypes.int64)}

    @property
    def num_buckets(self) -> int:
        return self.number_buckets

    def _transformed(self, inputs: Inputs) -> Any:
        feature = sparse_categories(inputs.get(self.key))
        if not feature.dtype.is_integer:
            raise ValueError(f"Invalid input, not integer. key: {self.key} dtype: {feature.dtype}")
        ids = self._within(cast(feature.values, dtypes.int64, name="values"))
        return SparseTensor(feature.indices, ids, feature.dense_shape)

    def _within(self, ids: Any) -> Any:
        """`ids`, where those that are out of range are the default, or fail the run."""
        count = cast(self.num_buckets, dtypes.int64, name="num_buckets")
        zero = cast(0, dtypes.int64, name="zero")
        if self.default_value is not None:
            is_out = logical_or(ids < zero, ids >= count, name="out_of_range")
            sizes, default = shape(ids), cast(self.default_value, dtypes.int64)
            return where_v2(is_out, fill(sizes, default, name="default_values"), ids)
        is_below = assert_less(
            ids,
            count,
            data=(ids, count),
            message=f'Bucket index for categorical column "{self.name}" exceeds number of buckets',
            name="assert_less_than_num_buckets",
        )
        is_index = assert_greater_equal(
            ids,
            zero,
            data=(ids,),
            message=f'Negative bucket index for categorical column "{self.name}"',
            name="assert_greater_or_equal_0",
        )
        with control_dependencies((is_below, is_index)):
            return identity(ids)


def categorical_column_with_identity(
    key: str, num_buckets: int, default_value: int | None = None
) -> IdentityCategoricalColumn:
    """A column of the integers of feature `key`, which are numbers of categories themselves.

    Others than 0 <= value < num_buckets count as `default_value`, or fail the run where it is None.

    Raises:
      ValueError: there is no bucket, or `default_value` is the number of none.
    """
    if num_buckets < 1:
        raise ValueError(f"num_buckets {num_buckets} < 1, column_name {key}")
    if default_value is not None and not 0 <= default_value < num_buckets:
        raise ValueError(
            f"default_value {default_value} not in range [0, {num_buckets}), column_name {key}"
        )
    checking.check_key(key)
    return IdentityCategoricalColumn(key, num_buckets, default_value)
