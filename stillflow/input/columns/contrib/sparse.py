"""Columns of categories: numbers, hashes, words of a list or a file; and weighted ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from stillflow.graph import dtypes, nest
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.input.columns.column import IdsAndWeights, OldCategoricalColumn
from stillflow.input.columns.contrib.column import ContribCoreColumn, WeightedSum, config_of
from stillflow.input.columns.contrib.shaping import of_rank
from stillflow.layers.contrib.sparse_embedding import dense_to_sparse_tensor
from stillflow.ops.math.casts import cast
from stillflow.ops.math.division import floormod
from stillflow.ops.parsing.features import VarLenFeature
from stillflow.ops.sparse.concatenating import sparse_concat
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.strings import hashing
from stillflow.ops.strings.numbers import as_string
from stillflow.ops.tables.by_index import index_table_from_file
from stillflow.ops.tables.older import index_table_from_tensor
from stillflow.ops.variables.initializers import Zeros
from stillflow.platform import logging


class SparseIdLookupConfig(NamedTuple):
    """The vocabulary of a column."""

    vocabulary_file: str | None = None
    keys: tuple[Any, ...] | None = None
    num_oov_buckets: int = 0
    vocab_size: int | None = None
    default_value: int = -1


class CategoriesOfContrib(ContribCoreColumn, OldCategoricalColumn):
    """What columns of categories have in common."""

    length: int

    def id_tensor(self, input_tensor: Any) -> Any:
        """The ids in what the column was transformed to."""
        return input_tensor

    def weight_tensor(self, input_tensor: Any) -> Any:
        """The weights in what the column was transformed to, or None."""
        return None

    @property
    def _num_buckets(self) -> int:
        return self.length

    def _get_sparse_tensors(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> IdsAndWeights:
        found = inputs.get(self)
        return IdsAndWeights(self.id_tensor(found), self.weight_tensor(found))


@dataclass(frozen=True, repr=False)
class SparseColumn(CategoriesOfContrib):
    """Base of columns of the categories of one feature."""

    column_name: str
    is_integerized: bool = False
    bucket_size: int | None = None
    lookup_config: Any = None
    combiner: str = "sum"
    dtype: DType = dtypes.string

    def __post_init__(self) -> None:
        self._check_types()
        of = f"column_name: {self.column_name}"
        size, lookup = self.bucket_size, self.lookup_config
        if size is None and lookup is None:
            raise ValueError(f"one of bucket_size or lookup_config must be set. {of}")
        if size is not None and lookup:
            raise ValueError(f"one and only one of bucket_size or lookup_config must be set. {of}")
        if size is not None and size < 1:
            raise ValueError(f"bucket_size must be at least 1. bucket_size: {size}, {of}")
        if lookup and not isinstance(lookup, SparseIdLookupConfig):
            raise TypeError(
                "lookup_config must be an instance of _SparseIdLookupConfig. Given one is in type "
                f"{type(lookup)} for column_name {self.column_name}"
            )
        if lookup and lookup.vocabulary_file and lookup.vocab_size is None:
            raise ValueError(f"vocab_size must be defined. {of}")

    def _check_types(self) -> None:
        of = f"column_name: {self.column_name}"
        if self.is_integerized and self.bucket_size is None:
            raise ValueError(f"bucket_size must be set if is_integerized is True. {of}")
        if self.is_integerized and not self.dtype.is_integer:
            raise ValueError(
                f"dtype must be an integer if is_integerized is True. dtype: {self.dtype}, {of}."
            )
        if self.dtype != dtypes.string and not self.dtype.is_integer:
            raise ValueError(f"dtype must be string or integer. dtype: {self.dtype}, {of}")

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.column_name

    @property
    def length(self) -> int:  # type: ignore[override]
        if self.bucket_size is not None:
            return self.bucket_size
        return self.lookup_config.vocab_size + self.lookup_config.num_oov_buckets

    @property
    def config(self) -> dict[str, Any]:
        return {self.column_name: VarLenFeature(self.dtype)}

    def _to_dnn_input_layer(
        self,
        input_tensor: Any,
        weight_collections: Any = None,
        trainable: bool = True,
        output_rank: int = 2,
    ) -> Tensor:
        raise ValueError(
            "SparseColumn is not supported in DNN. Please use embedding_column or one_hot_column. "
            f"column: {self}"
        )

    def _wide_embedding_lookup_arguments(self, input_tensor: Any) -> WeightedSum:
        ids, weights = self.id_tensor(input_tensor), self.weight_tensor(input_tensor)
        return WeightedSum(ids, weights, self.length, Zeros(), self.combiner)

    def is_compatible(self, other_column: Any) -> bool:
        """Whether an embedding can be shared with the other column."""
        if self.lookup_config and other_column.lookup_config:
            return self.lookup_config == other_column.lookup_config
        types_fit = self.dtype == other_column.dtype or (
            self.dtype.is_integer and other_column.dtype.is_integer
        )
        if self.length != other_column.length or not types_fit:
            return False
        logging.warning(
            "Column %s and %s may not have the same vocabulary.", self.name, other_column.name
        )
        return True

    def insert_transformed_feature(self, columns_to_tensors: dict[Any, Any]) -> None:
        feature = self._sparse(columns_to_tensors[self.name])
        columns_to_tensors[self] = self._do_transform(feature)

    def _transform_feature(self, inputs: Any) -> Any:
        return self._do_transform(self._sparse(inputs.get(self.name)))

    def _sparse(self, feature: Any) -> SparseTensor:
        if isinstance(feature, SparseTensor):
            return feature
        ignored = "" if feature.dtype == dtypes.string else -1
        return dense_to_sparse_tensor(of_rank(feature, 2, self.name), ignored)

    def _do_transform(self, feature: SparseTensor) -> SparseTensor:
        raise NotImplementedError


class SparseColumnIntegerized(SparseColumn):
    """See `sparse_column_with_integerized_feature`."""

    def _do_transform(self, feature: SparseTensor) -> SparseTensor:
        ids = floormod(feature.values, self.bucket_size, name="mod")
        return SparseTensor(feature.indices, ids, feature.dense_shape)


@dataclass(frozen=True, repr=False)
class SparseColumnHashed(SparseColumn):
    """See `sparse_column_with_hash_bucket`."""

    hash_keys: Any = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys = self.hash_keys
        if keys is not None:
            if not isinstance(keys, list) or not keys:
                raise ValueError("hash_keys must be a non-empty list.")
            are_pairs = all(isinstance(pair, list) and len(pair) == 2 for pair in keys)
            if not are_pairs or not all(isinstance(key, int) for key in nest.flatten(keys)):
                raise ValueError("Each element of hash_keys must be a pair of integers.")
        super().__post_init__()

    def _do_transform(self, feature: SparseTensor) -> SparseTensor:
        text = as_string(feature.values) if self.dtype.is_integer else feature.values

        def hashed(ids: Tensor) -> SparseTensor:
            return SparseTensor(feature.indices, ids, feature.dense_shape)

        if not self.hash_keys:
            return hashed(
                hashing.string_to_hash_bucket_fast(
                    text, num_buckets=self.bucket_size, name="lookup"
                )
            )
        by_key = [
            hashed(
                hashing.string_to_hash_bucket_strong(text, num_buckets=self.bucket_size, key=key)
            )
            for key in self.hash_keys
        ]
        return sparse_concat(axis=1, sp_inputs=by_key, name="lookup")


class SparseColumnKeys(SparseColumn):
    """See `sparse_column_with_keys`."""

    def _do_transform(self, feature: SparseTensor) -> SparseTensor:
        table = index_table_from_tensor(
            mapping=tuple(self.lookup_config.keys),
            default_value=self.lookup_config.default_value,
            dtype=self.dtype,
            name="lookup",
        )
        return table.lookup(feature)


class SparseColumnVocabulary(SparseColumn):
    """See `sparse_column_with_vocabulary_file`."""

    def _do_transform(self, feature: SparseTensor) -> SparseTensor:
        if self.dtype.is_integer:
            text = as_string(feature.values)
            feature = SparseTensor(feature.indices, text, feature.dense_shape)
        table = index_table_from_file(
            vocabulary_file=self.lookup_config.vocabulary_file,
            num_oov_buckets=self.lookup_config.num_oov_buckets,
            vocab_size=self.lookup_config.vocab_size,
            default_value=self.lookup_config.default_value,
            name=f"{self.name}_lookup",
        )
        return table.lookup(feature)


def sparse_column_with_integerized_feature(
    column_name: str, bucket_size: int, combiner: str = "sum", dtype: DType = dtypes.int64
) -> SparseColumnIntegerized:
    """A column of the integers of a feature, modulo `bucket_size`."""
    return SparseColumnIntegerized(column_name, True, bucket_size, None, combiner, dtype)


def sparse_column_with_hash_bucket(
    column_name: str,
    hash_bucket_size: int,
    combiner: str = "sum",
    dtype: DType = dtypes.string,
    hash_keys: list[list[int]] | None = None,
) -> SparseColumnHashed:
    """A column of the values of a feature, each of which has a bucket by its hash.

    `hash_keys` are pairs of numbers, under each of which it has another.
    """
    return SparseColumnHashed(
        column_name, False, hash_bucket_size, None, combiner, dtype, hash_keys
    )


def sparse_column_with_keys(
    column_name: str,
    keys: Iterable[Any],
    default_value: int = -1,
    combiner: str = "sum",
    dtype: DType = dtypes.string,
) -> SparseColumnKeys:
    """A column of the values of a feature that are in a list; others have `default_value`."""
    words = tuple(keys)
    lookup = SparseIdLookupConfig(keys=words, vocab_size=len(words), default_value=default_value)
    return SparseColumnKeys(column_name, False, None, lookup, combiner, dtype)


def sparse_column_with_vocabulary_file(
    column_name: str,
    vocabulary_file: str,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    combiner: str = "sum",
    dtype: DType = dtypes.string,
) -> SparseColumnVocabulary:
    """A column of the values of a feature that are lines of a file.

    Others have one of `num_oov_buckets`, or `default_value`.

    Raises:
      ValueError: there is no `vocab_size`, the number of lines.
    """
    if vocab_size is None:
        raise ValueError(f"vocab_size should be defined. column_name: {column_name}")
    lookup = SparseIdLookupConfig(
        vocabulary_file=vocabulary_file,
        num_oov_buckets=num_oov_buckets,
        vocab_size=vocab_size,
        default_value=default_value,
    )
    return SparseColumnVocabulary(column_name, False, None, lookup, combiner, dtype)


@dataclass(frozen=True, repr=False)
class WeightedSparseColumn(CategoriesOfContrib):
    """See `weighted_sparse_column`."""

    sparse_id_column: Any
    weight_column_name: str
    dtype: DType

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"{self.sparse_id_column.name}_weighted_by_{self.weight_column_name}"

    @property
    def length(self) -> int:  # type: ignore[override]
        return self.sparse_id_column.length

    @property
    def config(self) -> dict[str, Any]:
        own = {self.weight_column_name: VarLenFeature(self.dtype)}
        return {**config_of(self.sparse_id_column), **own}

    @property
    def lookup_config(self) -> Any:
        return self.sparse_id_column.lookup_config

    def id_tensor(self, input_tensor: Any) -> Any:
        return input_tensor[0]

    def weight_tensor(self, input_tensor: Any) -> Any:
        return input_tensor[1]

    def is_compatible(self, other_column: Any) -> bool:
        """Whether an embedding can be shared with the other column."""
        is_weighted = isinstance(other_column, WeightedSparseColumn)
        other = other_column.sparse_id_column if is_weighted else other_column
        return self.sparse_id_column.is_compatible(other)

    def _to_dnn_input_layer(
        self,
        input_tensor: Any,
        weight_collections: Any = None,
        trainable: bool = True,
        output_rank: int = 2,
    ) -> Tensor:
        raise ValueError(
            "WeightedSparseColumn is not supported in DNN. Please use embedding_column or "
            f"one_hot_column. column: {self}"
        )

    def _wide_embedding_lookup_arguments(self, input_tensor: Any) -> WeightedSum:
        ids, weights = input_tensor
        return WeightedSum(ids, weights, self.length, Zeros(), self.sparse_id_column.combiner)

    def insert_transformed_feature(self, columns_to_tensors: dict[Any, Any]) -> None:
        if self.sparse_id_column not in columns_to_tensors:
            self.sparse_id_column.insert_transformed_feature(columns_to_tensors)
        weights = columns_to_tensors[self.weight_column_name]
        ids = columns_to_tensors[self.sparse_id_column]
        columns_to_tensors[self] = self._do_transform(ids, weights)

    def _transform_feature(self, inputs: Any) -> Any:
        ids = inputs.get(self.sparse_id_column)
        return self._do_transform(ids, inputs.get(self.weight_column_name))

    def _do_transform(self, ids: Any, weights: Any) -> tuple[Any, Any]:
        if not isinstance(weights, SparseTensor):
            weights = dense_to_sparse_tensor(weights)
        if not self.dtype.is_floating:
            weights = cast(weights, dtypes.float32)
        return ids, weights


def weighted_sparse_column(
    sparse_id_column: Any, weight_column_name: str, dtype: DType = dtypes.float32
) -> WeightedSparseColumn:
    """The categories of a column, each with the weight that another feature has in its place.

    Raises:
      ValueError: `dtype`, that of the weights, is none of numbers.
    """
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype is not convertible to float. Given {dtype}")
    return WeightedSparseColumn(sparse_id_column, weight_column_name, dtype)
