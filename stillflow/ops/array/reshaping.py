"""The same elements in another shape."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.composites import or_of_composites
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.rows import Rows
from stillflow.declare.type_sets import INDEX as INDEX_TYPES
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array.shape_of import shape


def _reshaped(ctx: shapes.ShapeContext) -> shapes.Sizes:
    wanted = ctx.value_as_shape(1)
    sizes = ctx.shape(0)
    total = shapes.num_elements(sizes)
    if wanted is None or wanted.count(None) > 1:
        return wanted
    known = int(np.prod([size for size in wanted if size is not None], dtype=np.int64))
    if None not in wanted or not known:
        if total not in (None, known):
            raise shapes.ShapeError(
                f"Cannot reshape a tensor with {total} elements to shape "
                f"{shapes.format_sizes(wanted)} ({known} elements)"
            )
        return wanted
    if total is None:
        return wanted
    if total % known:
        raise shapes.ShapeError(
            f"Dimension size must be evenly divisible by {known} but is {total}"
        )
    return tuple(total // known if size is None else size for size in wanted)


def _rows_reshaped(rows: Rows) -> Any:
    if not rows.only_first:
        return NotImplemented
    x, shape = rows.inputs
    return x.reshape(rows.count, *rows.call(x[0], shape).shape)


def _fitted_reshape(fn: Callable[..., Any], x: Any, shape: Any) -> Callable[..., Any]:
    wanted = fn(NUMPY, x, shape).shape
    return lambda x, shape: x.reshape(wanted)


@op(
    "Reshape",
    "tensor: T, shape: Tshape -> output: T",
    shape=_reshaped,
    rows=_rows_reshaped,
    static=("shape",),
    types={"Tshape": INDEX_TYPES},
    defaults={"Tshape": dtypes.int32},
    total=True,
    fitted=_fitted_reshape,
)
def reshape_op(xp, x, shape):
    """x: n[...], shape: i[k] -> n[*shape]; one size may be -1, for what is left over."""
    if shape.ndim != 1:
        refuse(f"sizes input must be 1-D, not {shapes.format_sizes(shape.shape)}")
    wanted = tuple(shape.tolist())
    if x.shape == wanted:
        return x
    try:
        if min(wanted, default=0) < -1:  # NumPy would take it for -1
            _explain_misfit(x.size, wanted)
        if 0 in wanted and -1 in wanted and 0 in x.shape:
            wanted = _completed(x.shape, wanted)
        return x.reshape(wanted)
    except (ValueError, TypeError, ZeroDivisionError):
        _explain_misfit(x.size, wanted)
        raise


def _completed(sizes: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[int, ...]:
    """`wanted` with -1 replaced by what is left for it of `sizes`, sizes of 0 apart in both."""
    total = math.prod(size for size in sizes if size)
    known = math.prod(size for size in wanted if size > 0)
    return tuple(total // known if size == -1 else size for size in wanted)


def _explain_misfit(total: int, wanted: tuple[int, ...]) -> None:
    """Says as TensorFlow's kernel does why `total` elements do not have the shape `wanted`."""
    free = [axis for axis, size in enumerate(wanted) if size == -1]
    if len(free) > 1:
        refuse(f"Only one input size may be -1, not both {free[0]} and {free[1]}")
    for axis, size in enumerate(wanted):
        if size < -1:
            refuse(f"Size {axis} must be non-negative, not {size}")
    multiple = math.prod(size for size in wanted if size > 0)
    if free and total % multiple:
        requires, needed = "requires a multiple of", multiple
    else:
        requires, needed = "has", 0 if 0 in wanted else multiple
    refuse(
        f"Input to reshape is a tensor with {total} values, but the requested shape {requires} "
        f"{needed}"
    )


def _reshaped_back(op, dy):
    """The gradient of an op that only gives its first input another shape."""
    return reshape_op(dy, shape(op.inputs[0]))


@reshape_op.gradient
def reshape_gradient(op, dy):
    return _reshaped_back(op, dy), None


def reshape(tensor: Any, shape: Any, name: str | None = None) -> Tensor:
    """Returns the elements of `tensor` in the given shape."""
    return reshape_op(tensor, shape, name=name)


def _expanded(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes, axis = ctx.shape(0), ctx.value(1)
    if axis is not None and axis.size != 1:
        raise shapes.ShapeError("'dim' input must be a tensor with a single value")
    if sizes is None or axis is None:
        return None
    at, rank = int(np.ravel(axis)[0]), len(sizes)
    if not -rank - 1 <= at <= rank:
        raise shapes.ShapeError(f"dim {at} not in the interval [{-rank - 1}, {rank}].")
    at += (rank + 1) * (at < 0)
    return (*sizes[:at], 1, *sizes[at:])


def _rows_expanded(rows: Rows) -> Any:
    if not rows.only_first:
        return NotImplemented
    x, dim = rows.inputs
    rows.call(x[0], dim)  # it refuses what is out of range
    return rows.call(x, dim + (dim >= 0))


@op(
    "ExpandDims",
    "input: T, dim: Tdim -> output: T",
    shape=_expanded,
    rows=_rows_expanded,
    static=("dim",),
    types={"Tdim": INDEX_TYPES},
    defaults={"Tdim": dtypes.int32},
    total=True,
)
def expand_dims_op(xp, x, dim):
    """x: n[...], dim: i[] -> n[..., 1, ...], with a new axis at `dim`."""
    at = int(np.ravel(dim)[0])
    if not -x.ndim - 1 <= at <= x.ndim:
        refuse(f"Tried to expand dim index {at} for tensor with {x.ndim} dimensions.")
    return xp.expand_dims(x, at)


@expand_dims_op.gradient
def expand_dims_gradient(op, dy):
    return _reshaped_back(op, dy), None


@or_of_composites
def expand_dims(input: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """Returns `input` with a new axis of size 1 at `axis`; `dim` is its older name."""
    axis = renamed("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("Must specify an axis argument to tf.expand_dims()")
    return expand_dims_op(input, axis, name=name)


def _squeezed(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes, axes = ctx.shape(0), ctx.attrs["squeeze_dims"]
    if sizes is None or (not axes and None in sizes):
        return None
    rank = len(sizes)
    gone = set()
    for axis in axes:
        if not -rank <= axis < rank:
            raise shapes.ShapeError(f"squeeze_dims[{axes.index(axis)}] not in [{-rank},{rank}).")
        at = axis % rank
        if sizes[at] not in (None, 1):
            raise shapes.ShapeError(
                f"Can not squeeze dim[{at}], expected a dimension of 1, got {sizes[at]}"
            )
        gone.add(at)
    if not axes:
        gone = {at for at, size in enumerate(sizes) if size == 1}
    return tuple(size for at, size in enumerate(sizes) if at not in gone)


def _rows_squeezed(rows: Rows) -> Any:
    (x,) = rows.inputs
    return x.reshape(rows.count, *rows.call(x[0]).shape)


@op("Squeeze", "input: T -> output: T", shape=_squeezed, rows=_rows_squeezed, total=True)
def squeeze_op(xp, x, *, squeeze_dims: list[int] = ()):  # type: ignore[assignment]
    """x: n[...] -> n[...] without the axes `squeeze_dims`, or without every axis of size 1."""
    for axis in squeeze_dims:
        if not -x.ndim <= axis < x.ndim:
            refuse(f"Tried to squeeze dim index {axis} for tensor with {x.ndim} dimensions.")
        if x.shape[axis] != 1:
            refuse(
                f"Can not squeeze dim[{axis % x.ndim}], expected a dimension of 1, got "
                f"{x.shape[axis]}"
            )
    gone = {axis % x.ndim for axis in squeeze_dims}
    return xp.squeeze(x, tuple(gone) or None)


@squeeze_op.gradient
def squeeze_gradient(op, dy):
    return _reshaped_back(op, dy)


@or_of_composites
def squeeze(
    input: Any, axis: Any = None, name: str | None = None, squeeze_dims: Any = None
) -> Tensor:
    """Returns `input` without the axes of size 1, or without those of them in `axis`."""
    axes = renamed("axis", axis, "squeeze_dims", squeeze_dims)
    axes = [] if axes is None else [axes] if np.isscalar(axes) else list(axes)
    return squeeze_op(input, squeeze_dims=axes, name=name)
