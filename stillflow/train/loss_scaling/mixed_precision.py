"""Graphs in mixed precision: `enable_mixed_precision_graph_rewrite`.

TensorFlow rewrites graphs to float16 where they run on a GPU with tensor cores, and leaves them as
they are elsewhere. Stillflow leaves them: numbers are those of TensorFlow on a CPU. The optimizer
scales its loss as it does there.
"""

from __future__ import annotations

from typing import Any

from stillflow.platform import logging
from stillflow.train.loss_scaling import ways
from stillflow.train.loss_scaling.optimizer import MixedPrecisionLossScaleOptimizer
from stillflow.train.optimizer import Optimizer


def enable_mixed_precision_graph_rewrite(opt: Any, loss_scale: Any = "dynamic") -> Any:
    """Returns the optimizer with a loss scale.

    Raises:
      ValueError: `opt` is none, or has a loss scale; layers of Keras have a policy.
    """
    ways.check_no_policy()
    wrapped = _wrapped(opt, loss_scale)
    ways.graphs_are_rewritten = True
    return wrapped


def disable_mixed_precision_graph_rewrite() -> None:
    """Takes back what was enabled, which wrapped optimizers do not notice."""
    if not ways.graphs_are_rewritten:
        logging.warning(
            "disable_mixed_precision_graph_rewrite() called when mixed precision is already "
            "disabled."
        )
    ways.graphs_are_rewritten = False


def _wrapped(opt: Any, loss_scale: Any) -> Any:
    for name in ("MixedPrecisionLossScaleOptimizer", "LossScaleOptimizer"):
        if type(opt).__name__ == name:
            raise ValueError(
                f'"opt" must not already be an instance of a {name}. '
                "`enable_mixed_precision_graph_rewrite` will automatically wrap the optimizer with "
                f"a {name}."
            )
    if hasattr(opt, "_with_loss_scale"):
        return opt._with_loss_scale(loss_scale)
    if not isinstance(opt, Optimizer):
        raise ValueError(
            '"opt" must be an instance of a tf.train.Optimizer or a tf.keras.optimizers.Optimizer, '
            f"but got: {opt}"
        )
    return MixedPrecisionLossScaleOptimizer(opt, loss_scale)
