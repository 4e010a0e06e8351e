"""How two series go together: covariance, correlation, Cohen's kappa; and how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array import diagonals, reshaping, selecting, shape_of
from stillflow.ops.control.ordering import identity
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.math import arithmetic, casts, comparison, division, elementwise
from stillflow.ops.math.confusion import confusion_matrix
from stillflow.ops.metrics.accumulating import (
    Metric,
    aligned,
    collected,
    common,
    metric_variable,
)
from stillflow.ops.reduce import reductions
from stillflow.ops.variables import state
from stillflow.ops.variables.scope import variable_scope


def count(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns how many `values`, n[...], there were, by weight, f32[], and the update."""
    with variable_scope(name, "count", (values, weights)):
        total = metric_variable([], dtypes.float32, name="count")
        if weights is None:
            added = casts.cast(shape_of.size(values), dtypes.float32)
        else:
            values = casts.cast(values, dtypes.float32)
            values, _, weights = aligned(values, None, weights)
            weights = broadcast_weights(casts.cast(weights, dtypes.float32), values)
            added = reductions.reduce_sum(weights)
        with control_dependencies([values]):
            update = state.assign_add(total, added)
        return collected(common(identity, total), update, metrics_collections, updates_collections)


def streaming_covariance(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the covariance of two series, f32[], NaN for fewer than two, and the update.

    It is kept up by the parallel algorithm of Chan, Golub and LeVeque (1979).
    """
    with variable_scope(name, "covariance", (predictions, labels, weights)):
        predictions, labels, weights = aligned(predictions, labels, weights)
        predictions.shape.assert_is_compatible_with(labels.shape)
        n, mean_x, mean_y, comoment = (
            metric_variable([], dtypes.float32, name=part)
            for part in ("count", "mean_prediction", "mean_label", "comoment")
        )
        x, y = predictions, labels
        if weights is None:
            batch_n = casts.cast(shape_of.size(labels), dtypes.float32)
        else:
            weights = broadcast_weights(weights, labels)
            batch_n = reductions.reduce_sum(weights)
            x, y = arithmetic.multiply(predictions, weights), arithmetic.multiply(labels, weights)
        new_n = state.assign_add(n, batch_n)
        old_n = new_n - batch_n
        batch_x, old_x = _new_mean(mean_x, x, batch_n, new_n)
        batch_y, old_y = _new_mean(mean_y, y, batch_n, new_n)
        residuals = (predictions - batch_x) * (labels - batch_y)
        within = reductions.reduce_sum(residuals if weights is None else residuals * weights)
        between = (old_x - batch_x) * (old_y - batch_y) * (old_n * batch_n / new_n)
        updated = state.assign_add(comoment, within + between)
        value = _covariance(comoment, n, "covariance")
        with control_dependencies([updated]):
            update = _covariance(comoment, n, "update_op")
    return collected(value, update, metrics_collections, updates_collections)


def _new_mean(mean: Any, values: Tensor, batch_n: Tensor, n: Tensor) -> tuple[Tensor, Tensor]:
    """The mean of a batch, and the mean of all before it, once `mean` has the batch."""
    of_batch = division.div_no_nan(reductions.reduce_sum(values), batch_n)
    change = division.div_no_nan((of_batch - mean) * batch_n, n)
    updated = state.assign_add(mean, change)
    return of_batch, updated - change


def _covariance(comoment: Any, n: Any, name: str) -> Tensor:
    too_few = comparison.less_equal(n, 1.0)
    return selecting.where(too_few, float("nan"), division.truediv(comoment, n - 1), name=name)


def streaming_pearson_correlation(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns Pearson's correlation of two series, f32[], and the update."""
    with variable_scope(name, "pearson_r", (predictions, labels, weights)):
        predictions, labels, weights = aligned(predictions, labels, weights)
        predictions.shape.assert_is_compatible_with(labels.shape)
        if weights is not None:
            weights = broadcast_weights(weights, labels)
        both = streaming_covariance(predictions, labels, weights, name="covariance")
        of_x = streaming_covariance(predictions, predictions, weights, name="variance_predictions")
        of_y = streaming_covariance(labels, labels, weights, name="variance_labels")
        value, update = (
            division.truediv(
                both[at],
                arithmetic.multiply(elementwise.sqrt(of_x[at]), elementwise.sqrt(of_y[at])),
                name=end,
            )
            for at, end in enumerate(("pearson_r", "update_op"))
        )
    return collected(value, update, metrics_collections, updates_collections)


def cohen_kappa(
    labels: Any,
    predictions_idx: Any,
    num_classes: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns by how much two series of classes, i[n], agree beyond chance, f64[], and the update.

    Raises:
      ValueError: fewer than two classes.
    """
    if num_classes < 2:
        raise ValueError(f"`num_classes` must be >= 2.Found: {num_classes}")
    with variable_scope(name, "cohen_kappa", (labels, predictions_idx, weights)):
        labels.shape.with_rank_at_most(2)
        if labels.shape.ndims == 2:
            labels = reshaping.squeeze(labels, axis=[-1])
        predicted, labels, weights = aligned(predictions_idx, labels, weights)
        predicted.shape.assert_is_compatible_with(labels.shape)
        is_whole = weights is None or weights.dtype.is_integer
        dtype = dtypes.int64 if is_whole else dtypes.float32
        variables = [
            metric_variable((num_classes,), dtype, name=part) for part in ("po", "pe_row", "pe_col")
        ]
        table = confusion_matrix(
            labels,
            predicted,
            num_classes=num_classes,
            weights=weights,
            dtype=dtype,
            name="counts_in_table",
        )
        added = [
            diagonals.diag_part(table),
            reductions.reduce_sum(table, axis=0),
            reductions.reduce_sum(table, axis=1),
        ]
        updates = [
            state.assign_add(variable, part)
            for variable, part in zip(variables, added, strict=True)
        ]
        value, update = _kappa(variables, "value"), _kappa(updates, "update_op")
        return collected(value, update, metrics_collections, updates_collections)


def _kappa(counted: list[Any], name: str) -> Tensor:
    """Of how often each class was agreed on, and how often it is in each series."""
    diagonal, rows, columns = counted
    agreed = reductions.reduce_sum(diagonal)
    total = reductions.reduce_sum(rows)
    products = casts.cast(rows * columns, dtypes.float64)
    by_chance = reductions.reduce_sum(
        division.div_no_nan(products, casts.cast(total, dtypes.float64))
    )
    agreed, by_chance, total = (casts.cast(x, dtypes.float64) for x in (agreed, by_chance, total))
    return division.div_no_nan(agreed - by_chance, total - by_chance, name=name)


def aggregate_metrics(*value_update_tuples: Metric) -> tuple[list, list]:
    """Returns the values of several metrics, and their updates.

    Raises:
      ValueError: there is none.
    """
    if not value_update_tuples:
        raise ValueError("Expected at least one value_tensor/update_op pair")
    values, updates = zip(*value_update_tuples, strict=True)
    return list(values), list(updates)


def aggregate_metric_map(names_to_tuples: Mapping[str, Metric]) -> tuple[dict, dict]:
    """Returns the values of several metrics by name, and their updates by name."""
    return (
        {name: value for name, (value, _) in names_to_tuples.items()},
        {name: update for name, (_, update) in names_to_tuples.items()},
    )
