"""How the old losses of `tf.contrib.losses` are weighted: a weight counts for whole rows."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import add_to_collection, name_scope
from stillflow.ops.array import filling, reshaping, selecting, shape_of, slicing
from stillflow.ops.math import arithmetic, casts, comparison, division
from stillflow.ops.reduce import reductions
from stillflow.platform.arg_scope import add_arg_scope
from stillflow.platform.deprecation import deprecated


@deprecated("2016-12-30", "Use tf.losses.add_loss instead.")
@add_arg_scope
def add_loss(loss: Tensor, loss_collection: str | None = GraphKeys.LOSSES) -> None:
    """Adds `loss` to a collection; None for none."""
    if loss_collection:
        add_to_collection(loss_collection, loss)


@deprecated("2016-12-30", "Use tf.losses.compute_weighted_loss instead.")
def compute_weighted_loss(losses: Any, weights: Any = 1.0, scope: str | None = None) -> Tensor:
    """Returns the weighted mean of `losses`, f[n, ...], over elements whose weight is not 0.

    weights: a scalar, or f[n, ...] of a rank up to that of the losses, for all that is in a row.

    Raises:
      ValueError: a rank is not known.
    """
    with name_scope(scope, "weighted_loss", [losses, weights]):
        losses = convert_to_tensor(losses)
        dtype = losses.dtype
        losses = casts.cast(losses, dtypes.float32)
        weights = casts.cast(convert_to_tensor(weights), dtypes.float32)
        check_rank("losses", losses)
        rank = check_rank("weights", weights)
        if rank > 1 and weights.get_shape().dims[-1].is_compatible_with(1):
            weights = reshaping.squeeze(weights, [-1])
        total = scaled(losses, weights)
        mean = _mean(total, count_present(losses, weights))
        mean = casts.cast(mean, dtype)
        add_loss(mean)
        return mean


def check_rank(name: str, x: Tensor) -> int:
    rank = x.get_shape().ndims
    if rank is None:
        raise ValueError(f"{name}.get_shape().ndims cannot be None")
    return rank


def scaled(losses: Tensor, weights: Tensor) -> Tensor:
    """The sum of the losses times their weights, f[]."""
    axes = list(range(len(weights.get_shape()), len(losses.get_shape())))
    rows = reductions.reduce_sum(losses, axis=axes)
    return reductions.reduce_sum(arithmetic.multiply(rows, weights))


def _mean(total: Tensor, count: Tensor) -> Tensor:
    """total / count, 0 where the count is. The sum of a scalar is a node that TensorFlow has."""
    return division.div_no_nan(reductions.reduce_sum(total), count, name="value")


def count_present(losses: Tensor, weights: Tensor, per_row: bool = False) -> Tensor:
    """How many elements of `losses` have a weight other than 0: f[], or f[n] for each row."""
    rank = len(weights.get_shape())
    if rank == 0:
        counts = _count_under_scalar(losses, weights)
    else:
        is_present = casts.cast(comparison.not_equal(weights, 0), dtypes.float32)
        present = reductions.reduce_sum(is_present, axis=list(range(1, rank)))
        inner = slicing.slice_(shape_of.shape(losses), [rank], [-1])
        width = casts.cast(reductions.reduce_prod(inner), dtypes.float32)
        counts = arithmetic.multiply(present, width)
    return counts if per_row else reductions.reduce_sum(counts)


def _count_under_scalar(losses: Tensor, weight: Tensor) -> Tensor:
    rows = reshaping.reshape(slicing.slice_(shape_of.shape(losses), [0], [1]), [])
    elements = casts.cast(shape_of.size(losses), dtypes.float32)
    width = division.div(elements, casts.cast(rows, dtypes.float32))
    width = selecting.where(comparison.equal(weight, 0), 0.0, width)
    return arithmetic.multiply(filling.ones(reshaping.reshape(rows, [1])), width)
