"""Adagrad (Duchi et al., 2011)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.keras.optimizers.optimizer import OptimizerV2
from stillflow.keras.optimizers.weights import with_count
from stillflow.layers import settings
from stillflow.ops.array.filling import zeros
from stillflow.ops.training import dense, resource, sparse
from stillflow.ops.variables.initializers import Constant

_dense: Any = resource.TWINS[dense.apply_adagrad_v2]
_sparse: Any = resource.TWINS[sparse.sparse_apply_adagrad_v2]


class Adagrad(OptimizerV2):
    """accumulator += g^2; variable -= learning_rate * g / (sqrt(accumulator) + epsilon)

    Args:
      learning_rate: a number, a tensor, a function that gives one, or a schedule.
      initial_accumulator_value: what the accumulators start with; at least 0.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: Any = 1e-7,
        name: str | None = "Adagrad",
        **kwargs: Any,
    ):
        if initial_accumulator_value < 0.0:
            raise ValueError(
                f"initial_accumulator_value must be non-negative: {initial_accumulator_value}"
            )
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
        self._set_hyper("decay", self._initial_decay)
        self._initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon or settings.epsilon()

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for var in var_list:
            initial = Constant(self._initial_accumulator_value, dtype=var.dtype.base_dtype)
            self.add_slot(var, "accumulator", initial)

    def _prepare_local(
        self, var_device: str, var_dtype: DType, apply_state: dict[Any, dict[str, Any]]
    ) -> None:
        super()._prepare_local(var_device, var_dtype, apply_state)
        given = apply_state[var_device, var_dtype]
        given.update(
            epsilon=convert_to_tensor(self.epsilon, var_dtype),
            neg_lr_t=-given["lr_t"],
            zero=zeros((), dtype=dtypes.int64),
        )

    def _apply(self, update: Any, var: Any, apply_state: Any, *grad: Tensor) -> Any:
        given = self._coefficients(var, apply_state)
        return update(
            var.handle,
            self.get_slot(var, "accumulator").handle,
            given["lr_t"],
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

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """As of every optimizer; accumulators of which nothing is told start with 0."""
        config.setdefault("initial_accumulator_value", 0.0)
        return super().from_config(config, custom_objects)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "learning_rate": self._serialize_hyperparameter("learning_rate"),
            "decay": self._serialize_hyperparameter("decay"),
            "initial_accumulator_value": self._initial_accumulator_value,
            "epsilon": self.epsilon,
        }
