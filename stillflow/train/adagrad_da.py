"""Adagrad with dual averaging, for sparse linear models (Duchi et al., 2011)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.opdef import OpDef
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, device
from stillflow.ops.control.ordering import identity
from stillflow.ops.math.casts import cast
from stillflow.ops.training import dense, sparse
from stillflow.ops.variables.variable import Variable
from stillflow.train.adagrad import require_positive
from stillflow.train.one_op import built, updates_by_one_op
from stillflow.train.optimizer import Optimizer, cast_like


@updates_by_one_op
class AdagradDAOptimizer(Optimizer):
    """Sets each variable from the sums of all its gradients and of their squares.

    Args:
      learning_rate: a number, a scalar tensor, or a function that gives one.
      global_step: an int64 tensor, the number of steps taken so far.
      initial_gradient_squared_accumulator_value: a positive number.
      l1_regularization_strength, l2_regularization_strength: numbers that are not negative.

    Raises:
      ValueError: an initial accumulator that is not positive.
    """

    def __init__(
        self,
        learning_rate: Any,
        global_step: Any,
        initial_gradient_squared_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "AdagradDA",
    ):
        require_positive(
            "initial_gradient_squared_accumulator_value",
            initial_gradient_squared_accumulator_value,
        )
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._global_step = global_step
        self._initial_squares = initial_gradient_squared_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        for var in var_list:
            dtype, shape = var.dtype.base_dtype, var.get_shape()
            with colocate_with(var):
                zeros = constant(0.0, dtype, shape)
                squares = constant(self._initial_squares, dtype, shape)
            self._get_or_make_slot(var, zeros, "gradient_accumulator", self._name)
            self._get_or_make_slot(var, squares, "gradient_squared_accumulator", self._name)

    def _prepare(self) -> None:
        (self._learning_rate_tensor,) = self._hyper(learning_rate=self._learning_rate)
        with colocate_with(self._learning_rate_tensor):
            self._global_step_on_worker = identity(self._global_step) + 1

    def _update_ops(self) -> tuple[OpDef, OpDef]:
        return dense.apply_adagrad_da, sparse.sparse_apply_adagrad_da

    def _apply(self, update: OpDef, var: Variable, *grad: Tensor) -> Operation:
        with device(var.device):
            step = identity(self._global_step_on_worker)
        dtype = var.dtype.base_dtype
        (rate,) = cast_like([self._learning_rate_tensor], var)
        return built(
            update,
            [
                var,
                self.get_slot(var, "gradient_accumulator"),
                self.get_slot(var, "gradient_squared_accumulator"),
            ],
            *grad,
            rate,
            cast(self._l1_regularization_strength, dtype),
            cast(self._l2_regularization_strength, dtype),
            step,
            use_locking=self._use_locking,
        )
