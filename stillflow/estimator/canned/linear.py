"""`tf.estimator.LinearClassifier`, `LinearRegressor` and `LinearEstimator`."""

from __future__ import annotations

import math
from typing import Any

from stillflow.estimator.canned.building import check_features, classifier_head, partitioner_for
from stillflow.estimator.canned.head import Head
from stillflow.estimator.canned.linear_logits import linear_logit_fn_builder
from stillflow.estimator.canned.optimizers import optimizer_of
from stillflow.estimator.canned.regression import regression_head
from stillflow.estimator.estimator import Estimator
from stillflow.estimator.spec import EstimatorSpec
from stillflow.ops.losses.weighting import Reduction
from stillflow.ops.variables.scope import variable_scope
from stillflow.train.ftrl import FtrlOptimizer

_LEARNING_RATE = 0.2


def linear_model_fn(
    features: Any,
    labels: Any,
    mode: str,
    head: Head,
    feature_columns: tuple[Any, ...],
    optimizer: Any,
    partitioner: Any,
    config: Any,
    sparse_combiner: str = "sum",
) -> EstimatorSpec:
    """The model function of linear estimators."""
    check_features(features)
    partitioner = partitioner or partitioner_for(config, of_inputs=True)
    with variable_scope("linear", values=tuple(features.values()), partitioner=partitioner):
        logit_fn = linear_logit_fn_builder(head.logits_dimension, feature_columns, sparse_combiner)
        logits = logit_fn(features)
        return head.create_estimator_spec(
            features=features,
            mode=mode,
            labels=labels,
            optimizer=optimizer_of(optimizer or _usual(feature_columns), _LEARNING_RATE),
            logits=logits,
        )


def _usual(feature_columns: tuple[Any, ...]) -> FtrlOptimizer:
    return FtrlOptimizer(min(_LEARNING_RATE, 1.0 / math.sqrt(len(feature_columns))))


def _model(
    head: Any, feature_columns: Any, optimizer: Any, partitioner: Any, sparse_combiner: str
) -> Any:
    """`linear_model_fn` with its settings."""

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        columns = tuple(feature_columns or [])
        settings = (columns, optimizer, partitioner, config, sparse_combiner)
        return linear_model_fn(features, labels, mode, head, *settings)

    return model_fn


class LinearClassifier(Estimator):
    """Logistic regression of two classes, softmax regression of more.

    Args:
      feature_columns: columns of numbers or of categories.
      model_dir, config, warm_start_from: as Estimator's.
      n_classes: the number of classes.
      weight_column: the name, or numeric column, of the weights of examples.
      label_vocabulary: the words that labels are; numbers below `n_classes` by default.
      optimizer: an optimizer, its name, or a function that returns one.
      partitioner: of the weights of columns.
      loss_reduction: a `tf.losses.Reduction`.
      sparse_combiner: what becomes of several categories: "sum", "mean" or "sqrtn".

    Raises:
      ValueError, TypeError: an argument is out of its range.
    """

    def __init__(
        self,
        feature_columns: Any,
        model_dir: Any = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Any = None,
        optimizer: Any = "Ftrl",
        config: Any = None,
        partitioner: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = Reduction.SUM,
        sparse_combiner: str = "sum",
    ):
        head = classifier_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        model_fn = _model(head, feature_columns, optimizer, partitioner, sparse_combiner)
        super().__init__(model_fn, model_dir, config, warm_start_from=warm_start_from)


class LinearEstimator(Estimator):
    """A linear model below `head`: see `tf.contrib.estimator`.

    The others are as for `LinearClassifier`.
    """

    def __init__(
        self,
        head: Any,
        feature_columns: Any,
        model_dir: Any = None,
        optimizer: Any = "Ftrl",
        config: Any = None,
        partitioner: Any = None,
        sparse_combiner: str = "sum",
    ):
        model_fn = _model(head, feature_columns, optimizer, partitioner, sparse_combiner)
        super().__init__(model_fn, model_dir, config)


class LinearRegressor(Estimator):
    """Linear regression of `label_dimension` numbers.

    The others are as for `LinearClassifier`.
    """

    def __init__(
        self,
        feature_columns: Any,
        model_dir: Any = None,
        label_dimension: int = 1,
        weight_column: Any = None,
        optimizer: Any = "Ftrl",
        config: Any = None,
        partitioner: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = Reduction.SUM,
        sparse_combiner: str = "sum",
    ):
        head = regression_head(weight_column, label_dimension, loss_reduction)
        model_fn = _model(head, feature_columns, optimizer, partitioner, sparse_combiner)
        super().__init__(model_fn, model_dir, config, warm_start_from=warm_start_from)
