"""`tf.estimator.experimental.dnn_logit_fn_builder`: logits of a feed-forward network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.estimator.canned.building import summarize_layer
from stillflow.estimator.canned.linear_logits import are_new
from stillflow.estimator.mode_keys import ModeKeys
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.input.columns.feature_layers import DenseFeatures
from stillflow.input.columns.input_layer import InputLayer
from stillflow.layers.scoped.core import Dense, Dropout
from stillflow.layers.scoped.normalization import BatchNormalization
from stillflow.ops.variables.initializers import GlorotUniform
from stillflow.ops.variables.scope import variable_scope


def dnn_logit_fn_builder(
    units: int,
    hidden_units: Sequence[int],
    feature_columns: Any,
    activation_fn: Callable[[Tensor], Tensor] | None,
    dropout: float | None,
    input_layer_partitioner: Any,
    batch_norm: bool,
) -> Callable[..., Tensor]:
    """Returns a function of (features, mode) to logits, f32[n, units].

    Args:
      hidden_units: the sizes of the layers between.
      feature_columns: columns of numbers.
      dropout: the part of each layer's output that is left out in training.
      input_layer_partitioner: of the variables of columns.
      batch_norm: whether each layer's output is normalised.

    Raises:
      ValueError: `units` is no integer.
    """
    if not isinstance(units, int):
        raise ValueError(f"units must be an int.  Given type: {type(units)}")

    def dnn_logit_fn(features: dict[str, Any], mode: str) -> Tensor:
        network = _Network(
            units,
            hidden_units,
            feature_columns,
            activation_fn,
            dropout,
            input_layer_partitioner,
            batch_norm,
        )
        return network(features, mode)

    return dnn_logit_fn


class _Network:
    """The layers, whose scopes are opened before any is called."""

    def __init__(
        self,
        units: int,
        hidden_units: Sequence[int],
        feature_columns: Any,
        activation_fn: Any,
        dropout: float | None,
        input_layer_partitioner: Any,
        batch_norm: bool,
    ):
        self._input_layer = _input_layer(feature_columns)
        self._input_layer_partitioner = input_layer_partitioner
        self._hidden = [
            _Hidden(index, size, activation_fn, dropout, batch_norm)
            for index, size in enumerate(hidden_units)
        ]
        self._logits = _Scoped("logits", units, None)

    def __call__(self, features: dict[str, Any], mode: str) -> Tensor:
        is_training = mode == ModeKeys.TRAIN
        with name_scope("dnn"), name_scope(_scope_around()):
            with variable_scope(
                "input_from_feature_columns", partitioner=self._input_layer_partitioner
            ):
                values = self._input_layer(features)
            for layer in self._hidden:
                values = layer(values, is_training)
            logits = self._logits.layer(values)
            summarize_layer(logits, self._logits.scope_name)
            return logits


def _input_layer(feature_columns: Any) -> Any:
    if are_new(feature_columns):
        return DenseFeatures(feature_columns, name="input_layer")
    return InputLayer(feature_columns, name="input_layer", create_scope_now=False)


def _scope_around() -> str:
    """The name scope around the innermost, re-entered."""
    return get_default_graph().get_name_scope().rsplit("/", 1)[0] + "/"


class _Scoped:
    """A dense layer in a variable scope of its own."""

    def __init__(self, name: str, units: int, activation: Any):
        with variable_scope(name) as scope:
            self.layer = Dense(
                units,
                activation=activation,
                kernel_initializer=GlorotUniform(),
                name=scope,
                _scope=scope,
            )
            self._open_further(scope)
        self.scope_name = scope.name
        # TensorFlow keeps these layers in a Keras model.
        self.layer._use_resource_variables = True

    def _open_further(self, scope: Any) -> None:
        """Opens what else is in the scope."""


class _Hidden(_Scoped):
    """A layer between, with dropout and normalisation."""

    def __init__(
        self, index: int, units: int, activation: Any, dropout: float | None, batch_norm: bool
    ):
        self._index = index
        self._dropout_rate = dropout
        self._is_normalized = batch_norm
        super().__init__(f"hiddenlayer_{index}", units, activation)

    def _open_further(self, scope: Any) -> None:
        self._dropout = None if self._dropout_rate is None else Dropout(rate=self._dropout_rate)
        self._norm = None
        if self._is_normalized:
            name = f"batchnorm_{self._index}"
            self._norm = BatchNormalization(momentum=0.999, trainable=True, name=name, _scope=name)
            self._norm._use_resource_variables = True

    def __call__(self, values: Tensor, is_training: bool) -> Tensor:
        values = self.layer(values)
        if self._dropout is not None and is_training:
            values = self._dropout(values, training=True)
        if self._norm is not None:
            values = self._norm(values, training=is_training)
        summarize_layer(values, self.scope_name)
        return values
