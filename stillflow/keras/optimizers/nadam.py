"""Nadam: Adam with Nesterov's momentum (Dozat, 2016)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.keras.optimizers.optimizer import OptimizerV2
from stillflow.keras.optimizers.schedules import LearningRateSchedule
from stillflow.layers import settings
from stillflow.ops.array.gathering import gather
from stillflow.ops.control.ordering import group, identity
from stillflow.ops.math import arithmetic, casts, elementwise
from stillflow.ops.variables import state


class Nadam(OptimizerV2):
    """Adam's step, in which the mean of gradients is that of the step to come.

    Its momentum mu grows with the steps: mu_t = beta_1 * (1 - 0.96^(schedule_decay * t) / 2).

    Args:
      learning_rate: a number, a tensor, or a function that gives one.
      beta_1, beta_2: likewise.
      schedule_decay: as a keyword: how fast the momentum grows; 0.004 by default.

    Raises:
      ValueError: the rate is a schedule.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: Any = 0.9,
        beta_2: Any = 0.999,
        epsilon: Any = 1e-7,
        name: str | None = "Nadam",
        **kwargs: Any,
    ):
        # Its own name for it stands for the decay of the rate, which Nadam has not.
        kwargs["decay"] = kwargs.pop("schedule_decay", 0.004)
        learning_rate = kwargs.get("lr", learning_rate)
        if isinstance(learning_rate, LearningRateSchedule):
            raise ValueError(
                "The Nadam optimizer does not support tf.keras.optimizers.LearningRateSchedules as "
                "the learning rate.\n  Give it a number, or set `learning_rate` between steps."
            )
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", learning_rate)
        self._set_hyper("decay", self._initial_decay)
        self._set_hyper("beta_1", beta_1)
        self._set_hyper("beta_2", beta_2)
        self.epsilon = epsilon or settings.epsilon()
        self._m_cache: Any = None

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        if self._m_cache is None:
            self._m_cache = self.add_weight(
                "momentum_cache",
                shape=[],
                dtype=var_list[0].dtype.base_dtype,
                initializer="ones",
                trainable=False,
            )
            self._weights.append(self._m_cache)
        for name in ("m", "v"):
            for var in var_list:
                self.add_slot(var, name)

    def _prepare(self, var_list: Sequence[Any]) -> dict[tuple[str, DType], dict[str, Any]]:
        self._m_cache_read = identity(self._m_cache)
        return super()._prepare(var_list)

    def _prepare_local(
        self, var_device: str, var_dtype: DType, apply_state: dict[Any, dict[str, Any]]
    ) -> None:
        rate = identity(self._get_hyper("learning_rate", var_dtype))
        beta_1 = identity(self._get_hyper("beta_1", var_dtype))
        beta_2 = identity(self._get_hyper("beta_2", var_dtype))
        step = casts.cast(self.iterations + 1, var_dtype)
        next_step = casts.cast(self.iterations + 2, var_dtype)
        base = casts.cast(0.96, var_dtype)

        def momentum(at: Tensor) -> Tensor:
            return beta_1 * (1.0 - 0.5 * arithmetic.pow_(base, self._initial_decay * at))

        now, then = momentum(step), momentum(next_step)
        product = casts.cast(self._m_cache_read, var_dtype) * now
        if var_dtype is self._m_cache.dtype:
            kept = state.assign(self._m_cache, product, use_locking=self._use_locking)
            product = identity(kept)
        next_product = product * then
        apply_state[var_device, var_dtype] = {
            "lr_t": rate,
            "neg_lr_t": -rate,
            "epsilon": convert_to_tensor(self.epsilon, var_dtype),
            "beta_1_t": beta_1,
            "beta_2_t": beta_2,
            "m_t": now,
            "m_t_1": then,
            "one_minus_beta_1_t": 1 - beta_1,
            "one_minus_beta_2_t": 1 - beta_2,
            "one_minus_m_t": 1.0 - now,
            "one_minus_m_schedule_new": 1.0 - product,
            "one_minus_m_schedule_next": 1.0 - next_product,
            "v_t_prime_denominator": 1.0 - arithmetic.pow_(beta_2, step),
        }

    def _resource_apply_dense(self, grad: Tensor, handle: Any, apply_state: Any = None) -> Any:
        given = self._coefficients(handle, apply_state)
        m, v = self.get_slot(handle, "m"), self.get_slot(handle, "v")
        scaled = grad / given["one_minus_m_schedule_new"]
        mean = given["beta_1_t"] * m + given["one_minus_beta_1_t"] * grad
        mean = state.assign(m, mean, use_locking=self._use_locking)
        mean = mean / given["one_minus_m_schedule_next"]
        square = given["beta_2_t"] * v
        square = square + given["one_minus_beta_2_t"] * elementwise.square(grad)
        square = state.assign(v, square, use_locking=self._use_locking)
        square = square / given["v_t_prime_denominator"]
        mean = given["one_minus_m_t"] * scaled + given["m_t_1"] * mean
        new = handle - given["lr_t"] * mean / (elementwise.sqrt(square) + given["epsilon"])
        return state.assign(handle, new, use_locking=self._use_locking).op

    def _resource_apply_sparse(
        self, grad: Tensor, handle: Any, indices: Tensor, apply_state: Any = None
    ) -> Any:
        given = self._coefficients(handle, apply_state)
        m, v = self.get_slot(handle, "m"), self.get_slot(handle, "v")
        scaled = grad / given["one_minus_m_schedule_new"]
        addend = grad * given["one_minus_beta_1_t"]
        _, mean = self._decayed(m, given["beta_1_t"], indices, addend)
        mean = mean / given["one_minus_m_schedule_next"]
        mean = given["one_minus_m_t"] * scaled + given["m_t_1"] * mean
        addend = grad * grad * given["one_minus_beta_2_t"]
        squares, square = self._decayed(v, given["beta_2_t"], indices, addend)
        square = square / given["v_t_prime_denominator"]
        divisor = elementwise.sqrt(square) + given["epsilon"]
        step = given["neg_lr_t"] * mean / divisor
        return group(self._resource_scatter_add(handle, indices, step), mean, squares)

    def _decayed(
        self, slot: Any, decay: Tensor, indices: Tensor, addend: Tensor
    ) -> tuple[Tensor, Tensor]:
        """decay * slot in every row, and `addend` more in the rows `indices`; and these rows."""
        scaled = state.assign(slot, slot * decay, use_locking=self._use_locking)
        with control_dependencies([scaled]):
            whole = self._resource_scatter_add(slot, indices, addend)
            return whole, gather(whole, indices)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "learning_rate": self._serialize_hyperparameter("learning_rate"),
            "decay": self._serialize_hyperparameter("decay"),
            "beta_1": self._serialize_hyperparameter("beta_1"),
            "beta_2": self._serialize_hyperparameter("beta_2"),
            "epsilon": self.epsilon,
        }
