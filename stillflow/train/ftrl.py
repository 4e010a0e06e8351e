"""FTRL-proximal (McMahan et al., 2013), with TensorFlow's L2 shrinkage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.opdef import OpDef
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with
from stillflow.ops.training import dense, sparse
from stillflow.ops.variables.variable import Variable
from stillflow.train.one_op import built, updates_by_one_op
from stillflow.train.optimizer import Optimizer, cast_like


@updates_by_one_op
class FtrlOptimizer(Optimizer):
    """Follows the regularized leader; L1 regularization gives weights that are exactly zero.

    Args:
      learning_rate: a number or a scalar tensor.
      learning_rate_power: how the rate falls with the accumulated squares; at most zero.
      initial_accumulator_value: at least zero.
      l1_regularization_strength, l2_regularization_strength: at least zero.
      accum_name, linear_name: of the slots; the optimizer's name by default.
      l2_shrinkage_regularization_strength: an L2 penalty on the loss itself; at least zero.

    Raises:
      ValueError: a number with the wrong sign.
    """

    def __init__(
        self,
        learning_rate: Any,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "Ftrl",
        accum_name: str | None = None,
        linear_name: str | None = None,
        l2_shrinkage_regularization_strength: float = 0.0,
    ):
        super().__init__(use_locking, name)
        _require_not_negative("initial_accumulator_value", initial_accumulator_value)
        if learning_rate_power > 0.0:
            raise ValueError(
                f"learning_rate_power {learning_rate_power:f} needs to be negative or zero"
            )
        _require_not_negative("l1_regularization_strength", l1_regularization_strength)
        _require_not_negative("l2_regularization_strength", l2_regularization_strength)
        _require_not_negative(
            "l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength
        )
        self._learning_rate = learning_rate
        self._learning_rate_power = learning_rate_power
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self._accum_name = accum_name
        self._linear_name = linear_name

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        for var in var_list:
            with colocate_with(var):
                initial = constant(
                    self._initial_accumulator_value, var.dtype.base_dtype, var.get_shape()
                )
                self._get_or_make_slot(var, initial, "accum", self._accum_name or self._name)
                self._zeros_slot(var, "linear", self._linear_name or self._name)

    def _prepare(self) -> None:
        (
            self._learning_rate_tensor,
            self._l1_tensor,
            self._l2_tensor,
            self._l2_shrinkage_tensor,
            self._learning_rate_power_tensor,
        ) = self._hyper(
            learning_rate=self._learning_rate,
            l1_regularization_strength=self._l1_regularization_strength,
            l2_regularization_strength=self._l2_regularization_strength,
            l2_shrinkage_regularization_strength=self._l2_shrinkage_regularization_strength,
            learning_rate_power=self._learning_rate_power,
        )

    def _update_ops(self) -> tuple[OpDef, OpDef]:
        if self._shrinks:
            return dense.apply_ftrl_v2, sparse.sparse_apply_ftrl_v2
        return dense.apply_ftrl, sparse.sparse_apply_ftrl

    @property
    def _shrinks(self) -> bool:
        return self._l2_shrinkage_regularization_strength > 0.0

    def _apply(self, update: OpDef, var: Variable, *grad: Tensor) -> Operation:
        shrinkage = [self._l2_shrinkage_tensor] if self._shrinks else []
        scalars = [
            self._learning_rate_tensor,
            self._l1_tensor,
            self._l2_tensor,
            *shrinkage,
            self._learning_rate_power_tensor,
        ]
        return built(
            update,
            [var, self.get_slot(var, "accum"), self.get_slot(var, "linear")],
            *grad,
            *cast_like(scalars, var),
            use_locking=self._use_locking,
        )


def _require_not_negative(name: str, value: float) -> None:
    if value < 0.0:
        raise ValueError(f"{name} {value:f} needs to be positive or zero")
