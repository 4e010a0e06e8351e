"""`tf.feature_column.linear_model`: a weighted sum of what columns say, and a bias."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.input.columns.checking import check_batch_sizes, checked_columns
from stillflow.input.columns.column import (
    OldCategoricalColumn,
    OldDenseColumn,
    OldFeatureColumn,
)
from stillflow.input.columns.features import LazyBuilder
from stillflow.input.columns.input_layer import flat, variables_of_scope, with_own_collections
from stillflow.layers import base_layer
from stillflow.layers.base import Layer
from stillflow.ops.array.shape_of import shape
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.nn.sparse_embedding import safe_embedding_lookup_sparse
from stillflow.ops.sparse.rearranging import sparse_reshape
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.partitioned import PartitionedVariable
from stillflow.ops.variables.scope import get_variable_scope, variable_scope


def linear_model(
    features: dict[str, Any],
    feature_columns: Any,
    units: int = 1,
    sparse_combiner: str = "sum",
    weight_collections: Iterable[str] | None = None,
    trainable: bool = True,
    cols_to_vars: dict[Any, Any] | None = None,
) -> Tensor:
    """Returns a weighted sum of the numbers and categories of all columns, f32[n, units].

    Args:
      features: tensors and SparseTensors by name.
      feature_columns: columns of numbers, or of categories, each of which has a weight.
      sparse_combiner: what becomes of several categories: "sum", "mean" or "sqrtn".
      weight_collections: further collections for variables.
      trainable: whether variables are to be trained.
      cols_to_vars: filled with the variables of each column, and under "bias" the bias.

    Raises:
      ValueError: a column is of neither kind, or the features are of different lengths.
    """
    with variable_scope(None, "linear_model") as scope:
        name = scope.name.rsplit("/", 1)[-1]
    model = LinearModel(
        feature_columns, units, sparse_combiner, weight_collections, trainable, name=name
    )
    found = model(features)
    if cols_to_vars is not None:
        cols_to_vars.update(model.cols_to_vars())
    return found


class LinearModel(base_layer.Layer):
    """`linear_model` as a layer: all calls share the variables."""

    def __init__(
        self,
        feature_columns: Any,
        units: int = 1,
        sparse_combiner: str = "sum",
        weight_collections: Iterable[str] | None = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(name=name, **kwargs)
        self._feature_columns = checked_columns(feature_columns, OldFeatureColumn, "_FeatureColumn")
        collections = with_own_collections(weight_collections)
        layers = []
        for column in sorted(self._feature_columns, key=lambda column: column.name):
            with variable_scope(None, default_name=column._var_scope_name) as scope:
                layer_name = scope.name.rsplit("/", 1)[-1]
            layers.append(
                _ColumnLayer(
                    column, units, sparse_combiner, collections, trainable, layer_name, **kwargs
                )
            )
        self._column_layers = sorted(layers, key=lambda layer: layer.name)
        self._bias_layer = _BiasLayer(units, trainable, collections, name="bias_layer", **kwargs)
        self._cols_to_vars: dict[Any, Any] = {}

    def cols_to_vars(self) -> dict[Any, Any]:
        """Returns the variables of each column, and under "bias" the bias, after a call."""
        return self._cols_to_vars

    def call(self, features: dict[str, Any]) -> Tensor:
        with variable_scope(self.name):
            for column in self._feature_columns:
                if not isinstance(column, (OldDenseColumn, OldCategoricalColumn)):
                    raise ValueError(
                        "Items of feature_columns must be either a _DenseColumn or "
                        f"_CategoricalColumn. Given: {column}"
                    )
            builder = LazyBuilder(features)
            sums = []
            for layer in self._column_layers:
                sums.append(layer(builder))
                self._cols_to_vars[layer.column] = variables_of_scope(layer.scope_name)
            check_batch_sizes(sums, [layer.column for layer in self._column_layers])
            total = add_n(sums, name="weighted_sum_no_bias")
            bias = self._bias_layer(builder, scope=get_variable_scope())
            found = bias_add(total, bias, name="weighted_sum")
            self._cols_to_vars["bias"] = _parts(self._bias_layer.variables[0])
        return found


class _ColumnLayer(Layer):
    """What one column adds to the sum."""

    def __init__(
        self,
        column: Any,
        units: int,
        sparse_combiner: str,
        weight_collections: list[str],
        trainable: bool,
        name: str,
        **kwargs: Any,
    ):
        super().__init__(trainable=trainable, name=name, **kwargs)
        self._use_resource_variables = True  # as all within a Keras model
        self.column = column
        self._units = units
        self._sparse_combiner = sparse_combiner
        self._weight_collections = weight_collections

    def build(self, input_shape: Any) -> None:
        if isinstance(self.column, OldCategoricalColumn):
            rows: Any = self.column._num_buckets
        else:
            rows = self.column._variable_shape.num_elements()
        self._weight = self.add_weight(
            name="weights",
            shape=[rows, self._units],
            initializer=Zeros(),
            trainable=self.trainable,
        )
        _collect(self._weight, self._weight_collections)
        self.built = True

    def call(self, builder: Any) -> Tensor:
        asked: dict[str, Any] = {
            "weight_collections": self._weight_collections,
            "trainable": self.trainable,
        }
        if isinstance(self.column, OldCategoricalColumn):
            pair = self.column._get_sparse_tensors(builder, **asked)
            return sum_of_categories(pair, self._weight, self._sparse_combiner)
        tensor = self.column._get_dense_tensor(builder, **asked)
        return sum_of_numbers(tensor, self.column._variable_shape.num_elements(), self._weight)


class _BiasLayer(Layer):
    def __init__(
        self, units: int, trainable: bool, weight_collections: list[str], name: str, **kwargs: Any
    ):
        super().__init__(trainable=trainable, name=name, **kwargs)
        self._use_resource_variables = True
        self._units = units
        self._weight_collections = weight_collections

    def build(self, input_shape: Any) -> None:
        self._bias = self.add_weight(
            "bias_weights", shape=[self._units], initializer=Zeros(), trainable=self.trainable
        )
        _collect(self._bias, self._weight_collections)
        self.built = True

    def call(self, inputs: Any) -> Any:
        return self._bias


def sum_of_numbers(tensor: Any, elements: int | None, weight: Any) -> Tensor:
    """tensor: f32[n, ...], weight: f32[elements, units] -> f32[n, units]"""
    return matmul(flat(tensor, elements), weight, name="weighted_sum")


def sum_of_categories(pair: Any, weight: Any, combiner: str) -> Tensor:
    """pair: ids and weights of [n, ...], weight: f32[categories, units] -> f32[n, units]"""
    ids, weights = pair
    ids = sparse_reshape(ids, [shape(ids)[0], -1])
    if weights is not None:
        weights = sparse_reshape(weights, [shape(weights)[0], -1])
    return safe_embedding_lookup_sparse(
        weight, ids, sparse_weights=weights, combiner=combiner, name="weighted_sum"
    )


def _parts(variable: Any) -> list[Any]:
    return list(variable) if isinstance(variable, PartitionedVariable) else [variable]


def _collect(variable: Any, collections: list[str]) -> None:
    """Adds a variable to the collections that it is not in yet."""
    graph = get_default_graph()
    for key in collections:
        if key != GraphKeys.GLOBAL_VARIABLES:
            for part in _parts(variable):
                graph.add_to_collection(key, part)
