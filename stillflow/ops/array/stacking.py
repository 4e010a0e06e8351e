"""Tensors stacked along a new axis, and taken apart again; lists that hold tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.constants import constant
from stillflow.declare.convert import (
    convert_to_tensor,
    is_tensor,
    register_tensor_conversion_function,
)
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.rows import Rows
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import Dimension, TensorShape
from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.math.casts import cast_op


def _packed(ctx: shapes.ShapeContext) -> shapes.Sizes:
    try:
        sizes = shapes.merge_all(ctx.shapes())
    except shapes.ShapeError as error:
        raise shapes.ShapeError(f"{error}\n\tFrom merging shape 0 with other shapes.") from None
    if sizes is None:
        return None
    axis = _axis_within(ctx.attrs["axis"], len(sizes) + 1)
    return (*sizes[:axis], len(ctx.inputs), *sizes[axis:])


def _axis_within(axis: int, rank: int) -> int:
    if not -rank <= axis < rank:
        raise shapes.ShapeError(f"Invalid axis {axis}: it must be in [{-rank},{rank})")
    return axis % rank


def _rows_packed(rows: Rows) -> Any:
    axis = rows.attrs["axis"]
    values = [rows.repeated(index) for index in range(len(rows.inputs))]
    return rows.call(*values, axis=axis + (axis >= 0))


@op(
    "Pack",
    "values: N * T -> output: T",
    shape=_packed,
    rows=_rows_packed,
    total=True,
    carries_shapes=True,
)
def pack_op(xp, *values, axis: int = 0):
    """values: n[...] each, N of them -> n[..., N, ...], with the new axis at `axis`."""
    try:
        return xp.stack(values, axis)
    except (ValueError, TypeError):
        _explain_unequal([value.shape for value in values])
        raise


def _explain_unequal(sizes: list[tuple[int, ...]]) -> None:
    for index, own in enumerate(sizes):
        if own != sizes[0]:
            refuse(
                "Shapes of all inputs must match: values[0].shape = "
                f"{shapes.format_sizes(sizes[0])} != values[{index}].shape = "
                f"{shapes.format_sizes(own)}"
            )


@pack_op.gradient
def pack_gradient(op, dy):
    return unstack(dy, num=len(op.inputs), axis=op.attrs["axis"])


@or_of_composites
def stack(values: Any, axis: int = 0, name: str | None = "stack") -> Tensor:
    """Returns tensors of one shape joined along a new axis; a list of constants is a constant.

    Raises:
      ValueError: `axis` is out of range, or the shapes differ.
    """
    if axis == 0 and not _holds_dimension(values):
        try:
            return convert_to_tensor(values, name=name)
        except (TypeError, ValueError):
            pass  # Pack converts one by one, and has the better message
    sizes = convert_to_tensor(values[0], name=name).shape.sizes
    if sizes is not None:
        _check_axis(axis, len(sizes) + 1)
    return pack_op(values, axis=axis, name=name)


def _holds_dimension(values: Any) -> bool:
    # TensorFlow makes no constant of a list of Dimensions whose type is not asked for.
    return isinstance(values, (list, tuple)) and any(isinstance(v, Dimension) for v in values)


def _check_axis(axis: int, rank: int) -> None:
    if not -rank <= axis < rank:
        raise ValueError(f"axis = {axis} not in [{-rank}, {rank})")


def _unpacked(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes, num = ctx.shape(0), ctx.attrs["num"]
    if sizes is None:
        return [None] * num
    shapes.with_rank_at_least(sizes, 1)
    axis = _axis_within(ctx.attrs["axis"], len(sizes))
    if sizes[axis] not in (None, num):
        raise shapes.ShapeError(f"Dimension must be {num} but is {sizes[axis]}")
    return [sizes[:axis] + sizes[axis + 1 :]] * num


@op("Unpack", "value: T -> output: num * T", shape=_unpacked, limits={"num": 0}, total=True)
def unpack_op(xp, x, *, num: int, axis: int = 0):
    """x: n[..., num, ...] -> its `num` slices along `axis`, n[...] each."""
    if not -x.ndim <= axis < x.ndim:
        refuse(f"axis = {axis} not in [{-x.ndim}, {x.ndim})")
    if x.shape[axis] != num:
        refuse(
            f"Input shape axis {axis % x.ndim} must equal {num}, got shape "
            f"{shapes.format_sizes(x.shape)}"
        )
    rows = xp.moveaxis(x, axis, 0)
    parts = tuple(rows[index, ...] for index in range(num))
    return parts[0] if num == 1 else parts


@unpack_op.gradient
def unpack_gradient(op, *dys):
    return stack(list(dys), axis=op.attrs["axis"])


def unstack(
    value: Any, num: int | None = None, axis: int = 0, name: str | None = "unstack"
) -> list[Tensor]:
    """Returns the slices of `value` along `axis`, of which there are `num`.

    Raises:
      ValueError: `axis` is out of range, or `num` is neither given nor known from the shape.
    """
    if num is None:
        value = convert_to_tensor(value)
        sizes = value.shape.sizes
        if sizes is not None:
            _check_axis(axis, len(sizes))
            num = sizes[axis]
        if num is None:
            raise ValueError(f"Cannot infer num from shape {value.shape}")
    slices: Any = unpack_op(value, num=num, axis=axis, name=name)
    return slices


def _parts_of_one_row(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes: shapes.Sizes = ctx.attrs["shape"].sizes
    if sizes is None or None in sizes:
        raise shapes.ShapeError("shape attr must be fully defined.")
    for own in ctx.shapes():
        if own is None or None in own:
            raise shapes.ShapeError("All input shapes must be fully defined.")
        if not own or own[0] != 1:
            raise shapes.ShapeError("Size of first dimension must be 1.")
    return sizes


@op("ParallelConcat", "values: N * T -> output: T", shape=_parts_of_one_row)
def parallel_concat_op(xp, *values, shape: TensorShape):
    """values: n[1, ...] each, N of them -> n[N, ...]"""
    return xp.concatenate(values)


def parallel_stack(values: Any, name: str | None = "parallel_stack") -> Tensor:
    """Returns tensors of one known shape joined along a new first axis; it has no gradient."""
    with name_scope(name):
        first = convert_to_tensor(values[0])
        joined = TensorShape([len(values)]).concatenate(first.shape)
        return parallel_concat_op([expand_dims(value, 0) for value in values], shape=joined)


# Lists that hold tensors ------------------------------------------------------------------------


def _convert_list(
    value: list | tuple, dtype: DType | None = None, name: str | None = None, as_ref: bool = False
):
    """Packs a nested list in which some item is a tensor; leaves any other to the constants."""
    found = None if as_ref else next(_tensors_in(value), None)
    if found is None:
        return NotImplemented
    wanted = dtype or found.dtype.base_dtype
    if dtype is not None and dtype is not found.dtype.base_dtype:
        value = _cast_items(value, dtype)
    return _pack_nested(value, wanted, name or "packed")


def _tensors_in(items: list | tuple) -> Iterator[Any]:
    for item in items:
        if isinstance(item, (list, tuple)):
            yield from _tensors_in(item)
        elif is_tensor(item):
            yield item


def _cast_items(items: list | tuple, dtype: DType) -> list:
    return [
        _cast_items(item, dtype)
        if isinstance(item, (list, tuple))
        else cast_op(item, DstT=dtype)
        if is_tensor(item) and item.dtype.base_dtype is not dtype
        else item
        for item in items
    ]


def _pack_nested(items: list | tuple, dtype: DType, name: str) -> Any:
    """`items` packed level by level, or as they are when none is a tensor."""
    with name_scope(name) as scope:
        parts = [_packed_item(item, dtype, str(index)) for index, item in enumerate(items)]
        if not any(is_tensor(part) for part in parts):
            return parts
        tensors = [
            part if is_tensor(part) else constant(part, dtype=dtype, name=str(index))
            for index, part in enumerate(parts)
        ]
        return pack_op(tensors, name=scope)


def _packed_item(item: Any, dtype: DType, name: str) -> Any:
    if isinstance(item, (list, tuple)):
        return _pack_nested(item, dtype, name)
    if is_tensor(item) and item.dtype.base_dtype is not dtype:
        raise TypeError(
            f"Cannot convert a list containing a tensor of dtype {item.dtype} to {dtype} "
            f"(Tensor is: {item!r})"
        )
    return item


register_tensor_conversion_function((list, tuple), _convert_list, 99)
