"""Sparse tensors reshaped, and with some elements left out."""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import (
    filling,
    gathering,
    joining,
    reshaping,
    selecting,
    shape_of,
    slicing,
)
from stillflow.ops.array.constants import constant
from stillflow.ops.array.searching import list_diff_op
from stillflow.ops.control.ordering import identity, with_dependencies
from stillflow.ops.debug import checks
from stillflow.ops.known_values import constant_value, constant_value_as_shape
from stillflow.ops.math import arithmetic
from stillflow.ops.math.casts import cast
from stillflow.ops.reduce import reductions
from stillflow.ops.sparse.sparse_tensor import SparseTensor, as_sparse_tensor


def _reshaped(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    indices = shapes.with_rank(ctx.shape(0), 2)
    shapes.with_rank(ctx.shape(1), 1)
    new = shapes.with_rank(ctx.shape(2), 1)
    return [(None if indices is None else indices[0], None if new is None else new[0]), new]


@op(
    "SparseReshape",
    "input_indices: int64, input_shape: int64, new_shape: int64"
    " -> output_indices: int64, output_shape: int64",
    shape=_reshaped,
    host=True,
    folds=True,
)
def sparse_reshape_op(xp, indices, old, new):
    """indices: i64[n, r], old: i64[r], new: i64[s] -> the same places in the shape `new`.

    One size of `new` may be -1: what is left.
    """
    before = tuple(old.tolist())
    sizes = _new_sizes(before, new.tolist())
    if sizes == before:
        return indices.copy(), old.copy()
    # An index outside of the old shape is not looked at, as in TensorFlow.
    flat = indices @ np.array(_strides(before), np.int64)
    places: np.ndarray = np.empty((len(indices), len(sizes)), np.int64)
    for axis, stride in enumerate(_strides(sizes)):
        places[:, axis], flat = np.divmod(flat, stride)
    return places, np.array(sizes, np.int64)


def _strides(sizes: tuple[int, ...]) -> list[int]:
    """How far apart in a row of all elements neighbours along each axis are."""
    return [max(1, math.prod(sizes[axis + 1 :])) for axis in range(len(sizes))]


def _new_sizes(old: tuple[int, ...], new: list[int]) -> tuple[int, ...]:
    unknown = [axis for axis, size in enumerate(new) if size == -1]
    if len(unknown) > 1:
        refuse(f"only one output dimension may be -1, not both {unknown[0]} and {unknown[1]}")
    for axis, size in enumerate(new):
        if size < -1:
            refuse(f"size {axis} must be non-negative, not {size}")
    count, product = math.prod(old), math.prod(size for size in new if size != -1)
    shown = f". input_shape={shapes.format_sizes(old)} output_shape="
    if unknown:
        if not product:
            refuse(
                "reshape cannot infer the missing input size for an empty tensor unless all "
                "specified input sizes are non-zero"
            )
        if count % product:
            refuse(
                f"Input to reshape is a SparseTensor with {count} dense values, but the requested "
                f"shape requires a multiple of {product}{shown}{shapes.format_sizes(tuple(new))}"
            )
        new[unknown[0]] = count // product
    elif product != count:
        refuse(
            f"Input to reshape is a tensor with {count} dense values, but the requested shape has "
            f"{product}{shown}{shapes.format_sizes(tuple(new))}"
        )
    return tuple(new)


def sparse_reshape(sp_input: Any, shape: Any, name: str | None = None) -> SparseTensor:
    """Returns the elements of `sp_input` in another shape, one size of which may be -1.

    Raises:
      ValueError: the shapes are known and hold different numbers of elements.
    """
    sparse = as_sparse_tensor(sp_input)
    shape = cast(shape, dtype=dtypes.int64)
    with name_scope(name, "SparseReshape", [sparse]) as scope:
        indices, sizes = sparse_reshape_op(sparse.indices, sparse.dense_shape, shape, name=scope)
        known = constant_value_as_shape(shape)
        if known is not None and sparse.shape.is_fully_defined():
            old: Any = sparse.shape.as_list()
            found = _known_sizes(old, known, constant_value(shape))
            if found is not None:
                sizes = constant(found, dtype=dtypes.int64)
        return SparseTensor(indices, identity(sparse.values), sizes)


def _known_sizes(old: list[int], new: Any, given: Any) -> list[int] | None:
    """All sizes of the new shape, or None when they are not known."""
    if given is not None and sum(size == -1 for size in given) > 1:
        raise ValueError(f"At most one dimension can be inferred (-1). Found: {given}")
    sizes, count = list(new), math.prod(old)
    if sizes.count(None) > 1:
        return None
    if None in sizes:
        rest = math.prod(size for size in sizes if size is not None)
        sizes[sizes.index(None)] = count // rest
    if math.prod(sizes) != count:
        raise ValueError(
            f"Cannot reshape a tensor with {count} elements to shape {list(new)} "
            f"({math.prod(sizes)} elements)."
        )
    return sizes


def sparse_retain(sp_input: Any, to_retain: Any) -> SparseTensor:
    """Returns `sp_input` with those of its n elements alone where `to_retain`, bool[n], holds."""
    sparse = as_sparse_tensor(sp_input)
    to_retain = convert_to_tensor(to_retain)
    to_retain.shape.assert_has_rank(1)
    if sparse.values.shape.ndims is not None:
        sparse.values.shape[0].merge_with(to_retain.shape[0])
    places = reshaping.reshape(selecting.where_v2(to_retain), [-1])
    indices = gathering.gather(sparse.indices, places)
    values = gathering.gather(sparse.values, places)
    return SparseTensor(indices, values, identity(sparse.dense_shape))


def sparse_expand_dims(
    sp_input: SparseTensor, axis: Any = None, name: str | None = None
) -> SparseTensor:
    """Returns `sp_input` with an axis of size 1 at `axis`, or at its end.

    Raises:
      TypeError: `axis` is no integer.
    """
    rank = sp_input.dense_shape.shape[0]
    axis = -1 if axis is None else axis
    with name_scope(name, "expand_dims", [sp_input]):
        if isinstance(axis, numbers.Integral):
            axis = convert_to_tensor(axis, dtypes.int32, "axis")
        elif not isinstance(axis, Tensor):
            raise TypeError(
                "axis must be an integer value in range [-rank(sp_input) - 1, rank(sp_input)]"
            )
        axis = selecting.where_v2(axis >= 0, axis, axis + rank + 1)
        count = shape_of.shape(sp_input.indices)[0]
        column = filling.zeros([count, 1], dtypes.int64)
        before = slicing.slice_(sp_input.indices, [0, 0], [-1, axis])
        after = slicing.slice_(sp_input.indices, [0, axis], [-1, -1])
        indices = joining.concat([before, column, after], axis=1)
        sizes_before = slicing.slice_(sp_input.dense_shape, [0], [axis])
        sizes_after = slicing.slice_(sp_input.dense_shape, [axis], [-1])
        one = convert_to_tensor([1], dtypes.int64, "new_shape")
        sizes = joining.concat([sizes_before, one, sizes_after], axis=0)
        return SparseTensor(indices, sp_input.values, sizes)


def sparse_reset_shape(sp_input: Any, new_shape: Any = None) -> SparseTensor:
    """Returns the elements of `sp_input` in a larger shape, or in the smallest that holds them.

    Raises:
      ValueError: the shapes are known, and `new_shape` is of another rank or smaller in some size.
    """
    sparse = as_sparse_tensor(sp_input)
    indices, values = identity(sparse.indices), identity(sparse.values)
    old = identity(sparse.dense_shape)
    if new_shape is None:
        least = reductions.reduce_max(indices, axis=0)
        zero = constant(0, dtype=dtypes.int64)
        one_more = arithmetic.add(least, filling.ones_like(old))
        return SparseTensor(indices, values, arithmetic.maximum(zero, one_more))
    new: Any = convert_to_tensor(new_shape)
    new.shape.assert_has_rank(1)
    new = cast(new, dtypes.int64)
    if new.shape.ndims is not None:
        new.shape[0].merge_with(old.shape[0])
    known = constant_value(new)
    if known is not None and sparse.shape.is_fully_defined():
        before = np.array(sparse.shape.as_list())
        if not np.all(before <= known):
            raise ValueError(
                "Requested new_shape should have dimension sizes >= sp_input.shape.  "
                f"Found new_shape ({before}), sp_input.shape ({known})."
            )
        return SparseTensor(indices, values, known)
    new = with_dependencies([checks.assert_equal(shape_of.shape(old), shape_of.shape(new))], new)
    new = with_dependencies([checks.assert_less_equal(old, new)], new)
    return SparseTensor(indices, values, new)


def sparse_mask(a: IndexedSlices, mask_indices: Any, name: str | None = None) -> IndexedSlices:
    """Returns the slices of `a` without those at `mask_indices`, i[k]."""
    with name_scope(name, "sparse_mask", [a, mask_indices]) as scope:
        indices = a.indices
        left, to_gather = list_diff_op(indices, mask_indices)
        return IndexedSlices(gathering.gather(a.values, to_gather, name=scope), left, a.dense_shape)
