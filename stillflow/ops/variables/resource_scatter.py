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


resource_scatter_update = _on_rows(scatter.scatter_update_op)
resource_scatter_add = _on_rows(scatter.scatter_add_op)
resource_scatter_sub = _on_rows(scatter.scatter_sub_op)
resource_scatter_mul = _on_rows(scatter.scatter_mul_op)
resource_scatter_div = _on_rows(scatter.scatter_div_op)
resource_scatter_min = _on_rows(scatter.scatter_min_op)
resource_scatter_max = _on_rows(scatter.scatter_max_op)


def _on_places(reference: OpDef) -> OpDef:
    """The twin of an op that changes single places, which locks unless it is told not to."""

    def update(xp: Any, ref: Any, indices: Any, updates: Any, *, use_locking: bool = True) -> Any:
        return reference.fn(xp, ref, indices, updates)

    update.__doc__ = reference.__doc__
    return on_handles(reference, fn=update)


resource_scatter_nd_update = _on_places(scatter.scatter_nd_update_op)
resource_scatter_nd_add = _on_places(scatter.scatter_nd_add_op)
resource_scatter_nd_sub = _on_places(scatter.scatter_nd_sub_op)
resource_strided_slice_assign = on_handles(scatter.strided_slice_assign_op)
