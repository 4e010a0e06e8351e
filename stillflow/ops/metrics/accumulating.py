"""What every metric is made of: variables that add up, and a value and an update made of them.

A metric returns two tensors. The value is computed from the variables as they are; the update adds
a batch to them, and then gives the value with the batch counted.

Common arguments of metrics:
  weights: a scalar, or of the rank of the values with each size that of the values or 1; by
    default 1.
  metrics_collections, updates_collections: what the value and the update are added to.
  name: of the variable scope that the metric opens; by default the metric's own, made unique.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.distribution import for_all_replicas, replica_context_around
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import add_to_collections
from stillflow.ops.array import filling, reshaping, shape_of
from stillflow.ops.control.cond import cond
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import comparison
from stillflow.ops.math.confusion import remove_squeezable_dimensions
from stillflow.ops.variables.variable import (
    Variable,
    VariableAggregation,
    VariableSynchronization,
)

Metric = tuple[Tensor, Tensor]
_of_all_replicas: weakref.WeakSet[Tensor] = weakref.WeakSet()  # values that `common` gave


def metric_variable(
    shape: Any, dtype: Any, validate_shape: bool = True, name: str | None = None
) -> Variable:
    """Returns a variable of zeros, local to the session and among METRIC_VARIABLES."""
    return Variable(
        lambda: filling.zeros(shape, dtype),
        trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES],
        validate_shape=validate_shape,
        synchronization=VariableSynchronization.ON_READ,
        aggregation=VariableAggregation.SUM,
        name=name,
    )


def collected(
    value: Tensor, update: Tensor, metrics_collections: Any, updates_collections: Any
) -> Metric:
    """Both, once they are in the collections that a program asked for."""
    if _is_shown(value) and metrics_collections:
        add_to_collections(metrics_collections, value)
    if updates_collections:
        add_to_collections(updates_collections, update)
    return value, update


def common(build: Callable[..., Any], *args: Any) -> Any:
    """What `build` makes of variables, of which each replica of a strategy has its own: once."""
    value = for_all_replicas(lambda strategy, *together: build(*together), *args)
    if replica_context_around() is not None:
        _of_all_replicas.add(value)
    return value


def _is_shown(value: Any) -> bool:
    """Whether it is for this replica to put the value in collections: the first does for all."""
    context = replica_context_around()
    if context is None:
        return True
    if context.num_replicas_in_sync > 1 and value not in _of_all_replicas:
        raise NotImplementedError(
            "Not yet in Stillflow: this metric of several replicas.\n"
            "  Evaluate with a strategy of one replica, or without one."
        )
    return not constant_value(context.replica_id_in_sync_group)


def aligned(predictions: Any, labels: Any, weights: Any) -> tuple[Tensor, Any, Any]:
    """`predictions`, `labels` and `weights` of one rank, as far as an axis of size 1 can do it.

    Labels and weights may be None; weights that are a scalar stay one.
    """
    predictions = convert_to_tensor(predictions)
    if labels is not None:
        labels, predictions = remove_squeezable_dimensions(labels, predictions)
        predictions.shape.assert_is_compatible_with(labels.shape)
    if weights is None:
        return predictions, labels, None
    weights = convert_to_tensor(weights)
    own, wanted = weights.shape.ndims, predictions.shape.ndims
    if own == 0:
        return predictions, labels, weights
    if own is None or wanted is None:
        return predictions, labels, _aligned_in_a_run(weights, predictions)
    if own - wanted == 1:
        weights = reshaping.squeeze(weights, [-1])
    elif wanted - own == 1:
        weights = reshaping.expand_dims(weights, [-1])
    return predictions, labels, weights


def _aligned_in_a_run(weights: Tensor, predictions: Tensor) -> Tensor:
    """`weights` of the rank of `predictions`, where a run alone knows the ranks."""
    rank = shape_of.rank(weights)
    surplus = rank - shape_of.rank(predictions)
    may_squeeze = weights.shape.ndims is None or weights.shape[-1].is_compatible_with(1)

    def squeezed() -> Tensor:
        return reshaping.squeeze(weights, [-1]) if may_squeeze else weights

    def expanded() -> Tensor:
        return cond(
            comparison.equal(surplus, -1),
            lambda: reshaping.expand_dims(weights, [-1]),
            lambda: weights,
        )

    def adjusted() -> Tensor:
        return cond(comparison.equal(surplus, 1), squeezed, expanded)

    return cond(comparison.equal(rank, 0), lambda: weights, adjusted)
