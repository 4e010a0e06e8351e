"""Columns of numbers that are learnt for each category."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.input.columns.column import (
    CategoricalColumn,
    IdsAndWeights,
    OldCategoricalColumn,
    Sequences,
    buckets_of,
    is_new,
    spec_of,
)
from stillflow.input.columns.combined import WeightedCategoricalColumn
from stillflow.input.columns.lengths import sequence_length
from stillflow.input.columns.own import (
    Inputs,
    OldInputs,
    OwnDenseColumn,
    OwnSequenceDenseColumn,
)
from stillflow.input.columns.sequence import check_is_no_sequence, check_is_sequence
from stillflow.ops.nn.sparse_embedding import safe_embedding_lookup_sparse
from stillflow.ops.variables.initializers import TruncatedNormal
from stillflow.ops.variables.partitioned import PartitionedVariable
from stillflow.ops.variables.scope import get_variable
from stillflow.train.checkpoint_init import init_from_checkpoint


class OfCategories(OwnDenseColumn, OwnSequenceDenseColumn):
    """What is embedded: the categories of another column."""

    categorical_column: Any
    combiner: str
    max_norm: float | None

    @property
    def parents(self) -> list[Any]:
        return [self.categorical_column]

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return spec_of(self.categorical_column)

    def _transformed(self, inputs: Inputs) -> Any:
        return inputs.get(self.categorical_column)

    def _looked_up(self, weights: Any, pair: IdsAndWeights) -> Any:
        return safe_embedding_lookup_sparse(
            embedding_weights=weights,
            sparse_ids=pair.id_tensor,
            sparse_weights=pair.weight_tensor,
            combiner=self.combiner,
            name=f"{self.name}_weights",
            max_norm=self.max_norm,
        )


def load(weights: Any, checkpoint: str | None, tensor: Any) -> None:
    """Takes the initial value from a checkpoint, if one is named."""
    if checkpoint is None:
        return
    parts = weights
    if isinstance(weights, PartitionedVariable):
        parts = weights._get_variable_list()
    init_from_checkpoint(checkpoint, {tensor: parts})


@dataclass(frozen=True)
class EmbeddingColumn(OfCategories):
    """See `embedding_column`."""

    categorical_column: Any
    dimension: int
    combiner: str
    initializer: Any
    ckpt_to_load_from: str | None
    tensor_name_in_ckpt: str | None
    max_norm: float | None
    trainable: bool

    @property
    def _is_v2_column(self) -> bool:
        return is_new(self.categorical_column)

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_embedding"

    @property
    def variable_shape(self) -> TensorShape:
        return TensorShape([self.dimension])

    @property
    def _weights_shape(self) -> tuple[int, int]:
        return buckets_of(self.categorical_column), self.dimension

    def create_state(self, state_manager: Any) -> None:
        state_manager.create_variable(
            self,
            name="embedding_weights",
            shape=self._weights_shape,
            dtype=dtypes.float32,
            trainable=self.trainable,
            use_resource=True,
            initializer=self.initializer,
        )

    def _dense(self, inputs: Inputs) -> Any:
        check_is_no_sequence("embedding_column", self, inputs)
        return self._embedded(inputs, inputs.sparse_tensors(self.categorical_column))

    def _sequence(self, inputs: Inputs) -> Sequences:
        check_is_sequence("embedding_column", self)
        pair = inputs.sparse_tensors(self.categorical_column)
        embedded = self._embedded(inputs, pair)
        return Sequences(embedded, sequence_length(pair.id_tensor))

    def _embedded(self, inputs: Inputs, pair: IdsAndWeights) -> Any:
        weights = self._weights(inputs)
        load(weights, self.ckpt_to_load_from, self.tensor_name_in_ckpt)
        return self._looked_up(weights, pair)

    def _weights(self, inputs: Inputs) -> Any:
        if not isinstance(inputs, OldInputs):
            return inputs.state_manager.get_variable(self, name="embedding_weights")
        collections = inputs.weight_collections
        if collections and GraphKeys.GLOBAL_VARIABLES not in collections:
            collections = [*collections, GraphKeys.GLOBAL_VARIABLES]
        return get_variable(
            name="embedding_weights",
            shape=self._weights_shape,
            dtype=dtypes.float32,
            initializer=self.initializer,
            trainable=self.trainable and inputs.trainable,
            collections=collections,
        )


def embedding_column(
    categorical_column: Any,
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
      initializer: of the numbers; by default normal ones of deviation 1 / sqrt(dimension).
      ckpt_to_load_from, tensor_name_in_ckpt: where their initial values come from instead.
      max_norm: rows are clipped to this norm.
      trainable: whether they are to be trained.

    Raises:
      ValueError: there is no dimension, or an argument is no such thing.
    """
    initializer = checked_initializer(
        *(dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt),
        of=f" Embedding of column_name: {categorical_column.name}",
    )
    return EmbeddingColumn(
        *(categorical_column, dimension, combiner, initializer),
        *(ckpt_to_load_from, tensor_name_in_ckpt, max_norm, trainable),
    )


@dataclass(frozen=True)
class SharedEmbeddingColumn(OfCategories):
    """See `shared_embedding_columns`."""

    categorical_column: Any
    dimension: int
    combiner: str
    initializer: Any
    shared_embedding_collection_name: str
    ckpt_to_load_from: str | None
    tensor_name_in_ckpt: str | None
    max_norm: float | None
    trainable: bool

    @property
    def _is_v2_column(self) -> bool:
        return False

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_shared_embedding"

    @property
    def variable_shape(self) -> TensorShape:
        return TensorShape([self.dimension])

    @property
    def _var_scope_name(self) -> str:
        return self.shared_embedding_collection_name

    def _dense(self, inputs: Inputs) -> Any:
        check_is_no_sequence("embedding_column", self, inputs)
        return self._embedded(inputs)

    def _sequence(self, inputs: Inputs) -> Sequences:
        names = "_SequenceCategoricalColumn", "sequence_input_layer"
        check_is_sequence("embedding_column", self, names)
        embedded = self._embedded(inputs)
        # The ids anew, as in TensorFlow's graph.
        ids, _ = inputs.sparse_tensors(self.categorical_column)
        return Sequences(embedded, sequence_length(ids))

    def _embedded(self, inputs: Inputs) -> Any:
        assert isinstance(inputs, OldInputs)
        with name_scope(None, default_name=self.name):
            pair = inputs.sparse_tensors(self.categorical_column)
            weights = self._weights(inputs)
            load(weights, self.ckpt_to_load_from, self.tensor_name_in_ckpt)
            return self._looked_up(weights, pair)

    def _weights(self, inputs: OldInputs) -> Any:
        """The variable of the collection, which the first of the columns makes."""
        graph, collection = get_default_graph(), self.shared_embedding_collection_name
        shape = (buckets_of(self.categorical_column), self.dimension)
        found = graph.get_collection(collection)
        if len(found) > 1:
            raise ValueError(
                f"Collection {collection} can only contain one variable. {_FIXES.format(found)}"
            )
        if found:
            if found[0].get_shape() != shape:
                raise ValueError(
                    f"Shared embedding collection {collection} contains variable {found[0].name} "
                    f"of unexpected shape {found[0].get_shape()}. Expected shape is {shape}. "
                    f"{_FIXES.format(found)}"
                )
            return found[0]
        weights = get_variable(
            name="embedding_weights",
            shape=shape,
            dtype=dtypes.float32,
            initializer=self.initializer,
            trainable=self.trainable and inputs.trainable,
            collections=inputs.weight_collections,
        )
        graph.add_to_collection(collection, weights)
        return weights


_FIXES = (
    "Suggested fix A: Choose a unique name for this collection. Suggested fix B: Do not add any "
    "variables to this collection. The feature_column library already adds a variable under the "
    "hood. It holds {}."
)


def shared_embedding_columns(
    categorical_columns: Sequence[Any],
    dimension: int,
    combiner: str = "mean",
    initializer: Any = None,
    shared_embedding_collection_name: str | None = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> list[SharedEmbeddingColumn]:
    """Columns as of `embedding_column`, one for each of some others, that share their numbers.

    Args:
      categorical_columns: columns of one kind with one vocabulary, or weighted ones of such.
      shared_embedding_collection_name: the collection of the graph that holds the variable.

    Raises:
      ValueError: the columns are not of one kind, or an argument is no such thing.
    """
    initializer = checked_initializer(
        dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt
    )
    by_name = sorted(categorical_columns, key=lambda column: column.name)
    check_alike(by_name, (CategoricalColumn, OldCategoricalColumn))
    collection = shared_embedding_collection_name or shared_name(by_name)
    return [
        SharedEmbeddingColumn(
            *(column, dimension, combiner, initializer, collection),
            *(ckpt_to_load_from, tensor_name_in_ckpt, max_norm, trainable),
        )
        for column in categorical_columns
    ]


def shared_name(columns: Sequence[Any]) -> str:
    return "_".join(column.name for column in columns) + "_shared_embedding"


def check_alike(columns: Sequence[Any], kind: Any) -> None:
    """ValueError unless one variable can be of all of them."""
    first = columns[0]
    buckets = buckets_of(first)
    if not isinstance(first, kind):
        raise ValueError(
            "All categorical_columns must be subclasses of _CategoricalColumn. Given: "
            f"{first}, of type: {type(first)}"
        )
    first = _unweighted(first)
    for column in map(_unweighted, columns[1:]):
        if not isinstance(column, type(first)):
            raise ValueError(
                "To use shared_embedding_column, all categorical_columns must have the same type, "
                "or be weighted_categorical_column of the same type. Given column: "
                f"{first} of type: {type(first)} does not match given column: {column} of type: "
                f"{type(column)}"
            )
        if buckets_of(column) != buckets:
            raise ValueError(
                "To use shared_embedding_column, all categorical_columns must have the same number "
                f"of buckets. Given column: {first} with buckets: {buckets} does  not match "
                f"column: {column} with buckets: {buckets_of(column)}"
            )


def _unweighted(column: Any) -> Any:
    is_weighted = isinstance(column, WeightedCategoricalColumn)
    return column.categorical_column if is_weighted else column


def checked_initializer(
    dimension: int, initializer: Any, checkpoint: Any, tensor: Any, of: str = ""
) -> Any:
    """The initializer, or what stands for none."""
    if dimension is None or dimension < 1:
        raise ValueError(f"Invalid dimension {dimension}.")
    if (checkpoint is None) != (tensor is None):
        raise ValueError(
            "Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them."
        )
    if initializer is not None and not callable(initializer):
        raise ValueError(f"initializer must be callable if specified.{of}")
    if initializer is not None:
        return initializer
    return TruncatedNormal(mean=0.0, stddev=1.0 / math.sqrt(dimension))
