"""Adam (Kingma and Ba, 2015)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.context import executing_eagerly
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import get_default_graph
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies
from stillflow.ops.control.ordering import group
from stillflow.ops.math.elementwise import sqrt
from stillflow.ops.training import dense
from stillflow.ops.variables import state
from stillflow.ops.variables.scattered_updates import scatter_add
from stillflow.ops.variables.variable import Variable
from stillflow.train.one_op import built
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

    _decided_by = ("_lr", "_beta1", "_beta2", "_epsilon")

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
        self._scalars_now: dict[DType, list[Tensor]] = {}
        self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t = self._hyper(
            learning_rate=self._lr,
            beta1=self._beta1,
            beta2=self._beta2,
            epsilon=self._epsilon,
        )

    def _scalars(self, var: Variable) -> list[Tensor]:
        """beta1^t, beta2^t, learning_rate, beta1, beta2 and epsilon, in the type of `var`."""
        hyper = [self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t]
        if not executing_eagerly():
            return cast_like([*self._get_beta_accumulators(), *hyper], var)
        known = self._scalars_now.get(var.dtype)
        if known is None:  # the same for all variables of a step
            scalars = cast_like([*self._get_beta_accumulators(), *hyper], var)
            known = [convert_to_tensor(scalar) for scalar in scalars]
            self._scalars_now[var.dtype] = known
        return known

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        return built(
            dense.apply_adam,
            [var, self.get_slot(var, "m"), self.get_slot(var, "v")],
            *self._scalars(var),
            grad,
            use_locking=self._use_locking,
        )

    def _resource_apply_dense(self, grad: Tensor, handle: Any) -> Operation:
        return AdamOptimizer._apply_dense(self, grad, handle)

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Operation:
        return self._apply_rows_of(grad.values, var, grad.indices, self._scatter_add)

    def _resource_apply_sparse(self, grad: Tensor, handle: Any, indices: Tensor) -> Operation:
        return self._apply_rows_of(grad, handle, indices, self._resource_scatter_add)

    def _apply_rows_of(
        self, grad: Tensor, var: Variable, indices: Tensor, scatter_add: Callable[..., Tensor]
    ) -> Operation:
        """Updates `var` by gradients of some of its rows; `scatter_add` gives a slot's value."""

        def decayed(slot: Any, decay: Tensor, addend: Tensor) -> Tensor:
            """decay * slot in every row, and `addend` more in the rows `indices`."""
            scaled = state.assign(slot, slot * decay, use_locking=self._use_locking)
            with control_dependencies([scaled]):
                return scatter_add(slot, indices, addend)

        beta1_power, beta2_power, lr, beta1, beta2, epsilon = self._scalars(var)
        rate = lr * sqrt(1 - beta2_power) / (1 - beta1_power)
        m = decayed(self.get_slot(var, "m"), beta1, grad * (1 - beta1))
        v = decayed(self.get_slot(var, "v"), beta2, (grad * grad) * (1 - beta2))
        root = sqrt(v)
        step = rate * m / (root + epsilon)
        updated = state.assign_sub(var, step, use_locking=self._use_locking)
        return group(updated, m, v)

    def _scatter_add(self, slot: Any, indices: Tensor, addend: Tensor) -> Tensor:
        return scatter_add(slot, indices, addend, use_locking=self._use_locking)

    def _resource_scatter_add(self, slot: Any, indices: Tensor, addend: Tensor) -> Tensor:
        from stillflow.ops.variables import resource_scatter  # few programs have such variables

        added = resource_scatter.resource_scatter_add(slot.handle, indices, addend)
        with control_dependencies([added]):
            return slot.value()

    def _finish(self, update_ops: list, name_scope: str) -> Operation:
        """Raises the powers of the betas after the updates, which use the old ones."""
        beta1_power, beta2_power = self._get_beta_accumulators()
        with control_dependencies(update_ops), colocate_with(beta1_power):
            # Where operations run at once, nobody waits for what an assignment gives.
            is_read = not executing_eagerly()
            powers = [
                power.assign(power * beta, use_locking=self._use_locking, read_value=is_read)
                for power, beta in ((beta1_power, self._beta1_t), (beta2_power, self._beta2_t))
            ]
        return group(*update_ops, *powers, name=name_scope)
