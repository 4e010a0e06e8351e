"""FTRL-Proximal (McMahan et al., 2013)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.keras.optimizers.optimizer import OptimizerV2
from stillflow.ops.control.ordering import identity
from stillflow.ops.math import casts
from stillflow.ops.training import dense, resource, sparse
from stillflow.ops.variables.initializers import Constant

_NUMBERS = ("learning_rate_power", "l1_regularization_strength", "l2_regularization_strength")
_SHRINKAGE = "l2_shrinkage_regularization_strength"


class Ftrl(OptimizerV2):
    """The minimum of the linearized losses so far, with L1 and L2 regularization.

    Args:
      learning_rate: a number, a tensor, a function that gives one, or a schedule.
      learning_rate_power: at most 0: how the rate falls with the sum of the squared gradients.
      initial_accumulator_value: what these sums start with.
      l2_shrinkage_regularization_strength: of a penalty on the variable that is part of the
        gradient.

    Raises:
      ValueError: a number is of the wrong sign.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        name: str | None = "Ftrl",
        l2_shrinkage_regularization_strength: float = 0.0,
        **kwargs: Any,
    ):
        super().__init__(name, **kwargs)
        _check_sign("initial_accumulator_value", initial_accumulator_value)
        if learning_rate_power > 0.0:
            raise ValueError(
                f"learning_rate_power {learning_rate_power:f} needs to be negative or zero"
            )
        _check_sign("l1_regularization_strength", l1_regularization_strength)
        _check_sign("l2_regularization_strength", l2_regularization_strength)
        _check_sign(_SHRINKAGE, l2_shrinkage_regularization_strength)
        self._set_hyper("learning_rate", learning_rate)
        self._set_hyper("decay", self._initial_decay)
        self._set_hyper("learning_rate_power", learning_rate_power)
        self._set_hyper("l1_regularization_strength", l1_regularization_strength)
        self._set_hyper("l2_regularization_strength", l2_regularization_strength)
        self._initial_accumulator_value = initial_accumulator_value
        self._l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for var in var_list:
            initial = Constant(self._initial_accumulator_value, dtype=var.dtype.base_dtype)
            self.add_slot(var, "accumulator", initial)
            self.add_slot(var, "linear")

    def _prepare_local(
        self, var_device: str, var_dtype: DType, apply_state: dict[Any, dict[str, Any]]
    ) -> None:
        super()._prepare_local(var_device, var_dtype, apply_state)
        given = apply_state[var_device, var_dtype]
        for name in _NUMBERS:
            given[name] = identity(self._get_hyper(name, var_dtype))
        given[_SHRINKAGE] = casts.cast(self._l2_shrinkage_regularization_strength, var_dtype)

    def _apply(self, updates: Any, var: Any, apply_state: Any, *grad: Tensor) -> Any:
        """By one of two updates, of which the second shrinks."""
        given = self._coefficients(var, apply_state)
        shrinks = self._l2_shrinkage_regularization_strength > 0.0
        update: Any = resource.TWINS[updates[shrinks]]
        return update(
            var.handle,
            self.get_slot(var, "accumulator").handle,
            self.get_slot(var, "linear").handle,
            *grad,
            given["lr_t"],
            given["l1_regularization_strength"],
            given["l2_regularization_strength"],
            *((given[_SHRINKAGE],) if shrinks else ()),
            given["learning_rate_power"],
            use_locking=self._use_locking,
        )

    def _resource_apply_dense(self, grad: Tensor, handle: Any, apply_state: Any = None) -> Any:
        return self._apply((dense.apply_ftrl, dense.apply_ftrl_v2), handle, apply_state, grad)

    def _resource_apply_sparse(
        self, grad: Tensor, handle: Any, indices: Tensor, apply_state: Any = None
    ) -> Any:
        updates = (sparse.sparse_apply_ftrl, sparse.sparse_apply_ftrl_v2)
        return self._apply(updates, handle, apply_state, grad, indices)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "learning_rate": self._serialize_hyperparameter("learning_rate"),
            "decay": self._serialize_hyperparameter("decay"),
            "initial_accumulator_value": self._initial_accumulator_value,
            **{name: self._serialize_hyperparameter(name) for name in _NUMBERS},
            _SHRINKAGE: self._l2_shrinkage_regularization_strength,
        }


def _check_sign(name: str, value: float) -> None:
    if value < 0.0:
        raise ValueError(f"{name} {value:f} needs to be positive or zero")
