"""Metrics that heads share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.estimator.canned.keys import MetricKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array.reshaping import squeeze
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.math.casts import to_float
from stillflow.ops.math.comparison import greater_equal
from stillflow.ops.metrics import curves, means, thresholds
from stillflow.ops.metrics.accumulating import Metric


def mean_of(values: Any, weights: Any, name: str, kind: str, what: str) -> Metric:
    """The mean of values that are cast to f32, in a scope called `name`, or `kind`."""
    with name_scope(name, kind, (values, weights)) as scope:
        values = to_float(values, name=what)
        return means.mean(values, weights=_broadcast(weights, values), name=scope)


def labels_mean(labels: Any, weights: Any, name: str) -> Metric:
    return mean_of(labels, weights, name, "labels_mean", "labels")


def predictions_mean(predictions: Any, weights: Any, name: str) -> Metric:
    return mean_of(predictions, weights, name, "predictions_mean", "predictions")


def accuracy_baseline(mean: Metric) -> Metric:
    """How often a guess of the commoner of two labels is right."""
    with name_scope(None, "accuracy_baseline", mean):
        value, update = mean
        return (
            maximum(value, 1.0 - value, name="value"),
            maximum(update, 1 - update, name="update_op"),
        )


def auc(labels: Any, predictions: Any, weights: Any, name: str, curve: str = "ROC") -> Metric:
    with name_scope(name, "auc", (predictions, labels, weights)) as scope:
        predictions = to_float(predictions, name="predictions")
        weights = _broadcast(weights, predictions)
        return curves.auc(labels, predictions, weights=weights, curve=curve, name=scope)


def accuracy_at(labels: Any, predictions: Any, weights: Any, at: float, name: str) -> Metric:
    with name_scope(name, f"accuracy_at_{at}", (predictions, labels, weights, at)) as scope:
        taken = to_float(greater_equal(predictions, at))
        return means.accuracy(labels, taken, weights=weights, name=scope)


def precision_at(labels: Any, predictions: Any, weights: Any, at: float, name: str) -> Metric:
    with name_scope(name, f"precision_at_{at}", (predictions, labels, weights, at)) as scope:
        found = thresholds.precision_at_thresholds(
            labels, predictions, thresholds=[at], weights=weights, name=scope
        )
        return _only(found)


def recall_at(labels: Any, predictions: Any, weights: Any, at: float, name: str) -> Metric:
    with name_scope(name, f"recall_at_{at}", (predictions, labels, weights, at)) as scope:
        found = thresholds.recall_at_thresholds(
            labels, predictions, thresholds=[at], weights=weights, name=scope
        )
        return _only(found)


def at_thresholds(
    key: Callable[[str], str],
    labels: Any,
    predictions: Any,
    weights: Any,
    limits: Sequence[float],
) -> dict[str, Metric]:
    """Accuracy, precision and recall where predictions from each limit on are taken for 1."""
    found = {}
    for at in limits:
        for spelling, measure in (
            (MetricKeys.ACCURACY_AT_THRESHOLD, accuracy_at),
            (MetricKeys.PRECISION_AT_THRESHOLD, precision_at),
            (MetricKeys.RECALL_AT_THRESHOLD, recall_at),
        ):
            name = spelling % at
            found[key(name)] = measure(labels, predictions, weights, at, name)
    return found


def _only(metric: Metric) -> Metric:
    value, update = metric
    return squeeze(value), squeeze(update)


def _broadcast(weights: Any, values: Tensor) -> Any:
    return None if weights is None else broadcast_weights(weights, values)
