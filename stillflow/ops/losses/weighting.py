"""How the losses of elements become one: weighted, summed, and divided as a Reduction says."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops import array, reduce
from stillflow.ops import math as math_ops
from stillflow.ops.convert import convert_to_tensor
from stillflow.ops.losses.broadcasting import assert_broadcastable, broadcast_weights
from stillflow.ops.losses.collected import add_loss


class Reduction:
    """What is made of the weighted losses of elements.

    NONE: they stay as they are. SUM: their sum. The others divide the sum: MEAN by the sum of the
    weights, SUM_OVER_BATCH_SIZE by the number of elements, SUM_BY_NONZERO_WEIGHTS by the number of
    those whose weight is not 0.
    """

    NONE = "none"
    SUM = "weighted_sum"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
    MEAN = "weighted_mean"
    SUM_BY_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"
    SUM_OVER_NONZERO_WEIGHTS = SUM_BY_NONZERO_WEIGHTS

    @classmethod
    def all(cls) -> tuple[str, ...]:
        return (
            cls.NONE,
            cls.SUM,
            cls.MEAN,
            cls.SUM_OVER_BATCH_SIZE,
            cls.SUM_OVER_NONZERO_WEIGHTS,
            cls.SUM_BY_NONZERO_WEIGHTS,
        )

    @classmethod
    def validate(cls, key: str) -> None:
        if key not in cls.all():
            raise ValueError(f"Invalid Reduction Key {key}.")


def compute_weighted_loss(
    losses: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:
    """Returns `losses`, n[...], weighted and reduced: n[], or n[...] for Reduction.NONE.

    `weights` is a scalar, or of the rank of `losses` with each size that of the losses or 1. The
    result is added to `loss_collection`.
    """
    Reduction.validate(reduction)
    with name_scope(scope, "weighted_loss", [losses, weights]):
        fits = assert_broadcastable(weights, losses)
        with control_dependencies([fits]):
            losses = convert_to_tensor(losses)
            dtype = losses.dtype
            losses = math_ops.cast(losses, dtypes.float32)
            weights = math_ops.cast(weights, dtypes.float32)
            loss = math_ops.multiply(losses, weights)
            if reduction != Reduction.NONE:
                loss = _reduced(loss, weights, reduction)
            loss = math_ops.cast(loss, dtype)
            add_loss(loss, loss_collection)
            return loss


def _reduced(losses: Tensor, weights: Tensor, reduction: str) -> Tensor:
    total = reduce.reduce_sum(losses)
    if reduction == Reduction.SUM:
        return total
    if reduction == Reduction.MEAN:
        return _quotient(total, reduce.reduce_sum(array.ones_like(losses) * weights))
    if reduction == Reduction.SUM_OVER_BATCH_SIZE:
        return _quotient(total, _count(losses))
    return _quotient(total, count_present(losses, weights))


def _quotient(total: Tensor, count: Tensor) -> Tensor:
    """total / count, 0 where the count is. The sum of a scalar is a node that TensorFlow has."""
    return math_ops.div_no_nan(reduce.reduce_sum(total), count, name="value")


def _count(losses: Tensor) -> Tensor:
    with name_scope(None, "num_elements", [losses]) as scope:
        return math_ops.cast(array.size(losses, name=scope), losses.dtype)


def count_present(losses: Tensor, weights: Tensor, per_row: bool = False) -> Tensor:
    """Returns how many elements of `losses`, f[n, ...], have a weight other than 0: f[].

    With `per_row` the elements of each row are counted: f[n, 1, ...].
    """
    with name_scope(None, "num_present", [losses, weights]) as scope:
        weights = math_ops.cast(weights, losses.dtype)
        is_absent = math_ops.equal(weights, 0.0)
        present = array.where(is_absent, array.zeros_like(weights), array.ones_like(weights))
        present = broadcast_weights(present, losses)
        if not per_row:
            return reduce.reduce_sum(present, name=scope)
        axes = array.range_(1, array.rank(present))
        return reduce.reduce_sum(present, axis=axes, keepdims=True, name=scope)
