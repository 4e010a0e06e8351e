"""Where the largest and the smallest elements are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import INDEX, NUMBERS
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.reduce.reducing import limits


def _empty_axis(op: Operation, inputs: Sequence[Any]) -> str | None:
    sizes, axis = np.shape(inputs[0]), int(inputs[1])
    if -len(sizes) <= axis < len(sizes) and sizes[axis] == 0:
        return f"Reduction axis {axis} is empty in shape {shapes.format_sizes(sizes)}"
    return None


_ARG: dict[str, Any] = {
    "explain": _empty_axis,
    "static": ("dimension",),
    "types": {"T": NUMBERS, "Tidx": INDEX, "output_type": INDEX},
    "defaults": {"Tidx": dtypes.int32},
}
_SIGNATURE = "input: T, dimension: Tidx -> output: output_type"


def _without_axis(ctx: shapes.ShapeContext) -> shapes.Sizes:
    shapes.with_rank(ctx.shape(1), 0)
    sizes, axis = ctx.shape(0), ctx.value(1)
    if sizes is None or len(sizes) <= 1:
        return None if sizes is None else ()
    if axis is None:
        return (None,) * (len(sizes) - 1)
    if not -len(sizes) <= axis < len(sizes):
        raise shapes.ShapeError(
            f"Dimension ({axis}) must be in the range [{-len(sizes)}, {len(sizes)}), where "
            f"{len(sizes)} is the number of dimensions in the input."
        )
    gone = int(axis) % len(sizes)
    return sizes[:gone] + sizes[gone + 1 :]


@op("ArgMax", _SIGNATURE, shape=_without_axis, **_ARG)
def argmax_op(xp, x, dimension, *, output_type: DType = dtypes.int64):
    """x: n[...], dimension: i[] -> i[... without it], the first of the largest elements."""
    # TensorFlow compares with >, so that a NaN is never the largest.
    x = x if x.dtype.kind in "iu" else xp.fmax(x, limits(x.dtype)[0])
    return xp.argmax(x, int(dimension)).astype(output_type.stored_as, copy=False)


@op("ArgMin", _SIGNATURE, shape=_without_axis, **_ARG)
def argmin_op(xp, x, dimension, *, output_type: DType = dtypes.int64):
    """x: n[...], dimension: i[] -> i[... without it], the first of the smallest elements."""
    x = x if x.dtype.kind in "iu" else xp.fmin(x, limits(x.dtype)[1])
    return xp.argmin(x, int(dimension)).astype(output_type.stored_as, copy=False)


for _op in (argmax_op, argmin_op):
    _op.not_differentiable()


def argmax(
    input: Any,
    axis: Any = None,
    name: str | None = None,
    dimension: Any = None,
    output_type: Any = dtypes.int64,
) -> Tensor:
    """Returns the index of the largest element along `axis`, which is 0 by default."""
    axis = renamed("axis", axis, "dimension", dimension)
    return argmax_op(input, 0 if axis is None else axis, output_type=output_type, name=name)


def argmin(
    input: Any,
    axis: Any = None,
    name: str | None = None,
    dimension: Any = None,
    output_type: Any = dtypes.int64,
) -> Tensor:
    """Returns the index of the smallest element along `axis`, which is 0 by default."""
    axis = renamed("axis", axis, "dimension", dimension)
    return argmin_op(input, 0 if axis is None else axis, output_type=output_type, name=name)
