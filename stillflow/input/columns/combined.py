"""Columns of categories that are made of others: weighted, and crossed with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.input.columns.categorical import HashedCategoricalColumn
from stillflow.input.columns.column import (
    CategoricalColumn,
    FeatureColumn,
    IdsAndWeights,
    OldCategoricalColumn,
    OldFeatureColumn,
    buckets_of,
    is_new,
    spec_of,
)
from stillflow.input.columns.features import sparse_categories
from stillflow.input.columns.own import Inputs, OwnCategoricalColumn
from stillflow.ops.math.casts import cast
from stillflow.ops.parsing.features import VarLenFeature
from stillflow.ops.sparse.crossing import sparse_cross_hashed
from stillflow.ops.sparse.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor


@dataclass(frozen=True)
class WeightedCategoricalColumn(OwnCategoricalColumn):
    """See `weighted_categorical_column`."""

    categorical_column: Any
    weight_feature_key: str
    dtype: DType

    @property
    def _is_v2_column(self) -> bool:
        return is_new(self.categorical_column)

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_weighted_by_{self.weight_feature_key}"

    @property
    def parents(self) -> list[Any]:
        return [self.categorical_column, self.weight_feature_key]

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        spec = spec_of(self.categorical_column)
        if self.weight_feature_key in spec:
            raise ValueError(
                f"Parse config {spec[self.weight_feature_key]} already exists for "
                f"{self.weight_feature_key}."
            )
        return {**spec, self.weight_feature_key: VarLenFeature(self.dtype)}

    @property
    def num_buckets(self) -> int:
        return buckets_of(self.categorical_column)

    def _transformed(self, inputs: Inputs) -> Any:
        weights = convert_to_tensor_or_sparse_tensor(inputs.get(self.weight_feature_key))
        if weights.dtype.base_dtype != self.dtype:
            raise ValueError(f"Bad dtype, expected {self.dtype}, but got {weights.dtype}.")
        if not isinstance(weights, SparseTensor):
            weights = sparse_categories(weights, ignored=0.0)
        if not weights.dtype.is_floating:
            weights = cast(weights, dtypes.float32)
        return inputs.get(self.categorical_column), weights

    def _sparse(self, inputs: Inputs) -> IdsAndWeights:
        return IdsAndWeights(*inputs.get(self))


def weighted_categorical_column(
    categorical_column: Any, weight_feature_key: str, dtype: DType = dtypes.float32
) -> WeightedCategoricalColumn:
    """The categories of a column, each with the weight that another feature has in its place.

    Raises:
      ValueError: `dtype`, that of the weights, is none of numbers.
    """
    if dtype is None or not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype {dtype} is not convertible to float.")
    return WeightedCategoricalColumn(categorical_column, weight_feature_key, dtype)


@dataclass(frozen=True)
class CrossedColumn(OwnCategoricalColumn):
    """See `crossed_column`."""

    keys: tuple[Any, ...]
    hash_bucket_size: int
    hash_key: int | None

    @property
    def _is_v2_column(self) -> bool:
        return all(isinstance(key, str) or is_new(key) for key in self._leaves())

    @property
    def name(self) -> str:
        names = (key if isinstance(key, str) else key.name for key in self._leaves())
        return "_X_".join(sorted(names))

    @property
    def parents(self) -> list[Any]:
        return list(self.keys)

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        spec: dict[str, Any] = {}
        for key in self.keys:
            if isinstance(key, (FeatureColumn, OldFeatureColumn)):
                spec.update(spec_of(key))
            else:
                spec[key] = VarLenFeature(dtypes.string)
        return spec

    @property
    def num_buckets(self) -> int:
        return self.hash_bucket_size

    def _transformed(self, inputs: Inputs) -> Any:
        features = [self._feature(key, inputs) for key in self._leaves()]
        return sparse_cross_hashed(
            inputs=features, num_buckets=self.hash_bucket_size, hash_key=self.hash_key
        )

    def _feature(self, key: Any, inputs: Inputs) -> Any:
        if isinstance(key, str):
            return inputs.get(key)
        if not isinstance(key, (CategoricalColumn, OldCategoricalColumn)):
            raise ValueError(f"Unsupported column type. Given: {key}")
        ids, weights = inputs.sparse_tensors(key)
        if weights is not None:
            raise ValueError(
                "crossed_column does not support weight_tensor, but the given column populates "
                f"weight_tensor. Given column: {key.name}"
            )
        return ids

    def _leaves(self) -> list[Any]:
        """What is crossed, and not itself crossed."""
        return [
            leaf
            for key in self.keys
            for leaf in (key._leaves() if isinstance(key, CrossedColumn) else [key])
        ]


def crossed_column(
    keys: Sequence[Any], hash_bucket_size: int, hash_key: int | None = None
) -> CrossedColumn:
    """A column of the combinations of categories, each of which has one of some buckets.

    Args:
      keys: names of features of strings, and columns of categories other than hashed ones.
      hash_key: what the hash begins with.

    Raises:
      ValueError: there is no bucket, or there are not two keys, or one is no such thing.
    """
    if not hash_bucket_size or hash_bucket_size < 1:
        raise ValueError(f"hash_bucket_size must be > 1. hash_bucket_size: {hash_bucket_size}")
    if not keys or len(keys) < 2:
        raise ValueError(f"keys must be a list with length > 1. Given: {keys}")
    for key in keys:
        if not isinstance(key, (str, CategoricalColumn, OldCategoricalColumn)):
            raise ValueError(
                "Unsupported key type. All keys must be either string, or categorical column "
                f"except HashedCategoricalColumn. Given: {key}"
            )
        if isinstance(key, HashedCategoricalColumn):
            raise ValueError(
                "categorical_column_with_hash_bucket is not supported for crossing. Hashing before "
                "crossing will increase probability of collision. Instead, use the feature name as "
                f"a string. Given: {key}"
            )
    return CrossedColumn(tuple(keys), hash_bucket_size, hash_key)
