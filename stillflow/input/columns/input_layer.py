"""`tf.feature_column.input_layer`: the numbers of all columns beside each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.input.columns.checking import check_batch_sizes, checked_columns
from stillflow.input.columns.column import OldDenseColumn, OldFeatureColumn
from stillflow.input.columns.features import LazyBuilder
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.shape_of import shape
from stillflow.ops.variables.scope import get_variable_scope, variable_scope
from stillflow.ops.variables.template import make_template


def input_layer(
    features: dict[str, Any],
    feature_columns: Any,
    weight_collections: Iterable[str] | None = None,
    trainable: bool = True,
    cols_to_vars: dict[Any, Any] | None = None,
    cols_to_output_tensors: dict[Any, Any] | None = None,
) -> Tensor:
    """Returns the numbers of all columns, f32[n, k], ordered by the columns' names.

    Args:
      features: tensors and SparseTensors by name.
      feature_columns: columns of numbers.
      weight_collections: further collections for variables.
      trainable: whether variables are to be trained.
      cols_to_vars, cols_to_output_tensors: filled with the variables and numbers of each column.

    Raises:
      ValueError: a column is none of numbers, or the features are of different lengths.
    """
    return _input_layer(
        *(features, feature_columns, weight_collections, trainable),
        *(cols_to_vars, None, cols_to_output_tensors),
    )


def _input_layer(
    features: dict[str, Any],
    feature_columns: Any,
    weight_collections: Iterable[str] | None = None,
    trainable: bool = True,
    cols_to_vars: dict[Any, Any] | None = None,
    scope: Any = None,
    cols_to_output_tensors: dict[Any, Any] | None = None,
    from_template: bool = False,
) -> Tensor:
    columns = checked_columns(feature_columns, OldFeatureColumn, "_FeatureColumn")
    for column in columns:
        if not isinstance(column, OldDenseColumn):
            raise ValueError(
                "Items of feature_columns must be a _DenseColumn. You can wrap a categorical "
                f"column with an embedding_column or indicator_column. Given: {column}"
            )
    by_name = sorted(columns, key=lambda column: column.name)
    collections = with_own_collections(weight_collections)
    builder = LazyBuilder(features)

    def beside_each_other() -> Tensor:
        outputs = []
        for column in by_name:
            with variable_scope(None, default_name=column._var_scope_name):
                tensor = column._get_dense_tensor(
                    builder, weight_collections=collections, trainable=trainable
                )
                output = flat(tensor, column._variable_shape.num_elements())
                outputs.append(output)
                if cols_to_vars is not None:
                    cols_to_vars[column] = variables_of_scope(get_variable_scope().name)
                if cols_to_output_tensors is not None:
                    cols_to_output_tensors[column] = output
        check_batch_sizes(outputs, by_name)
        return concat(outputs, 1)

    if from_template:
        return beside_each_other()
    with variable_scope(scope, default_name="input_layer", values=features.values()):
        return beside_each_other()


def flat(tensor: Any, elements: int | None) -> Tensor:
    """n[n, ...] -> n[n, elements]"""
    return reshape(tensor, (shape(tensor)[0], elements))


def with_own_collections(collections: Iterable[str] | None) -> list[str]:
    """The collections of variables, of which two are always there."""
    found = list(collections or [])
    for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES):
        if key not in found:
            found.append(key)
    return found


def variables_of_scope(name: str) -> list[Any]:
    return get_default_graph().get_collection(GraphKeys.GLOBAL_VARIABLES, scope=name)


class InputLayer:
    """`input_layer` as an object: all calls share the variables."""

    def __init__(
        self,
        feature_columns: Any,
        weight_collections: Iterable[str] | None = None,
        trainable: bool = True,
        cols_to_vars: dict[Any, Any] | None = None,
        name: str = "feature_column_input_layer",
        create_scope_now: bool = True,
    ):
        self._feature_columns = feature_columns
        self._weight_collections = weight_collections
        self._trainable = trainable
        self._cols_to_vars = cols_to_vars
        self._name = name
        self._template = make_template(name, _input_layer, create_scope_now_=create_scope_now)

    def __call__(self, features: dict[str, Any]) -> Tensor:
        return self._template(
            features=features,
            feature_columns=self._feature_columns,
            weight_collections=self._weight_collections,
            trainable=self._trainable,
            cols_to_vars=None,
            from_template=True,
        )

    @property
    def name(self) -> str:
        return self._name

    @property
    def variables(self) -> list[Any]:
        return self._template.variables

    @property
    def trainable_variables(self) -> list[Any]:
        return self._template.trainable_variables

    @property
    def non_trainable_variables(self) -> list[Any]:
        return self._template.non_trainable_variables

    weights = variables
    trainable_weights = trainable_variables
    non_trainable_weights = non_trainable_variables
