"""Kinds of Adam: with Nesterov's momentum, lazy about rows, and by the largest gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies
from stillflow.ops.array.gathering import gather
from stillflow.ops.control.ordering import group
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.math.elementwise import abs_, sqrt, square
from stillflow.ops.training import dense
from stillflow.ops.variables import scattered_updates, state
from stillflow.ops.variables.variable import Variable
from stillflow.train.adam import AdamOptimizer
from stillflow.train.one_op import built
from stillflow.train.optimizer import cast_like


class NadamOptimizer(AdamOptimizer):
    """Adam whose mean of gradients counts as if taken one step ahead (Dozat, 2016)."""

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        return built(
            dense.apply_adam,
            [var, self.get_slot(var, "m"), self.get_slot(var, "v")],
            *self._scalars(var),
            grad,
            use_locking=self._use_locking,
            use_nesterov=True,
        )

    def _resource_apply_dense(self, grad: Tensor, handle: Any) -> Operation:
        return NadamOptimizer._apply_dense(self, grad, handle)

    def _apply_rows_of(
        self, grad: Tensor, var: Variable, indices: Tensor, scatter_add: Callable[..., Tensor]
    ) -> Operation:
        beta1_power, beta2_power, lr, beta1, beta2, epsilon = self._scalars(var)
        rate = lr * sqrt(1 - beta2_power) / (1 - beta1_power)
        slot = self.get_slot(var, "m")
        scaled = grad * (1 - beta1)
        m = state.assign(slot, slot * beta1, use_locking=self._use_locking)
        with control_dependencies([m]):
            m = scatter_add(slot, indices, scaled)
            ahead = scaled + beta1 * gather(m, indices)
        slot = self.get_slot(var, "v")
        squares = (grad * grad) * (1 - beta2)
        v = state.assign(slot, slot * beta2, use_locking=self._use_locking)
        with control_dependencies([v]):
            v = scatter_add(slot, indices, squares)
        root = sqrt(gather(v, indices))
        updated = scatter_add(var, indices, -rate * ahead / (root + epsilon))
        return group(updated, ahead, v)


class LazyRows(AdamOptimizer):
    """Among the bases of an Adam: a sparse gradient changes what is kept of its own rows alone."""

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Operation:
        beta1_power, beta2_power, lr, beta1, beta2, epsilon = self._scalars(var)
        rate = lr * sqrt(1 - beta2_power) / (1 - beta1_power)

        def updated(slot: Any, decay: Tensor, new: Callable[[], Tensor]) -> Tensor:
            kept = decay * gather(slot, grad.indices)
            rows = kept + (1 - decay) * new()
            return scattered_updates.scatter_update(
                slot, grad.indices, rows, use_locking=self._use_locking
            )

        m = updated(self.get_slot(var, "m"), beta1, lambda: grad.values)
        v = updated(self.get_slot(var, "v"), beta2, lambda: square(grad.values))
        m_rows, v_rows = gather(m, grad.indices), gather(v, grad.indices)
        divisor = sqrt(v_rows) + epsilon
        step = rate * m_rows / divisor
        moved = scattered_updates.scatter_sub(
            var, grad.indices, step, use_locking=self._use_locking
        )
        return group(moved, m, v)

    def _resource_apply_sparse(self, grad: Tensor, handle: Any, indices: Tensor) -> Operation:
        from stillflow.ops.variables import resource_scatter

        beta1_power, beta2_power, lr, beta1, beta2, epsilon = self._scalars(handle)
        rate = lr * sqrt(1 - beta2_power) / (1 - beta1_power)
        slot: Any = self.get_slot(handle, "m")
        m_rows = beta1 * gather(slot, indices) + (1 - beta1) * grad
        m = resource_scatter.resource_scatter_update(slot.handle, indices, m_rows)
        slot = self.get_slot(handle, "v")
        v_rows = beta2 * gather(slot, indices) + (1 - beta2) * square(grad)
        v = resource_scatter.resource_scatter_update(slot.handle, indices, v_rows)
        step = rate * m_rows / (sqrt(v_rows) + epsilon)
        moved = resource_scatter.resource_scatter_sub(handle.handle, indices, step)
        return group(moved, m, v)


class LazyAdamOptimizer(LazyRows):
    """Adam that, for a sparse gradient, leaves alone what it keeps for other rows."""


class AdaMaxOptimizer(AdamOptimizer):
    """Adam with the largest recent |gradient| in place of the root of the mean of squares.

    m = beta1 * m + (1 - beta1) * g; v = max(beta2 * v, |g|);
    variable -= learning_rate / (1 - beta1^t) * m / (v + epsilon)   (Kingma and Ba, 2015, section 7)
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "AdaMax",
    ):
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)

    def _get_beta_accumulators(self) -> Any:
        return self._get_non_slot_variable("beta1_power", get_default_graph())

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        first = min(var_list, key=lambda var: var.name)
        self._create_non_slot_variable(self._beta1, "beta1_power", first)
        for var in var_list:
            self._zeros_slot(var, "m", self._name)
            self._zeros_slot(var, "v", self._name)

    def _scalars(self, var: Variable) -> list[Tensor]:
        """beta1^t, learning_rate, beta1, beta2 and epsilon, in the type of `var`."""
        hyper = [self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t]
        return cast_like([self._get_beta_accumulators(), *hyper], var)

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        return built(
            dense.apply_ada_max,
            [var, self.get_slot(var, "m"), self.get_slot(var, "v")],
            *self._scalars(var),
            grad,
            use_locking=self._use_locking,
        )

    def _resource_apply_dense(self, grad: Tensor, handle: Any) -> Operation:
        return AdaMaxOptimizer._apply_dense(self, grad, handle)

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Operation:
        def update(slot: Any, indices: Tensor, rows: Tensor) -> Tensor:
            return scattered_updates.scatter_update(
                slot, indices, rows, use_locking=self._use_locking
            )

        return self._apply_rows_by(grad.values, var, grad.indices, self._scatter_add, update)

    def _resource_apply_sparse(self, grad: Tensor, handle: Any, indices: Tensor) -> Operation:
        from stillflow.ops.variables import resource_scatter

        def update(slot: Any, indices: Tensor, rows: Tensor) -> Tensor:
            done = resource_scatter.resource_scatter_update(slot.handle, indices, rows)
            with control_dependencies([done]):
                return slot.value()

        return self._apply_rows_by(grad, handle, indices, self._resource_scatter_add, update)

    def _apply_rows_by(
        self,
        grad: Tensor,
        var: Any,
        indices: Tensor,
        scatter_add: Callable[..., Tensor],
        scatter_update: Callable[..., Tensor],
    ) -> Operation:
        beta1_power, lr, beta1, beta2, epsilon = self._scalars(var)
        slot = self.get_slot(var, "m")
        m_rows = gather(slot, indices) * beta1 + grad * (1 - beta1)
        with control_dependencies([m_rows]):
            m = scatter_update(slot, indices, m_rows)
        slot = self.get_slot(var, "v")
        v_rows = maximum(gather(slot, indices) * beta2, abs_(grad))
        with control_dependencies([v_rows]):
            v = scatter_update(slot, indices, v_rows)
        step = -lr / (1 - beta1_power) * (m_rows / (v_rows + epsilon))
        with control_dependencies([step]):
            moved = scatter_add(var, indices, step)
        return group(moved, m, v)

    def _finish(self, update_ops: list, name_scope: str) -> Operation:
        with control_dependencies(update_ops):
            power = self._get_beta_accumulators()
            with colocate_with(power):
                raised = power.assign(power * self._beta1_t, use_locking=self._use_locking)
        return group(*update_ops, raised, name=name_scope)
