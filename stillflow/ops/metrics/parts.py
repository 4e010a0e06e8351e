"""What TensorFlow's metrics are made of, as metrics of libraries call it."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import add_to_collections
from stillflow.ops.control.ordering import identity
from stillflow.ops.math import division
from stillflow.ops.metrics.thresholds import Counts, counts_at_thresholds


def safe_scalar_div(numerator: Tensor, denominator: Tensor, name: str) -> Tensor:
    """The quotient of two numbers, or two vectors; 0 where the denominator is."""
    numerator.get_shape().with_rank_at_most(1)
    denominator.get_shape().with_rank_at_most(1)
    return division.div_no_nan(numerator, denominator, name=name)


def aggregate_variable(variable: Any, collections: Any) -> Tensor:
    """The value of a metric's variable, in the collections that a program asked for."""
    value = identity(variable)
    if collections:
        add_to_collections(collections, value)
    return value


def confusion_matrix_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: list[float],
    weights: Any = None,
    includes: Any = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """`counts_at_thresholds` by the keys in `includes`, all by default: variables and updates.

    Raises:
      ValueError: there is no such key.
    """
    includes = Counts._fields if includes is None else includes
    for key in includes:
        if key not in Counts._fields:
            raise ValueError(f"Invalid key: {key}.")
    counts = counts_at_thresholds(labels, predictions, thresholds, weights, " ".join(includes))
    values, updates = (
        {key: getattr(group, key) for key in Counts._fields if key in includes} for group in counts
    )
    return values, updates
