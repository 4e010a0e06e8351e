"""Heads of numbers that are no plain regression: counts, and shares within [0, 1]."""

from __future__ import annotations

from typing import Any

from stillflow.estimator.canned.labels import within
from stillflow.estimator.canned.regression import RegressionHead, regression_head
from stillflow.graph.operation import Tensor
from stillflow.ops.losses.weighting import Reduction
from stillflow.ops.math.elementwise import exp, sigmoid
from stillflow.ops.nn.logistic import log_poisson_loss, sigmoid_cross_entropy_with_logits


def poisson_regression_head(
    weight_column: Any = None,
    label_dimension: int = 1,
    loss_reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
    compute_full_loss: bool = True,
    name: str | None = None,
) -> RegressionHead:
    """A head of counts: `regression_head` with Poisson's loss; predictions are e to the logits.

    Args:
      compute_full_loss: whether the loss has the part that depends on labels alone.
    """

    def poisson_loss(labels: Tensor, logits: Tensor) -> Tensor:
        return log_poisson_loss(labels, logits, compute_full_loss=compute_full_loss)

    return regression_head(weight_column, label_dimension, loss_reduction, poisson_loss, exp, name)


def logistic_regression_head(
    weight_column: Any = None,
    loss_reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
    name: str | None = None,
) -> RegressionHead:
    """A head of a share within [0, 1]: `regression_head` with the cross entropy of labels."""

    def logistic_loss(labels: Tensor, logits: Tensor) -> Tensor:
        labels = within(labels, 2, "Labels must be in range [0, 1]")
        return sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)

    return regression_head(weight_column, 1, loss_reduction, logistic_loss, sigmoid, name)
