"""Sparse tensors reduced over axes, to dense tensors or to sparse ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.constants import constant
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import NUMBERS, REAL_NUMBERS
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import ranging, reshaping, scattering, shape_of
from stillflow.ops.math import casts
from stillflow.ops.reduce.reducing import kept_shape, limits
from stillflow.ops.sparse import rows
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.platform.deprecation import deprecated_args, deprecated_argument_lookup

_INPUTS = "input_indices: int64, input_values: T, input_shape: int64, reduction_axes: int32"


def _reduced(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes, axes = ctx.value(2), ctx.value(3)
    if sizes is None or axes is None:
        return None
    return _left(sizes.reshape(-1).tolist(), axes, ctx.attrs["keep_dims"])[1]


def _left(sizes: list[int], axes: Any, keep_dims: bool) -> tuple[list[int], tuple[int, ...]]:
    """The axes that are not reduced, and the sizes of the result."""
    gone = {int(axis) % len(sizes) for axis in np.ravel(axes)} if sizes else set()
    left = [axis for axis in range(len(sizes)) if axis not in gone]
    if keep_dims:
        return left, tuple(1 if axis in gone else size for axis, size in enumerate(sizes))
    return left, tuple(sizes[axis] for axis in left)


def _check(indices: Any, values: Any, sizes: Any, axes: Any) -> None:
    if sizes.ndim != 1:
        shown = shapes.format_sizes(sizes.shape)
        refuse(f"Expected input_shape to be a vector; got shape: {shown}")
    if axes.ndim > 1:
        shown = shapes.format_sizes(axes.shape)
        refuse(f"Expected reduction_axes to be a scalar or a vector; got shape: {shown}")
    rank = len(sizes)
    for axis in axes.reshape(-1).tolist():
        if not -rank <= axis < rank:
            refuse(f"Invalid reduction dimension {axis}, for input with {rank} dimensions.")
    rows.check_fit(indices, values, sizes)


def _sum_into(xp: Any, values: Any, places: Any, count: int) -> Any:
    return xp.add_at(xp.zeros(count, values.dtype), places, values)


def _max_into(xp: Any, values: Any, places: Any, count: int) -> Any:
    lowest = xp.full(count, limits(values.dtype)[0], values.dtype)
    largest = xp.max_at(lowest, places, values)
    is_met = xp.set_at(xp.zeros(count, bool), places, True)
    return xp.where(is_met, largest, xp.zeros_like(largest))


def _reduction(
    name: str, into: Callable[[Any, Any, Any, int], Any], types: tuple
) -> tuple[OpDef, OpDef]:
    """Declares SparseReduce`name` and SparseReduce`name`Sparse.

    `into` reduces, of n elements, those of each place to one; 0 where there is none.
    """

    @op(
        f"SparseReduce{name}",
        f"{_INPUTS} -> output: T",
        shape=_reduced,
        static=("input_shape", "reduction_axes"),
        types={"T": types},
    )
    def to_dense(xp, indices, values, sizes, axes, *, keep_dims: bool = False):
        """A sparse n[*sizes], axes: i32[k] -> n[sizes without axes]"""
        _check(indices, values, sizes, axes)
        left, result = _left(sizes.tolist(), axes, keep_dims)
        outer = tuple(sizes.tolist()[axis] for axis in left)
        places = rows.flat_places(xp, indices[:, np.array(left, int)], outer)
        return into(xp, values, places, int(np.prod(outer, dtype=int))).reshape(result)

    @op(
        f"SparseReduce{name}Sparse",
        f"{_INPUTS} -> output_indices: int64, output_values: T, output_shape: int64",
        shape=lambda ctx: [None] * 3,
        types={"T": types},
        host=True,
        folds=True,
    )
    def to_sparse(xp, indices, values, sizes, axes, *, keep_dims: bool = False):
        """A sparse n[*sizes], axes: i32[k] -> a sparse n[sizes without axes]"""
        _check(indices, values, sizes, axes)
        left, result = _left(sizes.tolist(), axes, keep_dims)
        outer = indices[:, np.array(left, int)]
        order = rows.order_of(np, outer)
        starts = rows.starts_of(np, outer[order])
        found = outer[order][starts]
        reduced = into(xp, values[order], np.cumsum(starts) - 1, len(found))
        if keep_dims:
            places = np.zeros((len(found), len(sizes)), np.int64)
            places[:, left] = found
            found = places
        return found, reduced, np.array(result, np.int64)

    return to_dense, to_sparse


sparse_reduce_sum_op, sparse_reduce_sum_sparse_op = _reduction("Sum", _sum_into, NUMBERS)
sparse_reduce_max_op, sparse_reduce_max_sparse_op = _reduction("Max", _max_into, REAL_NUMBERS)


@sparse_reduce_sum_op.gradient
def sparse_reduce_sum_gradient(op, dy):
    indices, _, sizes, axes = op.inputs
    kept = kept_shape(sizes, axes)
    dy = reshaping.reshape(dy, kept)
    scale = sizes // casts.cast(kept, dtypes.int64)
    return None, scattering.gather_nd_op(dy, indices // scale), None, None


def _axes(sparse: Any, axis: Any, reduction_axes: Any) -> Any:
    """The axes that are reduced: all when neither names one."""
    if axis is not None and reduction_axes is not None:
        raise ValueError("Can't specify both axis' and 'reduction_indices'.")
    axis = axis if axis is not None else reduction_axes
    if axis is not None:
        return axis
    if isinstance(sparse, SparseTensor) and sparse.dense_shape.shape.is_fully_defined():
        rank: Any = sparse.dense_shape.shape.as_list()[0]
        return constant(np.arange(rank, dtype=np.int32))
    return ranging.range_(0, shape_of.rank(sparse))


def _public(reduction: OpDef, public_name: str, result: str, is_sparse: bool) -> Callable[..., Any]:
    def reduce(
        sp_input: SparseTensor,
        axis: Any = None,
        keepdims: bool | None = None,
        reduction_axes: Any = None,
        keep_dims: bool | None = None,
    ) -> Any:
        keepdims = deprecated_argument_lookup("keepdims", keepdims, "keep_dims", keep_dims)
        axes = _axes(sp_input, axis, reduction_axes)
        made: Any = reduction(*sp_input.fetch_parts(), axes, keep_dims=bool(keepdims))
        return SparseTensor(*made) if is_sparse else made

    reduce.__name__ = reduce.__qualname__ = public_name
    kind = "a SparseTensor" if is_sparse else "a Tensor"
    reduce.__doc__ = (
        f"Returns {result} of a sparse tensor's elements over `axis`, an int or several, or over\n"
        f"every axis when it is None: {kind}, 0 where there is no element.\n\n"
        "`keepdims` leaves a reduced axis with size 1. `reduction_axes` and `keep_dims` are older\n"
        "names of `axis` and `keepdims`."
    )
    renamed = [("keep_dims", "keepdims")] + ([] if is_sparse else [("reduction_axes", "axis")])
    for old, new in renamed[::-1]:
        reduce = deprecated_args(None, f"{old} is deprecated, use {new} instead", old)(reduce)
    return reduce


sparse_reduce_sum: Callable[..., Tensor] = _public(
    sparse_reduce_sum_op, "sparse_reduce_sum", "the sum", False
)
sparse_reduce_max: Callable[..., Tensor] = _public(
    sparse_reduce_max_op, "sparse_reduce_max", "the largest", False
)
sparse_reduce_sum_sparse: Callable[..., SparseTensor] = _public(
    sparse_reduce_sum_sparse_op, "sparse_reduce_sum_sparse", "the sum", True
)
sparse_reduce_max_sparse: Callable[..., SparseTensor] = _public(
    sparse_reduce_max_sparse_op, "sparse_reduce_max_sparse", "the largest", True
)
