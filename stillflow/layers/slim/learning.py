"""`tf.contrib.slim.learning`: how a training step is built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.train import training_step
from stillflow.train.optimizer import Optimizer
from stillflow.train.training_step import (
    USE_GLOBAL_STEP,
    Pairs,
    clip_gradient_norms,
    multiply_gradients,
)


def add_gradients_summaries(grads_and_vars: Pairs) -> list[Tensor]:
    """Adds a histogram of each gradient and its norm, below the variable; returns them."""
    return training_step.add_gradients_summaries(grads_and_vars, separator="/")


def create_train_op(
    total_loss: Any,
    optimizer: Optimizer,
    global_step: Any = USE_GLOBAL_STEP,
    update_ops: Any = None,
    variables_to_train: Sequence[Any] | None = None,
    clip_gradient_norm: float = 0,
    summarize_gradients: bool = False,
    gate_gradients: int = Optimizer.GATE_OP,
    aggregation_method: Any = None,
    colocate_gradients_with_ops: bool = False,
    gradient_multipliers: Mapping[Any, Any] | None = None,
    check_numerics: bool = True,
) -> Tensor:
    """`tf.contrib.training.create_train_op` with gradients multiplied, then clipped.

    Args:
      clip_gradient_norm: the largest norm of each gradient; 0 for any.
      gradient_multipliers: factors, by variable or the name of its op.
    """

    def transformed(pairs: Pairs) -> Pairs:
        if gradient_multipliers:
            with name_scope("multiply_grads"):
                pairs = multiply_gradients(pairs, gradient_multipliers)
        if clip_gradient_norm > 0:
            with name_scope("clip_grads"):
                pairs = clip_gradient_norms(pairs, clip_gradient_norm)
        return pairs

    return training_step.create_train_op(
        total_loss,
        optimizer,
        global_step=global_step,
        update_ops=update_ops,
        variables_to_train=variables_to_train,
        transform_grads_fn=transformed,
        summarize_gradients=summarize_gradients,
        gate_gradients=gate_gradients,
        aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops,
        check_numerics=check_numerics,
    )
