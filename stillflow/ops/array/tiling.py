"""Tensors laid side by side, elements repeated, and grids of coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor, to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import INDEX as INDEX_TYPES
from stillflow.graph import dtypes
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, joining, ranging, reshaping, shape_of, stacking
from stillflow.ops.array.gathering import unsorted_segment_sum
from stillflow.ops.array.masking import boolean_mask, sequence_mask
from stillflow.ops.array.transposing import transpose
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.math.casts import cast, cast_op
from stillflow.ops.math.division import floormod
from stillflow.ops.reduce.reducing import max_op
from stillflow.ops.reduce.reductions import all_axes, reduce_sum


def _tiled(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes, length = ctx.shape(0), shapes.with_rank(ctx.shape(1), 1)[0]
    if sizes is None and length is None:
        return None
    if length is None:
        return (None,) * len(sizes)  # type: ignore[arg-type]
    if sizes is not None:
        shapes.with_rank((None,) * length, len(sizes))
    sizes = (None,) * length if sizes is None else sizes
    times = ctx.value_as_shape(1) or (None,) * length
    return tuple(_product(size, factor) for size, factor in zip(sizes, times, strict=True))


def _product(size: int | None, factor: int | None) -> int | None:
    if 0 in (size, factor):
        return 0
    return None if size is None or factor is None else size * factor


@op(
    "Tile",
    "input: T, multiples: Tmultiples -> output: T",
    shape=_tiled,
    static=("multiples",),
    types={"Tmultiples": INDEX_TYPES},
    defaults={"Tmultiples": dtypes.int32},
    total=True,
)
def tile(xp, x, multiples):
    """x: n[*s], multiples: i[rank] -> n[*(s * multiples)], x laid side by side that many times."""
    times = multiples.tolist()
    if len(times) != x.ndim:
        refuse(
            f"Expected multiples argument to be a vector of length {x.ndim} but got length "
            f"{len(times)}"
        )
    for axis, factor in enumerate(times):
        if factor < 0:
            refuse(f"Expected multiples[{axis}] >= 0, but got {factor}")
    return xp.tile(x, times)


@tile.gradient
def tile_gradient(op, dy):
    x, multiples = op.inputs
    sizes = shape_of.shape(x, out_type=multiples.dtype.base_dtype)
    # multiples[0], sizes[0], multiples[1], ...: the tiles of each axis get an axis of their own.
    split = reshaping.reshape(transpose(stacking.stack([multiples, sizes])), [-1])
    axes = ranging.range_(0, shape_of.size(split), 2)
    if isinstance(dy, IndexedSlices):
        rows = cast(sizes[0], dy.indices.dtype)
        dy = unsorted_segment_sum(dy.values, floormod(dy.indices, rows), rows)
        split = joining.concat([[1], split[1:]], axis=0)
    dx = reduce_sum(reshaping.reshape(dy, split), axes)
    dx.set_shape(x.shape)
    return dx, None


# Repeated elements ------------------------------------------------------------------------------


def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Tensor:
    """Returns `input` with its elements along `axis` repeated: all equally often, or each by count.

    Without `axis`, the elements of the flattened input are repeated.
    """
    if axis is None:
        input, axis = reshaping.reshape(input, [-1]), 0
    return repeat_with_axis(input, repeats, axis, name)


def repeat_with_axis(data: Any, repeats: Any, axis: int, name: str | None = None) -> Tensor:
    """data: n[..., s, ...], repeats: i[] or i[s] -> n[..., sum of repeats, ...]

    Raises:
      TypeError: `axis` or `repeats` are not whole numbers.
      ValueError: `axis` is out of range.
    """
    if not isinstance(axis, int):
        raise TypeError(f"axis must be an int; got {type(axis).__name__}")
    with name_scope(name, "Repeat", [data, repeats]):
        data = convert_to_tensor(data, name="data")
        counts = to_tensor(repeats, name="repeats", preferred_dtype=dtypes.int32)
        if not counts.dtype.is_integer:
            raise TypeError(f"repeats must be an integer tensor; dtype={counts.dtype}")
        counts = cast_op(counts, DstT=dtypes.int32)
        counts.shape.with_rank_at_most(1)
        data = _with_axis(data)
        sizes = shape_of.shape(data)
        axis = _axis_from_front(axis, data.shape.ndims)
        if counts.shape.ndims == 1:
            data.shape[axis].assert_is_compatible_with(counts.shape[0])
        if counts.shape.ndims == 0:
            tiled = _tile_axis(reshaping.expand_dims(data, axis + 1), axis + 1, counts)
            return reshaping.reshape(
                tiled, joining.concat([sizes[:axis], [-1], sizes[axis + 1 :]], axis=0)
            )
        return _repeat_each(data, counts, axis, sizes)


def _repeat_each(data: Tensor, counts: Tensor, axis: int, sizes: Tensor) -> Tensor:
    """Repeats every element as often as the largest count says, and masks what is too many."""
    if data.shape.ndims is None:
        raise TypeError("repeats that differ need data whose rank is known statically.")
    if counts.shape.ndims != axis + 1:
        own = shape_of.shape(counts)
        leading = sizes[: axis + 1 - shape_of.rank(counts)]
        counts = filling.broadcast_to(counts, joining.concat([leading, own], axis=0))
        counts.set_shape([None] * (axis + 1))
    most = maximum(0, max_op(counts, all_axes(counts, None)))
    mask = sequence_mask(counts, most)
    tiled = _tile_axis(reshaping.expand_dims(data, axis + 1), axis + 1, most)
    result = boolean_mask(tiled, mask)
    if axis:
        result = reshaping.reshape(
            result, joining.concat([sizes[:axis], [-1], sizes[axis + 1 :]], axis=0)
        )
    result.set_shape(data.shape[:axis].concatenate([None]).concatenate(data.shape[axis + 1 :]))
    return result


def _with_axis(data: Tensor) -> Tensor:
    """`data`, as a vector when it is a scalar."""
    if data.shape.ndims == 0:
        return stacking.stack([data])
    if data.shape.ndims is not None:
        return data
    sizes, rank = shape_of.shape(data), shape_of.rank(data)
    return reshaping.reshape(data, joining.concat([[1], sizes], axis=0)[-rank:])


def _axis_from_front(axis: int, rank: int | None) -> int:
    if rank is None:
        if axis < 0:
            raise ValueError("axis may only be negative if ndims is statically known.")
        return axis
    if not -rank <= axis < rank:
        raise ValueError(f"axis={axis} out of bounds: expected {-rank}<=axis<{rank}")
    return axis % rank


def _tile_axis(data: Tensor, axis: int, multiple: Any) -> Tensor:
    if data.shape.ndims is not None:
        multiples: Any = [1] * data.shape.ndims
        multiples[axis] = multiple
    else:
        ones = filling.ones(shape_of.rank(data), dtypes.int32)
        multiples = joining.concat([ones[:axis], [multiple], ones[axis + 1 :]], axis=0)
    return tile(data, multiples)


# Grids ------------------------------------------------------------------------------------------


def meshgrid(*args: Any, **kwargs: Any) -> list[Tensor]:
    """Returns, for vectors of coordinates, their values at every point of the grid they span.

    `indexing` 'xy', the default, gives the second vector the first axis; 'ij' keeps their order.

    Raises:
      TypeError: an unknown keyword.
      ValueError: an unknown `indexing`.
    """
    indexing, name = kwargs.pop("indexing", "xy"), kwargs.pop("name", "meshgrid")
    if kwargs:
        raise TypeError(f"{next(iter(kwargs))!r} is an invalid keyword argument for this function")
    if indexing not in ("xy", "ij"):
        raise ValueError("indexing parameter must be either 'xy' or 'ij'")
    with name_scope(name, "meshgrid", args):
        rank = len(args)
        axes = [
            reshaping.reshape(stacking.stack(x), _along(axis, rank)) for axis, x in enumerate(args)
        ]
        sizes = [shape_of.size(x) for x in args]
        dtype = convert_to_tensor(args[0]).dtype.base_dtype
        if indexing == "xy" and rank > 1:
            axes[:2] = [reshaping.reshape(axes[i], _along(1 - i, rank)) for i in (0, 1)]
            sizes[:2] = sizes[1::-1]
        full = filling.ones(sizes, dtype)
        return [x * full for x in axes]


def _along(axis: int, rank: int) -> tuple[int, ...]:
    """The shape that lays a vector along `axis` of a tensor of `rank`."""
    return tuple(np.where(np.arange(rank) == axis, -1, 1).tolist())
