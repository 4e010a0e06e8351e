"""Metrics of probabilities taken as a yes above each of several thresholds.

`labels` are cast to bool; `predictions`, f[...] of their shape, are within [0, 1]; `thresholds` is
a list of m floats. `accumulating` says what else is shared.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array import reshaping, shape_of, stacking, tiling, transposing
from stillflow.ops.array.constants import constant
from stillflow.ops.control import ordering
from stillflow.ops.debug import checks
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.math import casts, comparison, division
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

# How far beyond 0 and 1 the outermost thresholds are, so that these count as within.
MARGIN = 1e-7


class Counts(NamedTuple):
    """The four counts at each of m thresholds, f32[m]; None where one was not asked for."""

    tp: Any = None
    fn: Any = None
    tn: Any = None
    fp: Any = None


_NAMES = Counts("true_positives", "false_negatives", "true_negatives", "false_positives")


def evenly_spaced(count: int) -> list[float]:
    """The inner ones of `count` thresholds from 0 to 1."""
    return [(i + 1) * 1.0 / (count - 1) for i in range(count - 2)]


def counts_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: list[float],
    weights: Any,
    which: str,
    validate: bool = True,
) -> tuple[Counts, Counts]:
    """The counts named in `which` ("tp fn tn fp") as variables, and as updates.

    `validate` fails a run in which predictions are not within [0, 1].
    """
    wanted = which.split()
    if validate:
        labels, predictions, weights = _checked(labels, predictions, weights)
    else:
        predictions, labels, weights = aligned(predictions, labels, weights)
    many = len(thresholds)
    flat = reshaping.reshape(predictions, [-1, 1])
    flat_labels = reshaping.reshape(casts.cast(labels, dtypes.bool), [1, -1])
    size = flat.shape[0].value
    if size is None:
        size = shape_of.shape(flat)[0]
    column = reshaping.expand_dims(constant(thresholds), [1])
    limits = tiling.tile(column, stacking.stack([1, size]))
    positive = comparison.greater(tiling.tile(transposing.transpose(flat), [many, 1]), limits)
    negative = comparison.logical_not(positive) if {"fn", "tn"} & {*wanted} else None
    yes = tiling.tile(flat_labels, [many, 1])
    no = comparison.logical_not(yes) if {"fp", "tn"} & {*wanted} else None
    if weights is not None:
        weights = broadcast_weights(casts.cast(weights, dtypes.float32), predictions)
        weights = tiling.tile(reshaping.reshape(weights, [1, -1]), [many, 1])
        limits.shape.assert_is_compatible_with(weights.shape)
    pairs = Counts((yes, positive), (yes, negative), (no, negative), (no, positive))
    variables, updates = {}, {}
    for key in Counts._fields:
        if key in wanted:
            variable = metric_variable([many], dtypes.float32, name=getattr(_NAMES, key))
            hits = casts.cast(comparison.logical_and(*getattr(pairs, key)), dtypes.float32)
            if weights is not None:
                hits *= weights
            variables[key] = variable
            updates[key] = state.assign_add(variable, reductions.reduce_sum(hits, 1))
    return Counts(**variables), Counts(**updates)


def _checked(labels: Any, predictions: Any, weights: Any) -> tuple[Tensor, Tensor, Any]:
    message = "predictions must be in [0, 1]"
    least = casts.cast(0.0, dtype=predictions.dtype)
    not_below = checks.assert_greater_equal(predictions, least, message=message)
    most = casts.cast(1.0, dtype=predictions.dtype)
    not_above = checks.assert_less_equal(predictions, most, message=message)
    with control_dependencies([not_below, not_above]):
        predictions = casts.cast(predictions, dtypes.float32)
        labels = casts.cast(labels, dtypes.bool)
        predictions, labels, weights = aligned(predictions, labels, weights)
    return labels, predictions, weights


@in_graphs_only
def true_positives_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: list[float],
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the weight of what is predicted and is so, f32[m], and the update."""
    with variable_scope(name, "true_positives", (predictions, labels, weights)):
        counts = counts_at_thresholds(labels, predictions, thresholds, weights, "tp")
        return _one(*counts, "tp", metrics_collections, updates_collections)


@in_graphs_only
def false_negatives_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: list[float],
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the weight of what is not predicted and is so, f32[m], and the update."""
    with variable_scope(name, "false_negatives", (predictions, labels, weights)):
        counts = counts_at_thresholds(labels, predictions, thresholds, weights, "fn")
        return _one(*counts, "fn", metrics_collections, updates_collections)


@in_graphs_only
def true_negatives_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: list[float],
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the weight of what is not predicted and is not so, f32[m], and the update."""
    with variable_scope(name, "true_negatives", (predictions, labels, weights)):
        counts = counts_at_thresholds(labels, predictions, thresholds, weights, "tn")
        return _one(*counts, "tn", metrics_collections, updates_collections)


@in_graphs_only
def false_positives_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: list[float],
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the weight of what is predicted and is not so, f32[m], and the update."""
    with variable_scope(name, "false_positives", (predictions, labels, weights)):
        counts = counts_at_thresholds(labels, predictions, thresholds, weights, "fp")
        return _one(*counts, "fp", metrics_collections, updates_collections)


def _one(
    variables: Counts,
    updates: Counts,
    key: str,
    metrics_collections: Any,
    updates_collections: Any,
) -> Metric:
    value = common(ordering.identity, getattr(variables, key))
    return collected(value, getattr(updates, key), metrics_collections, updates_collections)


@in_graphs_only
def precision_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: list[float],
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns how much of what is predicted is so, f32[m], and the update."""
    with variable_scope(name, "precision_at_thresholds", (predictions, labels, weights)):
        counts = counts_at_thresholds(labels, predictions, thresholds, weights, "tp fp")
        value = common(_share, counts[0].tp, counts[0].fp, "precision_value")
        update = _share(counts[1].tp, counts[1].fp, "precision_update_op")
        return collected(value, update, metrics_collections, updates_collections)


@in_graphs_only
def recall_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: list[float],
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns how much of what is so is predicted, f32[m], and the update."""
    with variable_scope(name, "recall_at_thresholds", (predictions, labels, weights)):
        counts = counts_at_thresholds(labels, predictions, thresholds, weights, "tp fn")
        value = common(_share, counts[0].tp, counts[0].fn, "recall_value")
        update = _share(counts[1].tp, counts[1].fn, "recall_update_op")
        return collected(value, update, metrics_collections, updates_collections)


def _share(hits: Any, errors: Any, name: str) -> Tensor:
    return division.div(hits, 1e-7 + hits + errors, name=name)
