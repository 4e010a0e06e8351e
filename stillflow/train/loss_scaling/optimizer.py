"""`tf.train.experimental.MixedPrecisionLossScaleOptimizer`: an optimizer of a scaled loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.distribution import (
    for_all_replicas,
    replica_context_around,
    strategy_around,
)
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation
from stillflow.ops.control.ordering import group, no_op
from stillflow.ops.control.smart import smart_cond
from stillflow.train.loss_scaling.loss_scale import DynamicLossScale, as_loss_scale
from stillflow.train.optimizer import Optimizer


class MixedPrecisionLossScaleOptimizer(Optimizer):
    """Differentiates a scaled loss, and applies the gradients with the scale taken out.

    With a dynamic scale, gradients that are not finite are not applied.

    Args:
      opt: the optimizer that applies them.
      loss_scale: a LossScale, a number, or "dynamic".

    Raises:
      ValueError: `opt` is no optimizer, or `loss_scale` is something else.
    """

    def __init__(self, opt: Optimizer, loss_scale: Any):
        if not isinstance(opt, Optimizer):
            raise ValueError(f'"opt" must be an instance of Optimizer, but got: {type(opt)}')
        self._optimizer = opt
        super().__init__(opt._use_locking, opt.get_name())
        self._loss_scale: Any = as_loss_scale(loss_scale)
        self._track_trackable(self._optimizer, "base_optimizer")
        self._track_trackable(self._loss_scale, "loss_scale")

    def _doing_dynamic_loss_scaling(self) -> bool:
        return isinstance(self._loss_scale, DynamicLossScale)

    def compute_gradients(
        self,
        loss: Any,
        var_list: Any = None,
        gate_gradients: int = Optimizer.GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list[Any]:
        """`Optimizer.compute_gradients` of the loss, by way of the scaled one."""
        pairs = self._optimizer.compute_gradients(
            loss=self._scale_loss(loss),
            var_list=var_list,
            gate_gradients=gate_gradients,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
            grad_loss=grad_loss,
        )
        unscaled = self._unscale_grads([grad for grad, _ in pairs])
        return [(grad, variable) for grad, (_, variable) in zip(unscaled, pairs, strict=True)]

    def _scale_loss(self, loss: Any) -> Any:
        scale = self._loss_scale()
        return (lambda: loss() * scale) if callable(loss) else loss * scale

    def _unscale_grads(self, grads: Sequence[Any]) -> list[Any]:
        factor = 1 / self._loss_scale()
        return [None if grad is None else _times(grad, factor) for grad in grads]

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Operation:
        """Applies gradients; with a dynamic scale, only if all are finite, and updates it.

        Raises:
          ValueError: in the scope of a strategy, but in none of its replicas.
        """
        if not self._doing_dynamic_loss_scaling():
            return self._optimizer.apply_gradients(grads_and_vars, global_step, name)
        if strategy_around() is not None and replica_context_around() is None:
            raise ValueError("apply_gradients() must be called in a replica context.")
        return for_all_replicas(self._applied, tuple(grads_and_vars), global_step, name)

    def _applied(self, strategy: Any, pairs: Any, global_step: Any, name: str | None) -> Operation:
        """What applies gradients of all replicas, if those of all are finite."""
        name = name or self.get_name()
        updated, applies = self._loss_scale.update([grad for grad, _ in pairs])

        def apply() -> Any:
            given = pairs, global_step, f"{name}-wrapped"
            if strategy is None:
                constant(0, dtypes.int32)  # the number of the one replica, as in TensorFlow
                return self._optimizer.apply_gradients(*given)
            applied = strategy.extended.call_for_each_replica(
                self._optimizer.apply_gradients, args=given
            )
            return strategy.group(applied)

        return group(smart_cond(applies, apply, no_op), updated, name=name)


def _times(grad: Any, factor: Any) -> Any:
    if isinstance(grad, IndexedSlices):
        return IndexedSlices(grad.values * factor, grad.indices, grad.dense_shape)
    return grad * factor
