"""Metrics of the k classes that a model ranks first: precision, recall and average precision.

`labels` are classes, i64[*g, m], or i64[*g] for one of each, dense or sparse; a number out of range
is no class. `predictions` are f[*g, classes], of which the k largest count; `predictions_idx` are
such classes, i[*g, k]. With `class_id` one class counts alone. `accumulating` says what else is
shared, but that `weights` are of the shape *g, and `name` that of a name scope.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.losses.broadcasting import assert_broadcastable
from stillflow.ops.math import arithmetic, casts, division
from stillflow.ops.metrics.accumulating import Metric, collected, metric_variable
from stillflow.ops.metrics.label_sets import expanded_labels, of_class
from stillflow.ops.metrics.refusing import in_graphs_only
from stillflow.ops.nn.top_k import top_k
from stillflow.ops.reduce import reductions
from stillflow.ops.sparse import sets
from stillflow.ops.variables import state


@in_graphs_only
def precision_at_k(
    labels: Any,
    predictions: Any,
    k: int,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns how much of the k classes ranked first is right, f64[], and the update."""
    default = at_k_name("precision", k, class_id)
    with name_scope(name, default, (predictions, labels, weights)) as scope:
        _, best = top_k(predictions, k)
        return precision_at_top_k(
            labels, best, k, class_id, weights, metrics_collections, updates_collections, scope
        )


@in_graphs_only
def precision_at_top_k(
    labels: Any,
    predictions_idx: Any,
    k: int | None = None,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`precision_at_k` of the classes ranked first; `k` is used for names alone."""
    default = at_k_name("precision", k, class_id)
    with name_scope(name, default, (predictions_idx, labels, weights)) as scope:
        counts = _hits_and(_false_positives, labels, predictions_idx, k, class_id, weights)
        return _share(*counts, scope, metrics_collections, updates_collections)


@in_graphs_only
def recall_at_k(
    labels: Any,
    predictions: Any,
    k: int,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns how much of the labels is among the k classes ranked first, and the update: f64[]."""
    default = at_k_name("recall", k, class_id)
    with name_scope(name, default, (predictions, labels, weights)) as scope:
        _, best = top_k(predictions, k)
        return recall_at_top_k(
            labels, best, k, class_id, weights, metrics_collections, updates_collections, scope
        )


@in_graphs_only
def recall_at_top_k(
    labels: Any,
    predictions_idx: Any,
    k: int | None = None,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`recall_at_k` of the classes ranked first; `k` is used for names alone."""
    default = at_k_name("recall", k, class_id)
    with name_scope(name, default, (predictions_idx, labels, weights)) as scope:
        counts = _hits_and(_false_negatives, labels, predictions_idx, k, class_id, weights)
        return _share(*counts, scope, metrics_collections, updates_collections)


def at_k_name(name: str, k: int | None = None, class_id: int | None = None) -> str:
    """The default name of such a metric."""
    of_class = "" if class_id is None else f"_class{class_id}"
    return f"{name}_at_{'k' if k is None else k}{of_class}"


Counter = Callable[[Any, Tensor, Any], Tensor]


def _hits_and(
    errors: Counter,
    labels: Any,
    predictions_idx: Any,
    k: int | None,
    class_id: int | None,
    weights: Any,
) -> tuple[Metric, Metric]:
    labels = expanded_labels(labels, predictions_idx)
    best = casts.cast(predictions_idx, dtypes.int64)
    of_errors = "false_positive" if errors is _false_positives else "false_negative"
    return (
        _streaming(_true_positives, "true_positive", labels, best, k, class_id, weights),
        _streaming(errors, of_errors, labels, best, k, class_id, weights),
    )


def _streaming(
    counter: Counter,
    what: str,
    labels: Any,
    best: Tensor,
    k: int | None,
    class_id: int | None,
    weights: Any,
) -> tuple[Any, Tensor]:
    """The variable of a count over all batches, and its update."""
    default = at_k_name(what, k, class_id)
    with name_scope(None, default, (best, labels, weights)) as scope:
        counts = _of_classes(counter, f"{what}s", labels, best, class_id, weights)
        total = casts.cast(reductions.reduce_sum(counts), dtypes.float64)
        variable = metric_variable([], dtypes.float64, name=scope)
        return variable, state.assign_add(variable, total, name="update")


def hits_per_row(labels: Any, best: Tensor, weights: Any, name: str) -> Tensor:
    """How many of the classes ranked first are labels, f64[*g], built in the scope `name`."""
    with name_scope(name, values=(best, labels, weights)):
        return _true_positives(labels, best, weights)


def _of_classes(
    counter: Counter, name: str, labels: Any, best: Any, class_id: int | None, weights: Any
) -> Tensor:
    with name_scope(None, name, (best, labels, weights)):
        if class_id is not None:
            labels, best = of_class(labels, class_id), of_class(best, class_id)
        return counter(labels, best, weights)


def _true_positives(labels: Any, best: Tensor, weights: Any) -> Tensor:
    return _weighted(sets.set_size(sets.set_intersection(best, labels)), weights)


def _false_positives(labels: Any, best: Tensor, weights: Any) -> Tensor:
    wrong = sets.set_difference(best, labels, aminusb=True)
    return _weighted(sets.set_size(wrong), weights)


def _false_negatives(labels: Any, best: Tensor, weights: Any) -> Tensor:
    missed = sets.set_difference(best, labels, aminusb=False)
    return _weighted(sets.set_size(missed), weights)


def _weighted(counts: Tensor, weights: Any) -> Tensor:
    counts = casts.cast(counts, dtypes.float64)
    if weights is None:
        return counts
    with control_dependencies([assert_broadcastable(weights, counts)]):
        return arithmetic.multiply(counts, casts.cast(weights, dtypes.float64))


def _share(
    hits: Metric, errors: Metric, scope: str, metrics_collections: Any, updates_collections: Any
) -> Metric:
    value = division.div(hits[0], arithmetic.add(hits[0], errors[0]), name=scope)
    update = division.div(hits[1], arithmetic.add(hits[1], errors[1]), name="update")
    return collected(value, update, metrics_collections, updates_collections)
