"""`tf.contrib.mixed_precision`: loss scales and their optimizer, as they were first."""

from __future__ import annotations

import abc
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import group, no_op
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.math.casts import cast
from stillflow.ops.math.elementwise import is_finite, reciprocal
from stillflow.ops.reduce.reductions import reduce_all
from stillflow.ops.variables.state import assign, assign_add
from stillflow.ops.variables.variable import Variable
from stillflow.train.optimizer import Optimizer


class LossScaleManager(abc.ABC):
    """Base of what a loss is multiplied by."""

    @abc.abstractmethod
    def get_loss_scale(self) -> Any:
        """The scale now: float32[]."""

    @abc.abstractmethod
    def update_loss_scale(self, finite_grads: Any) -> Any:
        """An operation that updates it; `finite_grads` is bool[]."""


class FixedLossScaleManager(LossScaleManager):
    """A scale that does not change; ValueError if it is below 1."""

    def __init__(self, loss_scale: float):
        if loss_scale < 1:
            raise ValueError("loss scale must be at least 1.")
        self._loss_scale = convert_to_tensor(loss_scale, dtype=dtypes.float32)

    def get_loss_scale(self) -> Any:
        return self._loss_scale

    def update_loss_scale(self, finite_grads: Any) -> Operation:
        return no_op()


class ExponentialUpdateLossScaleManager(LossScaleManager):
    """A scale that grows while gradients are finite, and shrinks when they are not.

    Args:
      init_loss_scale: the first one.
      incr_every_n_steps, incr_ratio: after how many good steps it grows, and by which factor.
      decr_every_n_nan_or_inf, decr_ratio: after how many bad ones it shrinks, and by which.
    """

    def __init__(
        self,
        init_loss_scale: float,
        incr_every_n_steps: int,
        decr_every_n_nan_or_inf: int = 2,
        incr_ratio: float = 2,
        decr_ratio: float = 0.8,
    ):
        self._incr_every_n_steps = incr_every_n_steps
        self._decr_every_n_nan_or_inf = decr_every_n_nan_or_inf
        self._incr_ratio = incr_ratio
        self._decr_ratio = decr_ratio
        first = convert_to_tensor(init_loss_scale, dtypes.float32)
        self._loss_scale: Any = _variable("loss_scale", first, dtypes.float32)
        self._num_good_steps: Any = _variable("good_steps", 0, dtypes.int32)
        self._num_bad_steps: Any = _variable("bad_steps", 0, dtypes.int32)

    def _reset_stats(self) -> Operation:
        return group(assign(self._num_good_steps, 0), assign(self._num_bad_steps, 0))

    def get_loss_scale(self) -> Any:
        return self._loss_scale

    def update_loss_scale(self, finite_grads: Any) -> Any:
        return cond(finite_grads, self._after_finite, self._after_others)

    def _after_finite(self) -> Any:
        def grow() -> Operation:
            larger = cond(
                is_finite(self._loss_scale * self._incr_ratio),
                lambda: self._loss_scale * self._incr_ratio,
                lambda: self._loss_scale,
            )
            return group(assign(self._loss_scale, larger), self._reset_stats())

        return cond(
            self._num_good_steps + 1 >= self._incr_every_n_steps,
            grow,
            lambda: assign_add(self._num_good_steps, 1).op,
        )

    def _after_others(self) -> Any:
        def shrink() -> Operation:
            smaller = maximum(1.0, self._loss_scale * self._decr_ratio)
            return group(assign(self._loss_scale, smaller), self._reset_stats())

        def count() -> Operation:
            return group(assign_add(self._num_bad_steps, 1), assign(self._num_good_steps, 0))

        return cond(self._num_bad_steps + 1 >= self._decr_every_n_nan_or_inf, shrink, count)


def _variable(name: str, initial_value: Any, dtype: Any) -> Variable:
    return Variable(name=name, initial_value=initial_value, dtype=dtype, trainable=False)


class LossScaleOptimizer(Optimizer):
    """Differentiates a scaled loss, and applies gradients that are finite.

    Args:
      opt: the optimizer that applies them.
      loss_scale_manager: a LossScaleManager.
    """

    def __init__(self, opt: Optimizer, loss_scale_manager: LossScaleManager):
        self._opt = opt
        self._loss_scale_manager = loss_scale_manager

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
        scale = self._loss_scale_manager.get_loss_scale()
        value = loss() if callable(loss) else loss
        pairs = self._opt.compute_gradients(
            value * cast(scale, value.dtype.base_dtype),
            var_list=var_list,
            gate_gradients=gate_gradients,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
            grad_loss=grad_loss,
        )
        factor = reciprocal(scale)
        return [
            (None if grad is None else grad * cast(factor, grad.dtype.base_dtype), variable)
            for grad, variable in pairs
        ]

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Operation:
        """Applies gradients if all are finite, and updates the scale."""
        finite = reduce_all([reduce_all(is_finite(grad)) for grad, _ in grads_and_vars])
        applied = cond(
            finite, lambda: self._opt.apply_gradients(grads_and_vars, global_step, name), no_op
        )
        return group(applied, self._loss_scale_manager.update_loss_scale(finite))
