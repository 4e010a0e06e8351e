"""Adadelta (Zeiler, 2012)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.keras.optimizers.optimizer import OptimizerV2
from stillflow.keras.optimizers.weights import with_count
from stillflow.layers import settings
from stillflow.ops.control.ordering import identity
from stillflow.ops.training import dense, resource, sparse

_dense: Any = resource.TWINS[dense.apply_adadelta]
_sparse: Any = resource.TWINS[sparse.sparse_apply_adadelta]


class Adadelta(OptimizerV2):
    """accum_grad = rho * accum_grad + (1 - rho) * g^2;

    step = sqrt(accum_var + epsilon) / sqrt(accum_grad + epsilon) * g;
    accum_var = rho * accum_var + (1 - rho) * step^2; variable -= learning_rate * step

    Args:
      learning_rate: a number, a tensor, a function that gives one, or a schedule.
      rho: likewise, but for the schedule.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: Any = 0.95,
        epsilon: Any = 1e-7,
        name: str | None = "Adadelta",
        **kwargs: Any,
    ):
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
        self._set_hyper("decay", self._initial_decay)
        self._set_hyper("rho", rho)
        self.epsilon = epsilon or settings.epsilon()

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for name in ("accum_grad", "accum_var"):
            for var in var_list:
                self.add_slot(var, name)

    def _prepare_local(
        self, var_device: str, var_dtype: DType, apply_state: dict[Any, dict[str, Any]]
    ) -> None:
        super()._prepare_local(var_device, var_dtype, apply_state)
        apply_state[var_device, var_dtype].update(
            epsilon=convert_to_tensor(self.epsilon, var_dtype),
            rho=identity(self._get_hyper("rho", var_dtype)),
        )

    def _apply(self, update: Any, var: Any, apply_state: Any, *grad: Tensor) -> Any:
        given = self._coefficients(var, apply_state)
        return update(
            var.handle,
            self.get_slot(var, "accum_grad").handle,
            self.get_slot(var, "accum_var").handle,
            given["lr_t"],
            given["rho"],
            given["epsilon"],
            *grad,
            use_locking=self._use_locking,
        )

    def _resource_apply_dense(self, grad: Tensor, handle: Any, apply_state: Any = None) -> Any:
        return self._apply(_dense, handle, apply_state, grad)

    def _resource_apply_sparse(
        self, grad: Tensor, handle: Any, indices: Tensor, apply_state: Any = None
    ) -> Any:
        return self._apply(_sparse, handle, apply_state, grad, indices)

    def set_weights(self, weights: Sequence[Any]) -> None:
        """As of every optimizer; Keras saved no count of steps, which is then 0."""
        super().set_weights(with_count(self, weights))

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "learning_rate": self._serialize_hyperparameter("learning_rate"),
            "decay": self._serialize_hyperparameter("decay"),
            "rho": self._serialize_hyperparameter("rho"),
            "epsilon": self.epsilon,
        }
