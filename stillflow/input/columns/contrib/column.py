"""What a column of `tf.contrib.layers` is, and what it tells the layers that take it."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

from stillflow.graph.operation import Tensor
from stillflow.input.columns.column import OldFeatureColumn


class WeightedSum(NamedTuple):
    """Categories that each have a weight for every output of a linear model."""

    input_tensor: Any
    weight_tensor: Any
    vocab_size: int
    initializer: Any
    combiner: str


class Embedding(NamedTuple):
    """Categories that each have some numbers, which are learnt."""

    input_tensor: Any
    weight_tensor: Any
    vocab_size: int
    initializer: Any
    combiner: str
    dimension: int
    shared_embedding_name: str | None
    hash_key: int | None
    max_norm: float | None
    trainable: bool


class ContribColumn:
    """Base of them. `columns_to_tensors` is a dict from names of features, and columns, to tensors.

    What a column cannot be asked for raises NotImplementedError, what it must not be ValueError.
    """

    name: str

    @property
    def config(self) -> dict[str, Any]:
        """How `tf.parse_example` finds the features that the column reads."""
        raise NotImplementedError

    @property
    def key(self) -> str:
        """What tells it from other columns; layers take columns in this order."""
        return str(self)

    def insert_transformed_feature(self, columns_to_tensors: dict[Any, Any]) -> None:
        """Adds what the column makes of its features."""
        raise NotImplementedError(f"Transform is not implemented for {self}.")

    def _to_dnn_input_layer(
        self,
        input_tensor: Any,
        weight_collections: Any = None,
        trainable: bool = True,
        output_rank: int = 2,
    ) -> Tensor:
        """Returns the numbers that a network takes."""
        raise ValueError("Calling an abstract method.")

    def _deep_embedding_lookup_arguments(self, input_tensor: Any) -> Embedding:
        """Returns what a network embeds."""
        raise NotImplementedError(f"No deep embedding lookup arguments for column {self}.")

    def _wide_embedding_lookup_arguments(self, input_tensor: Any) -> WeightedSum:
        """Returns what a linear model sums."""
        raise NotImplementedError(f"No wide embedding lookup arguments for column {self}.")

    def _to_dense_tensor(self, input_tensor: Any) -> Tensor:
        """Returns the numbers that a linear model multiplies."""
        raise NotImplementedError(f"No dense tensor representation for column {self}.")

    def _checkpoint_path(self) -> tuple[str, str] | None:
        """Where the initial weights are: a checkpoint, and a name in it."""
        return None

    def __repr__(self) -> str:
        """By TensorFlow's name of the class, which orders columns."""
        shown = (f"{f.name}={getattr(self, f.name)!r}" for f in self._fields() if f.repr)
        return f"_{type(self).__name__}({', '.join(shown)})"

    def _key_without(self, left_out: str) -> str:
        fields = (f for f in self._fields() if f.name != left_out)
        shown = (f"{f.name}={getattr(self, f.name)}" for f in fields)
        return f"_{type(self).__name__}({', '.join(shown)})"

    def _fields(self) -> tuple[dataclasses.Field, ...]:
        return dataclasses.fields(self)  # type: ignore[arg-type]


class ContribCoreColumn(ContribColumn, OldFeatureColumn):
    """One that the layers of `tf.feature_column` take too."""

    @property
    def _parse_example_spec(self) -> dict[str, Any]:
        return self.config


def config_of(column: Any) -> dict[str, Any]:
    """How the features of a column are parsed. TypeError for what is no column."""
    if not isinstance(column, ContribColumn):
        raise TypeError(
            "feature_columns should only contain instances of _FeatureColumn. Given column is "
            f"{column}"
        )
    return column.config


class Transformed:
    """A dict of tensors, to which columns are added when they are asked for."""

    def __init__(self, columns_to_tensors: dict[Any, Any]):
        self._columns_to_tensors = columns_to_tensors

    def get(self, key: Any) -> Any:
        """The feature of a name, or what a column made of its own."""
        if key in self._columns_to_tensors:
            return self._columns_to_tensors[key]
        if isinstance(key, str):
            raise ValueError(f"features dictionary doesn't contain key ({key})")
        if not isinstance(key, ContribColumn):
            raise TypeError(f'"key" must be either a "str" or "_FeatureColumn". Provided: {key}')
        key.insert_transformed_feature(self._columns_to_tensors)
        return self._columns_to_tensors[key]
