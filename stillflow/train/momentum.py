"""Gradient descent with momentum, of Nesterov's kind too."""

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
class MomentumOptimizer(Optimizer):
    """accumulation = momentum * accumulation + gradient; variable -= learning_rate * accumulation.

    Args:
      learning_rate, momentum: numbers, scalar tensors, or functions that give them.
      use_nesterov: the gradient counts as if taken one step ahead (Sutskever et al., 2013).
    """

    _decided_by = ("_learning_rate", "_momentum", "_use_nesterov")

    def __init__(
        self,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "Momentum",
        use_nesterov: bool = False,
    ):
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._use_nesterov = use_nesterov

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        for var in var_list:
            self._zeros_slot(var, "momentum", self._name)

    def _prepare(self) -> None:
        (self._learning_rate_tensor,) = self._hyper(learning_rate=self._learning_rate)
        (self._momentum_tensor,) = self._hyper(momentum=self._momentum)

    def _update_ops(self) -> tuple[OpDef, OpDef]:
        return dense.apply_momentum, sparse.sparse_apply_momentum

    def _apply(self, update: OpDef, var: Variable, *grad: Tensor) -> Operation:
        rate, momentum = cast_like([self._learning_rate_tensor, self._momentum_tensor], var)
        return built(
            update,
            [var, self.get_slot(var, "momentum")],
            rate,
            *grad,
            momentum,
            use_locking=self._use_locking,
            use_nesterov=self._use_nesterov,
        )
