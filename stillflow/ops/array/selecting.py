"""Elements chosen from two tensors by a condition, and where a condition holds."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.rows import Rows
from stillflow.declare.type_sets import NUMBERS
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array.filling import broadcast_gradient_args, zeros, zeros_like
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.shape_of import shape


def _selected(ctx: shapes.ShapeContext) -> shapes.Sizes:
    condition, sizes = ctx.shape(0), shapes.merge(ctx.shape(1), ctx.shape(2))
    if condition is None or sizes is None or condition == ():
        return sizes
    if len(condition) == 1 and sizes:
        shapes.merge(condition, sizes[:1])
        return sizes
    return shapes.merge(sizes, condition)


def _rows_selected(rows: Rows) -> Any:
    condition, t, e = (rows.repeated(index) for index in range(3))
    rows.call(condition[0], t[0], e[0])  # it refuses shapes that do not fit
    condition = condition.reshape(condition.shape + (1,) * (t.ndim - condition.ndim))
    return np.where(condition, t, e)


@op(
    "Select",
    "condition: bool, t: T, e: T -> output: T",
    shape=_selected,
    rows=_rows_selected,
    total=True,
)
def select_op(xp, condition, t, e):
    """condition: bool[...], t: n[...], e: n[...] -> n[...], elements of t where it holds, else e.

    The condition may be a scalar, or a vector that chooses among rows.
    """
    if condition.shape != t.shape or t.shape != e.shape:
        _check_select(condition.shape, t.shape, e.shape)
        condition = xp.reshape(condition, condition.shape + (1,) * (t.ndim - condition.ndim))
    return xp.where(condition, t, e)


def _check_select(condition: tuple[int, ...], t: tuple[int, ...], e: tuple[int, ...]) -> None:
    by_row = len(condition) == 1 and len(t) > 1
    if by_row and condition != t[:1]:
        refuse(
            "Number of batches of 'then' must match size of 'cond', but saw: "
            f"{t[0]} vs. {condition[0]}"
        )
    if t != e:
        refuse(
            "'then' and 'else' must have the same size.  but received: "
            f"{shapes.format_sizes(t)} vs. {shapes.format_sizes(e)}"
        )
    if condition and not by_row:
        refuse(
            "Inputs to operation Select of type Select must have the same size and shape.  Input "
            f"0: {shapes.format_sizes(condition)} != input 1: {shapes.format_sizes(t)}"
        )


@select_op.gradient
def select_gradient(op, dz):
    condition, t, _ = op.inputs
    zeros = zeros_like(t)
    return None, where(condition, dz, zeros), where(condition, zeros, dz)


def _broadcast_all(ctx: shapes.ShapeContext) -> shapes.Sizes:
    condition, t, e = ctx.shapes()
    return shapes.broadcast_sizes(condition, shapes.broadcast_sizes(t, e))


@op(
    "SelectV2",
    "condition: bool, t: T, e: T -> output: T",
    shape=_broadcast_all,
    broadcasts=True,
)
def select_v2_op(xp, condition, t, e):
    """condition: bool[...], t: n[...], e: n[...] -> n[...], broadcast against each other."""
    return xp.where(condition, t, e)


@select_v2_op.gradient
def select_v2_gradient(op, dz):
    condition, t, e = op.inputs
    nothing = zeros([], dtype=dz.dtype.base_dtype)
    dt = where_v2(condition, dz, nothing)
    sizes, full = shape(t), shape(op.outputs[0])
    dt = _summed_to(dt, sizes, full)
    de = where_v2(condition, nothing, dz)
    return None, dt, _summed_to(de, shape(e), full)


def _summed_to(grad: Tensor, sizes: Tensor, full: Tensor) -> Tensor:
    """`grad` of shape `full` summed over what a tensor of shape `sizes` was repeated along."""
    from stillflow.ops.reduce.reductions import reduce_sum  # whose gradient selects

    axes, _ = broadcast_gradient_args(sizes, full)
    return reshape(reduce_sum(grad, keepdims=True, axis=axes), sizes)


_MOST_AXES = 8  # of Where's input


def _positions(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return (None, ctx.rank(0))


@op(
    "Where",
    "input: T -> index: int64",
    shape=_positions,
    types={"T": (*NUMBERS, dtypes.bool)},
    defaults={"T": dtypes.bool},
    host=True,
    folds=True,
)
def where_op(xp, x):
    """x: n[...] -> i64[k, rank], the positions of its k elements that are not zero."""
    if not 1 <= x.ndim <= _MOST_AXES:
        refuse(f"WhereOp : Unhandled input dimensions: {x.ndim}")
    return np.argwhere(x).astype(np.int64, copy=False)


@or_of_composites
def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """Returns elements of `x` where `condition` holds, else of `y`; or, without them, where it is.

    Args:
      condition: bool, of the shape of `x` and `y`, or a vector that chooses among their rows.

    Returns:
      A tensor like `x`; or i64[k, rank], the positions of the k elements that are true.

    Raises:
      ValueError: only one of `x` and `y` is given.
    """
    return _where(select_op, condition, x, y, name)


def where_v2(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """`where`, which broadcasts `condition`, `x` and `y` against each other."""
    return _where(select_v2_op, condition, x, y, name)


def _where(select: Any, condition: Any, x: Any, y: Any, name: str | None) -> Tensor:
    if x is None and y is None:
        with name_scope(name, "Where", [condition]) as scope:
            wanted = convert_to_tensor(condition, preferred_dtype=dtypes.bool, name="condition")
            return where_op(wanted, name=scope)
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    return select(condition, x, y, name=name)
