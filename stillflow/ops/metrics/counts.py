"""Metrics of yes-or-no predictions: the four counts, precision and recall.

`labels` and `predictions`, of one shape, are cast to bool. `accumulating` says what else is shared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array import selecting, shape_of
from stillflow.ops.control import ordering
from stillflow.ops.debug import checks
from stillflow.ops.math import arithmetic, casts, comparison, division
from stillflow.ops.metrics.accumulating import (
    Metric,
    aligned,
    collected,
    common,
    metric_variable,
)
from stillflow.ops.metrics.refusing import in_graphs_only
from stillflow.ops.reduce import reductions
from stillflow.ops.variables import state
from stillflow.ops.variables.scope import variable_scope


@in_graphs_only
def true_positives(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the weight of what is predicted and is so, f32[], and the update."""
    with variable_scope(name, "true_positives", (predictions, labels, weights)):
        counted = _agreeing(labels, predictions, weights, True, True)
        return _count(*counted, metrics_collections, updates_collections)


@in_graphs_only
def true_negatives(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the weight of what is not predicted and is not so, f32[], and the update."""
    with variable_scope(name, "true_negatives", (predictions, labels, weights)):
        counted = _agreeing(labels, predictions, weights, False, False)
        return _count(*counted, metrics_collections, updates_collections)


@in_graphs_only
def false_positives(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the weight of what is predicted and is not so, f32[], and the update."""
    with variable_scope(name, "false_positives", (predictions, labels, weights)):
        counted = _agreeing(labels, predictions, weights, False, True)
        return _count(*counted, metrics_collections, updates_collections)


@in_graphs_only
def false_negatives(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the weight of what is not predicted and is so, f32[], and the update."""
    with variable_scope(name, "false_negatives", (predictions, labels, weights)):
        counted = _agreeing(labels, predictions, weights, True, False)
        return _count(*counted, metrics_collections, updates_collections)


def _as_bools(labels: Any, predictions: Any, weights: Any) -> tuple[Tensor, Tensor, Any]:
    """predictions, labels and weights, the former two as bool."""
    predictions = casts.cast(predictions, dtypes.bool)
    return aligned(predictions, casts.cast(labels, dtypes.bool), weights)


def _agreeing(
    labels: Any, predictions: Any, weights: Any, label: bool, prediction: bool
) -> tuple[Tensor, Any]:
    """Where a label is `label` and its prediction `prediction`, and the weights."""
    predictions, labels, weights = _as_bools(labels, predictions, weights)
    of_label = comparison.equal(labels, label)
    return comparison.logical_and(of_label, comparison.equal(predictions, prediction)), weights


def _count(
    values: Tensor, weights: Any, metrics_collections: Any, updates_collections: Any
) -> Metric:
    """How much weight `values`, bool[...], hold."""
    checks.assert_type(values, dtypes.bool)
    count = metric_variable([], dtypes.float32, name="count")
    values = casts.cast(values, dtypes.float32)
    if weights is not None:
        fits = checks.assert_rank_in(weights, (0, shape_of.rank(values)))
        with control_dependencies([fits]):
            weights = casts.cast(weights, dtypes.float32)
            values = arithmetic.multiply(values, weights)
    value = common(ordering.identity, count)
    update = state.assign_add(count, reductions.reduce_sum(values))
    return collected(value, update, metrics_collections, updates_collections)


@in_graphs_only
def precision(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns how much of what is predicted is so, f32[], 0 when nothing is, and the update."""
    with variable_scope(name, "precision", (predictions, labels, weights)):
        parts = _hits_and(false_positives, labels, predictions, weights)
        return _share(*parts, metrics_collections, updates_collections)


@in_graphs_only
def recall(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns how much of what is so is predicted, f32[], 0 when nothing is so, and the update."""
    with variable_scope(name, "recall", (predictions, labels, weights)):
        parts = _hits_and(false_negatives, labels, predictions, weights)
        return _share(*parts, metrics_collections, updates_collections)


def _hits_and(
    errors: Callable[..., Metric], labels: Any, predictions: Any, weights: Any
) -> tuple[Metric, Metric]:
    predictions, labels, weights = _as_bools(labels, predictions, weights)
    return (
        true_positives(labels, predictions, weights),
        errors(labels, predictions, weights),
    )


def _share(
    hits: Metric, errors: Metric, metrics_collections: Any, updates_collections: Any
) -> Metric:
    def share(hit: Tensor, error: Tensor, name: str) -> Tensor:
        is_some = comparison.greater(hit + error, 0)
        return selecting.where(is_some, division.div(hit, hit + error), 0, name)

    value = common(share, hits[0], errors[0], "value")
    update = share(hits[1], errors[1], "update_op")
    return collected(value, update, metrics_collections, updates_collections)
