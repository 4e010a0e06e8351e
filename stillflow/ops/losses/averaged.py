"""Averages of losses over a batch, of which programs for several replicas make their totals.

There is one replica here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array import reshaping, shape_of
from stillflow.ops.control.cond import cond
from stillflow.ops.debug.checks import assert_greater_equal
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.math import arithmetic, comparison
from stillflow.ops.math.casts import cast
from stillflow.ops.reduce.reductions import reduce_sum

_REPLICAS = 1


def compute_average_loss(
    per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None
) -> Tensor:
    """Returns the sum of `per_example_loss`, n[b, ...], divided by b, or by `global_batch_size`.

    `sample_weight` weighs the losses; its last axis may be missing, or one too many of size 1.

    Raises:
      ValueError: the loss is a scalar.
    """
    losses = convert_to_tensor(per_example_loss)
    dtype = losses.dtype
    with _checked_rank(losses):
        if sample_weight is not None:
            losses = _weighted(losses, sample_weight)
        losses = cast(losses, dtype)
        if global_batch_size is None:
            global_batch_size = cast(shape_of.shape(losses)[0] * _REPLICAS, dtype)
        return reduce_sum(losses) / global_batch_size


def scale_regularization_loss(regularization_loss: Any) -> Tensor:
    """Returns the sum of the loss, divided among the replicas."""
    return reduce_sum(regularization_loss) / _REPLICAS


@contextlib.contextmanager
def _checked_rank(losses: Tensor) -> Iterator[None]:
    fault = "Invalid value passed for `per_example_loss`. Expected a tensor with at least rank 1"
    if losses.shape.rank == 0:
        raise ValueError(f"{fault}, received: {losses}")
    if losses.shape.rank is not None:
        yield
        return
    check = assert_greater_equal(shape_of.rank(losses), cast(1, dtypes.int32), message=f"{fault}.")
    with control_dependencies([check]):
        yield


def _weighted(losses: Tensor, weights: Any) -> Tensor:
    losses = cast(losses, dtypes.float32)
    weights = _of_rank(convert_to_tensor(cast(weights, dtypes.float32)), losses)
    return arithmetic.multiply(losses, broadcast_weights(weights, losses))


def _of_rank(weights: Tensor, losses: Tensor) -> Tensor:
    """The weights with a last axis less or more, where that gives them the losses' rank."""
    own, wanted = weights.shape.rank, losses.shape.rank
    if own == 0:
        return weights
    if own is not None and wanted is not None:
        if own - wanted == 1:
            return reshaping.squeeze(weights, [-1])
        return reshaping.expand_dims(weights, [-1]) if wanted - own == 1 else weights
    weights_rank = shape_of.rank(weights)
    more = weights_rank - shape_of.rank(losses)

    def expanded() -> Tensor:
        return cond(
            comparison.equal(more, -1),
            lambda: reshaping.expand_dims(weights, [-1]),
            lambda: weights,
        )

    def adjusted() -> Tensor:
        return cond(comparison.equal(more, 1), lambda: reshaping.squeeze(weights, [-1]), expanded)

    return cond(comparison.equal(weights_rank, 0), lambda: weights, adjusted)
