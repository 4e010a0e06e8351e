"""Metrics by their older names."""

from __future__ import annotations

from typing import Any

from stillflow.ops.metrics.accumulating import Metric
from stillflow.ops.metrics.average_precision import average_precision_at_k
from stillflow.ops.metrics.ranked import precision_at_k
from stillflow.ops.metrics.refusing import in_graphs_only
from stillflow.platform.deprecation import deprecated


@deprecated(None, "Use average_precision_at_k instead")
@in_graphs_only
def sparse_average_precision_at_k(
    labels: Any,
    predictions: Any,
    k: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`average_precision_at_k`."""
    return average_precision_at_k(
        labels, predictions, k, weights, metrics_collections, updates_collections, name
    )


@deprecated(None, "Use precision_at_k instead")
@in_graphs_only
def sparse_precision_at_k(
    labels: Any,
    predictions: Any,
    k: int,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """`precision_at_k`."""
    return precision_at_k(
        labels, predictions, k, class_id, weights, metrics_collections, updates_collections, name
    )
