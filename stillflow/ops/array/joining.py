"""Tensors joined along an axis that they have, and split along one."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.rows import Rows
from stillflow.declare.static import constant_value
from stillflow.declare.type_sets import INDEX as INDEX_TYPES
from stillflow.declare.value_text import summary
from stillflow.graph import dtypes
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import Dimension
from stillflow.ops.array.filling import fill
from stillflow.ops.array.reshaping import expand_dims, squeeze
from stillflow.ops.array.selecting import where
from stillflow.ops.array.shape_of import rank, shape, shape_n
from stillflow.ops.array.stacking import stack
from stillflow.ops.control.nodes import output_context
from stillflow.ops.control.ordering import identity
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import logical_and


def _joined(ctx: shapes.ShapeContext) -> shapes.Sizes:
    *given, axis_shape = ctx.shapes()
    shapes.with_rank(axis_shape, 0)
    rank = next((len(sizes) for sizes in given if sizes is not None), None)
    if rank is None:
        return None
    if rank == 0:
        raise shapes.ShapeError("Can't concatenate scalars (use tf.stack instead)")
    parts = [shapes.with_rank(sizes, rank) for sizes in given]
    axis = ctx.value(len(parts))
    if axis is None:
        return (None,) * rank
    at = _checked_axis(int(axis), parts[0])
    merged = shapes.merge_all([sizes[:at] + sizes[at + 1 :] for sizes in parts])
    assert merged is not None
    along = [sizes[at] for sizes in parts]
    total = None if None in along else sum(along)  # type: ignore[arg-type]
    return (*merged[:at], total, *merged[at:])


def _checked_axis(axis: int, sizes: shapes.Sizes) -> int:
    shapes.with_rank_at_least(sizes, axis + 1 if axis >= 0 else -axis)
    return axis % len(sizes)  # type: ignore[arg-type]


def _rows_joined(rows: Rows) -> Any:
    last = len(rows.inputs) - 1
    if rows.stacked[last]:
        return NotImplemented
    axis = rows.inputs[last]
    return rows.call(*(rows.repeated(index) for index in range(last)), axis + (axis >= 0))


@op(
    "ConcatV2",
    "values: N * T, axis: Tidx -> output: T",
    shape=_joined,
    rows=_rows_joined,
    limits={"N": 2},
    carries_shapes=True,
    static=("axis",),
    types={"Tidx": INDEX_TYPES},
    defaults={"Tidx": dtypes.int32},
    total=True,
)
def concat_op(xp, *values_and_axis):
    """values: n[..., s, ...] each, axis: i[] -> n[..., sum of s, ...], joined along `axis`."""
    *values, axis = values_and_axis
    try:
        return xp.concatenate(values, int(axis))
    except (ValueError, TypeError):
        _explain_misfit([value.shape for value in values], int(axis))
        raise


def _explain_misfit(sizes: list[tuple[int, ...]], axis: int) -> None:
    """Says as TensorFlow's kernel does why tensors of these shapes cannot be joined."""
    first, rank = sizes[0], len(sizes[0])
    if not -rank <= axis < rank:
        refuse(
            f"ConcatOp : Expected concatenating dimensions in the range [{-rank}, {rank}), but got "
            f"{axis}"
        )
    for index, own in enumerate(sizes):
        versus = (
            f"shape[0] = {shapes.format_sizes(first)} vs. shape[{index}] = "
            f"{shapes.format_sizes(own)}"
        )
        if len(own) != rank:
            refuse(f"ConcatOp : Ranks of all input tensors should match: {versus}")
        if any(
            a != b for at, (a, b) in enumerate(zip(first, own, strict=True)) if at != axis % rank
        ):
            refuse(f"ConcatOp : Dimensions of inputs should match: {versus}")


def _offsets(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    return ctx.shapes(1)


@op(
    "ConcatOffset",
    "concat_dim: int32, shape: N * int32 -> offset: N * int32",
    shape=_offsets,
    limits={"N": 2},
)
def concat_offset_op(xp, axis, *shapes_of_parts):
    """axis: i[], shapes: i[r] each -> where each part begins in what they make when joined."""
    rank = _checked_rank(axis, shapes_of_parts)
    xp.check(
        (-rank <= axis) & (axis < rank),
        lambda axis: f"Concat dim is out of range: {axis} vs. {rank}",
        axis,
    )
    along = xp.arange(rank) == axis % rank
    for index, sizes in enumerate(shapes_of_parts):
        xp.check(
            along | (sizes == shapes_of_parts[0]),
            partial(_sizes_differ, index),
            axis % rank,
            sizes,
            shapes_of_parts[0],
        )
    offsets = [xp.zeros_like(shapes_of_parts[0])]
    for sizes in shapes_of_parts[:-1]:
        offsets.append(offsets[-1] + xp.where(along, sizes, 0).astype(sizes.dtype))
    return tuple(offsets)


def _checked_rank(axis: Any, shapes_of_parts: tuple[Any, ...]) -> int:
    """How many axes the parts have, which must be as many for each."""
    if axis.ndim:
        refuse(
            "Concat dim tensor should be a scalar integer, but got shape "
            f"{shapes.format_sizes(axis.shape)}"
        )
    for index, sizes in enumerate(shapes_of_parts, start=1):
        if sizes.ndim != 1:
            found = shapes.format_sizes(sizes.shape)
            refuse(f"input {index} should be a vector, but got shape {found}")
    rank = shapes_of_parts[0].shape[0]
    for index, sizes in enumerate(shapes_of_parts):
        if len(sizes) != rank:
            refuse(f"input {index} should contain {rank} elements, but got {len(sizes)}")
    return rank


def _sizes_differ(index: int, axis: np.ndarray, sizes: np.ndarray, first: np.ndarray) -> str:
    return (
        f"All dimensions except {axis} must match. Input {index} has shape "
        f"[{summary(sizes, len(sizes))}] and doesn't match input 0 with shape "
        f"[{summary(first, len(first))}]."
    )


concat_offset_op.not_differentiable()


def _without(sizes: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return sizes[:axis] + sizes[axis + 1 :]


@concat_op.gradient
def concat_gradient(op, dy):
    from stillflow.ops.array.slicing import slice_op  # that module imports this one

    *parts, axis = op.inputs
    if len(parts) == 1:
        return dy, None
    if isinstance(dy, IndexedSlices):
        return *_slices_split(dy, parts, axis, axis % rank(parts[0])), None
    if axis._is_eager:
        return *_parts_of(dy, parts, axis), None
    if axis.op.defn.is_constant and output_context(dy.op) is not output_context(axis.op):
        axis = constant(axis.op.attrs["value"], axis.dtype)  # no loop need take it in
    at = axis % rank(parts[0])
    sizes = _sizes_of(parts)
    if len(sizes) > _FEW:
        along = squeeze(slice_op(stack(sizes, axis=1), [at, 0], [1, -1]))
        return *split(dy, along, at), None
    offsets = concat_offset_op(at, sizes)
    return *(slice_op(dy, begin, size) for begin, size in zip(offsets, sizes, strict=True)), None


def _parts_of(dy: Tensor, parts: list[Tensor], axis: Tensor) -> list[Tensor]:
    """`dy` split as `parts` were joined, all of whose shapes are known."""
    at = int(axis) % parts[0].shape.ndims  # type: ignore[call-overload]
    return split(dy, [part.shape.sizes[at] for part in parts], at)  # type: ignore[index]


_FEW = 16  # tensors, whose gradients TensorFlow slices out one by one


def _sizes_of(parts: list[Tensor]) -> list[Tensor]:
    """The shapes of `parts`, i32[rank] each: constants, or by one op for all."""
    sizes = []
    for part in parts:
        sizes.append(shape(part))
        if not sizes[-1]._is_eager and not sizes[-1].op.defn.is_constant:
            return shape_n(parts)
    return sizes


def _slices_split(
    dy: IndexedSlices, parts: list[Tensor], axis: Tensor, at: Tensor
) -> list[IndexedSlices]:
    """The gradients of `parts`, joined along `axis`; `at` is that counted from the front."""
    known = constant_value(axis)
    if known is None:
        raise ValueError("Can only compute IndexedSlices gradient with statically-known concat_dim")
    ndims = parts[0].shape.ndims
    if known < 0 and ndims is None:
        raise ValueError(
            "Can only compute IndexedSlices gradient with negative concat_dim when first value "
            "rank is statically-known."
        )
    sizes = [shape(part) for part in parts]
    if (known if known >= 0 else known + ndims) == 0:
        return _rows_split(dy, sizes, at)
    return _columns_split(dy, sizes, at)


def _columns_split(dy: IndexedSlices, sizes: list[Tensor], at: Tensor) -> list[IndexedSlices]:
    """Every part has all the rows of `dy`, and some of what is in each."""
    from stillflow.ops.array.slicing import slice_op  # that module imports this one
    from stillflow.ops.math.arithmetic import add  # and so does that one

    length = shape(sizes[0])
    around = [fill(expand_dims(at, 0), 0), [1], fill(length - at - 1, 0)]
    along = concat(around, 0)
    begin = fill(length, 0)
    result = []
    for size in sizes:
        rest = concat([[-1], slice_op(size, [1], [-1])], 0)
        result.append(IndexedSlices(slice_op(dy.values, begin, rest), dy.indices, size))
        begin = add(begin, size * along)
    return result


def _rows_split(dy: IndexedSlices, sizes: list[Tensor], at: Tensor) -> list[IndexedSlices]:
    """Every part has some of the rows of `dy`."""
    from stillflow.ops.array.gathering import gather  # that module imports this one

    kind = dy.indices.dtype
    start = constant(0, dtype=kind)
    result = []
    for size in sizes:
        end = start + cast(gather(size, at), kind)
        is_own = logical_and(dy.indices >= start, dy.indices < end)
        own = squeeze(where(is_own), axis=[1])
        indices = gather(dy.indices, own) - start
        result.append(IndexedSlices(gather(dy.values, own), indices, size))
        start = end
    return result


@or_of_composites
def concat(values: Any, axis: Any, name: str | None = "concat") -> Tensor:
    """Returns tensors joined along `axis`, in which alone their shapes may differ."""
    if not isinstance(values, (list, tuple)):
        values = [values]
    if len(values) > 1 or not values:
        return concat_op(values, axis, name=name)
    with name_scope(name):
        scalar = convert_to_tensor(axis, name="concat_dim", dtype=dtypes.int32)
        scalar.shape.assert_has_rank(0)
        return identity(values[0], name=name)


def _split_axis(ctx: shapes.ShapeContext, axis_input: int, sizes: shapes.Sizes) -> int | None:
    at = ctx.scalar(axis_input)
    if at is None or sizes is None:
        return None
    rank = len(sizes)
    if not -rank <= at < rank:
        raise shapes.ShapeError(
            f"Dimension size, given by scalar input {at} must be in range [{-rank}, {rank})"
        )
    return at % rank


def _split_evenly(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes, num = ctx.shape(1), ctx.attrs["num_split"]
    at = _split_axis(ctx, 0, sizes)
    if sizes is None:
        return [None] * num
    if at is None:
        return [(None,) * len(sizes)] * num
    size = sizes[at]
    if size is not None and size % num:
        raise shapes.ShapeError(
            f"Dimension size must be evenly divisible by {num} but is {size}\n"
            "\tNumber of ways to split should evenly divide the split dimension"
        )
    part = None if size is None else size // num
    return [(*sizes[:at], part, *sizes[at + 1 :])] * num


def _axis_of(x: Any, split_dim: Any) -> int:
    axis = int(split_dim.reshape(()))
    if not -x.ndim <= axis < x.ndim:
        refuse(f"-input rank({-x.ndim}) <= split_dim < input rank ({x.ndim}), but got {axis}")
    return axis % x.ndim


@op(
    "Split",
    "split_dim: int32, value: T -> output: num_split * T",
    shape=_split_evenly,
    limits={"num_split": 1},
    static=("split_dim",),
)
def split_op(xp, split_dim, x, *, num_split: int):
    """x: n[..., s, ...] -> `num_split` parts of equal size along axis `split_dim`."""
    if split_dim.ndim:
        refuse(f"split_dim must be a scalar but has rank {split_dim.ndim}")
    axis = _axis_of(x, split_dim)
    if x.shape[axis] % num_split:
        refuse(
            "Number of ways to split should evenly divide the split dimension, but got split_dim "
            f"{axis} (size = {x.shape[axis]}) and num_split {num_split}"
        )
    parts = tuple(xp.split(x, num_split, axis))
    return parts[0] if num_split == 1 else parts


@split_op.gradient
def split_gradient(op, *dys):
    return None, concat(list(dys), op.inputs[0])


def _split_by_sizes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes, num = ctx.shape(0), ctx.attrs["num_split"]
    lengths = ctx.value(1)
    at = _split_axis(ctx, 2, sizes)
    if sizes is None:
        return [None] * num
    if at is None:
        return [(None,) * len(sizes)] * num
    parts: list[int | None] = [None] * num
    if lengths is not None:
        parts = _completed(lengths.tolist(), sizes[at])
    return [(*sizes[:at], part, *sizes[at + 1 :]) for part in parts]


def _completed(lengths: list[int], total: int | None) -> list[int | None]:
    """`lengths` with a -1 replaced by what the others leave of `total`."""
    if lengths.count(-1) > 1:
        raise shapes.ShapeError("size_splits can only have one -1")
    known = sum(length for length in lengths if length != -1)
    rest = None if total is None else total - known
    if rest is not None and (rest < 0 or (rest > 0 and -1 not in lengths)):
        raise shapes.ShapeError(
            f"can't split axis of size {total} into pieces of size [{','.join(map(str, lengths))}]"
        )
    return [rest if length == -1 else length for length in lengths]


@op(
    "SplitV",
    "value: T, size_splits: Tlen, split_dim: int32 -> output: num_split * T",
    shape=_split_by_sizes,
    limits={"num_split": 1},
    static=("size_splits", "split_dim"),
    types={"Tlen": INDEX_TYPES},
    defaults={"Tlen": dtypes.int64},
)
def split_v_op(xp, x, size_splits, split_dim, *, num_split: int):
    """x: n[..., s, ...] -> parts of the sizes `size_splits` along axis `split_dim`."""
    if split_dim.size != 1:
        refuse("split_dim_tensor must have exactly one element.")
    axis, lengths = _axis_of(x, split_dim), size_splits.tolist()
    if len(lengths) != num_split:
        refuse(
            "size of the split_tensor must be 1-D and have the same elements as outputs got "
            f"{size_splits.ndim} -D and {size_splits.size} elements"
        )
    if lengths.count(-1) > 1:
        refuse("There can only be one -1 in the input.")
    total, known = x.shape[axis], sum(length for length in lengths if length != -1)
    if known > total or (known < total and -1 not in lengths):
        refuse(
            "Determined shape must either match input shape along split_dim exactly if fully "
            "specified, or be less than the size of the input along split_dim if not fully "
            f"specified.  Got: {known}"
        )
    ends = np.cumsum([total - known if length == -1 else length for length in lengths])
    parts = tuple(xp.split(x, ends[:-1].tolist(), axis))
    return parts[0] if num_split == 1 else parts


@split_v_op.gradient
def split_v_gradient(op, *dys):
    return concat(list(dys), op.inputs[2]), None, None


def split(
    value: Any,
    num_or_size_splits: Any,
    axis: Any = 0,
    num: int | None = None,
    name: str | None = "split",
) -> list[Tensor]:
    """Returns `value` split along `axis`: into a number of equal parts, or into given sizes.

    One of the sizes may be -1, for what the others leave. `num` says how many sizes there are
    where their vector does not.

    Raises:
      ValueError: the parts do not add up, or their number is not known.
    """
    sizes = convert_to_tensor(num_or_size_splits)
    if isinstance(num_or_size_splits, (int, np.integer, Dimension)):
        parts: Any = split_op(axis, value, num_split=int(num_or_size_splits), name=name)
        return parts
    if sizes.shape.ndims == 0:
        raise ValueError(
            "Rank-0 tensors are not supported as the num_or_size_splits argument to split. "
            f"Argument provided: {num_or_size_splits}"
        )
    if num is None and sizes.shape.sizes:
        num = sizes.shape.sizes[0]
    if num is None:
        raise ValueError(f"Cannot infer num from shape {num_or_size_splits}")
    parts = split_v_op(value, sizes, axis, num_split=num, name=name)
    return parts
