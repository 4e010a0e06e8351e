"""`tf.contrib.estimator.TowerOptimizer`: applies the gradients of all towers at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.estimator.towers.state import TowerState, tower_state
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.scopes import control_dependencies, device, name_scope
from stillflow.ops.array.joining import concat
from stillflow.ops.control.ordering import no_op
from stillflow.ops.losses.weighting import Reduction
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.math.division import div
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.deprecation import deprecated
from stillflow.train.optimizer import Optimizer


class TowerOptimizer(Optimizer):
    """An optimizer for model functions that `replicate_model_fn` calls.

    Args:
      optimizer_or_optimizer_fn: the optimizer, or a function that returns it, called once.
    """

    @deprecated("2018-05-31", "Please use `tf.contrib.distribute.MirroredStrategy` instead.")
    def __init__(self, optimizer_or_optimizer_fn: Optimizer | Callable[[], Optimizer]):
        self._optimizer_or_optimizer_fn = optimizer_or_optimizer_fn

    @staticmethod
    def has_been_used() -> bool:
        return tower_state().has_optimizer

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        return self._get_optimizer().get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> Any:
        return self._get_optimizer().get_slot_names(*args, **kwargs)

    def get_name(self, *args: Any, **kwargs: Any) -> Any:
        return self._get_optimizer().get_name(*args, **kwargs)

    def variables(self, *args: Any, **kwargs: Any) -> Any:
        return self._get_optimizer().variables(*args, **kwargs)

    def compute_gradients(self, loss: Any, *args: Any, **kwargs: Any) -> Any:
        state = tower_state()
        loss = scaled_loss(loss, state.loss_reduction, state.number_of_towers)
        return self._get_optimizer().compute_gradients(loss, *args, **kwargs)

    def apply_gradients(  # type: ignore[override]
        self, grads_and_vars: Any, global_step: Any = None, **kwargs: Any
    ) -> Any:
        state = tower_state()
        if state.number_of_towers == 1:
            return self._get_optimizer().apply_gradients(grads_and_vars, global_step, **kwargs)
        state.collect(grads_and_vars)
        if not state.is_last:
            with control_dependencies(_tensors(grads_and_vars)):
                return no_op(name="train_op_placeholder")
        var_scope, scope = state.scopes
        with variable_scope(var_scope), name_scope(scope):
            return self._apply_all(state, global_step, **kwargs)

    def _apply_all(self, state: TowerState, global_step: Any, **kwargs: Any) -> Any:
        optimizer = self._get_optimizer()
        of_each: dict[Any, list[Any]] = {}
        for gradient, variable in state.latest_of_all():
            if gradient is not None:
                of_each.setdefault(variable, []).append(gradient)
        with name_scope("gradient_aggregating"):
            summed = [
                (sum_on_device(gradients, variable.device), variable)
                for variable, gradients in of_each.items()
            ]
        return optimizer.apply_gradients(summed, global_step=global_step, **kwargs)

    def _get_optimizer(self) -> Any:
        if callable(self._optimizer_or_optimizer_fn):
            self._optimizer_or_optimizer_fn = self._optimizer_or_optimizer_fn()
        tower_state().has_optimizer = True
        return self._optimizer_or_optimizer_fn


def _tensors(grads_and_vars: Any) -> list[Any]:
    found = []
    for gradient, _ in grads_and_vars:
        if isinstance(gradient, IndexedSlices):
            found.append(gradient.values)
        elif gradient is not None:
            found.append(gradient)
    return found


def scaled_loss(loss: Any, reduction: str | None, towers: int) -> Any:
    """A tower's part of the loss: divided by the number of towers, unless losses are summed."""
    if loss is None or towers == 1 or reduction == Reduction.SUM:
        return loss
    return div(loss, 1.0 * towers, name="averaged_loss")


def sum_on_device(values: list[Any], where: str, name: str | None = None) -> Any:
    """The sum of tensors, or of IndexedSlices, on a device."""
    with device(where):
        if not isinstance(values[0], IndexedSlices):
            return add_n(values, name=name)
        return IndexedSlices(
            concat([each.values for each in values], axis=0),
            concat([each.indices for each in values], axis=0),
            values[0].dense_shape,
        )
