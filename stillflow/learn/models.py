"""Models as functions of features and labels: linear and logistic regressions."""

from __future__ import annotations

from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.learn.losses import mean_squared_error_regressor, softmax_classifier
from stillflow.ops.summaries.histogram import histogram
from stillflow.ops.variables.initializers import RandomNormal
from stillflow.ops.variables.scope import get_variable, get_variable_scope, variable_scope
from stillflow.platform.deprecation import deprecated

_INSTEAD = "Consider using a class from tf.estimator."


@deprecated(None, "Consider using a tf.estimator.LinearRegressor")
def linear_regression_zero_init(x: Any, y: Any) -> tuple[Any, Any]:
    """`linear_regression` from zeros."""
    return linear_regression(x, y, init_mean=0.0, init_stddev=0.0)


@deprecated(None, "Consider using a class from tf.estimator.LinearClassifier")
def logistic_regression_zero_init(x: Any, y: Any) -> tuple[Any, Any]:
    """`logistic_regression` from zeros."""
    return logistic_regression(x, y, init_mean=0.0, init_stddev=0.0)


@deprecated(None, _INSTEAD)
def linear_regression(
    x: Any, y: Any, init_mean: float | None = None, init_stddev: float = 1.0
) -> tuple[Any, Any]:
    """(predictions, loss) of a linear regression.

    Args:
      x: [n, features].
      y: [n], or [n, outputs].
      init_mean, init_stddev: of the first weights; by default those of `get_variable`.
    """
    with variable_scope("linear_regression"):
        _summarise("x", x, "y", y)
        shape = y.get_shape()
        outputs = 1 if len(shape) == 1 else shape[1]
        weights, bias = _variables(x, outputs, init_mean, init_stddev)
        return mean_squared_error_regressor(x, y, weights, bias)


@deprecated(None, _INSTEAD)
def logistic_regression(
    x: Any,
    y: Any,
    class_weight: Any = None,
    init_mean: float | None = None,
    init_stddev: float = 1.0,
) -> tuple[Any, Any]:
    """(probabilities, loss) of a logistic regression.

    Args:
      x: [n, features].
      y: one-hot labels [n, classes].
      class_weight: [classes], which the logits are multiplied by; by default a tensor of the graph
        that is called so, if there is one.
    """
    with variable_scope("logistic_regression"):
        _summarise("x", x, "y", y)
        weights, bias = _variables(x, y.get_shape()[-1], init_mean, init_stddev)
        if not class_weight:
            try:
                class_weight = get_default_graph().get_tensor_by_name("class_weight:0")
            except KeyError:
                class_weight = None
        return softmax_classifier(x, y, weights, bias, class_weight=class_weight)


def _variables(
    x: Any, outputs: Any, init_mean: float | None, init_stddev: float
) -> tuple[Any, Any]:
    dtype = x.dtype.base_dtype

    def variable(name: str, shape: list[Any]) -> Any:
        initializer = (
            None if init_mean is None else RandomNormal(init_mean, init_stddev, dtype=dtype)
        )
        return get_variable(name, shape, initializer=initializer, dtype=dtype)

    weights = variable("weights", [x.get_shape()[1], outputs])
    bias = variable("bias", [outputs])
    _summarise("weights", weights, "bias", bias)
    return weights, bias


def _summarise(name: str, value: Any, other_name: str, other: Any) -> None:
    scope = get_variable_scope().name
    histogram(f"{scope}.{name}", value)
    histogram(f"{scope}.{other_name}", other)
