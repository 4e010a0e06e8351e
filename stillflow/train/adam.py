"""Adam (Kingma and Ba, 2015)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies
from stillflow.ops.control.ordering import group
from stillflow.ops.math.elementwise import sqrt
from stillflow.ops.training import dense
from stillflow.ops.variables import state
from stillflow.ops.variables.scatter import scatter_add
from stillflow.ops.variables.variable import Variable
from stillflow.train.optimizer import Optimizer, cast_like


class AdamOptimizer(Optimizer):
    """Scales each step by running means of the gradient and of its square.

    m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g^2;
    rate = learning_rate * sqrt(1 - beta2^t) / (1 - beta1^t) in step t;
    variable -= rate * m / (sqrt(v) + epsilon)

    For a sparse gradient m and v decay in every row, and every row takes a step.

    Args:
      learning_rate, beta1, beta2, epsilon: numbers, scalar tensors, or functions that give them.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adam",
    ):
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta1 = beta1
        self._beta2 = beta2
        self._epsilon = epsilon

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        first = min(var_list, key=lambda var: var.name)
        self._create_non_slot_variable(self._beta1, "beta1_power", first)
        self._create_non_slot_variable(self._beta2, "beta2_power", first)
        for var in var_list:
            self._zeros_slot(var, "m", self._name)
            self._zeros_slot(var, "v", self._name)

    def _get_beta_accumulators(self) -> tuple[Any, Any]:
        graph = get_default_graph()
        return (
            self._get_non_slot_variable("beta1_power", graph),
            self._get_non_slot_variable("beta2_power", graph),
        )

    def _prepare(self) -> None:
        self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t = self._hyper(
            learning_rate=self._lr,
            beta1=self._beta1,
            beta2=self._beta2,
            epsilon=self._epsilon,
        )

    def _scalars(self, var: Variable) -> list[Tensor]:
        """beta1^t, beta2^t, learning_rate, beta1, beta2 and epsilon, in the type of `var`."""
        hyper = [self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t]
        return cast_like([*self._get_beta_accumulators(), *hyper], var)

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        return dense.apply_adam(
            var,
            self.get_slot(var, "m"),
            self.get_slot(var, "v"),
            *self._scalars(var),
            grad,
            use_locking=self._use_locking,
        ).op

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Operation:
        beta1_power, beta2_power, lr, beta1, beta2, epsilon = self._scalars(var)
        rate = lr * sqrt(1 - beta2_power) / (1 - beta1_power)
        m = self._decayed(self.get_slot(var, "m"), beta1, grad.values * (1 - beta1), grad)
        squared = (grad.values * grad.values) * (1 - beta2)
        v = self._decayed(self.get_slot(var, "v"), beta2, squared, grad)
        root = sqrt(v)
        step = rate * m / (root + epsilon)
        updated = state.assign_sub(var._ref(), step, use_locking=self._use_locking)
        return group(updated, m, v)

    def _decayed(self, slot: Any, decay: Tensor, addend: Tensor, grad: IndexedSlices) -> Tensor:
        """slot = decay * slot in every row, and `addend` more in the rows of `grad`."""
        scaled = state.assign(slot._ref(), slot * decay, use_locking=self._use_locking)
        with control_dependencies([scaled]):
            return scatter_add(slot, grad.indices, addend, use_locking=self._use_locking)

    def _finish(self, update_ops: list, name_scope: str) -> Operation:
        """Raises the powers of the betas after the updates, which use the old ones."""
        beta1_power, beta2_power = self._get_beta_accumulators()
        with control_dependencies(update_ops), colocate_with(beta1_power):
            powers = [
                power.assign(power * beta, use_locking=self._use_locking)
                for power, beta in ((beta1_power, self._beta1_t), (beta2_power, self._beta2_t))
            ]
        return group(*update_ops, *powers, name=name_scope)
