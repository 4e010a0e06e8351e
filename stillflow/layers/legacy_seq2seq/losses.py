"""Losses over lists of steps, and networks for several lengths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import reshaping, shape_of
from stillflow.ops.math import arithmetic, casts
from stillflow.ops.nn.cross_entropy import sparse_softmax_cross_entropy_with_logits
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.variables.scope import get_variable_scope, variable_scope


def sequence_loss_by_example(
    logits: list[Any],
    targets: list[Any],
    weights: list[Any],
    average_across_timesteps: bool = True,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns f[batch], the weighted cross entropy of each sequence.

    Args:
      logits: a list of f[batch, classes], a step each.
      targets: a list of i[batch].
      weights: a list of f[batch].
      average_across_timesteps: whether it is divided by the sum of the weights.
      softmax_loss_function: of `labels` and `logits`, in place of the cross entropy.

    Raises:
      ValueError: the lists are not of one length.
    """
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError(
            "Lengths of logits, weights, and targets must be the same "
            f"{len(logits)}, {len(weights)}, {len(targets)}."
        )
    with name_scope(name, "sequence_loss_by_example", logits + targets + weights):
        losses = [
            _step_loss(softmax_loss_function, target, logit) * weight
            for logit, target, weight in zip(logits, targets, weights, strict=True)
        ]
        total = arithmetic.add_n(losses)
        if average_across_timesteps:
            # So that weights of 0 alone give 0.
            total = total / (arithmetic.add_n(weights) + 1e-12)
    return total


def _step_loss(loss_of: Callable[..., Any] | None, target: Any, logits: Any) -> Any:
    if loss_of is not None:
        return loss_of(labels=target, logits=logits)
    return sparse_softmax_cross_entropy_with_logits(
        labels=reshaping.reshape(target, [-1]), logits=logits
    )


def sequence_loss(
    logits: list[Any],
    targets: list[Any],
    weights: list[Any],
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns f[], `sequence_loss_by_example` added up, and divided by the batch size."""
    with name_scope(name, "sequence_loss", logits + targets + weights):
        cost = reduce_sum(
            sequence_loss_by_example(
                logits,
                targets,
                weights,
                average_across_timesteps=average_across_timesteps,
                softmax_loss_function=softmax_loss_function,
            )
        )
        if not average_across_batch:
            return cost
        return cost / casts.cast(shape_of.shape(targets[0])[0], cost.dtype)


def model_with_buckets(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    targets: list[Any],
    weights: list[Any],
    buckets: Sequence[tuple[int, int]],
    seq2seq: Callable[..., Any],
    softmax_loss_function: Callable[..., Any] | None = None,
    per_example_loss: bool = False,
    name: str | None = None,
) -> tuple[list[Any], list[Any]]:
    """One network for several lengths, with the same variables: (outputs, losses), for each pair.

    Args:
      encoder_inputs, decoder_inputs, targets, weights: lists, as long as the longest pair.
      buckets: pairs of lengths, the longest last.
      seq2seq: (encoder inputs, decoder inputs) -> (outputs, states).
      per_example_loss: whether losses are f[batch].

    Raises:
      ValueError: a list is too short.
    """
    longest = buckets[-1]
    if len(encoder_inputs) < longest[0]:
        raise ValueError(
            f"Length of encoder_inputs ({len(encoder_inputs)}) must be at least that of last "
            f"bucket ({longest[0]})."
        )
    for kind, given in (("targets", targets), ("weights", weights)):
        if len(given) < longest[1]:
            raise ValueError(
                f"Length of {kind} ({len(given)}) must be at least that of last bucket "
                f"({longest[1]})."
            )
    loss_of = sequence_loss_by_example if per_example_loss else sequence_loss
    outputs, losses = [], []
    with name_scope(
        name, "model_with_buckets", encoder_inputs + decoder_inputs + targets + weights
    ):
        for index, (encoder_size, size) in enumerate(buckets):
            with variable_scope(get_variable_scope(), reuse=True if index > 0 else None):
                found, _ = seq2seq(encoder_inputs[:encoder_size], decoder_inputs[:size])
                outputs.append(found)
                losses.append(
                    loss_of(
                        found,
                        targets[:size],
                        weights[:size],
                        softmax_loss_function=softmax_loss_function,
                    )
                )
    return outputs, losses
