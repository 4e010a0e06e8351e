"""Proximal gradient descent and proximal Adagrad (Duchi and Singer, 2009): FOBOS.

After each step a variable is shrunk by L1 and L2 penalties, in closed form.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.opdef import OpDef
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with
from stillflow.ops.training import dense, sparse
from stillflow.ops.variables.kinds import is_resource_variable
from stillflow.ops.variables.variable import Variable
from stillflow.train.adagrad import require_positive
from stillflow.train.one_op import built, updates_by_one_op
from stillflow.train.optimizer import Optimizer, cast_like


class _Penalties:
    """What both share: a learning rate, and the strengths of the two penalties."""

    def _hold(self, learning_rate: Any, l1: Any, l2: Any) -> None:
        self._learning_rate = learning_rate
        self._l1_regularization_strength = l1
        self._l2_regularization_strength = l2

    def _held(self) -> dict[str, Any]:
        return {
            "learning_rate": self._learning_rate,
            "l1_regularization_strength": self._l1_regularization_strength,
            "l2_regularization_strength": self._l2_regularization_strength,
        }


def _scalars_for(scalars: list[Tensor], var: Variable, grad: Sequence[Tensor]) -> list[Tensor]:
    """As they are, but for rows of a variable behind a handle: in its type."""
    if len(grad) == 2 and is_resource_variable(var):
        return cast_like(scalars, var)
    return scalars


@updates_by_one_op
class ProximalGradientDescentOptimizer(Optimizer, _Penalties):
    """Gradient descent, then the shrinking.

    Args:
      learning_rate, l1_regularization_strength, l2_regularization_strength: numbers or scalar
        tensors of the variables' type.
    """

    def __init__(
        self,
        learning_rate: Any,
        l1_regularization_strength: Any = 0.0,
        l2_regularization_strength: Any = 0.0,
        use_locking: bool = False,
        name: str = "ProximalGradientDescent",
    ):
        l1, l2 = l1_regularization_strength, l2_regularization_strength
        super().__init__(use_locking, name)
        self._hold(learning_rate, l1, l2)

    def _prepare(self) -> None:
        self._scalars = self._hyper(**self._held())

    def _update_ops(self) -> tuple[OpDef, OpDef]:
        return dense.apply_proximal_gradient_descent, sparse.sparse_apply_proximal_gradient_descent

    def _apply(self, update: OpDef, var: Variable, *grad: Tensor) -> Operation:
        return built(
            update,
            [var],
            *_scalars_for(self._scalars, var, grad),
            *grad,
            use_locking=self._use_locking,
        )


@updates_by_one_op
class ProximalAdagradOptimizer(Optimizer, _Penalties):
    """Adagrad, then the shrinking.

    Args:
      learning_rate, l1_regularization_strength, l2_regularization_strength: numbers or scalar
        tensors of the variables' type.
      initial_accumulator_value: a positive number.

    Raises:
      ValueError: an initial accumulator that is not positive.
    """

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: Any = 0.0,
        l2_regularization_strength: Any = 0.0,
        use_locking: bool = False,
        name: str = "ProximalAdagrad",
    ):
        require_positive("initial_accumulator_value", initial_accumulator_value)
        l1, l2 = l1_regularization_strength, l2_regularization_strength
        super().__init__(use_locking, name)
        self._hold(learning_rate, l1, l2)
        self._initial_accumulator_value = initial_accumulator_value

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        for var in var_list:
            with colocate_with(var):
                initial = constant(
                    self._initial_accumulator_value, var.dtype.base_dtype, var.get_shape()
                )
            self._get_or_make_slot(var, initial, "accumulator", self._name)

    def _prepare(self) -> None:
        self._scalars = self._hyper(**self._held())

    def _update_ops(self) -> tuple[OpDef, OpDef]:
        return dense.apply_proximal_adagrad, sparse.sparse_apply_proximal_adagrad

    def _apply(self, update: OpDef, var: Variable, *grad: Tensor) -> Operation:
        slot = self.get_slot(var, "accumulator")
        scalars = _scalars_for(self._scalars, var, grad)
        return built(update, [var, slot], *scalars, *grad, use_locking=self._use_locking)
