"""`sequence_loss`: the cross entropy of sequences, weighted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import reshaping, shape_of
from stillflow.ops.math import casts, division
from stillflow.ops.nn.cross_entropy import sparse_softmax_cross_entropy_with_logits
from stillflow.ops.reduce.composed import count_nonzero
from stillflow.ops.reduce.reductions import reduce_sum


def sequence_loss(
    logits: Any,
    targets: Any,
    weights: Any,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    sum_over_timesteps: bool = False,
    sum_over_batch: bool = False,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns the weighted cross entropy of logits, f[batch, time, classes], and targets.

    Args:
      targets: i[batch, time].
      weights: f[batch, time], 0 for what is padding.
      average_across_timesteps, average_across_batch: over which axes the mean by weight is taken.
      sum_over_timesteps, sum_over_batch: over which axes the sum is taken, which is then divided by
        the number of weights that are not 0.
      softmax_loss_function: of `labels` and `logits`, in place of the cross entropy.

    Returns:
      f[] over both axes, f[time] over the batch, f[batch] over time, f[batch, time] over none.

    Raises:
      ValueError: another rank, or both a mean and a sum over one axis.
    """
    if len(logits.get_shape()) != 3:
        raise ValueError("Logits must be a [batch_size x sequence_length x logits] tensor")
    if len(targets.get_shape()) != 2:
        raise ValueError("Targets must be a [batch_size x sequence_length] tensor")
    if len(weights.get_shape()) != 2:
        raise ValueError("Weights must be a [batch_size x sequence_length] tensor")
    for over, averaged, summed in (
        ("timesteps", average_across_timesteps, sum_over_timesteps),
        ("batch", average_across_batch, sum_over_batch),
    ):
        if averaged and summed:
            raise ValueError(
                f"average_across_{over} and sum_over_{over} cannot be set to True at same time."
            )
    with name_scope(name, "sequence_loss", [logits, targets, weights]):
        classes = shape_of.shape(logits)[2]
        rows = reshaping.reshape(logits, [-1, classes])
        labels = reshaping.reshape(targets, [-1])
        loss_of = softmax_loss_function or sparse_softmax_cross_entropy_with_logits
        losses = loss_of(labels=labels, logits=rows) * reshaping.reshape(weights, [-1])
        if average_across_timesteps and average_across_batch:
            return division.div_no_nan(reduce_sum(losses), reduce_sum(weights))
        if sum_over_timesteps and sum_over_batch:
            total = reduce_sum(losses)
            return division.div_no_nan(total, casts.cast(count_nonzero(weights), total.dtype))
        losses = reshaping.reshape(losses, shape_of.shape(logits)[0:2])
        if average_across_timesteps or average_across_batch:
            axes = [0] if average_across_batch else [1]
            total = reduce_sum(losses, axis=axes)
            return division.div_no_nan(total, reduce_sum(weights, axis=axes))
        if sum_over_timesteps or sum_over_batch:
            axes = [0] if sum_over_batch else [1]
            total = reduce_sum(losses, axis=axes)
            count = casts.cast(count_nonzero(weights, axis=axes), total.dtype)
            return division.div_no_nan(total, count)
        return losses


class SequenceLoss:
    """`sequence_loss` as an object: called with (targets, logits, weights)."""

    def __init__(
        self,
        average_across_timesteps: bool = False,
        average_across_batch: bool = False,
        sum_over_timesteps: bool = True,
        sum_over_batch: bool = True,
        softmax_loss_function: Callable[..., Any] | None = None,
        name: str | None = None,
    ):
        self.average_across_timesteps = average_across_timesteps
        self.average_across_batch = average_across_batch
        self.sum_over_timesteps = sum_over_timesteps
        self.sum_over_batch = sum_over_batch
        self.softmax_loss_function = softmax_loss_function
        self.name = name

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        return sequence_loss(
            y_pred,
            y_true,
            sample_weight,
            average_across_timesteps=self.average_across_timesteps,
            average_across_batch=self.average_across_batch,
            sum_over_timesteps=self.sum_over_timesteps,
            sum_over_batch=self.sum_over_batch,
            softmax_loss_function=self.softmax_loss_function,
            name=self.name,
        )
