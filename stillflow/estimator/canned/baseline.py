"""`tf.estimator.BaselineClassifier` and its kin: models of nothing but the labels' average."""

from __future__ import annotations

from typing import Any

from stillflow.estimator.canned.building import classifier_head
from stillflow.estimator.canned.head import Head
from stillflow.estimator.canned.optimizers import optimizer_of
from stillflow.estimator.canned.regression import regression_head
from stillflow.estimator.estimator import Estimator
from stillflow.estimator.spec import EstimatorSpec
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.input.columns.numeric import NumericColumn
from stillflow.ops.array.filling import ones
from stillflow.ops.array.shape_of import shape
from stillflow.ops.debug.checks import assert_equal
from stillflow.ops.losses.weighting import Reduction
from stillflow.ops.math.arithmetic import multiply
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable, variable_scope
from stillflow.train.training_util import get_global_step

_LEARNING_RATE = 0.3


def baseline_model_fn(
    features: Any, labels: Any, mode: str, head: Head, optimizer: Any, weight_column: Any = None
) -> EstimatorSpec:
    """The model function of baselines: a bias that all examples share."""

    def train_op_fn(loss: Tensor) -> Any:
        chosen = optimizer_of(optimizer, _LEARNING_RATE)
        return chosen.minimize(loss, global_step=get_global_step())

    return head.create_estimator_spec(
        features=features,
        mode=mode,
        logits=_bias_of_each(features, head.logits_dimension, weight_column),
        labels=labels,
        train_op_fn=train_op_fn,
    )


def _bias_of_each(features: dict[str, Any], units: int, weight_column: Any) -> Tensor:
    checks, rows = _rows(features, _key(weight_column))
    with control_dependencies(checks), variable_scope("baseline"):
        bias = get_variable("bias", shape=[units], initializer=Zeros)
        return multiply(bias, ones([rows, units]))


def _rows(features: dict[str, Any], weight_key: str | None) -> tuple[list[Operation], Any]:
    """How many examples there are, by the first feature; all others must have as many."""
    checks: list[Operation] = []
    rows: Any = None
    for name, feature in features.items():
        if name != weight_key:
            count = shape(feature)[0]
            if rows is None:
                rows = count
            else:
                checks.append(assert_equal(rows, count))
    return checks, rows


def _key(weight_column: Any) -> str | None:
    if weight_column is None or isinstance(weight_column, str):
        return weight_column
    if not isinstance(weight_column, NumericColumn):
        raise TypeError(
            "Weight column must be either a string or _NumericColumn. Given type: "
            f"{type(weight_column)}."
        )
    return weight_column.key


def _model(head: Any, optimizer: Any, weight_column: Any = None) -> Any:
    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        return baseline_model_fn(features, labels, mode, head, optimizer, weight_column)

    return model_fn


class BaselineClassifier(Estimator):
    """A classifier that gives the shares of classes, whatever the features.

    Args:
      model_dir, config: as Estimator's.
      n_classes: the number of classes.
      weight_column: the name, or numeric column, of the weights of examples.
      label_vocabulary: the words that labels are; numbers below `n_classes` by default.
      optimizer: an optimizer, its name, or a function that returns one.
      loss_reduction: a `tf.losses.Reduction`.

    Raises:
      ValueError, TypeError: an argument is out of its range.
    """

    def __init__(
        self,
        model_dir: Any = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Any = None,
        optimizer: Any = "Ftrl",
        config: Any = None,
        loss_reduction: str = Reduction.SUM,
    ):
        head = classifier_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(_model(head, optimizer, weight_column), model_dir, config)


class BaselineEstimator(Estimator):
    """A bias below `head`: see `tf.contrib.estimator`.

    The others are as for `BaselineClassifier`.
    """

    def __init__(
        self, head: Any, model_dir: Any = None, optimizer: Any = "Ftrl", config: Any = None
    ):
        super().__init__(_model(head, optimizer), model_dir, config)


class BaselineRegressor(Estimator):
    """A regressor that gives the mean of labels, of `label_dimension` numbers.

    The others are as for `BaselineClassifier`.
    """

    def __init__(
        self,
        model_dir: Any = None,
        label_dimension: int = 1,
        weight_column: Any = None,
        optimizer: Any = "Ftrl",
        config: Any = None,
        loss_reduction: str = Reduction.SUM,
    ):
        head = regression_head(weight_column, label_dimension, loss_reduction)
        super().__init__(_model(head, optimizer), model_dir, config)
