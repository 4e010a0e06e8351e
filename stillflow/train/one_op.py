"""Optimizers that update a variable of either kind by one op, its slots included."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from stillflow.declare.opdef import OpDef
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.variables.kinds import is_resource_variable
from stillflow.train.optimizer import Optimizer

_Optimizer = TypeVar("_Optimizer", bound=Optimizer)


class _OneOp(Protocol):
    def _update_ops(self) -> tuple[OpDef, OpDef]:
        """The dense and the sparse op, on references."""

    def _apply(self, update: OpDef, var: Any, *grad: Tensor) -> Operation:
        """Builds `update`, by `built`; `grad` is the gradient, and the indices of its rows."""


def updates_by_one_op(cls: type[_Optimizer]) -> type[_Optimizer]:
    """Decorator of an optimizer that says which op updates all of a variable, which one some rows
    (`_update_ops`), and how they are called (`_apply`).

    No base class, for the optimizers of TensorFlow derive from Optimizer, as programs check.
    """
    for method in (_apply_dense, _resource_apply_dense, _apply_sparse, _resource_apply_sparse):
        setattr(cls, method.__name__, method)
    return cls


def _apply_dense(self: _OneOp, grad: Tensor, var: Any) -> Operation:
    return self._apply(self._update_ops()[0], var, grad)


def _resource_apply_dense(self: _OneOp, grad: Tensor, handle: Any) -> Operation:
    return self._apply(self._update_ops()[0], handle, grad)


def _apply_sparse(self: _OneOp, grad: IndexedSlices, var: Any) -> Operation:
    return self._apply(self._update_ops()[1], var, grad.values, grad.indices)


def _resource_apply_sparse(self: _OneOp, grad: Tensor, handle: Any, indices: Tensor) -> Operation:
    return self._apply(self._update_ops()[1], handle, grad, indices)


def built(update: OpDef, variables: Sequence[Any], *inputs: Any, **attrs: Any) -> Operation:
    """Builds `update` of `variables`; behind handles its twin."""
    if not is_resource_variable(variables[0]):
        return update(*variables, *inputs, **attrs).op
    operation: Any = _twins()[update](*[v.handle for v in variables], *inputs, **attrs)
    return operation


@functools.cache
def _twins() -> dict[OpDef, OpDef]:
    from stillflow.ops.training.resource import TWINS  # most programs have no such variable

    return TWINS
