"""Columns of sequences: of categories, and of numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.input.columns import checking
from stillflow.input.columns.categorical import (
    categorical_column_with_hash_bucket,
    categorical_column_with_identity,
)
from stillflow.input.columns.column import (
    IdsAndWeights,
    Sequences,
    buckets_of,
    is_new,
    spec_of,
)
from stillflow.input.columns.lengths import sequence_length
from stillflow.input.columns.own import (
    Inputs,
    OldInputs,
    OwnCategoricalColumn,
    OwnSequenceDenseColumn,
)
from stillflow.input.columns.vocabulary import (
    categorical_column_with_vocabulary_file,
    categorical_column_with_vocabulary_list,
)
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.shape_of import shape as shape_of
from stillflow.ops.parsing.features import VarLenFeature
from stillflow.ops.reduce.reductions import reduce_prod
from stillflow.ops.sparse.densifying import sparse_tensor_to_dense
from stillflow.ops.sparse.rearranging import sparse_reshape


@dataclass(frozen=True)
class SequenceCategoricalColumn(OwnCategoricalColumn):
    """The categories of another column, as those of the steps of a sequence."""

    categorical_column: Any

    @property
    def _is_v2_column(self) -> bool:
        return is_new(self.categorical_column)

    @property
    def name(self) -> str:
        return self.categorical_column.name

    @property
    def parents(self) -> list[Any]:
        return [self.categorical_column]

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return spec_of(self.categorical_column)

    @property
    def num_buckets(self) -> int:
        return buckets_of(self.categorical_column)

    def _transformed(self, inputs: Inputs) -> Any:
        return inputs.transformed(self.categorical_column)

    def _sparse(self, inputs: Inputs) -> IdsAndWeights:
        """All axes behind that of steps are one."""
        ids, weights = inputs.sparse_tensors(self.categorical_column)
        sizes = shape_of(ids)
        wanted = [sizes[0], sizes[1], reduce_prod(sizes[2:])]
        ids = sparse_reshape(ids, wanted)
        if weights is not None:
            weights = sparse_reshape(weights, wanted)
        return IdsAndWeights(ids, weights)


def sequence_categorical_column_with_identity(
    key: str, num_buckets: int, default_value: int | None = None
) -> SequenceCategoricalColumn:
    """`categorical_column_with_identity` of the steps of a sequence."""
    return SequenceCategoricalColumn(
        categorical_column_with_identity(key, num_buckets, default_value)
    )


def sequence_categorical_column_with_hash_bucket(
    key: str, hash_bucket_size: int, dtype: DType = dtypes.string
) -> SequenceCategoricalColumn:
    """`categorical_column_with_hash_bucket` of the steps of a sequence."""
    return SequenceCategoricalColumn(
        categorical_column_with_hash_bucket(key, hash_bucket_size, dtype)
    )


def sequence_categorical_column_with_vocabulary_file(
    key: str,
    vocabulary_file: str,
    vocabulary_size: int | None = None,
    num_oov_buckets: int = 0,
    default_value: int | None = None,
    dtype: DType = dtypes.string,
) -> SequenceCategoricalColumn:
    """`categorical_column_with_vocabulary_file` of the steps of a sequence."""
    return SequenceCategoricalColumn(
        categorical_column_with_vocabulary_file(
            key, vocabulary_file, vocabulary_size, num_oov_buckets, default_value, dtype
        )
    )


def sequence_categorical_column_with_vocabulary_list(
    key: str,
    vocabulary_list: Sequence[Any],
    dtype: DType | None = None,
    default_value: int = -1,
    num_oov_buckets: int = 0,
) -> SequenceCategoricalColumn:
    """`categorical_column_with_vocabulary_list` of the steps of a sequence."""
    return SequenceCategoricalColumn(
        categorical_column_with_vocabulary_list(
            key, vocabulary_list, dtype, default_value, num_oov_buckets
        )
    )


@dataclass(frozen=True)
class SequenceNumericColumn(OwnSequenceDenseColumn):
    """See `sequence_numeric_column`."""

    key: str
    shape: tuple[int, ...]
    default_value: float
    dtype: DType
    normalizer_fn: Callable[[Any], Any] | None

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
    def variable_shape(self) -> TensorShape:
        return TensorShape(self.shape)

    @property
    def _variable_shape(self) -> TensorShape:
        return self.variable_shape

    def _transformed(self, inputs: Inputs) -> Any:
        feature = inputs.get(self.key)
        return feature if self.normalizer_fn is None else self.normalizer_fn(feature)

    def _sequence(self, inputs: Inputs) -> Sequences:
        sparse = inputs.get(self)
        dense = sparse_tensor_to_dense(sparse, default_value=self.default_value)
        sizes = concat([shape_of(dense)[:1], [-1], self.variable_shape], axis=0)
        dense = reshape(dense, sizes)
        in_a_step = math.prod(self.shape) if sparse.shape.ndims == 2 else 1
        return Sequences(dense, sequence_length(sparse, in_a_step))


def sequence_numeric_column(
    key: str,
    shape: Any = (1,),
    default_value: float = 0.0,
    dtype: DType = dtypes.float32,
    normalizer_fn: Callable[[Any], Any] | None = None,
) -> SequenceNumericColumn:
    """A column of sequences of the numbers of feature `key`, f32[n, t, *shape].

    Args:
      default_value: what is behind the end of shorter sequences.
      dtype: the type of the feature.
      normalizer_fn: a function of the feature, a SparseTensor.

    Raises:
      TypeError, ValueError: an argument is no such thing.
    """
    sizes = checking.checked_shape(shape, key)
    checking.check_number(dtype, key)
    checking.check_normalizer(normalizer_fn)
    return SequenceNumericColumn(key, sizes, default_value, dtype, normalizer_fn)


def check_is_no_sequence(kind: str, column: Any, inputs: Inputs) -> None:
    """ValueError when the categories of `column` are those of a sequence."""
    categories = column.categorical_column
    if isinstance(categories, SequenceCategoricalColumn):
        prefix = "_" if isinstance(inputs, OldInputs) else ""
        raise ValueError(
            f"In {kind}: {column.name}. categorical_column must not be of type "
            f"{prefix}SequenceCategoricalColumn. Suggested fix A: If you wish to use "
            "DenseFeatures, use a non-sequence categorical_column_with_*. Suggested fix B: If you "
            "wish to create sequence input, use SequenceFeatures instead of DenseFeatures. Given "
            f"(type {type(categories)}): {categories}"
        )


def check_is_sequence(kind: str, column: Any, names: tuple[str, str] | None = None) -> None:
    """ValueError unless the categories of `column` are those of a sequence.

    `names` are those that TensorFlow gives their class, and the layer that takes sequences.
    """
    categories = column.categorical_column
    if not isinstance(categories, SequenceCategoricalColumn):
        cls, layer = names or ("SequenceCategoricalColumn", "SequenceFeatures")
        raise ValueError(
            f"In {kind}: {column.name}. categorical_column must be of type {cls} to use {layer}. "
            "Suggested fix: Use one of sequence_categorical_column_with_*. Given (type "
            f"{type(categories)}): {categories}"
        )
