"""`tf.contrib.metrics.streaming_*`: metrics by their older names, predictions before labels."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import selecting
from stillflow.ops.math import casts, comparison, division
from stillflow.ops.metrics import average_precision, classes, counts, curves, means, ranked
from stillflow.ops.metrics import thresholds as at_thresholds
from stillflow.ops.metrics.accumulating import Metric, aligned, collected
from stillflow.ops.metrics.thresholds import counts_at_thresholds
from stillflow.ops.nn.top_k import in_top_k
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.deprecation import deprecated

_COMMON = ("weights", "metrics_collections", "updates_collections", "name")


def _older(metric: Callable[..., Metric], *names: str, moved: bool = True) -> Callable[..., Metric]:
    """`metric` with its parameters in the order of `names`; `moved` has it warn of its new name."""
    optional = ("class_id", *_COMMON)
    signature = Signature(
        [
            Parameter(
                name,
                Parameter.POSITIONAL_OR_KEYWORD,
                default=None if name in optional else Parameter.empty,
            )
            for name in (*names, *_COMMON)
        ]
    )

    def streaming(*args: Any, **kwargs: Any) -> Metric:
        return metric(**signature.bind(*args, **kwargs).arguments)

    streaming.__name__ = streaming.__qualname__ = f"streaming_{metric.__name__}"
    streaming.__doc__ = f"`tf.metrics.{metric.__name__}`, predictions before labels."
    streaming.__dict__["__signature__"] = signature
    if not moved:
        return streaming
    advice = f"Please switch to tf.metrics.{metric.__name__}."
    if "labels" in names:
        advice += " Note that the order of the labels and predictions arguments has been switched."
    return deprecated(None, advice)(streaming)


_TWO = ("predictions", "labels")
streaming_mean = _older(means.mean, "values")
streaming_mean_tensor = _older(means.mean_tensor, "values")
streaming_accuracy = _older(means.accuracy, *_TWO)
streaming_mean_absolute_error = _older(means.mean_absolute_error, *_TWO)
streaming_mean_squared_error = _older(means.mean_squared_error, *_TWO)
streaming_root_mean_squared_error = _older(means.root_mean_squared_error, *_TWO)
streaming_mean_relative_error = _older(means.mean_relative_error, *_TWO, "normalizer", moved=False)
streaming_mean_cosine_distance = _older(means.mean_cosine_distance, *_TWO, "dim", moved=False)
streaming_percentage_less = _older(means.percentage_below, "values", "threshold", moved=False)
streaming_mean_iou = _older(classes.mean_iou, *_TWO, "num_classes", moved=False)
streaming_true_positives = _older(counts.true_positives, *_TWO)
streaming_true_negatives = _older(counts.true_negatives, *_TWO)
streaming_false_positives = _older(counts.false_positives, *_TWO)
streaming_false_negatives = _older(counts.false_negatives, *_TWO)
streaming_precision = _older(counts.precision, *_TWO)
streaming_recall = _older(counts.recall, *_TWO)
streaming_precision_at_thresholds = _older(
    at_thresholds.precision_at_thresholds, *_TWO, "thresholds"
)
streaming_recall_at_thresholds = _older(at_thresholds.recall_at_thresholds, *_TWO, "thresholds")
streaming_sparse_average_precision_at_k = _older(
    average_precision.average_precision_at_k, *_TWO, "k", moved=False
)
streaming_sparse_recall_at_k = _older(ranked.recall_at_k, *_TWO, "k", "class_id", moved=False)
streaming_sparse_precision_at_k = _older(ranked.precision_at_k, *_TWO, "k", "class_id", moved=False)


@deprecated(
    None,
    "Please switch to tf.metrics.auc. Note that the order of the labels and predictions arguments "
    "has been switched.",
)
def streaming_auc(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    curve: str = "ROC",
    name: str | None = None,
) -> Metric:
    """`tf.metrics.auc`, predictions before labels."""
    return curves.auc(
        labels,
        predictions,
        weights,
        num_thresholds,
        metrics_collections,
        updates_collections,
        curve,
        name,
    )


def streaming_specificity_at_sensitivity(
    predictions: Any,
    labels: Any,
    sensitivity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`tf.metrics.specificity_at_sensitivity`, predictions before labels."""
    collections = (metrics_collections, updates_collections)
    given = (labels, predictions, sensitivity, weights, num_thresholds, *collections)
    return curves.specificity_at_sensitivity(*given, name)


def streaming_sensitivity_at_specificity(
    predictions: Any,
    labels: Any,
    specificity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`tf.metrics.sensitivity_at_specificity`, predictions before labels."""
    collections = (metrics_collections, updates_collections)
    given = (labels, predictions, specificity, weights, num_thresholds, *collections)
    return curves.sensitivity_at_specificity(*given, name)


@deprecated(
    "2016-11-08",
    "Please use `streaming_sparse_recall_at_k`, and reshape labels from [batch_size] to "
    "[batch_size, 1].",
)
def streaming_recall_at_k(
    predictions: Any,
    labels: Any,
    k: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns how often a label, i[n], is among the k classes ranked first, and the update."""
    hits = casts.cast(in_top_k(predictions, labels, k), dtypes.float32)
    name = name or ranked.at_k_name("recall", k)
    return streaming_mean(hits, weights, metrics_collections, updates_collections, name)


def streaming_sparse_precision_at_top_k(
    top_k_predictions: Any,
    labels: Any,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`tf.metrics.precision_at_top_k`, predictions before labels."""
    default = ranked.at_k_name("precision", class_id=class_id)
    with name_scope(name, default, (top_k_predictions, labels, weights)) as scope:
        given = (labels, top_k_predictions, None, class_id, weights)
        collections = (metrics_collections, updates_collections)
        return ranked.precision_at_top_k(*given, *collections, scope)


def sparse_recall_at_top_k(
    labels: Any,
    top_k_predictions: Any,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`tf.metrics.recall_at_top_k`."""
    default = ranked.at_k_name("recall", class_id=class_id)
    with name_scope(name, default, (top_k_predictions, labels, weights)) as scope:
        given = (labels, top_k_predictions, None, class_id, weights)
        collections = (metrics_collections, updates_collections)
        return ranked.recall_at_top_k(*given, *collections, scope)


def streaming_sparse_average_precision_at_top_k(
    top_k_predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The average precision of the classes ranked first, i[*g, k], and the update: f64[]."""
    collections = (metrics_collections, updates_collections)
    return average_precision.average_precision_at_top_k(
        labels, top_k_predictions, weights, *collections, name
    )


# Rates of errors ----------------------------------------------------------------------------------


def streaming_false_positive_rate(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns how much of what is not so is predicted, f32[], and the update."""
    with variable_scope(name, "false_positive_rate", (predictions, labels, weights)):
        predictions, labels, weights = _as_bools(predictions, labels, weights)
        errors = counts.false_positives(labels, predictions, weights)
        rest = counts.true_negatives(labels, predictions, weights)
        return _rate(errors, rest, metrics_collections, updates_collections)


def streaming_false_negative_rate(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns how much of what is so is not predicted, f32[], and the update."""
    with variable_scope(name, "false_negative_rate", (predictions, labels, weights)):
        predictions, labels, weights = _as_bools(predictions, labels, weights)
        errors = counts.false_negatives(labels, predictions, weights)
        rest = counts.true_positives(labels, predictions, weights)
        return _rate(errors, rest, metrics_collections, updates_collections)


def _as_bools(predictions: Any, labels: Any, weights: Any) -> tuple[Tensor, Any, Any]:
    predictions = casts.cast(predictions, dtypes.bool)
    return aligned(predictions, casts.cast(labels, dtypes.bool), weights)


def _rate(
    errors: Metric, rest: Metric, metrics_collections: Any, updates_collections: Any
) -> Metric:
    def rate(error: Tensor, other: Tensor, name: str) -> Tensor:
        is_some = comparison.greater(error + other, 0)
        return selecting.where(is_some, division.div(error, error + other), 0, name)

    value = rate(errors[0], rest[0], "value")
    update = rate(errors[1], rest[1], "update_op")
    return collected(value, update, metrics_collections, updates_collections)


def streaming_false_positive_rate_at_thresholds(
    predictions: Any,
    labels: Any,
    thresholds: list[float],
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns how much of what is not so is predicted, f32[m], and the update."""
    default = "false_positive_rate_at_thresholds"
    with variable_scope(name, default, (predictions, labels, weights)):
        found = counts_at_thresholds(labels, predictions, thresholds, weights, "fp tn", False)
        value, update = (
            division.div(at.fp, 1e-7 + at.fp + at.tn, name=f"fpr_{end}")
            for at, end in zip(found, ("value", "update_op"), strict=True)
        )
        return collected(value, update, metrics_collections, updates_collections)


def streaming_false_negative_rate_at_thresholds(
    predictions: Any,
    labels: Any,
    thresholds: list[float],
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns how much of what is so is not predicted, f32[m], and the update."""
    default = "false_negative_rate_at_thresholds"
    with variable_scope(name, default, (predictions, labels, weights)):
        found = counts_at_thresholds(labels, predictions, thresholds, weights, "fn tp", False)
        value, update = (
            division.div(at.fn, 1e-7 + at.fn + at.tp, name=f"fnr_{end}")
            for at, end in zip(found, ("value", "update_op"), strict=True)
        )
        return collected(value, update, metrics_collections, updates_collections)


def _count_at_thresholds(key: str, what: str) -> Callable[..., tuple[Any, Tensor]]:
    def count(
        predictions: Any, labels: Any, thresholds: list[float], weights: Any = None
    ) -> tuple[Any, Tensor]:
        variables, updates = counts_at_thresholds(
            labels, predictions, thresholds, weights, key, False
        )
        return getattr(variables, key), getattr(updates, key)

    count.__name__ = count.__qualname__ = f"streaming_{what}_at_thresholds"
    count.__doc__ = f"Returns the {what.replace('_', ' ')}: a variable, f32[m], and the update."
    return count


streaming_true_positives_at_thresholds = _count_at_thresholds("tp", "true_positives")
streaming_true_negatives_at_thresholds = _count_at_thresholds("tn", "true_negatives")
streaming_false_positives_at_thresholds = _count_at_thresholds("fp", "false_positives")
streaming_false_negatives_at_thresholds = _count_at_thresholds("fn", "false_negatives")
