"""How the losses of elements become one: weighted, summed, and divided as a Reduction says."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, ranging, selecting, shape_of
from stillflow.ops.losses.broadcasting import assert_broadcastable, broadcast_weights
from stillflow.ops.losses.collected import add_loss
from stillflow.ops.math import arithmetic, casts, comparison, division
from stillflow.ops.reduce import reductions


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
            losses = casts.cast(losses, dtypes.float32)
            weights = casts.cast(weights, dtypes.float32)
            loss = arithmetic.multiply(losses, weights)
            if reduction != Reduction.NONE:
                loss = _reduced(loss, losses, weights, reduction)
            loss = casts.cast(loss, dtype)
            add_loss(loss, loss_collection)
            get_default_graph()._last_loss_reduction = reduction
            return loss


def _reduced(weighted: Tensor, losses: Tensor, weights: Tensor, reduction: str) -> Tensor:
    total = reductions.reduce_sum(weighted)
    if reduction == Reduction.SUM:
        return total
    if reduction == Reduction.MEAN:
        return _quotient(total, reductions.reduce_sum(filling.ones_like(losses) * weights))
    if reduction == Reduction.SUM_OVER_BATCH_SIZE:
        return _quotient(total, _count(losses))
    return _quotient(total, count_present(losses, weights))


def _quotient(total: Tensor, count: Tensor) -> Tensor:
    """total / count, 0 where the count is. The sum of a scalar is a node that TensorFlow has."""
    return division.div_no_nan(reductions.reduce_sum(total), count, name="value")


def _count(losses: Tensor) -> Tensor:
    with name_scope(None, "num_elements", [losses]) as scope:
        return casts.cast(shape_of.size(losses, name=scope), losses.dtype)


def count_present(losses: Tensor, weights: Tensor, per_row: bool = False) -> Tensor:
    """Returns how many elements of `losses`, f[n, ...], have a weight other than 0: f[].

    With `per_row` the elements of each row are counted: f[n, 1, ...].
    """
    with name_scope(None, "num_present", [losses, weights]) as scope:
        weights = casts.cast(weights, losses.dtype)
        is_absent = comparison.equal(weights, 0.0)
        present = selecting.where(
            is_absent, filling.zeros_like(weights), filling.ones_like(weights)
        )
        present = broadcast_weights(present, losses)
        if not per_row:
            return reductions.reduce_sum(present, name=scope)
        axes = ranging.range_(1, shape_of.rank(present))
        return reductions.reduce_sum(present, axis=axes, keepdims=True, name=scope)
