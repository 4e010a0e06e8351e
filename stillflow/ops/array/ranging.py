"""Evenly spaced numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import check_scalars, refuse
from stillflow.declare.value_text import element_text
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.math.casts import cast


def range_length(start: Any, limit: Any, delta: Any) -> int:
    """How many numbers start, start + delta, ... lie before `limit`; all are NumPy scalars."""
    if delta == 0:
        raise shapes.ShapeError("Requires delta != 0")
    if (delta > 0 and start > limit) or (delta < 0 and start < limit):
        sign, relation = (">", "<=") if delta > 0 else ("<", ">=")
        raise shapes.ShapeError(
            f"Requires start {relation} limit when delta {sign} 0: "
            f"{element_text(start)}/{element_text(limit)}"
        )
    # The quotient is rounded to the numbers' own type, as TensorFlow does: 0.3f / 0.1f is 3.
    return int(np.ceil(abs((limit - start) / delta)))


def _counted(ctx: shapes.ShapeContext) -> shapes.Sizes:
    for name, sizes in zip(("start", "limit", "delta"), ctx.shapes(), strict=True):
        try:
            shapes.with_rank(sizes, 0)
        except shapes.ShapeError as error:
            raise shapes.ShapeError(f"{error}\n\t for '{name}'") from None
    bounds = [ctx.value(i) for i in (0, 1, 2)]
    if any(bound is None for bound in bounds):
        return (None,)
    return (range_length(*(bound[()] for bound in bounds)),)  # type: ignore[index]


@op(
    "Range",
    "start: Tidx, limit: Tidx, delta: Tidx -> output: Tidx",
    shape=_counted,
    static=("start", "limit", "delta"),
    types={"Tidx": (dtypes.bfloat16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)},
    defaults={"Tidx": dtypes.int32},
)
def range_op(xp, start, limit, delta):
    """start: n[], limit: n[], delta: n[] -> n[k], start, start + delta, ... before limit."""
    for name, bound in (("start", start), ("limit", limit), ("delta", delta)):
        if bound.ndim:
            refuse(f"{name} must be a scalar, not shape {shapes.format_sizes(bound.shape)}")
    try:
        length = range_length(start[()], limit[()], delta[()])
    except shapes.ShapeError as error:
        refuse(f"{error}: 0" if delta == 0 else str(error))
    if start.dtype.kind == "i":
        return start + np.arange(length, dtype=start.dtype) * delta
    # Added up one by one, as TensorFlow does, so that the rounding is the same.
    steps = np.full(length, delta, start.dtype)
    steps[:1] = start
    return np.cumsum(steps, dtype=start.dtype)


range_op.not_differentiable()


_HIERARCHY = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)


def range_(
    start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str | None = "range"
) -> Tensor:
    """Returns start, start + delta, start + 2 delta, ... up to but not including `limit`.

    `tf.range(limit)` starts at 0. Without `dtype` the numbers have the widest type of the three.
    """
    if limit is None:
        start, limit = 0, start
    with name_scope(name, "Range", [start, limit, delta]) as scope:
        bounds = [
            convert_to_tensor(value, dtype, name=what)
            for value, what in ((start, "start"), (limit, "limit"), (delta, "delta"))
        ]
        if dtype is None:
            widest = max((bound.dtype.base_dtype for bound in bounds), key=_HIERARCHY.index)
            bounds = [cast(bound, widest) for bound in bounds]
        return range_op(*bounds, name=scope)


def _points(ctx: shapes.ShapeContext) -> shapes.Sizes:
    for sizes in ctx.shapes():
        shapes.with_rank(sizes, 0)
    count = ctx.value(2)
    if count is not None and count <= 0:
        raise shapes.ShapeError(f"Requires num > 0: {count}")
    return (None if count is None else int(count),)


@op(
    "LinSpace",
    "start: T, stop: T, num: Tidx -> output: T",
    shape=_points,
    static=("num",),
    types={
        "T": (dtypes.bfloat16, dtypes.float32, dtypes.float64),
        "Tidx": (dtypes.int32, dtypes.int64),
    },
    defaults={"Tidx": dtypes.int32},
)
def lin_space(xp, start, stop, num):
    """start: f[], stop: f[], num: i[] -> f[num], evenly spaced from start to stop."""
    check_scalars("{} must be a scalar, not shape {}", start=start, stop=stop, num=num)
    count = int(num)
    if count <= 0:
        refuse(f"Requires num > 0: {count}")
    if count == 1:
        return xp.reshape(start, (1,))
    step = (stop - start) / start.dtype.type(count - 1)
    within = start + step * np.arange(1, count - 1).astype(start.dtype)
    # Both ends are exact, whatever the step is rounded to.
    return xp.concatenate([xp.reshape(start, (1,)), within, xp.reshape(stop, (1,))])


lin_space.not_differentiable()
