"""Gradient descent, with or without momentum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.keras.optimizers.optimizer import OptimizerV2
from stillflow.ops.control.ordering import identity
from stillflow.ops.training import dense, resource
from stillflow.ops.variables.resource_scatter import resource_scatter_add

_gradient_descent: Any = resource.TWINS[dense.apply_gradient_descent]


def has_momentum(momentum: Any) -> bool:
    """Whether updates keep some momentum, or may. ValueError for a number beyond [0, 1]."""
    if isinstance(momentum, (int, float)) and not 0 <= momentum <= 1:
        raise ValueError(f"`momentum` must be between [0, 1].\n  It is {momentum}.")
    return isinstance(momentum, Tensor) or callable(momentum) or bool(momentum > 0)


class SGD(OptimizerV2):
    """variable -= learning_rate * g; with momentum, velocity = momentum * velocity - rate * g, and

    variable += velocity, or with `nesterov` variable += momentum * velocity - rate * g

    Args:
      learning_rate: a number, a tensor, a function that gives one, or a schedule.
      momentum: likewise, but for the schedule.
    """

    _decided_by = ("_initial_decay", "_momentum", "nesterov")

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: Any = 0.0,
        nesterov: bool = False,
        name: str | None = "SGD",
        **kwargs: Any,
    ):
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
        self._set_hyper("decay", self._initial_decay)
        self._momentum = has_momentum(momentum)
        self._set_hyper("momentum", momentum)
        self.nesterov = nesterov

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        if self._momentum:
            for var in var_list:
                self.add_slot(var, "momentum")

    def _prepare_local(
        self, var_device: str, var_dtype: DType, apply_state: dict[Any, dict[str, Any]]
    ) -> None:
        super()._prepare_local(var_device, var_dtype, apply_state)
        momentum = identity(self._get_hyper("momentum", var_dtype))
        apply_state[var_device, var_dtype]["momentum"] = momentum

    def _resource_apply_dense(self, grad: Tensor, handle: Any, apply_state: Any = None) -> Any:
        given = self._coefficients(handle, apply_state)
        if not self._momentum:
            return _gradient_descent(
                handle.handle, given["lr_t"], grad, use_locking=self._use_locking
            )
        return resource.resource_apply_keras_momentum(
            handle.handle,
            self.get_slot(handle, "momentum").handle,
            given["lr_t"],
            grad,
            given["momentum"],
            use_locking=self._use_locking,
            use_nesterov=self.nesterov,
        )

    def _resource_apply_sparse_duplicate_indices(
        self, grad: Tensor, handle: Any, indices: Tensor, **kwargs: Any
    ) -> Any:
        if self._momentum:
            return super()._resource_apply_sparse_duplicate_indices(grad, handle, indices, **kwargs)
        given = self._coefficients(handle, kwargs.get("apply_state"))
        return resource_scatter_add(handle.handle, indices, -grad * given["lr_t"])

    def _resource_apply_sparse(
        self, grad: Tensor, handle: Any, indices: Tensor, apply_state: Any = None
    ) -> Any:
        given = self._coefficients(handle, apply_state)
        return resource.resource_sparse_apply_keras_momentum(
            handle.handle,
            self.get_slot(handle, "momentum").handle,
            given["lr_t"],
            grad,
            indices,
            given["momentum"],
            use_locking=self._use_locking,
            use_nesterov=self.nesterov,
        )

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "learning_rate": self._serialize_hyperparameter("learning_rate"),
            "decay": self._serialize_hyperparameter("decay"),
            "momentum": self._serialize_hyperparameter("momentum"),
            "nesterov": self.nesterov,
        }
