"""AdaMax: Adam by the largest gradients (Kingma and Ba, 2015)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.keras.optimizers.optimizer import OptimizerV2
from stillflow.layers import settings
from stillflow.ops.array.filling import zeros
from stillflow.ops.array.gathering import gather
from stillflow.ops.control.ordering import group, identity
from stillflow.ops.math import arithmetic, casts, elementwise
from stillflow.ops.training import dense, resource

_ada_max: Any = resource.TWINS[dense.apply_ada_max]


class Adamax(OptimizerV2):
    """m = beta_1 * m + (1 - beta_1) * g; v = max(beta_2 * v, |g|);

    variable -= learning_rate / (1 - beta_1^t) * m / (v + epsilon)

    For a sparse gradient, rows without one stay as they are.

    Args:
      learning_rate: a number, a tensor, a function that gives one, or a schedule.
      beta_1, beta_2: likewise, but for the schedule.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: Any = 0.9,
        beta_2: Any = 0.999,
        epsilon: Any = 1e-7,
        name: str | None = "Adamax",
        **kwargs: Any,
    ):
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
        self._set_hyper("decay", self._initial_decay)
        self._set_hyper("beta_1", beta_1)
        self._set_hyper("beta_2", beta_2)
        self.epsilon = epsilon or settings.epsilon()

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for name in ("m", "v"):
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
        beta_1_power = arithmetic.pow_(beta_1, step)
        given.update(
            neg_scaled_lr=-given["lr_t"] / (1 - beta_1_power),
            epsilon=convert_to_tensor(self.epsilon, var_dtype),
            beta_1_t=beta_1,
            beta_1_power=beta_1_power,
            one_minus_beta_1_t=1 - beta_1,
            beta_2_t=beta_2,
            zero=zeros((), dtype=dtypes.int64),
        )

    def _resource_apply_dense(self, grad: Tensor, handle: Any, apply_state: Any = None) -> Any:
        given = self._coefficients(handle, apply_state)
        return _ada_max(
            handle.handle,
            self.get_slot(handle, "m").handle,
            self.get_slot(handle, "v").handle,
            given["beta_1_power"],
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
        m, v = self.get_slot(handle, "m"), self.get_slot(handle, "v")
        m_rows = gather(m, indices, axis=given["zero"])
        m_rows = m_rows * given["beta_1_t"] + grad * given["one_minus_beta_1_t"]
        with control_dependencies([m_rows]):
            m_set = self._resource_scatter_update(m, indices, m_rows)
        v_rows = gather(v, indices, axis=given["zero"])
        v_rows = arithmetic.maximum(v_rows * given["beta_2_t"], elementwise.abs_(grad))
        with control_dependencies([v_rows]):
            v_set = self._resource_scatter_update(v, indices, v_rows)
        step = given["neg_scaled_lr"] * (m_rows / (v_rows + given["epsilon"]))
        with control_dependencies([step]):
            updated = self._resource_scatter_add(handle, indices, step)
        return group(updated, m_set, v_set)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "learning_rate": self._serialize_hyperparameter("learning_rate"),
            "decay": self._serialize_hyperparameter("decay"),
            "beta_1": self._serialize_hyperparameter("beta_1"),
            "beta_2": self._serialize_hyperparameter("beta_2"),
            "epsilon": self.epsilon,
        }
