"""Steps that are larger where the gradient has its usual sign (Bello et al., 2017)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import OpDef
from stillflow.graph import dtypes
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.array.constants import constant
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.selecting import where
from stillflow.ops.control.ordering import group
from stillflow.ops.math.arithmetic import maximum, minimum, pow_
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import greater_equal
from stillflow.ops.math.division import floormod
from stillflow.ops.math.elementwise import sign
from stillflow.ops.math.trigonometric import cos
from stillflow.ops.training import dense
from stillflow.ops.variables import scattered_updates, state
from stillflow.ops.variables.variable import Variable
from stillflow.train.one_op import built
from stillflow.train.optimizer import Optimizer, cast_like


class _SignOptimizer(Optimizer):
    """m = beta * m + (1 - beta) * g; agreement = sign(g) * sign(m), weighed by the decay."""

    UPDATE: OpDef

    def __init__(
        self, learning_rate: Any, beta: Any, sign_decay_fn: Any, use_locking: bool, name: str
    ):
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta = beta
        self._sign_decay_fn = sign_decay_fn

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Operation:
        if self._sign_decay_fn is not None:
            decay = self._sign_decay_fn(global_step)
            self._sign_decay_t = convert_to_tensor(decay, name="sign_decay")
        return super().apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        for var in var_list:
            self._zeros_slot(var, "m", self._name)

    def _prepare(self) -> None:
        self._lr_t = convert_to_tensor(self._lr, name="learning_rate")
        self._beta_t = convert_to_tensor(self._beta, name="beta")
        self._factor_t = self._factor()
        if self._sign_decay_fn is None:
            self._sign_decay_t = convert_to_tensor(1.0, name="sign_decay")

    def _factor(self) -> Tensor:
        """The hyper-parameter that such optimizers differ in."""
        raise NotImplementedError

    def _agreement(self, grad: IndexedSlices, var: Variable, beta: Tensor) -> tuple[Tensor, Tensor]:
        """The new m, and by row of the gradient where its sign is that of m."""
        slot: Any = self.get_slot(var, "m")
        value: Any = grad
        m = state.assign(slot, slot * beta + value * (1 - beta), use_locking=self._use_locking)
        signs = sign(grad.values)
        return m, gather(sign(m), grad.indices) * signs

    def _moved(
        self, grad: IndexedSlices, var: Variable, lr: Tensor, multiplier: Tensor, m: Tensor
    ) -> Operation:
        step = lr * multiplier * grad.values
        moved = scattered_updates.scatter_sub(
            var, grad.indices, step, use_locking=self._use_locking
        )
        return group(moved, m)

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        scalars = [self._lr_t, self._factor_t, self._sign_decay_t, self._beta_t]
        return built(
            self.UPDATE,
            [var, self.get_slot(var, "m")],
            *cast_like(scalars, var),
            grad,
            use_locking=self._use_locking,
        )

    def _resource_apply_dense(self, grad: Tensor, handle: Any) -> Operation:
        return _SignOptimizer._apply_dense(self, grad, handle)


class AddSignOptimizer(_SignOptimizer):
    """variable -= learning_rate * (alpha + decay * agreement) * gradient.

    agreement = sign(gradient) * sign(m), m a running mean of gradients.

    Args:
      learning_rate, alpha, beta: numbers or scalar tensors.
      sign_decay_fn: a function of the global step that gives the decay; by default it is 1.
    """

    UPDATE = dense.apply_add_sign

    def __init__(
        self,
        learning_rate: Any = 0.1,
        alpha: Any = 1.0,
        beta: Any = 0.9,
        sign_decay_fn: Callable[..., Any] | None = None,
        use_locking: bool = False,
        name: str = "AddSignOptimizer",
    ):
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._alpha = alpha

    def _factor(self) -> Tensor:
        return convert_to_tensor(self._alpha, name="alpha")

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Operation:
        lr, alpha, beta = cast_like([self._lr_t, self._factor_t, self._beta_t], var)
        m, agreement = self._agreement(grad, var, beta)
        (decay,) = cast_like([self._sign_decay_t], var)
        return self._moved(grad, var, lr, alpha + decay * agreement, m)


class PowerSignOptimizer(_SignOptimizer):
    """variable -= learning_rate * base^(decay * agreement) * gradient.

    agreement = sign(gradient) * sign(m), m a running mean of gradients.

    Args:
      learning_rate, beta: numbers or scalar tensors.
      base: a number.
      sign_decay_fn: a function of the global step that gives the decay; by default it is 1.
    """

    UPDATE = dense.apply_power_sign

    def __init__(
        self,
        learning_rate: Any = 0.1,
        base: float = math.e,
        beta: Any = 0.9,
        sign_decay_fn: Callable[..., Any] | None = None,
        use_locking: bool = False,
        name: str = "PowerSignOptimizer",
    ):
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._logbase = math.log(base)

    def _factor(self) -> Tensor:
        return convert_to_tensor(self._logbase, name="logbase")

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Operation:
        lr, beta, logbase = cast_like([self._lr_t, self._beta_t, self._factor_t], var)
        e = cast(math.e, var.dtype.base_dtype)
        m, agreement = self._agreement(grad, var, beta)
        (decay,) = cast_like([self._sign_decay_t], var)
        return self._moved(grad, var, lr, pow_(e, logbase * decay * agreement), m)


def get_linear_decay_fn(decay_steps: int) -> Callable[[Any], Tensor]:
    """Returns a function of the global step: 1 at first, 0 from `decay_steps` on."""

    def linear_decay_fn(global_step: Any) -> Tensor:
        step = minimum(_given(global_step, "linear_decay"), decay_steps)
        left = cast(decay_steps, dtypes.int32) - cast(step, dtypes.int32)
        decayed = cast(left, dtypes.float32) / cast(decay_steps, dtypes.float32)
        return maximum(0.0, decayed)

    return linear_decay_fn


def get_cosine_decay_fn(
    decay_steps: int, num_periods: float = 0.5, zero_after: float | None = None
) -> Callable[[Any], Tensor]:
    """Returns a function of the global step: a cosine of `num_periods` periods, from 1 to 0.

    Args:
      zero_after: in which period the decay becomes 0 for good.
    """

    def cosine_decay_fn(global_step: Any) -> Tensor:
        step = minimum(_given(global_step, "cosine_decay"), decay_steps)
        done = cast(step, dtypes.float32) / cast(decay_steps, dtypes.float32)
        fraction = 2.0 * num_periods * done
        decayed = 0.5 * (1.0 + cos(constant(math.pi) * fraction))
        if zero_after is not None:
            decayed = where(greater_equal(fraction, 2 * zero_after), 0.0, decayed)
        return decayed

    return cosine_decay_fn


def get_restart_decay_fn(
    decay_steps: int, num_periods: float = 1, zero_after: float | None = None
) -> Callable[[Any], Tensor]:
    """Returns a function of the global step: half a cosine, from 1 to 0, `num_periods` times.

    Args:
      zero_after: in which period the decay becomes 0 for good.
    """

    def restart_decay_fn(global_step: Any) -> Tensor:
        step = minimum(_given(global_step, "cosine_decay"), decay_steps)
        within = floormod(num_periods * cast(step, dtypes.float32), decay_steps)
        fraction = within / cast(decay_steps, dtypes.float32)
        decayed = 0.5 * (1.0 + cos(constant(math.pi) * fraction))
        if zero_after is not None:
            periods = cast(num_periods * step, dtypes.float32)
            done = periods / cast(decay_steps, dtypes.float32)
            decayed = where(greater_equal(done, zero_after), 0.0, decayed)
        return decayed

    return restart_decay_fn


def _given(global_step: Any, what: str) -> Any:
    if global_step is None:
        raise ValueError(f"global_step is required for {what}.")
    return global_step
