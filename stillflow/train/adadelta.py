"""Adadelta (Zeiler, 2012)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.opdef import OpDef
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.training import dense, sparse
from stillflow.ops.variables.variable import Variable
from stillflow.train.one_op import built, updates_by_one_op
from stillflow.train.optimizer import Optimizer, cast_like


@updates_by_one_op
class AdadeltaOptimizer(Optimizer):
    """Scales the gradient by the ratio of two running root mean squares: of steps, of gradients.

    Args:
      learning_rate: of each scaled step; 1.0 is the paper's.
      rho: the decay of both means.
      epsilon: added to both means. Each may be a number, a scalar tensor or a function.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: Any = 0.95,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adadelta",
    ):
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._rho = rho
        self._epsilon = epsilon

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        for var in var_list:
            self._zeros_slot(var, "accum", self._name)
            self._zeros_slot(var, "accum_update", self._name)

    def _prepare(self) -> None:
        self._lr_t, self._rho_t, self._epsilon_t = self._hyper(
            lr=self._lr, rho=self._rho, epsilon=self._epsilon
        )

    def _update_ops(self) -> tuple[OpDef, OpDef]:
        return dense.apply_adadelta, sparse.sparse_apply_adadelta

    def _apply(self, update: OpDef, var: Variable, *grad: Tensor) -> Operation:
        return built(
            update,
            [var, self.get_slot(var, "accum"), self.get_slot(var, "accum_update")],
            *cast_like([self._lr_t, self._rho_t, self._epsilon_t], var),
            *grad,
            use_locking=self._use_locking,
        )
