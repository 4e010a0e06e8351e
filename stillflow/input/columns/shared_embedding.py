"""Columns of the newer protocol that share what is learnt for their categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.input.columns.column import (
    CategoricalColumn,
    Sequences,
    buckets_of,
)
from stillflow.input.columns.embedding import (
    OfCategories,
    check_alike,
    checked_initializer,
    load,
    shared_name,
)
from stillflow.input.columns.lengths import sequence_length
from stillflow.input.columns.own import Inputs, OldInputs
from stillflow.input.columns.sequence import check_is_no_sequence, check_is_sequence
from stillflow.ops.variables.scope import get_variable


class SharedEmbeddingColumnCreator:
    """Makes columns, and in each graph one variable of them."""

    def __init__(
        self,
        dimension: int,
        initializer: Any,
        ckpt_to_load_from: str | None,
        tensor_name_in_ckpt: str | None,
        num_buckets: int,
        trainable: bool,
        name: str = "shared_embedding_column_creator",
    ):
        self._dimension = dimension
        self._initializer = initializer
        self._checkpoint = ckpt_to_load_from, tensor_name_in_ckpt
        self._num_buckets = num_buckets
        self._trainable = trainable
        self._name = name
        self._embedding_weights: dict[Any, Any] = {}

    def __call__(
        self, categorical_column: Any, combiner: str, max_norm: float | None
    ) -> SharedEmbeddingColumn:
        return SharedEmbeddingColumn(categorical_column, self, combiner, max_norm)

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def embedding_weights(self) -> Any:
        """The variable of the default graph."""
        key = get_default_graph()
        if key not in self._embedding_weights:
            weights = get_variable(
                name=self._name,
                shape=(self._num_buckets, self._dimension),
                dtype=dtypes.float32,
                initializer=self._initializer,
                trainable=self._trainable,
            )
            load(weights, *self._checkpoint)
            self._embedding_weights[key] = weights
        return self._embedding_weights[key]


@dataclass(frozen=True)
class SharedEmbeddingColumn(OfCategories):
    """See `shared_embedding_columns_v2`."""

    categorical_column: Any
    shared_embedding_column_creator: SharedEmbeddingColumnCreator
    combiner: str
    max_norm: float | None

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_shared_embedding"

    @property
    def variable_shape(self) -> TensorShape:
        return TensorShape([self.shared_embedding_column_creator.dimension])

    @property
    def _parse_example_spec(self) -> dict[str, Any]:
        _refuse_old_protocol()

    @property
    def _variable_shape(self) -> TensorShape:
        _refuse_old_protocol()

    def _get_config(self) -> dict[str, Any]:
        raise NotImplementedError

    def _dense(self, inputs: Inputs) -> Any:
        check_is_no_sequence("embedding_column", self, inputs)
        return self._embedded(inputs)

    def _sequence(self, inputs: Inputs) -> Sequences:
        check_is_sequence("embedding_column", self)
        embedded = self._embedded(inputs)
        # The ids anew, as in TensorFlow's graph.
        ids, _ = inputs.sparse_tensors(self.categorical_column)
        return Sequences(embedded, sequence_length(ids))

    def _embedded(self, inputs: Inputs) -> Any:
        if isinstance(inputs, OldInputs):
            _refuse_old_protocol()
        with name_scope(None, default_name=self.name):
            pair = inputs.sparse_tensors(self.categorical_column)
            weights = self.shared_embedding_column_creator.embedding_weights
            return self._looked_up(weights, pair)


def _refuse_old_protocol() -> NoReturn:
    raise ValueError(
        "SharedEmbeddingColumns are not supported in `linear_model` or `input_layer`. Please use "
        "`DenseFeatures` or `LinearModel` instead."
    )


def shared_embedding_columns_v2(
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
    """`shared_embedding_columns`, of the newer protocol alone."""
    initializer = checked_initializer(
        dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt
    )
    by_name = sorted(categorical_columns, key=lambda column: column.name)
    check_alike(by_name, CategoricalColumn)
    create = SharedEmbeddingColumnCreator(
        *(dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt),
        *(buckets_of(by_name[0]), trainable),
        shared_embedding_collection_name or shared_name(by_name),
    )
    return [create(column, combiner, max_norm) for column in categorical_columns]
