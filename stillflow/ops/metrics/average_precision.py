"""Average precision: how early the classes that a model ranks are the right ones.

Of one row it is the sum of P_i over those ranks i whose class is a label, divided by the number of
labels; P_i is the part of the first i classes that are labels. `ranked` says what is shared.
"""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, reshaping, shape_of
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.math import arithmetic, casts, division, scan
from stillflow.ops.metrics.accumulating import Metric, collected, metric_variable
from stillflow.ops.metrics.label_sets import count_relevant, expanded_labels, repeated, within
from stillflow.ops.metrics.ranked import at_k_name, hits_per_row
from stillflow.ops.metrics.refusing import in_graphs_only
from stillflow.ops.nn.top_k import top_k
from stillflow.ops.reduce import reductions
from stillflow.ops.variables import state


@in_graphs_only
def average_precision_at_k(
    labels: Any,
    predictions: Any,
    k: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the mean over rows of the average precision of the first k classes, and the update.

    Both are f64[].

    Raises:
      ValueError: k is below 1.
    """
    if k < 1:
        raise ValueError(f"Invalid k={k}.")
    default = at_k_name("average_precision", k)
    with name_scope(name, default, (predictions, labels, weights)) as scope:
        _, best = top_k(predictions, k)
        count = casts.cast(shape_of.shape(predictions)[-1], dtypes.int64)
        labels = within(labels, count)
        return average_precision_at_top_k(
            labels, best, weights, metrics_collections, updates_collections, scope
        )


def average_precision_at_top_k(
    labels: Any,
    predictions_idx: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`average_precision_at_k` of the classes ranked first, i[*g, k]."""
    given = (predictions_idx, labels, weights)
    with name_scope(name, "average_precision_at_top_k", given) as scope:
        average = average_precision_per_row(labels, predictions_idx)
        if weights is not None:
            weights = broadcast_weights(casts.cast(weights, dtypes.float64), average)
            average = arithmetic.multiply(average, weights)
        with name_scope(None, "max", (average,)) as max_scope:
            count = metric_variable([], dtypes.float64, name=max_scope)
            if weights is None:
                added = shape_of.size(average, name="batch_max")
                added = casts.cast(added, dtypes.float64)
            else:
                added = reductions.reduce_sum(weights, name="batch_max")
            new_count = state.assign_add(count, added, name="update")
        with name_scope(None, "total", (average,)) as total_scope:
            total = metric_variable([], dtypes.float64, name=total_scope)
            added = reductions.reduce_sum(average, name="batch_total")
            new_total = state.assign_add(total, added, name="update")
        value = division.div_no_nan(total, count, name="mean")
        update = division.div_no_nan(new_total, new_count, name=scope)
        return collected(value, update, metrics_collections, updates_collections)


def average_precision_per_row(labels: Any, predictions_idx: Any) -> Tensor:
    """f64[*g]

    Raises:
      ValueError: the number of classes ranked is not known.
    """
    with name_scope(None, "average_precision", (predictions_idx, labels)) as scope:
        best = casts.cast(predictions_idx, dtypes.int64, name="predictions_idx")
        if best.shape.ndims == 0:
            raise ValueError("The rank of predictions_idx must be at least 1.")
        k = best.shape[-1].value
        if k is None:
            raise ValueError("The last dimension of predictions_idx must be set.")
        labels = expanded_labels(labels, best)
        each = reshaping.expand_dims(best, -1, name="predictions_idx_per_k")
        labels_of_each = repeated(labels, k, "labels_per_k")
        hits = hits_per_row(labels_of_each, each, None, "relevant_per_k")
        hits_so_far = scan.cumsum(hits, axis=-1, name="tp_per_k")
        ranked_so_far = scan.cumsum(filling.ones_like(hits), axis=-1, name="retrieved_per_k")
        precision = division.div(
            casts.cast(hits_so_far, dtypes.float64),
            casts.cast(ranked_so_far, dtypes.float64),
            name="precision_per_k",
        )
        counted = arithmetic.multiply(
            precision, casts.cast(hits, dtypes.float64), name="relevant_precision_per_k"
        )
        total = reductions.reduce_sum(counted, axis=(-1,), name="precision_sum")
        relevant = casts.cast(count_relevant(labels, k), dtypes.float64)
        return division.div(total, relevant, name=scope)
