"""Metrics that are means: of values, of hits, of errors. `accumulating` says what they share."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array import filling, selecting, shape_of
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.math import arithmetic, casts, comparison, division, elementwise
from stillflow.ops.math.confusion import remove_squeezable_dimensions
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
def mean(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the weighted mean of all `values`, n[...], seen so far, f32[], and the update."""
    with variable_scope(name, "mean", (values, weights)):
        values = casts.cast(values, dtypes.float32)
        total = metric_variable([], dtypes.float32, name="total")
        count = metric_variable([], dtypes.float32, name="count")
        if weights is None:
            added = casts.cast(shape_of.size(values), dtypes.float32)
        else:
            values, weights = _weighted(values, weights)
            added = reductions.reduce_sum(weights)
        new_total = state.assign_add(total, reductions.reduce_sum(values))
        with control_dependencies([values]):
            new_count = state.assign_add(count, added)
        value = common(_quotient, total, count, "value")
        update = _quotient(new_total, new_count, "update_op")
        return collected(value, update, metrics_collections, updates_collections)


@in_graphs_only
def mean_tensor(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the weighted mean of each element of `values`, n[...], and the update: f32[...]."""
    with variable_scope(name, "mean", (values, weights)):
        values = casts.cast(values, dtypes.float32)
        total = metric_variable(values.shape, dtypes.float32, name="total_tensor")
        count = metric_variable(values.shape, dtypes.float32, name="count_tensor")
        added = filling.ones_like(values)
        if weights is not None:
            values, weights = _weighted(values, weights)
            added = arithmetic.multiply(added, weights)
        new_total = state.assign_add(total, values)
        with control_dependencies([values]):
            new_count = state.assign_add(count, added)
        value = common(_quotient, total, count, "value")
        update = _quotient(new_total, new_count, "update_op")
        return collected(value, update, metrics_collections, updates_collections)


def _weighted(values: Tensor, weights: Any) -> tuple[Tensor, Tensor]:
    """`values` times `weights`, and `weights` repeated to the shape of `values`."""
    values, _, weights = aligned(values, None, weights)
    weights = broadcast_weights(casts.cast(weights, dtypes.float32), values)
    return arithmetic.multiply(values, weights), weights


def _quotient(total: Any, count: Any, name: str) -> Tensor:
    return division.div_no_nan(total, arithmetic.maximum(count, 0), name=name)


@in_graphs_only
def accuracy(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns how often `predictions` equal `labels`, of one shape: f32[], and the update."""
    predictions, labels, weights = aligned(predictions, labels, weights)
    hits = casts.cast(equal_in_type_of(labels, predictions), dtypes.float32)
    return mean(hits, weights, metrics_collections, updates_collections, name or "accuracy")


def equal_in_type_of(labels: Tensor, predictions: Tensor) -> Tensor:
    """Where `predictions`, cast to the type of `labels`, equal them."""
    predictions.shape.assert_is_compatible_with(labels.shape)
    if labels.dtype != predictions.dtype:
        predictions = casts.cast(predictions, labels.dtype)
    return comparison.equal(predictions, labels)


@in_graphs_only
def mean_absolute_error(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the mean of |predictions - labels|, f32[], and the update."""
    predictions, labels, weights = aligned(predictions, labels, weights)
    errors = elementwise.abs_(predictions - labels)
    name = name or "mean_absolute_error"
    return mean(errors, weights, metrics_collections, updates_collections, name)


@in_graphs_only
def mean_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the mean of (predictions - labels)^2, f32[], and the update."""
    predictions, labels, weights = aligned(predictions, labels, weights)
    errors = arithmetic.squared_difference(labels, predictions)
    name = name or "mean_squared_error"
    return mean(errors, weights, metrics_collections, updates_collections, name)


@in_graphs_only
def root_mean_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the root of the mean of (predictions - labels)^2, f32[], and the update."""
    predictions, labels, weights = aligned(predictions, labels, weights)
    name = name or "root_mean_squared_error"
    value, update = mean_squared_error(labels, predictions, weights, None, None, name)
    roots = common(elementwise.sqrt, value), elementwise.sqrt(update)
    return collected(*roots, metrics_collections, updates_collections)


@in_graphs_only
def mean_relative_error(
    labels: Any,
    predictions: Any,
    normalizer: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the mean of |predictions - labels| / normalizer, 0 where that is 0, and the update.

    `normalizer` has the shape of `predictions`. The mean is f32[].
    """
    predictions, labels, weights = aligned(predictions, labels, weights)
    predictions, normalizer = remove_squeezable_dimensions(predictions, normalizer)
    predictions.shape.assert_is_compatible_with(normalizer.shape)
    is_zero = comparison.equal(normalizer, 0.0)
    nothing = filling.zeros_like(labels)
    ratios = division.div(elementwise.abs_(labels - predictions), normalizer)
    errors = selecting.where(is_zero, nothing, ratios)
    name = name or "mean_relative_error"
    return mean(errors, weights, metrics_collections, updates_collections, name)


@in_graphs_only
def mean_cosine_distance(
    labels: Any,
    predictions: Any,
    dim: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns 1 less the mean product of rows along axis `dim`, and the update: f32[].

    That is the cosine distance when the rows of `labels` and `predictions` have length 1.
    """
    predictions, labels, weights = aligned(predictions, labels, weights)
    products = arithmetic.multiply(predictions, labels)
    products = reductions.reduce_sum(products, axis=[dim], keepdims=True)
    value, update = mean(products, weights, None, None, name or "mean_cosine_distance")
    value, update = common(arithmetic.subtract, 1.0, value), arithmetic.subtract(1.0, update)
    return collected(value, update, metrics_collections, updates_collections)


@in_graphs_only
def percentage_below(
    values: Any,
    threshold: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the part of `values`, n[...], that is below `threshold`: f32[], and the update."""
    below = casts.cast(comparison.less(values, threshold), dtypes.float32)
    name = name or "percentage_below_threshold"
    return mean(below, weights, metrics_collections, updates_collections, name)
