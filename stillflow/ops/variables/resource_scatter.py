"""Ops that change parts of a variable behind a handle: rows, single places, slices."""

from __future__ import annotations

from typing import Any

from stillflow.declare.handles import check_dtype
from stillflow.declare.opdef import OpDef
from stillflow.declare.shapes import ShapeContext
from stillflow.declare.twins import fits, on_handles
from stillflow.declare.type_sets import INDEX, NUMBERS
from stillflow.ops.variables import scatter

_ROWS = "resource: resource, indices: Tindices, updates: dtype ->"


def _on_rows(reference: OpDef) -> OpDef:
    """The twin of an op that changes rows, which names its type otherwise and has no lock."""

    def update(xp: Any, resource: Any, indices: Any, updates: Any) -> Any:
        return reference.fn(xp, resource, indices, updates)

    def shape(ctx: ShapeContext) -> list:
        check_dtype(ctx, ctx.attrs["dtype"])
        return fits(reference, ctx)

    update.__doc__ = reference.__doc__
    types = {"Tindices": INDEX}
    if reference is not scatter.scatter_update_op:
        types["dtype"] = NUMBERS
    return on_handles(
        reference, fn=update, signature=_ROWS, writes=("resource",), shape=shape, types=types
    )


def _on_places(reference: OpDef) -> OpDef:
    """The twin of an op that changes single places, which locks unless it is told not to."""

    def update(xp: Any, ref: Any, indices: Any, updates: Any, *, use_locking: bool = True) -> Any:
        return reference.fn(xp, ref, indices, updates)

    update.__doc__ = reference.__doc__
    return on_handles(reference, fn=update)


_OF_ROWS = (
    *(scatter.scatter_update_op, scatter.scatter_add_op, scatter.scatter_sub_op),
    *(scatter.scatter_mul_op, scatter.scatter_div_op),
    *(scatter.scatter_min_op, scatter.scatter_max_op),
)
_OF_PLACES = (scatter.scatter_nd_update_op, scatter.scatter_nd_add_op, scatter.scatter_nd_sub_op)

# By the op on references.
TWINS: dict[OpDef, OpDef] = {
    **{reference: _on_rows(reference) for reference in _OF_ROWS},
    **{reference: _on_places(reference) for reference in _OF_PLACES},
}
resource_scatter_add = TWINS[scatter.scatter_add_op]
resource_scatter_sub = TWINS[scatter.scatter_sub_op]
resource_scatter_update = TWINS[scatter.scatter_update_op]
resource_strided_slice_assign = on_handles(scatter.strided_slice_assign_op)
