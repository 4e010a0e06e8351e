"""The op of evenly spaced numbers; `ops.sequences` has the public functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.errors import InvalidArgumentError
from stillflow.ops import shapes
from stillflow.ops.registry import op


def range_length(start: Any, limit: Any, delta: Any) -> int:
    """How many numbers start, start + delta, ... lie before `limit`; all are NumPy scalars."""
    if delta == 0:
        raise shapes.ShapeError("Requires delta != 0")
    if (delta > 0 and start > limit) or (delta < 0 and start < limit):
        sign, relation = (">", "<=") if delta > 0 else ("<", ">=")
        raise shapes.ShapeError(
            f"Requires start {relation} limit when delta {sign} 0: {start}/{limit}"
        )
    # The quotient is rounded to the numbers' own type, as TensorFlow does: 0.3f / 0.1f is 3.
    return int(np.ceil(abs((limit - start) / delta)))


def _counted(ctx: shapes.ShapeContext) -> shapes.Sizes:
    for sizes in ctx.shapes():
        shapes.with_rank(sizes, 0)
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
    try:
        length = range_length(start[()], limit[()], delta[()])
    except shapes.ShapeError as error:
        raise InvalidArgumentError(None, None, str(error)) from None
    if start.dtype.kind == "i":
        return start + np.arange(length, dtype=start.dtype) * delta
    # Added up one by one, as TensorFlow does, so that the rounding is the same.
    steps = np.full(length, delta, start.dtype)
    steps[:1] = start
    return np.cumsum(steps, dtype=start.dtype)


range_op.not_differentiable()
