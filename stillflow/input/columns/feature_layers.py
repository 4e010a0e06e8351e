"""Layers whose inputs are features and columns, of the newer protocol."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.input.columns.checking import check_batch_sizes, checked_columns
from stillflow.input.columns.column import (
    CategoricalColumn,
    DenseColumn,
    FeatureColumn,
    SequenceDenseColumn,
)
from stillflow.input.columns.configs import (
    deserialize_feature_columns,
    serialize_feature_columns,
)
from stillflow.input.columns.features import FeatureTransformationCache
from stillflow.input.columns.linear_model import sum_of_categories, sum_of_numbers
from stillflow.input.columns.state import LayerState
from stillflow.layers.base_layer import Layer
from stillflow.layers.keras_style import make_variable
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.checks import assert_equal
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable, pure_variable_scope


class _FeaturesLayer(Layer):
    """The numbers of columns beside each other, along the last axis."""

    _kind: type = FeatureColumn
    _is_feature_layer = True  # a model whose first layer it is takes a dict

    def __init__(
        self, feature_columns: Any, trainable: bool = True, name: str | None = None, **kwargs: Any
    ):
        super().__init__(name=name, trainable=trainable, **kwargs)
        self._feature_columns = columns_by_name(feature_columns)
        self._state_manager = LayerState(self, self.trainable)
        for column in self._feature_columns:
            if not isinstance(column, self._kind):
                raise ValueError(
                    f"Items of feature_columns must be a {self._kind}. You can wrap a categorical "
                    f"column with an embedding_column or indicator_column. Given: {column}"
                )

    def build(self, input_shape: Any) -> None:
        for column in self._feature_columns:
            with pure_variable_scope(self.name), pure_variable_scope(column.name):
                column.create_state(self._state_manager)
        self.built = True

    def get_config(self) -> dict[str, Any]:
        told = serialize_feature_columns(self._feature_columns)
        return {**super().get_config(), "feature_columns": told}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        return cls(**_with_columns(config, custom_objects))

    def _list_extra_dependencies_for_serialization(self, serialization_cache: Any) -> Any:
        others = super()._list_extra_dependencies_for_serialization(serialization_cache)
        return {**others, "_resources": self._state_manager.kept_by_functions}

    def _target_shape(self, input_shape: Any, elements: int) -> tuple[Any, ...]:
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> Any:
        elements = sum(column.variable_shape.num_elements() for column in self._feature_columns)
        return self._target_shape(input_shape, elements)

    def _flat(self, column: Any, tensor: Any) -> Tensor:
        elements = column.variable_shape.num_elements()
        return reshape(tensor, self._target_shape(shape(tensor), elements))

    def _joined(self, outputs: list[Any]) -> Tensor:
        check_batch_sizes(outputs, self._feature_columns)
        return concat(outputs, -1)


class DenseFeatures(_FeaturesLayer):
    """A layer from features, a dict, to the numbers of its columns, f32[n, k]."""

    _kind = DenseColumn
    _is_feature_layer = True  # models that start with it take a dict

    def _target_shape(self, input_shape: Any, elements: int) -> tuple[Any, ...]:
        return input_shape[0], elements

    def call(self, features: Any, cols_to_output_tensors: Any = None) -> Tensor:
        check_features(features)
        cache = FeatureTransformationCache(features)
        outputs = []
        for column in self._feature_columns:
            with name_scope(column.name):
                numbers = column.get_dense_tensor(cache, self._state_manager)
                output = self._flat(column, numbers)
                if cols_to_output_tensors is not None:
                    cols_to_output_tensors[column] = output
                outputs.append(output)
        return self._joined(outputs)


class ScopedDenseFeatures(DenseFeatures):
    """`DenseFeatures` of TensorFlow 2: variables of its own, within scopes of names."""

    def __init__(
        self, feature_columns: Any, trainable: bool = True, name: str | None = None, **kwargs: Any
    ):
        super().__init__(feature_columns, trainable=trainable, name=name, **kwargs)
        self._state_manager = LayerState(self, self.trainable, make_variable)

    def build(self, input_shape: Any) -> None:
        for column in self._feature_columns:
            with name_scope(column.name):
                column.create_state(self._state_manager)
        self.built = True


class SequenceFeatures(_FeaturesLayer):
    """A layer from features to the sequences of its columns, f32[n, t, k], and their lengths."""

    _kind = SequenceDenseColumn

    def _target_shape(self, input_shape: Any, elements: int) -> tuple[Any, ...]:
        return input_shape[0], input_shape[1], elements

    def call(self, features: Any) -> tuple[Tensor, Tensor]:
        check_features(features)
        cache = FeatureTransformationCache(features)
        outputs, lengths = [], []
        for column in self._feature_columns:
            with name_scope(column.name):
                numbers, length = column.get_sequence_dense_tensor(cache, self._state_manager)
                outputs.append(self._flat(column, numbers))
                lengths.append(length)
        check_batch_sizes(lengths, self._feature_columns)
        length = the_only(lengths)
        return self._joined(outputs), length


class LinearModelLayer(Layer):
    """A layer from features to a weighted sum of what its columns say, f32[n, units]."""

    def __init__(
        self,
        feature_columns: Any,
        units: int = 1,
        sparse_combiner: str = "sum",
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(name=name, trainable=trainable, **kwargs)
        self._feature_columns = columns_by_name(feature_columns)
        for column in self._feature_columns:
            if not isinstance(column, (DenseColumn, CategoricalColumn)):
                raise ValueError(
                    "Items of feature_columns must be either a DenseColumn or CategoricalColumn. "
                    f"Given: {column}"
                )
        self._units = units
        self._sparse_combiner = sparse_combiner
        self._state_manager = LayerState(self, self.trainable)
        self.bias: Any = None

    def build(self, input_shape: Any) -> None:
        with pure_variable_scope(self.name):
            for column in self._feature_columns:
                with pure_variable_scope(column.name):
                    column.create_state(self._state_manager)
                    is_sparse = isinstance(column, CategoricalColumn)
                    rows = column.num_buckets if is_sparse else column.variable_shape.num_elements()
                    self._state_manager.create_variable(
                        column,
                        name="weights",
                        dtype=dtypes.float32,
                        shape=(rows, self._units),
                        initializer=Zeros(),
                        trainable=self.trainable,
                    )
            self.bias = self.add_weight(
                name="bias_weights",
                dtype=dtypes.float32,
                shape=[self._units],
                initializer=Zeros(),
                trainable=self.trainable,
                use_resource=True,
                getter=get_variable,
            )
        self.built = True

    def _list_extra_dependencies_for_serialization(self, serialization_cache: Any) -> Any:
        others = super()._list_extra_dependencies_for_serialization(serialization_cache)
        return {**others, "_resources": self._state_manager.kept_by_functions}

    def call(self, features: Any) -> Tensor:
        check_features(features)
        with name_scope(self.name):
            cache = FeatureTransformationCache(features)
            sums = []
            for column in self._feature_columns:
                with name_scope(column.name):
                    sums.append(self._sum(column, cache))
            check_batch_sizes(sums, self._feature_columns)
            total = add_n(sums, name="weighted_sum_no_bias")
            return bias_add(total, self.bias, name="weighted_sum")

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "feature_columns": serialize_feature_columns(self._feature_columns),
            "units": self._units,
            "sparse_combiner": self._sparse_combiner,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        return cls(**_with_columns(config, custom_objects))

    def _sum(self, column: Any, cache: FeatureTransformationCache) -> Tensor:
        weight = self._state_manager.get_variable(column, "weights")
        if isinstance(column, CategoricalColumn):
            pair = column.get_sparse_tensors(cache, self._state_manager)
            return sum_of_categories(pair, weight, self._sparse_combiner)
        numbers = column.get_dense_tensor(cache, self._state_manager)
        return sum_of_numbers(numbers, column.variable_shape.num_elements(), weight)


def _with_columns(config: dict[str, Any], custom_objects: Any) -> dict[str, Any]:
    """A configuration with columns in place of what tells them."""
    told = config["feature_columns"]
    return {**config, "feature_columns": deserialize_feature_columns(told, custom_objects)}


def columns_by_name(feature_columns: Any) -> list[Any]:
    """Columns of the newer protocol, ordered by their names."""
    columns = checked_columns(feature_columns, FeatureColumn, "FeatureColumn")
    return sorted(columns, key=lambda column: column.name)


def check_features(features: Any) -> None:
    if not isinstance(features, dict):
        raise ValueError(f"We expected a dictionary here. Instead we got: {features}")


def the_only(tensors: list[Tensor], name: str | None = None) -> Tensor:
    """The first of `tensors`, which in a run must all be equal."""
    with name_scope(name, "assert_all_equal", tensors):
        if len(tensors) == 1:
            return tensors[0]
        checks = [assert_equal(tensors[0], other) for other in tensors[1:]]
        with control_dependencies(checks):
            return identity(tensors[0])


class LinearModel(Layer):
    """`LinearModelLayer` as a model."""

    def __init__(
        self,
        feature_columns: Any,
        units: int = 1,
        sparse_combiner: str = "sum",
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(name=name, **kwargs)
        self.layer = LinearModelLayer(
            feature_columns, units, sparse_combiner, trainable, name=self.name, **kwargs
        )

    def call(self, features: Any) -> Tensor:
        return self.layer(features)

    @property
    def bias(self) -> Any:
        return self.layer.bias

    @property
    def trainable_weights(self) -> list[Any]:
        return self.layer.trainable_weights

    @property
    def non_trainable_weights(self) -> list[Any]:
        return self.layer.non_trainable_weights
