"""Adam (Kingma and Ba, 2015), and AMSGrad (Reddi et al., 2018)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.keras.optimizers.optimizer import OptimizerV2
from stillflow.layers import settings
from stillflow.ops.control.ordering import group, identity
from stillflow.ops.math import arithmetic, casts, elementwise
from stillflow.ops.training import dense, resource
from stillflow.ops.variables import state

_adam: Any = resource.TWINS[dense.apply_adam]


class Adam(OptimizerV2):
    """m = beta_1 * m + (1 - beta_1) * g; v = beta_2 * v + (1 - beta_2) * g^2;

    variable -= learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)

    For a sparse gradient m and v decay in every row, and every row takes a step.

    Args:
      learning_rate: a number, a tensor, a function that gives one, or a schedule.
      beta_1, beta_2: likewise, but for the schedule.
      amsgrad: whether the greatest v so far takes the place of v.
    """

    _decided_by = ("_initial_decay", "epsilon", "amsgrad")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: Any = 0.9,
        beta_2: Any = 0.999,
        epsilon: Any = 1e-7,
        amsgrad: bool = False,
        name: str | None = "Adam",
        **kwargs: Any,
    ):
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
        self._set_hyper("decay", self._initial_decay)
        self._set_hyper("beta_1", beta_1)
        self._set_hyper("beta_2", beta_2)
        self.epsilon = epsilon or settings.epsilon()
        self.amsgrad = amsgrad

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for name in ("m", "v", "vhat") if self.amsgrad else ("m", "v"):
            for var in var_list:
                self.add_slot(var, name)

    def _prepare_local(
        self, var_device: str, var_dtype: DType, apply_state: dict[Any, dict[str, Any]]
    ) -> None:
        super()._prepare_local(var_device, var_dtype, apply_state)
        given = apply_state[var_device, var_dtype]
        step = casts.cast(self.iterations + 1, var_dtype)
        beta_1 = identity(self._get_hyper("beta_1", var_dtype))
        beta_2 = identity(self._get_hyper("beta_2", var_dtype))
        beta_1_power, beta_2_power = arithmetic.pow_(beta_1, step), arithmetic.pow_(beta_2, step)
        rate = given["lr_t"] * (elementwise.sqrt(1 - beta_2_power) / (1 - beta_1_power))
        given.update(
            lr=rate,
            epsilon=convert_to_tensor(self.epsilon, var_dtype),
            beta_1_t=beta_1,
            beta_1_power=beta_1_power,
            one_minus_beta_1_t=1 - beta_1,
            beta_2_t=beta_2,
            beta_2_power=beta_2_power,
            one_minus_beta_2_t=1 - beta_2,
        )

    def set_weights(self, weights: Sequence[Any]) -> None:
        """As of every optimizer; the third slots of one that was saved by Keras are left out."""
        own = len(self.weights)
        if len(weights) == 3 * ((own - 1) // 2) + 1:
            weights = weights[:own]
        super().set_weights(weights)

    def _resource_apply_dense(self, grad: Tensor, handle: Any, apply_state: Any = None) -> Any:
        given = self._coefficients(handle, apply_state)
        slots = ("m", "v", "vhat") if self.amsgrad else ("m", "v")
        update = resource.resource_apply_adam_with_amsgrad if self.amsgrad else _adam
        return update(
            handle.handle,
            *(self.get_slot(handle, name).handle for name in slots),
            given["beta_1_power"],
            given["beta_2_power"],
            given["lr_t"],
            given["beta_1_t"],
            given["beta_2_t"],
            given["epsilon"],
            grad,
            use_locking=self._use_locking,
        )

    def _resource_apply_sparse(
        self, grad: Tensor, handle: Any, indices: Tensor, apply_state: Any = None
    ) -> Any:
        given = self._coefficients(handle, apply_state)
        addend = grad * given["one_minus_beta_1_t"]
        m = self._decayed(self.get_slot(handle, "m"), given["beta_1_t"], indices, addend)
        addend = grad * grad * given["one_minus_beta_2_t"]
        v = self._decayed(self.get_slot(handle, "v"), given["beta_2_t"], indices, addend)
        slots = [m, v]
        if self.amsgrad:
            greatest = self.get_slot(handle, "vhat")
            value = arithmetic.maximum(greatest, v)
            with control_dependencies([value]):
                v = state.assign(greatest, value, use_locking=self._use_locking)
            slots.append(v)
        root = elementwise.sqrt(v)
        step = given["lr"] * m / (root + given["epsilon"])
        updated = state.assign_sub(handle, step, use_locking=self._use_locking)
        return group(updated, *slots)

    def _decayed(self, slot: Any, decay: Tensor, indices: Tensor, addend: Tensor) -> Tensor:
        """decay * slot in every row, and `addend` more in the rows `indices`."""
        scaled = state.assign(slot, slot * decay, use_locking=self._use_locking)
        with control_dependencies([scaled]):
            return self._resource_scatter_add(slot, indices, addend)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "learning_rate": self._serialize_hyperparameter("learning_rate"),
            "decay": self._serialize_hyperparameter("decay"),
            "beta_1": self._serialize_hyperparameter("beta_1"),
            "beta_2": self._serialize_hyperparameter("beta_2"),
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }
