"""An optimizer that keeps variables within a norm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation
from stillflow.graph.scopes import colocate_with, control_dependencies, name_scope
from stillflow.ops.array.gathering import gather
from stillflow.ops.control.ordering import group
from stillflow.ops.math.clip import clip_by_norm
from stillflow.platform import logging
from stillflow.train.optimizer import Optimizer


class VariableClippingOptimizer(Optimizer):
    """Trains by another optimizer and then clips variables to a norm.

    Args:
      opt: the optimizer that trains.
      vars_to_clip_dims: the axes that the norm is over, by variable.
      max_norm: the largest norm.
      colocate_clip_ops_with_vars: whether to clip on the variable's device.
    """

    def __init__(
        self,
        opt: Optimizer,
        vars_to_clip_dims: Mapping[Any, Any],
        max_norm: Any,
        use_locking: bool = False,
        colocate_clip_ops_with_vars: bool = False,
        name: str = "VariableClipping",
    ):
        super().__init__(use_locking, name)
        self._opt = opt
        self._vars_to_clip_dims = {var: dims[:] for var, dims in vars_to_clip_dims.items()}
        self._max_norm = max_norm
        self._colocate_clip_ops_with_vars = colocate_clip_ops_with_vars

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        return self._opt.compute_gradients(*args, **kwargs)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        return self._opt.get_slot_names(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Operation:
        pairs = list(grads_and_vars)
        with name_scope(name, self._name) as scope:
            trained = self._opt.apply_gradients(pairs, global_step=global_step)
            clipped = []
            with control_dependencies([trained]):
                for grad, var in pairs:
                    if grad is not None and var in self._vars_to_clip_dims:
                        with name_scope(f"clip_{var.op.name}"):
                            clipped.append(self._clipped(grad, var))
            return group(trained, *clipped, name=scope)

    def _clipped(self, grad: Any, var: Any) -> Any:
        if not isinstance(grad, IndexedSlices):
            return self._clip_dense(var)
        dims = self._vars_to_clip_dims[var]
        if 0 in dims:
            logging.warning(
                "Clipping norm across dims %s for %s is inefficient when including sparse "
                "dimension 0.",
                dims,
                var.op.name,
            )
            return self._clip_dense(var)
        return self._clip_rows(grad, var)

    def _clip_dense(self, var: Any) -> Any:
        with self._beside(var):
            value = var.read_value()
            clipped = clip_by_norm(value, self._max_norm, self._vars_to_clip_dims[var])
            surplus = value - clipped
        with colocate_with(var):
            return var.assign_sub(surplus, use_locking=self._use_locking)

    def _clip_rows(self, grad: IndexedSlices, var: Any) -> Any:
        with colocate_with(var):
            rows = gather(var, grad.indices)
        with self._beside(var):
            clipped = clip_by_norm(rows, self._max_norm, self._vars_to_clip_dims[var])
            surplus = IndexedSlices(rows - clipped, grad.indices, grad.dense_shape)
        with colocate_with(var):
            return var.scatter_sub(surplus, use_locking=self._use_locking)

    def _beside(self, var: Any) -> AbstractContextManager:
        return colocate_with(var) if self._colocate_clip_ops_with_vars else nullcontext()
