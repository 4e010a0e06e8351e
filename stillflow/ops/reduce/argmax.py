"""Where the largest and the smallest elements are."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import INDEX, NUMBERS
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.ops.reduce.reducing import limits


def _axis(x: Any, dimension: Any) -> int:
    """The axis that `dimension`, i[], names, of which there must be an element."""
    if dimension.ndim:
        received = shapes.format_sizes(dimension.shape)
        refuse(f"dim must be a scalar, but received tensor of shape: {received}")
    axis, rank = int(dimension), x.ndim
    if not -rank <= axis < rank:
        refuse(f"Expected dimension in the range [{-rank}, {rank}), but got {axis}")
    if x.shape[axis] == 0:
        refuse(f"Reduction axis {axis % rank} is empty in shape {shapes.format_sizes(x.shape)}")
    return axis


_ARG: dict[str, Any] = {
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
    axis = _axis(x, dimension)
    # TensorFlow compares with >, so that a NaN is never the largest.
    x = x if x.dtype.kind in "iu" else xp.fmax(x, limits(x.dtype)[0])
    return xp.argmax(x, axis).astype(output_type.stored_as, copy=False)


@op("ArgMin", _SIGNATURE, shape=_without_axis, **_ARG)
def argmin_op(xp, x, dimension, *, output_type: DType = dtypes.int64):
    """x: n[...], dimension: i[] -> i[... without it], the first of the smallest elements."""
    axis = _axis(x, dimension)
    x = x if x.dtype.kind in "iu" else xp.fmin(x, limits(x.dtype)[1])
    return xp.argmin(x, axis).astype(output_type.stored_as, copy=False)


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
