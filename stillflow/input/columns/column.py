"""What feature columns are, to whoever uses one or writes one.

TensorFlow has two protocols. In the newer one a column is asked with a cache of features and with
what keeps its variables (`get_dense_tensor(transformation_cache, state_manager)`); in the older
one, whose methods have an underscore, with a builder, collections and whether to train
(`_get_dense_tensor(inputs, weight_collections, trainable)`). `tf.feature_column.input_layer` and
`linear_model` speak the older.
"""

from __future__ import annotations

import abc
from collections.abc import Iterable
from typing import Any, NamedTuple

from stillflow.graph.tensor_shape import TensorShape


class IdsAndWeights(NamedTuple):
    """What categories each example has: a SparseTensor of ids, and one of weights or None."""

    id_tensor: Any
    weight_tensor: Any


class Sequences(NamedTuple):
    """Sequences, f[n, t, ...], and how long each is, i64[n]."""

    dense_tensor: Any
    sequence_length: Any


class _Named(abc.ABC):
    """What both protocols have in common."""

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """The name of the column, and of the scope of its variables."""

    def __lt__(self, other: Any) -> bool:
        return str(self) < str(other)

    def __gt__(self, other: Any) -> bool:
        return str(self) > str(other)


class FeatureColumn(_Named):
    """Base of columns of the newer protocol."""

    @abc.abstractmethod
    def transform_feature(self, transformation_cache: Any, state_manager: Any) -> Any:
        """Returns what the column makes of its features, which the cache keeps."""

    @property
    @abc.abstractmethod
    def parse_example_spec(self) -> dict[str, Any]:
        """How `tf.parse_example` finds the features that the column reads."""

    def create_state(self, state_manager: Any) -> None:
        """Makes the variables of the column."""

    @property
    @abc.abstractmethod
    def _is_v2_column(self) -> bool:
        """Whether it, and all that it is made of, is of this protocol."""

    @property
    @abc.abstractmethod
    def parents(self) -> list[Any]:
        """The columns, or names of features, that it is made of."""

    @abc.abstractmethod
    def _get_config(self) -> dict[str, Any]:
        """Returns what the column is as plain data."""

    @classmethod
    def _from_config(
        cls, config: dict[str, Any], custom_objects: Any = None, columns_by_name: Any = None
    ) -> Any:
        """Returns the column that `_get_config` was called of."""


class DenseColumn(FeatureColumn):
    """A column of numbers, as many for each example."""

    @property
    @abc.abstractmethod
    def variable_shape(self) -> TensorShape:
        """The shape of an example's numbers."""

    @abc.abstractmethod
    def get_dense_tensor(self, transformation_cache: Any, state_manager: Any) -> Any:
        """Returns f[n, *variable_shape]."""


class CategoricalColumn(FeatureColumn):
    """A column of categories, of which an example may have any number."""

    IdWeightPair = IdsAndWeights

    @property
    @abc.abstractmethod
    def num_buckets(self) -> int:
        """How many categories there are."""

    @abc.abstractmethod
    def get_sparse_tensors(self, transformation_cache: Any, state_manager: Any) -> IdsAndWeights:
        """Returns the categories of each example, and their weights."""


class SequenceDenseColumn(FeatureColumn):
    """A column of sequences of numbers."""

    TensorSequenceLengthPair = Sequences

    @abc.abstractmethod
    def get_sequence_dense_tensor(self, transformation_cache: Any, state_manager: Any) -> Sequences:
        """Returns f[n, t, *variable_shape], and the lengths of the sequences, i64[n]."""


class OldFeatureColumn(_Named):
    """Base of columns of the older protocol."""

    @property
    def _var_scope_name(self) -> str:
        return self.name

    @abc.abstractmethod
    def _transform_feature(self, inputs: Any) -> Any:
        """Returns what the column makes of its features, which the builder keeps."""

    @property
    @abc.abstractmethod
    def _parse_example_spec(self) -> dict[str, Any]:
        """How `tf.parse_example` finds the features that the column reads."""

    def _reset_config(self) -> None:
        """Called after the column has been used in a graph."""


class OldDenseColumn(OldFeatureColumn):
    """A column of numbers, as many for each example."""

    @property
    @abc.abstractmethod
    def _variable_shape(self) -> TensorShape:
        """The shape of an example's numbers."""

    @abc.abstractmethod
    def _get_dense_tensor(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> Any:
        """Returns f[n, *_variable_shape]."""


class OldCategoricalColumn(OldFeatureColumn):
    """A column of categories, of which an example may have any number."""

    IdWeightPair = IdsAndWeights

    @property
    @abc.abstractmethod
    def _num_buckets(self) -> int:
        """How many categories there are."""

    @abc.abstractmethod
    def _get_sparse_tensors(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> IdsAndWeights:
        """Returns the categories of each example, and their weights."""


class OldSequenceDenseColumn(OldFeatureColumn):
    """A column of sequences of numbers."""

    TensorSequenceLengthPair = Sequences

    @abc.abstractmethod
    def _get_sequence_dense_tensor(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> Sequences:
        """Returns f[n, t, *_variable_shape], and the lengths of the sequences, i64[n]."""


def spec_of(column: Any) -> dict[str, Any]:
    """How the features of a column of either protocol are parsed."""
    if isinstance(column, FeatureColumn):
        return column.parse_example_spec
    return column._parse_example_spec


def buckets_of(column: Any) -> int:
    """How many categories a column of either protocol has."""
    return column.num_buckets if hasattr(column, "num_buckets") else column._num_buckets


def is_new(column: Any) -> bool:
    """Whether it, and all that it is made of, is of the newer protocol."""
    return isinstance(column, FeatureColumn) and column._is_v2_column


def is_feature_column_v2(feature_columns: Iterable[Any]) -> bool:
    """Whether all of them are of the newer protocol."""
    return all(is_new(column) for column in feature_columns)
