"""Losses of a probability or a rate that is given by its logit or logarithm, elementwise."""

from __future__ import annotations

import math
from typing import Any

from stillflow.declare.arguments import renamed
from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, selecting
from stillflow.ops.math import arithmetic, comparison, elementwise
from stillflow.ops.nn.activations import relu
from stillflow.ops.nn.cross_entropy import check_named


def sigmoid_cross_entropy_with_logits(
    _sentinel: Any = None, labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """Returns the cross entropy of sigmoid(logits) and `labels`, elementwise: f[...] -> f[...].

    It is max(x, 0) - x z + log(1 + exp(-|x|)), which neither overflows nor loses precision.
    """
    check_named("sigmoid_cross_entropy_with_logits", _sentinel, labels, logits)
    with name_scope(name, "logistic_loss", [logits, labels]) as scope:
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="labels")
        _check_same_shape("logits", logits, "labels", labels)
        zeros = filling.zeros_like(logits, dtype=logits.dtype)
        # Selected rather than max and abs, whose slopes at 0 are not those of the loss.
        positive = comparison.greater_equal(logits, zeros)
        clipped = selecting.where(positive, logits, zeros)
        negative_abs = selecting.where(positive, elementwise.negative(logits), logits)
        linear = arithmetic.subtract(
            clipped, arithmetic.multiply(logits, labels, name="mul"), name="sub"
        )
        return arithmetic.add(linear, elementwise.log1p(elementwise.exp(negative_abs)), name=scope)


def _check_same_shape(a_name: str, a: Tensor, b_name: str, b: Tensor) -> None:
    if not a.shape.is_compatible_with(b.shape):
        raise ValueError(f"{a_name} and {b_name} must have the same shape ({a.shape} vs {b.shape})")


def weighted_cross_entropy_with_logits(
    labels: Any = None,
    logits: Any = None,
    pos_weight: Any = None,
    name: str | None = None,
    targets: Any = None,
) -> Tensor:
    """Returns sigmoid cross entropy in which positive labels weigh `pos_weight`, elementwise."""
    labels = renamed("labels", labels, "targets", targets)
    with name_scope(name, "logistic_loss", [logits, labels]) as scope:
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="targets")
        _check_same_shape("logits", logits, "targets", labels)
        weight = 1 + (pos_weight - 1) * labels
        negatives = (1 - labels) * logits
        tail = elementwise.log1p(elementwise.exp(-elementwise.abs_(logits))) + relu(-logits)
        return arithmetic.add(negatives, weight * tail, name=scope)


def log_poisson_loss(
    targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None
) -> Tensor:
    """Returns the loss of the rate exp(log_input) for counts `targets`: f[...] -> f[...].

    That is exp(log_input) - log_input * targets, and with `compute_full_loss` also Stirling's
    estimate of log(targets!), 0 for targets of at most 1.
    """
    with name_scope(name, "log_poisson_loss", [log_input, targets]):
        log_input = convert_to_tensor(log_input, name="log_input")
        targets = convert_to_tensor(targets, name="targets")
        _check_same_shape("log_input", log_input, "targets", targets)
        loss = elementwise.exp(log_input) - log_input * targets
        return loss + _log_factorial(targets) if compute_full_loss else loss


def _log_factorial(x: Tensor) -> Tensor:
    half, circle = constant(0.5, x.dtype), constant(2 * math.pi, x.dtype)
    stirling = x * elementwise.log(x) - x + half * elementwise.log(circle * x)
    zeros, ones = filling.zeros_like(x, dtype=x.dtype), filling.ones_like(x, dtype=x.dtype)
    small = comparison.logical_and(
        comparison.greater_equal(x, zeros), comparison.less_equal(x, ones)
    )
    return selecting.where(small, zeros, stirling)
