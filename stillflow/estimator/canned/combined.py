"""`tf.estimator.DNNLinearCombinedClassifier` and its kin: a wide and a deep model, added."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stillflow.estimator.canned.building import (
    check_features,
    classifier_head,
    partitioner_for,
    summarize_layer,
)
from stillflow.estimator.canned.dnn_logits import dnn_logit_fn_builder
from stillflow.estimator.canned.head import Head
from stillflow.estimator.canned.linear_logits import linear_logit_fn_builder
from stillflow.estimator.canned.optimizers import optimizer_of
from stillflow.estimator.canned.regression import regression_head
from stillflow.estimator.estimator import Estimator
from stillflow.estimator.spec import EstimatorSpec
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, get_collection
from stillflow.monitored.sync_replicas import SyncReplicasOptimizer
from stillflow.ops.control.ordering import group
from stillflow.ops.losses.weighting import Reduction
from stillflow.ops.nn.activations import relu
from stillflow.ops.variables.scope import variable_scope
from stillflow.ops.variables.state import assign_add
from stillflow.train.optimizer import Optimizer
from stillflow.train.training_util import get_global_step

_DNN_LEARNING_RATE = 0.001
_LINEAR_LEARNING_RATE = 0.005
_NO_COLUMNS = "Either linear_feature_columns or dnn_feature_columns must be defined."


@dataclass(frozen=True)
class _Settings:
    """The arguments of `DNNLinearCombinedClassifier` of these names."""

    linear_feature_columns: Any
    linear_optimizer: Any
    dnn_feature_columns: Any
    dnn_optimizer: Any
    dnn_hidden_units: Sequence[int] | None
    dnn_activation_fn: Any
    dnn_dropout: float | None
    input_layer_partitioner: Any
    batch_norm: bool
    linear_sparse_combiner: str

    def __post_init__(self) -> None:
        if not (list(self.linear_feature_columns or []) + list(self.dnn_feature_columns or [])):
            raise ValueError(_NO_COLUMNS)


@dataclass(frozen=True)
class _Part:
    """One of the two models."""

    logits: Tensor
    optimizer: Optimizer
    scope_name: str

    def minimize(self, loss: Tensor) -> Operation:
        variables = get_collection(GraphKeys.TRAINABLE_VARIABLES, scope=self.scope_name)
        return self.optimizer.minimize(loss, var_list=variables)


def combined_model_fn(
    features: Any, labels: Any, mode: str, head: Head, settings: _Settings, config: Any
) -> EstimatorSpec:
    """The model function of wide and deep models."""
    check_features(features)
    partitioner = settings.input_layer_partitioner or partitioner_for(config, of_inputs=True)
    parts = []
    if settings.dnn_feature_columns:
        parts.append(_dnn(features, mode, head, settings, partitioner, config))
    if settings.linear_feature_columns:
        parts.append(_linear(features, head, settings, partitioner))

    def train_op_fn(loss: Tensor) -> Operation:
        step = get_global_step()
        with control_dependencies([group(*[part.minimize(loss) for part in parts])]):
            return assign_add(step, 1).op

    logits = parts[0].logits if len(parts) == 1 else parts[0].logits + parts[1].logits
    return head.create_estimator_spec(
        features=features, mode=mode, labels=labels, train_op_fn=train_op_fn, logits=logits
    )


def _dnn(
    features: Any, mode: str, head: Head, settings: _Settings, partitioner: Any, config: Any
) -> _Part:
    optimizer = _optimizer(settings.dnn_optimizer, _DNN_LEARNING_RATE)
    if not settings.dnn_hidden_units:
        raise ValueError("dnn_hidden_units must be defined when dnn_feature_columns is specified.")
    values = tuple(features.values())
    with variable_scope("dnn", values=values, partitioner=partitioner_for(config)) as scope:
        logit_fn = dnn_logit_fn_builder(
            head.logits_dimension,
            settings.dnn_hidden_units,
            settings.dnn_feature_columns,
            settings.dnn_activation_fn,
            settings.dnn_dropout,
            partitioner,
            settings.batch_norm,
        )
        return _Part(logit_fn(features=features, mode=mode), optimizer, scope.name)


def _linear(features: Any, head: Head, settings: _Settings, partitioner: Any) -> _Part:
    columns = settings.linear_feature_columns
    rate = min(_LINEAR_LEARNING_RATE, 1.0 / math.sqrt(len(columns)))
    optimizer = _optimizer(settings.linear_optimizer, rate)
    values = tuple(features.values())
    with variable_scope("linear", values=values, partitioner=partitioner) as scope:
        logit_fn = linear_logit_fn_builder(
            head.logits_dimension, columns, settings.linear_sparse_combiner
        )
        logits = logit_fn(features)
        summarize_layer(logits, scope.name)
        return _Part(logits, optimizer, scope.name)


def _optimizer(given: Any, learning_rate: float) -> Optimizer:
    found = optimizer_of(given, learning_rate)
    if isinstance(found, SyncReplicasOptimizer):
        raise ValueError(
            "SyncReplicasOptimizer does not support multi optimizers case.\n"
            "  Use it with DNNClassifier or LinearClassifier."
        )
    return found


def _model(head: Any, settings: _Settings) -> Any:
    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        return combined_model_fn(features, labels, mode, head, settings, config)

    return model_fn


class DNNLinearCombinedClassifier(Estimator):
    """A classifier whose logits are those of a linear model and of a network, added.

    Args:
      model_dir, config, warm_start_from: as Estimator's.
      linear_feature_columns: what the linear model sees: numbers or categories.
      linear_optimizer: an optimizer, its name, or a function that returns one.
      dnn_feature_columns: what the network sees: numbers.
      dnn_optimizer: the network's.
      dnn_hidden_units: the sizes of its layers between.
      dnn_activation_fn: of those.
      dnn_dropout: the part of each layer's output that is left out in training.
      n_classes: the number of classes.
      weight_column: the name, or numeric column, of the weights of examples.
      label_vocabulary: the words that labels are; numbers below `n_classes` by default.
      input_layer_partitioner: of the variables of columns.
      loss_reduction: a `tf.losses.Reduction`.
      batch_norm: whether each layer's output is normalised.
      linear_sparse_combiner: what becomes of several categories: "sum", "mean" or "sqrtn".

    Raises:
      ValueError, TypeError: there are no columns, or an argument is out of its range.
    """

    def __init__(
        self,
        model_dir: Any = None,
        linear_feature_columns: Any = None,
        linear_optimizer: Any = "Ftrl",
        dnn_feature_columns: Any = None,
        dnn_optimizer: Any = "Adagrad",
        dnn_hidden_units: Sequence[int] | None = None,
        dnn_activation_fn: Any = relu,
        dnn_dropout: float | None = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Any = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = Reduction.SUM,
        batch_norm: bool = False,
        linear_sparse_combiner: str = "sum",
    ):
        settings = _Settings(
            linear_feature_columns,
            linear_optimizer,
            dnn_feature_columns,
            dnn_optimizer,
            dnn_hidden_units,
            dnn_activation_fn,
            dnn_dropout,
            input_layer_partitioner,
            batch_norm,
            linear_sparse_combiner,
        )
        head = classifier_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(_model(head, settings), model_dir, config, warm_start_from=warm_start_from)


class DNNLinearCombinedEstimator(Estimator):
    """A linear model and a network below `head`: see `tf.contrib.estimator`.

    The others are as for `DNNLinearCombinedClassifier`.
    """

    def __init__(
        self,
        head: Any,
        model_dir: Any = None,
        linear_feature_columns: Any = None,
        linear_optimizer: Any = "Ftrl",
        dnn_feature_columns: Any = None,
        dnn_optimizer: Any = "Adagrad",
        dnn_hidden_units: Sequence[int] | None = None,
        dnn_activation_fn: Any = relu,
        dnn_dropout: float | None = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        linear_sparse_combiner: str = "sum",
    ):
        settings = _Settings(
            linear_feature_columns,
            linear_optimizer,
            dnn_feature_columns,
            dnn_optimizer,
            dnn_hidden_units,
            dnn_activation_fn,
            dnn_dropout,
            input_layer_partitioner,
            False,
            linear_sparse_combiner,
        )
        super().__init__(_model(head, settings), model_dir, config)


class DNNLinearCombinedRegressor(Estimator):
    """A linear model and a network whose sum is `label_dimension` numbers.

    The others are as for `DNNLinearCombinedClassifier`.
    """

    def __init__(
        self,
        model_dir: Any = None,
        linear_feature_columns: Any = None,
        linear_optimizer: Any = "Ftrl",
        dnn_feature_columns: Any = None,
        dnn_optimizer: Any = "Adagrad",
        dnn_hidden_units: Sequence[int] | None = None,
        dnn_activation_fn: Any = relu,
        dnn_dropout: float | None = None,
        label_dimension: int = 1,
        weight_column: Any = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = Reduction.SUM,
        batch_norm: bool = False,
        linear_sparse_combiner: str = "sum",
    ):
        settings = _Settings(
            linear_feature_columns,
            linear_optimizer,
            dnn_feature_columns,
            dnn_optimizer,
            dnn_hidden_units,
            dnn_activation_fn,
            dnn_dropout,
            input_layer_partitioner,
            batch_norm,
            linear_sparse_combiner,
        )
        head = regression_head(weight_column, label_dimension, loss_reduction)
        super().__init__(_model(head, settings), model_dir, config, warm_start_from=warm_start_from)
