"""Gradient descent."""

from __future__ import annotations

from typing import Any

from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.training import dense
from stillflow.ops.variables.scattered_updates import scatter_sub
from stillflow.ops.variables.variable import Variable
from stillflow.train.one_op import built
from stillflow.train.optimizer import Optimizer, cast_like


class GradientDescentOptimizer(Optimizer):
    """Takes `learning_rate` times the gradient off each variable.

    Args:
      learning_rate: a number, a scalar tensor, or a function without arguments that gives one.
    """

    _decided_by = ("_learning_rate",)

    def __init__(
        self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent"
    ):
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate

    def _prepare(self) -> None:
        (self._learning_rate_tensor,) = self._hyper(learning_rate=self._learning_rate)

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        (rate,) = cast_like([self._learning_rate_tensor], var)
        return built(dense.apply_gradient_descent, [var], rate, grad, use_locking=self._use_locking)

    def _resource_apply_dense(self, grad: Tensor, handle: Any) -> Operation:
        return GradientDescentOptimizer._apply_dense(self, grad, handle)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Variable) -> Tensor:
        # Rows that occur twice are simply taken off twice.
        (rate,) = cast_like([self._learning_rate_tensor], var)
        return scatter_sub(var, grad.indices, grad.values * rate, use_locking=self._use_locking)

    def _resource_apply_sparse_duplicate_indices(
        self, grad: Tensor, handle: Any, indices: Tensor
    ) -> Operation:
        from stillflow.ops.variables import resource_scatter  # few programs have such variables

        change = -grad * self._learning_rate
        update: Any = resource_scatter.resource_scatter_add(handle.handle, indices, change)
        return update
