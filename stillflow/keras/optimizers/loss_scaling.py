"""`tf.keras.mixed_precision.experimental.LossScaleOptimizer`: an optimizer of a scaled loss."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.distribution import for_all_replicas, replica_context_around, strategy_around
from stillflow.graph.operation import Operation, Tensor
from stillflow.keras.optimizers.optimizer import OptimizerV2, Pair
from stillflow.layers.default_session import track_variable
from stillflow.ops.control.ordering import group, no_op
from stillflow.ops.control.smart import smart_cond
from stillflow.ops.math import casts
from stillflow.train.loss_scaling.loss_scale import as_loss_scale


class LossScaleOptimizer(OptimizerV2):
    """Differentiates a scaled loss, and applies the gradients with the scale taken out.

    With a dynamic scale, gradients that are not finite are not applied.

    Args:
      opt: the optimizer that applies them.
      loss_scale: a LossScale, a number, or "dynamic".

    Raises:
      ValueError: `opt` is no optimizer of Keras, or clips gradients.
    """

    def __init__(self, opt: OptimizerV2, loss_scale: Any):
        if not isinstance(opt, OptimizerV2):
            raise ValueError(f'"opt" must be an instance of OptimizerV2, but got: {opt}')
        for option in ("clipnorm", "clipvalue"):
            if hasattr(opt, option):
                raise ValueError(
                    f"LossScaleOptimizer does not support wrapping optimizers with a {option}. "
                    f"Optimizer {opt} has {option} {getattr(opt, option)}\n"
                    "  Clip the gradients between get_gradients and apply_gradients."
                )
        self._hyper = {}
        self._optimizer = opt
        self._loss_scale: Any = as_loss_scale(loss_scale)
        for weight in getattr(self._loss_scale, "_weights", {}).values():
            track_variable(weight)
        self._track_trackable(self._optimizer, "base_optimizer")
        self._track_trackable(self._loss_scale, "loss_scale")

    @property
    def loss_scale(self) -> Any:
        """The LossScale."""
        return self._loss_scale

    def get_scaled_loss(self, loss: Any) -> Any:
        """A loss, or a function that builds one, times the scale."""
        scale = self._loss_scale()

        def scaled(value: Tensor) -> Tensor:
            return value * casts.cast(scale, value.dtype)

        return (lambda: scaled(loss())) if callable(loss) else scaled(loss)

    def get_unscaled_gradients(self, grads: Sequence[Any]) -> list[Any]:
        """Gradients by the scale; None stays None."""
        factor = 1.0 / self._loss_scale()
        return [None if grad is None else grad * casts.cast(factor, grad.dtype) for grad in grads]

    def _compute_gradients(self, loss: Any, var_list: Any, grad_loss: Any = None) -> list[Pair]:
        pairs = self._optimizer._compute_gradients(self.get_scaled_loss(loss), var_list, grad_loss)
        unscaled = self.get_unscaled_gradients([grad for grad, _ in pairs])
        return [(grad, variable) for grad, (_, variable) in zip(unscaled, pairs, strict=True)]

    def get_gradients(self, loss: Tensor, params: Any) -> list[Any]:
        """The gradients of the loss, by way of the scaled one."""
        grads = self._optimizer.get_gradients(self.get_scaled_loss(loss), params)
        return self.get_unscaled_gradients(grads)

    def apply_gradients(self, grads_and_vars: Iterable[Pair], name: str | None = None) -> Any:
        """Applies gradients; with a dynamic scale, only if all are finite, and updates it.

        Raises:
          ValueError: in the scope of a strategy, but in none of its replicas.
        """
        if strategy_around() is not None and replica_context_around() is None:
            raise ValueError("apply_gradients() must be called in a replica context.")
        return for_all_replicas(self._applied, tuple(grads_and_vars), name)

    def _applied(self, strategy: Any, pairs: Sequence[Pair], name: str | None) -> Operation:
        grads = [grad for grad, _ in pairs]
        variables = [variable for _, variable in pairs]
        updated, applies = self._loss_scale.update(grads)

        def in_replica(grads: Sequence[Any]) -> Any:
            given = list(zip(grads, variables, strict=True))
            return self._optimizer.apply_gradients(given, name)

        def apply() -> Any:
            if strategy is None:
                constant(0, dtypes.int32)  # the number of the one replica, as in TensorFlow
                return in_replica(grads)
            done = strategy.extended.call_for_each_replica(in_replica, args=(grads,))
            return strategy.group(done)

        return group(smart_cond(applies, apply, no_op), updated)

    @property
    def iterations(self) -> Any:
        """The count of the steps that were applied."""
        return self._optimizer.iterations

    @iterations.setter
    def iterations(self, variable: Any) -> None:
        self._optimizer.iterations = variable

    @property
    def learning_rate(self) -> Any:
        """The rate of the optimizer that applies."""
        return self._optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, rate: Any) -> None:
        self._optimizer.learning_rate = rate

    @property
    def lr(self) -> Any:
        return self._optimizer.lr

    @lr.setter
    def lr(self, rate: Any) -> None:
        self._optimizer.lr = rate

    def get_slot_names(self) -> list[str]:
        return self._optimizer.get_slot_names()

    def get_config(self) -> Any:
        """NotImplementedError, as in TensorFlow."""
        raise NotImplementedError("get_config() is not yet implemented for LossScaleOptimizers")

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        """NotImplementedError, as in TensorFlow."""
        raise NotImplementedError("from_config() is not yet implemented for LossScaleOptimizers")
