"""Metrics of `tf.contrib.metrics` on the curves of a classifier: points, and one rate at another.

`labels` are cast to bool; `predictions`, f[...] of their shape, are within [0, 1].
"""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import stacking
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import group
from stillflow.ops.math import casts, comparison, division, elementwise
from stillflow.ops.metrics.accumulating import Metric, collected
from stillflow.ops.metrics.curves import curve_points
from stillflow.ops.metrics.thresholds import MARGIN, Counts, counts_at_thresholds, evenly_spaced
from stillflow.ops.reduce import argmax, reductions
from stillflow.ops.variables.scope import variable_scope

_ALL = "tp fn tn fp"


def streaming_curve_points(
    labels: Any = None,
    predictions: Any = None,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    curve: str = "ROC",
    name: str | None = None,
) -> tuple[Tensor, Any]:
    """Returns the points of a curve, f32[num_thresholds, 2], and the operation that updates them.

    Args:
      curve: "ROC" or "PR", as of `tf.metrics.auc`.

    Raises:
      ValueError: another curve.
    """
    with variable_scope(name, "curve_points", (labels, predictions, weights)):
        if curve not in ("ROC", "PR"):
            raise ValueError(f"curve must be either ROC or PR, {curve} unknown")
        variables, updates = _counts(labels, predictions, weights, num_thresholds)
        points = stacking.stack(list(curve_points(variables, curve)), axis=1)
        update: Any = group(*updates)
        return collected(points, update, metrics_collections, updates_collections)


def _counts(
    labels: Any, predictions: Any, weights: Any, num_thresholds: int
) -> tuple[Counts, Counts]:
    limits = [0.0 - MARGIN, *evenly_spaced(num_thresholds), 1.0 + MARGIN]
    return counts_at_thresholds(labels, predictions, limits, weights, _ALL, validate=False)


def recall_at_precision(
    labels: Any,
    predictions: Any,
    precision: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
    strict_mode: bool = False,
) -> Metric:
    """Returns the recall where `precision` is met best, f32[], and the update.

    Args:
      strict_mode: whether the precision must be reached; where it never is, the recall is 0.

    Raises:
      ValueError: `precision` is not within [0, 1].
    """
    if not 0 <= precision <= 1:
        raise ValueError("`precision` must be in the range [0, 1].")

    def recall(at: Counts, name: str) -> Tensor:
        precisions = division.div(at.tp, at.tp + at.fp + MARGIN)
        if not strict_mode:
            apart = elementwise.abs_(precisions - precision)
            best = argmax.argmin(apart, 0, output_type=dtypes.int32)
            return _share(at.tp, at.fn, best, name)
        nearness = division.div(1.0, precisions - precision + MARGIN)
        best = argmax.argmax(nearness, 0, output_type=dtypes.int32)
        is_reached = precisions[best] >= precision
        return cond(is_reached, lambda: _share(at.tp, at.fn, best, name), lambda: 0.0)

    with variable_scope(name, "recall_at_precision", (predictions, labels, weights)):
        variables, updates = _counts(labels, predictions, weights, num_thresholds)
        value, update = recall(variables, "value"), recall(updates, "update_op")
        return collected(value, update, metrics_collections, updates_collections)


def _share(hits: Tensor, errors: Tensor, at: Tensor, name: str) -> Tensor:
    return division.div(hits[at], hits[at] + errors[at] + MARGIN, name)


def precision_at_recall(
    labels: Any,
    predictions: Any,
    target_recall: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the precision at the highest threshold that reaches a recall, f32[], and the update.

    Raises:
      ValueError: `target_recall` is not within [0, 1].
    """
    if not 0 <= target_recall <= 1:
        raise ValueError("`target_recall` must be in the range [0, 1].")

    def precision(at: Counts, name: str) -> Tensor:
        recalls = division.div(at.tp, at.tp + at.fn + MARGIN)
        reaches = casts.cast(comparison.greater_equal(recalls, target_recall), dtypes.int64)
        last = reductions.reduce_sum(reaches) - 1
        return division.div(at.tp[last] + MARGIN, at.tp[last] + at.fp[last] + MARGIN, name)

    with variable_scope(name, "precision_at_recall", (predictions, labels, weights)):
        variables, updates = _counts(labels, predictions, weights, num_thresholds)
        value, update = precision(variables, "value"), precision(updates, "update_op")
        return collected(value, update, metrics_collections, updates_collections)
