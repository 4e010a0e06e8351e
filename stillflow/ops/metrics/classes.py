"""Metrics of predicted classes, each class counted by itself.

`labels` and `predictions` are i[...] of one shape, and flattened. `accumulating` says what else is
shared.
"""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import diagonals, filling, reshaping, selecting, shape_of
from stillflow.ops.math import arithmetic, casts, comparison, division
from stillflow.ops.math.confusion import confusion_matrix
from stillflow.ops.metrics.accumulating import Metric, collected, common, metric_variable
from stillflow.ops.metrics.means import equal_in_type_of
from stillflow.ops.metrics.refusing import in_graphs_only
from stillflow.ops.reduce import reductions
from stillflow.ops.variables import scattered_updates, state
from stillflow.ops.variables.scope import variable_scope


@in_graphs_only
def mean_per_class_accuracy(
    labels: Any,
    predictions: Any,
    num_classes: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the mean over classes of how much of a class is predicted, f32[].

    The update gives f32[num_classes], each class by itself.
    """
    with variable_scope(name, "mean_accuracy", (predictions, labels, weights)):
        labels = _flat(casts.cast(labels, dtypes.int64))
        predictions = _flat(predictions)
        predictions.shape.assert_is_compatible_with(labels.shape)
        total = metric_variable([num_classes], dtypes.float32, name="total")
        count = metric_variable([num_classes], dtypes.float32, name="count")
        seen = filling.ones([shape_of.size(labels)], dtypes.float32)
        hits = casts.cast(equal_in_type_of(labels, predictions), dtypes.float32)
        if weights is not None:
            weights = casts.cast(_flat(weights), dtypes.float32)
            hits *= weights
            seen *= weights
        new_total = scattered_updates.scatter_add(total, labels, seen)
        new_count = scattered_updates.scatter_add(count, labels, hits)
        value = common(_mean_share, count, total)
        update = division.div_no_nan(new_count, arithmetic.maximum(new_total, 0), name="update_op")
        return collected(value, update, metrics_collections, updates_collections)


def _mean_share(count: Any, total: Any) -> Tensor:
    shares = division.div_no_nan(count, arithmetic.maximum(total, 0))
    return reductions.reduce_mean(shares, name="mean_accuracy")


@in_graphs_only
def mean_iou(
    labels: Any,
    predictions: Any,
    num_classes: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the mean over classes of intersection over union, f32[].

    That is tp / (tp + fp + fn) of a class, over the classes that occur. The update gives the
    confusion matrix, f64[num_classes, num_classes].
    """
    with variable_scope(name, "mean_iou", (predictions, labels, weights)):
        predictions.shape.assert_is_compatible_with(labels.shape)
        matrix, update = streaming_confusion_matrix(labels, predictions, num_classes, weights)
        value = common(_mean_iou, matrix)
        return collected(value, update, metrics_collections, updates_collections)


def _mean_iou(matrix: Any) -> Tensor:
    predicted = casts.cast(reductions.reduce_sum(matrix, 0), dtypes.float32)
    labelled = casts.cast(reductions.reduce_sum(matrix, 1), dtypes.float32)
    hits = casts.cast(diagonals.diag_part(matrix), dtypes.float32)
    union = predicted + labelled - hits
    occurs = casts.cast(comparison.not_equal(union, 0), dtypes.float32)
    occurring = reductions.reduce_sum(occurs)
    union = selecting.where(comparison.greater(union, 0), union, filling.ones_like(union))
    iou = division.div(hits, union)
    return selecting.where(
        comparison.greater(occurring, 0),
        reductions.reduce_sum(iou, name="mean_iou") / occurring,
        0,
    )


def streaming_confusion_matrix(
    labels: Any, predictions: Any, num_classes: int, weights: Any = None
) -> tuple[Any, Tensor]:
    """The variable of the confusion matrix of all batches, f64[k, k], and its update."""
    matrix = metric_variable(
        [num_classes, num_classes], dtypes.float64, name="total_confusion_matrix"
    )
    predictions = casts.cast(predictions, dtypes.int64)
    labels = casts.cast(labels, dtypes.int64)
    size = casts.cast(num_classes, dtypes.int64)
    predictions, labels = _flat(predictions), _flat(labels)
    if weights is not None:
        weights = _flat(weights)
    batch = confusion_matrix(labels, predictions, size, weights=weights, dtype=dtypes.float64)
    return matrix, state.assign_add(matrix, batch)


def _flat(x: Any) -> Tensor:
    return reshaping.reshape(x, [-1]) if x.shape.ndims > 1 else x
