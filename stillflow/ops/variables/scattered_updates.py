"""`tf.scatter_update` and its like: rows and single places of a variable of either kind."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import OpDef
from stillflow.graph.operation import Tensor
from stillflow.ops.variables import scatter


def _update(
    update: OpDef,
    ref: Any,
    indices: Any,
    updates: Any,
    use_locking: bool,
    name: str | None,
) -> Any:
    """A reference to the variable after `update`, or what reads it then."""
    if not hasattr(ref, "_lazy_read"):
        return update(ref, indices, updates, use_locking=use_locking, name=name)
    from stillflow.ops.variables.resource_scatter import TWINS  # most programs have no handles

    updates = convert_to_tensor(updates, dtype=ref.dtype)
    return ref._lazy_read(TWINS[update](ref.handle, indices, updates, name=name))


def scatter_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Tensor:
    """Sets rows `indices` of the variable `ref`, and returns a reference to it."""
    return _update(scatter.scatter_update_op, ref, indices, updates, use_locking, name)


def scatter_add(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Adds to rows `indices` of the variable `ref`, and returns a reference to it."""
    return _update(scatter.scatter_add_op, ref, indices, updates, use_locking, name)


def scatter_sub(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Subtracts from rows `indices` of the variable `ref`, and returns a reference to it."""
    return _update(scatter.scatter_sub_op, ref, indices, updates, use_locking, name)


def scatter_mul(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Multiplies rows `indices` of the variable `ref`, and returns a reference to it."""
    return _update(scatter.scatter_mul_op, ref, indices, updates, use_locking, name)


def scatter_div(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Divides rows `indices` of the variable `ref`, and returns a reference to it."""
    return _update(scatter.scatter_div_op, ref, indices, updates, use_locking, name)


def scatter_min(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Lowers rows `indices` of the variable `ref` to `updates`; returns a reference to it."""
    return _update(scatter.scatter_min_op, ref, indices, updates, use_locking, name)


def scatter_max(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Raises rows `indices` of the variable `ref` to `updates`; returns a reference to it."""
    return _update(scatter.scatter_max_op, ref, indices, updates, use_locking, name)


def scatter_nd_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Tensor:
    """Sets the places that the rows of `indices` name, and returns a reference to `ref`."""
    return _update(scatter.scatter_nd_update_op, ref, indices, updates, use_locking, name)


def scatter_nd_add(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Adds to the places that the rows of `indices` name, and returns a reference to `ref`."""
    return _update(scatter.scatter_nd_add_op, ref, indices, updates, use_locking, name)


def scatter_nd_sub(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Subtracts at the places that the rows of `indices` name; returns a reference to `ref`."""
    return _update(scatter.scatter_nd_sub_op, ref, indices, updates, use_locking, name)
