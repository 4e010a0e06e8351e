"""Bases of Stillflow's own columns, which speak both protocols: each says once what it makes."""

from __future__ import annotations

from typing import Any

from stillflow.graph.tensor_shape import TensorShape
from stillflow.input.columns import configs
from stillflow.input.columns.column import (
    CategoricalColumn,
    DenseColumn,
    FeatureColumn,
    IdsAndWeights,
    OldCategoricalColumn,
    OldDenseColumn,
    OldFeatureColumn,
    OldSequenceDenseColumn,
    SequenceDenseColumn,
    Sequences,
)


class Inputs:
    """What a column is asked with, in the newer protocol."""

    def __init__(self, cache: Any, state_manager: Any):
        self._cache = cache
        self.state_manager = state_manager

    def get(self, key: Any) -> Any:
        """A feature, or what a column made of its own."""
        return self._cache.get(key, self.state_manager)

    def sparse_tensors(self, column: Any) -> IdsAndWeights:
        """The categories of another column."""
        return column.get_sparse_tensors(self._cache, self.state_manager)

    def transformed(self, column: Any) -> Any:
        """What another column makes of its features, which nobody keeps."""
        return column.transform_feature(self._cache, self.state_manager)

    def keep(self, column: Any, name: str, resource: Any) -> None:
        """Hands over a table that the column has built."""
        if self.state_manager is not None:
            self.state_manager.add_resource(column, name, resource)


class OldInputs(Inputs):
    """What a column is asked with, in the older protocol."""

    def __init__(self, builder: Any, weight_collections: Any = None, trainable: Any = None):
        super().__init__(builder, None)
        self.weight_collections = weight_collections
        self.trainable = trainable

    def get(self, key: Any) -> Any:
        return self._cache.get(key)

    def sparse_tensors(self, column: Any) -> IdsAndWeights:
        return column._get_sparse_tensors(self._cache, self.weight_collections, self.trainable)

    def transformed(self, column: Any) -> Any:
        return column._transform_feature(self._cache)


class OwnColumn(FeatureColumn, OldFeatureColumn):
    """A column that says what it makes of its features in `_transformed`."""

    def _transformed(self, inputs: Inputs) -> Any:
        raise NotImplementedError

    def transform_feature(self, transformation_cache: Any, state_manager: Any) -> Any:
        return self._transformed(Inputs(transformation_cache, state_manager))

    def _transform_feature(self, inputs: Any) -> Any:
        return self._transformed(OldInputs(inputs))

    @property
    def _parse_example_spec(self) -> dict[str, Any]:
        return self.parse_example_spec

    @property
    def _is_v2_column(self) -> bool:
        return True

    def _get_config(self) -> dict[str, Any]:
        """The fields as plain data."""
        return configs.config_of(self)

    @classmethod
    def _from_config(
        cls, config: dict[str, Any], custom_objects: Any = None, columns_by_name: Any = None
    ) -> Any:
        """The column that `_get_config` was called of."""
        return configs.from_config(cls, config, custom_objects, columns_by_name)


class OwnDenseColumn(OwnColumn, DenseColumn, OldDenseColumn):
    """Its numbers are what it makes of its features, unless it says otherwise in `_dense`."""

    def _dense(self, inputs: Inputs) -> Any:
        return inputs.get(self)

    def get_dense_tensor(self, transformation_cache: Any, state_manager: Any) -> Any:
        return self._dense(Inputs(transformation_cache, state_manager))

    def _get_dense_tensor(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> Any:
        return self._dense(OldInputs(inputs, weight_collections, trainable))

    @property
    def _variable_shape(self) -> TensorShape:
        return self.variable_shape


class OwnCategoricalColumn(OwnColumn, CategoricalColumn, OldCategoricalColumn):
    """Its ids are what it makes of its features, unless it says otherwise in `_sparse`."""

    def _sparse(self, inputs: Inputs) -> IdsAndWeights:
        return IdsAndWeights(inputs.get(self), None)

    def get_sparse_tensors(self, transformation_cache: Any, state_manager: Any) -> IdsAndWeights:
        return self._sparse(Inputs(transformation_cache, state_manager))

    def _get_sparse_tensors(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> IdsAndWeights:
        return self._sparse(OldInputs(inputs, weight_collections, trainable))

    @property
    def _num_buckets(self) -> int:
        return self.num_buckets


class OwnSequenceDenseColumn(OwnColumn, SequenceDenseColumn, OldSequenceDenseColumn):
    """It says what its sequences are in `_sequence`."""

    def _sequence(self, inputs: Inputs) -> Sequences:
        raise NotImplementedError

    def get_sequence_dense_tensor(self, transformation_cache: Any, state_manager: Any) -> Sequences:
        return self._sequence(Inputs(transformation_cache, state_manager))

    def _get_sequence_dense_tensor(
        self, inputs: Any, weight_collections: Any = None, trainable: Any = None
    ) -> Sequences:
        return self._sequence(OldInputs(inputs, weight_collections, trainable))
