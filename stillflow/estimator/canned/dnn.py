"""`tf.estimator.DNNClassifier`, `DNNRegressor` and `DNNEstimator`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.estimator.canned.building import check_features, classifier_head, partitioner_for
from stillflow.estimator.canned.dnn_logits import dnn_logit_fn_builder
from stillflow.estimator.canned.head import Head
from stillflow.estimator.canned.optimizers import optimizer_of
from stillflow.estimator.canned.regression import regression_head
from stillflow.estimator.estimator import Estimator
from stillflow.estimator.spec import EstimatorSpec
from stillflow.ops.losses.weighting import Reduction
from stillflow.ops.nn.activations import relu
from stillflow.ops.variables.scope import variable_scope

_LEARNING_RATE = 0.05


def dnn_model_fn(
    features: Any,
    labels: Any,
    mode: str,
    head: Head,
    hidden_units: Sequence[int],
    feature_columns: tuple[Any, ...],
    optimizer: Any = "Adagrad",
    activation_fn: Any = relu,
    dropout: float | None = None,
    input_layer_partitioner: Any = None,
    config: Any = None,
    batch_norm: bool = False,
) -> EstimatorSpec:
    """The model function of feed-forward networks."""
    optimizer = optimizer_of(optimizer, _LEARNING_RATE)
    check_features(features)
    values = tuple(features.values())
    with variable_scope("dnn", values=values, partitioner=partitioner_for(config)):
        logit_fn = dnn_logit_fn_builder(
            head.logits_dimension,
            hidden_units,
            feature_columns,
            activation_fn,
            dropout,
            input_layer_partitioner or partitioner_for(config, of_inputs=True),
            batch_norm,
        )
        logits = logit_fn(features=features, mode=mode)
        return head.create_estimator_spec(
            features=features, mode=mode, labels=labels, optimizer=optimizer, logits=logits
        )


def _model(head: Any, hidden_units: Any, feature_columns: Any, **settings: Any) -> Any:
    """`dnn_model_fn` with its settings."""

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        columns = tuple(feature_columns or [])
        return dnn_model_fn(
            features, labels, mode, head, hidden_units, columns, config=config, **settings
        )

    return model_fn


class DNNClassifier(Estimator):
    """A feed-forward network that classifies.

    Args:
      hidden_units: the sizes of the layers between.
      feature_columns: columns of numbers.
      model_dir, config, warm_start_from: as Estimator's.
      n_classes: the number of classes.
      weight_column: the name, or numeric column, of the weights of examples.
      label_vocabulary: the words that labels are; numbers below `n_classes` by default.
      optimizer: an optimizer, its name, or a function that returns one.
      activation_fn: of the layers between.
      dropout: the part of each layer's output that is left out in training.
      input_layer_partitioner: of the variables of columns.
      loss_reduction: a `tf.losses.Reduction`.
      batch_norm: whether each layer's output is normalised.

    Raises:
      ValueError, TypeError: an argument is out of its range.
    """

    def __init__(
        self,
        hidden_units: Sequence[int],
        feature_columns: Any,
        model_dir: Any = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Any = None,
        optimizer: Any = "Adagrad",
        activation_fn: Any = relu,
        dropout: float | None = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = Reduction.SUM,
        batch_norm: bool = False,
    ):
        head = classifier_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        model_fn = _model(
            head,
            hidden_units,
            feature_columns,
            optimizer=optimizer,
            activation_fn=activation_fn,
            dropout=dropout,
            input_layer_partitioner=input_layer_partitioner,
            batch_norm=batch_norm,
        )
        super().__init__(model_fn, model_dir, config, warm_start_from=warm_start_from)


class DNNEstimator(Estimator):
    """A feed-forward network below `head`: see `tf.contrib.estimator`.

    The others are as for `DNNClassifier`.
    """

    def __init__(
        self,
        head: Any,
        hidden_units: Sequence[int],
        feature_columns: Any,
        model_dir: Any = None,
        optimizer: Any = "Adagrad",
        activation_fn: Any = relu,
        dropout: float | None = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        warm_start_from: Any = None,
        batch_norm: bool = False,
    ):
        model_fn = _model(
            head,
            hidden_units,
            feature_columns,
            optimizer=optimizer,
            activation_fn=activation_fn,
            dropout=dropout,
            input_layer_partitioner=input_layer_partitioner,
            batch_norm=batch_norm,
        )
        super().__init__(model_fn, model_dir, config, warm_start_from=warm_start_from)


class DNNRegressor(Estimator):
    """A feed-forward network whose outputs are `label_dimension` numbers.

    The others are as for `DNNClassifier`.
    """

    def __init__(
        self,
        hidden_units: Sequence[int],
        feature_columns: Any,
        model_dir: Any = None,
        label_dimension: int = 1,
        weight_column: Any = None,
        optimizer: Any = "Adagrad",
        activation_fn: Any = relu,
        dropout: float | None = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = Reduction.SUM,
        batch_norm: bool = False,
    ):
        head = regression_head(weight_column, label_dimension, loss_reduction)
        model_fn = _model(
            head,
            hidden_units,
            feature_columns,
            optimizer=optimizer,
            activation_fn=activation_fn,
            dropout=dropout,
            input_layer_partitioner=input_layer_partitioner,
            batch_norm=batch_norm,
        )
        super().__init__(model_fn, model_dir, config, warm_start_from=warm_start_from)
