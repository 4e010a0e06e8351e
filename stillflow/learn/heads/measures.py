"""Metrics of heads, over many batches: (value, update)."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.scopes import name_scope
from stillflow.ops.array.filling import ones_like, zeros_like
from stillflow.ops.array.reshaping import squeeze
from stillflow.ops.array.selecting import where
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import equal, greater_equal
from stillflow.ops.metrics import curves, means, thresholds
from stillflow.platform import logging

_Metric = tuple[Any, Any]


def mean(values: Any, weights: Any = None, class_id: int | None = None) -> _Metric:
    """The mean of labels or predictions, of one class of several if it is given."""
    values = cast(values, dtypes.float32)
    weights = _weights_for(values, weights)
    if class_id is not None:
        if weights is not None:
            weights = weights[:, class_id]
        values = values[:, class_id]
    return means.mean(values, weights)


def class_mean(classes: Any, weights: Any, class_id: int) -> _Metric:
    """How often a class comes among numbers of classes."""
    is_it = equal(cast(class_id, dtypes.int32), cast(classes, dtypes.int32))
    return means.mean(where(is_it, ones_like(classes), zeros_like(classes)), weights=weights)


def auc(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    class_id: int | None = None,
    curve: str = "ROC",
) -> _Metric:
    """The area under a curve, "ROC" or "PR"."""
    predictions = cast(predictions, dtypes.float32)
    if labels.dtype.base_dtype != dtypes.bool:
        logging.warning("Casting %s labels to bool.", labels.dtype)
        labels = cast(labels, dtypes.bool)
    weights = _weights_for(predictions, weights)
    if class_id is not None:
        if weights is not None:
            weights = weights[:, class_id]
        predictions, labels = predictions[:, class_id], labels[:, class_id]
    return curves.auc(labels, predictions, weights, curve=curve)


def accuracy_at(predictions: Any, labels: Any, weights: Any, threshold: float) -> _Metric:
    classes = cast(greater_equal(predictions, threshold), dtypes.float32)
    return means.accuracy(labels, classes, weights)


def precision_at(predictions: Any, labels: Any, weights: Any, threshold: float) -> _Metric:
    found = thresholds.precision_at_thresholds(labels, predictions, [threshold], _floats(weights))
    return squeeze(found[0]), squeeze(found[1])


def recall_at(predictions: Any, labels: Any, weights: Any, threshold: float) -> _Metric:
    found = thresholds.recall_at_thresholds(labels, predictions, [threshold], _floats(weights))
    return squeeze(found[0]), squeeze(found[1])


def _floats(weights: Any) -> Any:
    if weights is None:
        return None
    with name_scope(None, "float_weights", (weights,)) as name:
        return cast(weights, dtypes.float32, name=name)


def _weights_for(values: Any, weights: Any) -> Any:
    weights = _floats(weights)
    return None if weights is None else broadcast_weights(weights, values)
