"""Columns of numbers that are made of categories: one for each, or some that are learnt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.input.columns.column import OldDenseColumn
from stillflow.input.columns.contrib.column import ContribCoreColumn, Embedding, config_of
from stillflow.input.columns.contrib.sparse import SparseColumn, WeightedSparseColumn
from stillflow.layers.contrib.arranging import inner_flatten
from stillflow.layers.contrib.scattered_embedding import scattered_embedding_lookup_sparse
from stillflow.layers.contrib.sparse_embedding import safe_embedding_lookup_sparse
from stillflow.ops.array.filling import zeros_like
from stillflow.ops.array.joining import concat
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.shape_of import shape
from stillflow.ops.parsing.features import VarLenFeature
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.sparse.creating import sparse_merge
from stillflow.ops.sparse.cutting import sparse_slice
from stillflow.ops.sparse.densifying import sparse_tensor_to_dense
from stillflow.ops.variables.initializers import TruncatedNormal
from stillflow.ops.variables.model_variables import model_variable
from stillflow.ops.variables.partitioned import PartitionedVariable
from stillflow.platform import logging
from stillflow.train.checkpoint_init import init_from_checkpoint


class _OfSparse(ContribCoreColumn, OldDenseColumn):
    """Numbers that are made of the categories of `sparse_id_column`."""

    sparse_id_column: Any

    @property
    def config(self) -> dict[str, Any]:
        return config_of(self.sparse_id_column)

    def insert_transformed_feature(self, columns_to_tensors: dict[Any, Any]) -> None:
        if self.sparse_id_column not in columns_to_tensors:
            self.sparse_id_column.insert_transformed_feature(columns_to_tensors)
        columns_to_tensors[self] = columns_to_tensors[self.sparse_id_column]


@dataclass(frozen=True, repr=False)
class OneHotColumn(_OfSparse):
    """See `one_hot_column`."""

    sparse_id_column: Any

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"{self.sparse_id_column.name}_one_hot"

    @property
    def length(self) -> int:
        return self.sparse_id_column.length

    @property
    def _variable_shape(self) -> TensorShape:
        return TensorShape([self.length])

    def _transform_feature(self, inputs: Any) -> Any:
        return self._to_dnn_input_layer(inputs.get(self.sparse_id_column))

    def _get_dense_tensor(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> Any:
        return inputs.get(self)

    def _to_dnn_input_layer(
        self,
        input_tensor: Any,
        weight_collections: Any = None,
        trainable: bool = False,
        output_rank: int = 2,
    ) -> Tensor:
        ids = inner_flatten(self.sparse_id_column.id_tensor(input_tensor), output_rank)
        weights = self.sparse_id_column.weight_tensor(input_tensor)
        if weights is not None:
            merged = sparse_merge(sp_ids=ids, sp_values=weights, vocab_size=self.length)
            merged = sparse_slice(merged, zeros_like(merged.dense_shape), merged.dense_shape)
            dense = sparse_tensor_to_dense(merged)
            return reshape(dense, concat([shape(dense)[:-1], [self.length]], axis=0))
        dense = sparse_tensor_to_dense(ids, default_value=-1)
        hot = one_hot(dense, self.length, on_value=1.0, off_value=0.0)
        return reduce_sum(hot, axis=[output_rank - 1])


def one_hot_column(sparse_id_column: Any) -> OneHotColumn:
    """A column f32[n, categories] of how often each example has each category of another column."""
    return OneHotColumn(sparse_id_column)


@dataclass(frozen=True, repr=False)
class EmbeddingColumn(_OfSparse):
    """See `embedding_column`."""

    sparse_id_column: Any
    dimension: int
    combiner: str = "mean"
    initializer: Any = None
    ckpt_to_load_from: str | None = None
    tensor_name_in_ckpt: str | None = None
    shared_embedding_name: str | None = None
    shared_vocab_size: int | None = None
    max_norm: float | None = None
    trainable: bool = True

    def __post_init__(self) -> None:
        if self.initializer is not None and not callable(self.initializer):
            raise ValueError(
                "initializer must be callable if specified. Embedding of column_name: "
                f"{self.sparse_id_column.name}"
            )
        if (self.ckpt_to_load_from is None) != (self.tensor_name_in_ckpt is None):
            raise ValueError(
                "Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them."
            )
        if self.initializer is None:
            logging.warning(
                'The default stddev value of initializer was changed from "1/sqrt(vocab_size)" to '
                '"1/sqrt(dimension)" in core implementation (tf.feature_column.embedding_column).'
            )
            deviation = 1 / math.sqrt(self.sparse_id_column.length)
            initializer = TruncatedNormal(mean=0.0, stddev=deviation)
            object.__setattr__(self, "initializer", initializer)

    @property
    def name(self) -> str:  # type: ignore[override]
        shared = "" if self.shared_embedding_name is None else "shared_"
        return f"{self.sparse_id_column.name}_{shared}embedding"

    @property
    def length(self) -> int:
        shared = self.shared_vocab_size
        return self.sparse_id_column.length if shared is None else shared

    @property
    def key(self) -> str:
        return self._key_without("initializer")

    @property
    def _variable_shape(self) -> TensorShape:
        return TensorShape([self.dimension])

    def _checkpoint_path(self) -> tuple[str, str] | None:
        if self.ckpt_to_load_from is None or self.tensor_name_in_ckpt is None:
            return None
        return self.ckpt_to_load_from, self.tensor_name_in_ckpt

    def _transform_feature(self, inputs: Any) -> Any:
        return inputs.get(self.sparse_id_column)

    def _get_dense_tensor(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> Any:
        embedding = self._deep_embedding_lookup_arguments(inputs.get(self))
        return embedded(self, embedding, weight_collections, trainable)

    def _deep_embedding_lookup_arguments(self, input_tensor: Any) -> Embedding:
        return Embedding(
            input_tensor=self.sparse_id_column.id_tensor(input_tensor),
            weight_tensor=self.sparse_id_column.weight_tensor(input_tensor),
            vocab_size=self.length,
            initializer=self.initializer,
            combiner=self.combiner,
            dimension=self.dimension,
            shared_embedding_name=self.shared_embedding_name,
            hash_key=None,
            max_norm=self.max_norm,
            trainable=self.trainable,
        )

    def _wide_embedding_lookup_arguments(self, input_tensor: Any) -> Any:
        raise ValueError(
            f"Column {self} is not supported in linear models. Please use sparse_column."
        )


def embedding_column(
    sparse_id_column: Any,
    dimension: int,
    combiner: str = "mean",
    initializer: Any = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> EmbeddingColumn:
    """A column of `dimension` numbers that are learnt for each category of another column.

    Args:
      combiner: what becomes of several categories: "mean", "sqrtn" or "sum".
      initializer: of the numbers; by default normal ones of deviation 1 / sqrt(categories).
      ckpt_to_load_from, tensor_name_in_ckpt: where their initial values come from instead.
      max_norm: rows are clipped to this norm.

    Raises:
      ValueError: an argument is no such thing.
    """
    return EmbeddingColumn(
        sparse_id_column,
        dimension,
        combiner,
        initializer,
        ckpt_to_load_from,
        tensor_name_in_ckpt,
        max_norm=max_norm,
        trainable=trainable,
    )


def shared_embedding_columns(
    sparse_id_columns: Sequence[Any],
    dimension: int,
    combiner: str = "mean",
    shared_embedding_name: str | None = None,
    initializer: Any = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> Any:
    """Columns as of `embedding_column`, one for each of some others, that share their numbers.

    Raises:
      TypeError: they are no columns of categories.
      ValueError: there are none, or they differ in their vocabularies.
    """
    if not isinstance(sparse_id_columns, Sequence) or isinstance(sparse_id_columns, str):
        raise TypeError(
            "sparse_id_columns must be a non-string sequence (ex: list or tuple) instead of type "
            f"{type(sparse_id_columns)}."
        )
    if not sparse_id_columns:
        raise ValueError("The input sparse_id_columns should have at least one element.")
    for column in sparse_id_columns:
        if not isinstance(column, (SparseColumn, WeightedSparseColumn)):
            raise TypeError(
                "Elements of sparse_id_columns must be _SparseColumn or _WeightedSparseColumn, but "
                f"{column} is not."
            )
    first, *others = sparse_id_columns
    common = (dimension, combiner, initializer, ckpt_to_load_from, tensor_name_in_ckpt)
    if not others:
        return [EmbeddingColumn(first, *common, shared_embedding_name, None, max_norm, trainable)]
    if not all(_are_compatible(first, column) for column in others):
        raise ValueError("The input sparse id columns are not compatible.")
    name = shared_embedding_name or _shared_name(sparse_id_columns)
    return tuple(
        EmbeddingColumn(column, *common, name, first.length, max_norm, trainable)
        for column in sparse_id_columns
    )


def _are_compatible(first: Any, column: Any) -> bool:
    if isinstance(first, WeightedSparseColumn):
        return first.is_compatible(column)
    return column.is_compatible(first)


def _shared_name(columns: Sequence[Any]) -> str:
    plain = sorted(column for column in columns if isinstance(column, SparseColumn))
    weighted = [column for column in columns if not isinstance(column, SparseColumn)]
    names = [column.name for column in (*plain, *sorted(weighted, key=lambda c: c.name))]
    joined = "_".join(names[:3])
    if len(names) > 3:
        joined += f"_plus_{len(names) - 3}_others"
    return f"{joined}_shared_embedding"


@dataclass(frozen=True, repr=False)
class ScatteredEmbeddingColumn(ContribCoreColumn, OldDenseColumn):
    """See `scattered_embedding_column`."""

    column_name: str
    size: int
    dimension: int
    hash_key: int
    combiner: str = "sqrtn"
    initializer: Any = None

    def __post_init__(self) -> None:
        if self.initializer is not None and not callable(self.initializer):
            raise ValueError(
                f"initializer must be callable if specified. column_name: {self.column_name}"
            )
        if self.initializer is None:
            object.__setattr__(self, "initializer", TruncatedNormal(mean=0.0, stddev=0.1))

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"{self.column_name}_scattered_embedding"

    @property
    def config(self) -> dict[str, Any]:
        return {self.column_name: VarLenFeature(dtypes.string)}

    @property
    def key(self) -> str:
        return self._key_without("initializer")

    @property
    def _variable_shape(self) -> TensorShape:
        return TensorShape([self.dimension])

    def insert_transformed_feature(self, columns_to_tensors: dict[Any, Any]) -> None:
        columns_to_tensors[self] = columns_to_tensors[self.column_name]

    def _transform_feature(self, inputs: Any) -> Any:
        return inputs.get(self.column_name)

    def _get_dense_tensor(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> Any:
        embedding = self._deep_embedding_lookup_arguments(inputs.get(self))
        return embedded(self, embedding, weight_collections, trainable)

    def _deep_embedding_lookup_arguments(self, input_tensor: Any) -> Embedding:
        return Embedding(
            input_tensor=input_tensor,
            weight_tensor=None,
            vocab_size=self.size,
            initializer=self.initializer,
            combiner=self.combiner,
            dimension=self.dimension,
            shared_embedding_name=None,
            hash_key=self.hash_key,
            max_norm=None,
            trainable=True,
        )


def scattered_embedding_column(
    column_name: str,
    size: int,
    dimension: int,
    hash_key: int,
    combiner: str = "mean",
    initializer: Any = None,
) -> ScatteredEmbeddingColumn:
    """A column of `dimension` numbers for each value of a feature, out of `size` that are learnt.

    Each of a value's numbers has its place by a hash, so that values share numbers.

    Raises:
      ValueError: an argument is no such thing.
    """
    if dimension < 1 or size < 1:
        raise ValueError(
            f"Dimension and size must be greater than 0. dimension: {dimension}, size: {size}, "
            f"column_name: {column_name}"
        )
    if combiner not in ("mean", "sqrtn", "sum"):
        raise ValueError(
            f"Combiner must be one of 'mean', 'sqrtn' or 'sum'. combiner: {combiner}, column_name: "
            f"{column_name}"
        )
    return ScatteredEmbeddingColumn(column_name, size, dimension, hash_key, combiner, initializer)


# What is learnt -----------------------------------------------------------------------------------


def embedded(
    column: Any,
    embedding: Embedding,
    weight_collections: Any,
    trainable: Any,
    output_rank: int = 2,
) -> Tensor:
    """Returns the numbers of an Embedding, f32[n, ..., dimension]; makes the variable of them."""
    ids = inner_flatten(embedding.input_tensor, output_rank)
    weights = embedding.weight_tensor
    if weights is not None:
        weights = inner_flatten(weights, output_rank)

    def variable(name: str, sizes: list[int]) -> Any:
        return model_variable(
            name=name,
            shape=sizes,
            dtype=dtypes.float32,
            initializer=embedding.initializer,
            trainable=trainable and embedding.trainable,
            collections=weight_collections,
        )

    if embedding.hash_key:
        return scattered_embedding_lookup_sparse(
            variable("weights", [embedding.vocab_size]),
            ids,
            embedding.dimension,
            hash_key=embedding.hash_key,
            combiner=embedding.combiner,
            name="lookup",
        )
    sizes = [embedding.vocab_size, embedding.dimension]
    shared = embedding.shared_embedding_name
    rows = variable("weights", sizes) if shared is None else _shared(shared, sizes, variable)
    parts = parts_of(rows)
    restore(column._checkpoint_path(), parts)
    return safe_embedding_lookup_sparse(
        parts,
        ids,
        sparse_weights=weights,
        combiner=embedding.combiner,
        name=f"{column.name}weights",
        max_norm=embedding.max_norm,
    )


def _shared(name: str, sizes: list[int], make: Any) -> Any:
    """The variable that columns share, which the first of them makes."""
    collection = f"SHARED_EMBEDDING_COLLECTION_{name.upper()}"
    found = get_default_graph().get_collection_ref(collection)
    if not found:
        found.append(make(name, sizes))
    if len(found) > 1:
        raise ValueError(f"Collection {collection} can only contain one (partitioned) variable.")
    if found[0].get_shape() != sizes:
        raise ValueError(
            f"The embedding variable with name {name} already exists, but its shape does not match "
            "required embedding shape here. Please make sure to use different "
            "shared_embedding_name for different shared embeddings."
        )
    return found[0]


def parts_of(variable: Any) -> list[Any]:
    """The variables of a partitioned one, or the only one."""
    if isinstance(variable, PartitionedVariable):
        return variable._get_variable_list()
    return [variable]


def restore(path: tuple[str, str] | None, variables: list[Any]) -> None:
    """Takes initial values from a checkpoint, if one is named."""
    if path is not None:
        checkpoint, name = path
        of = variables[0] if len(variables) == 1 else variables
        init_from_checkpoint(checkpoint, {name: of})
