"""Indices as vectors with one element set."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import check_scalars, refuse
from stillflow.declare.rows import Rows
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope


def _with_depth(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes, axis = ctx.shape(0), ctx.attrs["axis"]
    if axis < -1:
        raise shapes.ShapeError("axis must be >= -1")
    depth = ctx.value(1)
    if depth is not None and depth < 0:
        raise shapes.ShapeError(
            f"Dimension size, given by scalar input 1, must be non-negative but is {depth}"
        )
    if sizes is None:
        return None
    at = len(sizes) if axis == -1 else axis
    return (*sizes[:at], None if depth is None else int(depth), *sizes[at:])


def _rows_of_one_hot(rows: Rows) -> Any:
    axis = rows.attrs["axis"]
    return rows.call(*rows.inputs, axis=axis + (axis >= 0)) if rows.only_first else NotImplemented


@op(
    "OneHot",
    "indices: TI, depth: int32, on_value: T, off_value: T -> output: T",
    shape=_with_depth,
    rows=_rows_of_one_hot,
    static=("depth",),
    types={"TI": (dtypes.uint8, dtypes.int32, dtypes.int64)},
    defaults={"TI": dtypes.int64},
)
def one_hot_op(xp, indices, depth, on_value, off_value, *, axis: int = -1):
    """indices: i[...] -> n[..., depth, ...], `on_value` at each index along `axis`, else off_value.

    An index outside [0, depth) gives a vector of `off_value`.
    """
    check_scalars(
        "{} must be a scalar, but got: {}", depth=depth, on_value=on_value, off_value=off_value
    )
    count = int(depth)
    if count < 0:
        refuse(f"depth must be non-negative, got: {count}")
    at = indices.ndim if axis == -1 else axis
    places = np.arange(count).reshape(tuple(-1 if i == at else 1 for i in range(indices.ndim + 1)))
    return xp.where(xp.expand_dims(indices, at) == places, on_value, off_value)


one_hot_op.not_differentiable()


@or_of_composites
def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: int | None = None,
    dtype: Any = None,
    name: str | None = None,
) -> Tensor:
    """Returns a vector of length `depth` for each index: 1 at the index, 0 elsewhere.

    indices: i[...] -> n[..., depth, ...], the new axis at `axis`, by default last. The two values
    are `on_value` and `off_value`; the type is theirs, else `dtype`, else float32.

    Raises:
      TypeError: the values are of different types, or of another than `dtype`.
    """
    values = [indices, depth, on_value, off_value, axis, dtype]
    with name_scope(name, "one_hot", values) as scope:
        on_type, off_type = _type_of(on_value), _type_of(off_value)
        wanted = _agreed_type(on_type, off_type, dtype)
        if on_value is None:
            on_value = convert_to_tensor(1, wanted, name="on_value")
        if off_value is None:
            off_value = convert_to_tensor(0, wanted, name="off_value")
        at = -1 if axis is None else axis
        return one_hot_op(indices, depth, on_value, off_value, axis=at, name=scope)


def _type_of(value: Any) -> DType | None:
    return None if value is None else convert_to_tensor(value).dtype.base_dtype


def _agreed_type(on_type: DType | None, off_type: DType | None, dtype: Any) -> DType:
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    for name, own in (("on_value", on_type), ("off_value", off_type)):
        if wanted is not None and own not in (None, wanted):
            raise TypeError(f"dtype {own} of {name} does not match dtype parameter {wanted}")
    if on_type is not None and off_type is not None and on_type is not off_type:
        raise TypeError(f"dtype {on_type} of on_value does not match dtype {off_type} of off_value")
    return wanted or on_type or off_type or dtypes.float32
