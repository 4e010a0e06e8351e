"""Adagrad (Duchi et al., 2011)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.opdef import OpDef
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.array.filling import fill
from stillflow.ops.array.shape_of import shape
from stillflow.ops.math.casts import cast
from stillflow.ops.training import dense, sparse
from stillflow.ops.variables.initializers import Constant
from stillflow.ops.variables.variable import Variable
from stillflow.train.one_op import built, updates_by_one_op
from stillflow.train.optimizer import Optimizer, cast_like


@updates_by_one_op
class AdagradOptimizer(Optimizer):
    """accumulator += gradient^2; variable -= learning_rate * gradient / sqrt(accumulator).

    Args:
      learning_rate: a number, a scalar tensor, or a function that gives one.
      initial_accumulator_value: a positive number.

    Raises:
      ValueError: an initial accumulator that is not positive.
    """

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "Adagrad",
    ):
        require_positive("initial_accumulator_value", initial_accumulator_value)
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        for var in var_list:
            dtype, static = var.dtype.base_dtype, var.get_shape()
            initializer = (
                Constant(self._initial_accumulator_value, dtype=dtype)
                if static.is_fully_defined()
                else self._filled_like(var, dtype)
            )
            self._get_or_make_slot_with_initializer(
                var, initializer, static, dtype, "accumulator", self._name
            )

    def _filled_like(self, var: Variable, dtype: DType) -> Callable[[], Tensor]:
        """An initializer for a variable whose shape only a run knows."""
        return lambda: cast(fill(shape(var), self._initial_accumulator_value), dtype)

    def _prepare(self) -> None:
        (self._learning_rate_tensor,) = self._hyper(learning_rate=self._learning_rate)

    def _update_ops(self) -> tuple[OpDef, OpDef]:
        return dense.apply_adagrad, sparse.sparse_apply_adagrad

    def _apply(self, update: OpDef, var: Variable, *grad: Tensor) -> Operation:
        (rate,) = cast_like([self._learning_rate_tensor], var)
        slot = self.get_slot(var, "accumulator")
        return built(update, [var, slot], rate, *grad, use_locking=self._use_locking)


def require_positive(name: str, value: float) -> None:
    if value <= 0.0:
        raise ValueError(f"{name} must be positive: {value}")
