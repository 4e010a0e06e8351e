"""The loss that a model minimizes: those of its outputs, weighted, and those that layers add."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.distribute.context import get_strategy
from stillflow.graph.scopes import name_scope
from stillflow.keras.training.endpoints import TrainingEndpoint
from stillflow.layers.keras_graph import runs_at_once
from stillflow.ops.losses.sample_weights import (
    Reduction,
    compute_weighted_loss,
    reduce_weighted_loss,
    squeeze_or_expand_dimensions,
)
from stillflow.ops.math import casts
from stillflow.ops.math.arithmetic import add_n


def total_loss(model: Any, endpoints: Sequence[TrainingEndpoint], masks: Sequence[Any]) -> Any:
    """Returns the sum of all losses, built in the scope "loss".

    Args:
      model: its own losses count too.
      masks: of the outputs; None where all counts.

    Raises:
      ValueError: there is no loss at all.
    """
    total: Any = None
    with name_scope("loss"):
        for endpoint, mask in zip(endpoints, masks, strict=True):
            if endpoint.should_skip_target():
                continue
            loss, reduction = _output_loss(endpoint, mask)
            if len(endpoints) > 1:
                endpoint.output_loss_metric(loss)
            if reduction == Reduction.SUM_OVER_BATCH_SIZE:
                loss = _of_replica(loss)
            weighted = endpoint.loss_weight * loss
            total = weighted if total is None else total + weighted
        if total is None and not model.losses:
            raise ValueError(
                "The model cannot be compiled because it has no loss to optimize. Pass `loss` to "
                "`compile`, or let a layer `add_loss`."
            )
        added = _added(model)
        if added:
            total = 0.0 if total is None else total
            total += _of_replica(add_n(added))
    return total


def _added(model: Any) -> list[Any]:
    """The losses that layers add."""
    if runs_at_once():
        losses: list[Any] = model.losses
    else:
        losses = model.get_losses_for(None) + model.get_losses_for(model.inputs)
    return losses


def _output_loss(endpoint: TrainingEndpoint, mask: Any) -> tuple[Any, str]:
    """The loss of an output, and how it is reduced."""
    y_true, y_pred = endpoint.target, endpoint.output
    loss_fn = endpoint.loss_fn
    with name_scope(endpoint.loss_name()):
        weight = _masked(endpoint.sample_weight, mask, y_pred.dtype)
        if not hasattr(loss_fn, "reduction"):
            loss = loss_fn(y_true, y_pred, sample_weight=weight)
            return loss, Reduction.SUM_OVER_BATCH_SIZE
        weighted = compute_weighted_loss(
            loss_fn.call(y_true, y_pred), sample_weight=weight, reduction=Reduction.NONE
        )
        reduction = loss_fn.reduction
        if reduction == Reduction.AUTO:
            reduction = Reduction.SUM_OVER_BATCH_SIZE
        return reduce_weighted_loss(weighted, reduction=reduction), reduction


def _masked(weight: Any, mask: Any, dtype: Any) -> Any:
    """Weights of samples, 0 where they are masked."""
    if mask is None:
        return weight
    mask = casts.cast(mask, dtype)
    if weight is None:
        return mask
    mask, _, weight = squeeze_or_expand_dimensions(mask, None, weight)
    return weight * mask


def _of_replica(loss: Any) -> Any:
    """The share of one replica in a loss of all of them together."""
    replicas = get_strategy().num_replicas_in_sync
    return loss * (1.0 / replicas) if replicas > 1 else loss
