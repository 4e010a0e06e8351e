"""Predictions and losses of linear layers: `tf.contrib.learn.ops`."""

from __future__ import annotations

from typing import Any

from stillflow.graph.scopes import name_scope
from stillflow.ops.array.reshaping import squeeze
from stillflow.ops.losses.functions import mean_squared_error, softmax_cross_entropy
from stillflow.ops.math.arithmetic import multiply
from stillflow.ops.nn.bias import xw_plus_b
from stillflow.ops.nn.softmax import softmax
from stillflow.platform.deprecation import deprecated


@deprecated("2016-12-01", "Use `tf.losses.mean_squared_error` and explicit logits computation.")
def mean_squared_error_regressor(
    tensor_in: Any, labels: Any, weights: Any, biases: Any, name: str | None = None
) -> tuple[Any, Any]:
    """(predictions, loss): tensor_in @ weights + biases, and how far that is from the labels."""
    with name_scope(name, "mean_squared_error_regressor", [tensor_in, labels]):
        predictions = xw_plus_b(tensor_in, weights, biases)
        if len(labels.get_shape()) == 1 and len(predictions.get_shape()) == 2:
            predictions = squeeze(predictions, axis=[1])
        return predictions, mean_squared_error(labels, predictions)


@deprecated("2016-12-01", "Use `tf.losses.softmax_cross_entropy` and explicit logits computation.")
def softmax_classifier(
    tensor_in: Any,
    labels: Any,
    weights: Any,
    biases: Any,
    class_weight: Any = None,
    name: str | None = None,
) -> tuple[Any, Any]:
    """(probabilities, loss) of logits tensor_in @ weights + biases, times `class_weight`."""
    with name_scope(name, "softmax_classifier", [tensor_in, labels]):
        logits = xw_plus_b(tensor_in, weights, biases)
        if class_weight is not None:
            logits = multiply(logits, class_weight)
        return softmax(logits), softmax_cross_entropy(labels, logits)
