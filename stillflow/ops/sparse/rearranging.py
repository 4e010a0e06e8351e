"""Sparse tensors reshaped, joined, and with some elements left out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.static import constant_value_as_shape
from stillflow.graph import dtypes
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import gathering, reshaping, selecting
from stillflow.ops.array.constants import constant
from stillflow.ops.control.ordering import identity
from stillflow.ops.known_values import constant_value
from stillflow.ops.math.casts import cast
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
    sizes = _new_sizes(tuple(old.tolist()), new.tolist())
    flat = np.ravel_multi_index(tuple(indices.T), tuple(old.tolist())) if len(indices) else []
    places = np.stack(np.unravel_index(flat, sizes), axis=-1) if len(indices) else indices
    return (
        places.astype(np.int64).reshape(len(indices), len(sizes)),
        np.array(sizes, np.int64),
    )


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


def _joined(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    count = len(ctx.inputs) // 3
    rows: int | None = 0
    rank: int | None = None
    sizes: shapes.Sizes = None
    for number in range(count):
        indices = shapes.with_rank(ctx.shape(number), 2)
        values = shapes.with_rank(ctx.shape(count + number), 1)
        sizes = shapes.merge(sizes, shapes.with_rank(ctx.shape(2 * count + number), 1))
        own = shapes.merge(indices and indices[:1], values)
        rows = None if rows is None or own is None or own[0] is None else rows + own[0]
        rank = indices[1] if indices is not None and rank is None else rank
    return [(rows, rank), (rows,), sizes]


@op(
    "SparseConcat",
    "indices: N * int64, values: N * T, shapes: N * int64"
    " -> output_indices: int64, output_values: T, output_shape: int64",
    shape=_joined,
    limits={"N": 2},
    host=True,
    folds=True,
)
def sparse_concat_op(xp, *parts, concat_dim: int):
    """indices: i64[n, r] each, values: any[n] each, shapes: i64[r] each -> one after another."""
    count = len(parts) // 3
    indices, values, sizes = parts[:count], parts[count : 2 * count], parts[2 * count :]
    rank = len(sizes[0])
    axis = concat_dim + rank if concat_dim < 0 else concat_dim
    if not 0 <= axis < rank:
        refuse(f"Concat dimension must be in range [{-rank}, {rank}), got {concat_dim}")
    others = [np.delete(size, axis) for size in sizes]
    for number, other in enumerate(others):
        if len(sizes[number]) != rank or not np.array_equal(other, others[0]):
            refuse(
                "Input shapes must match: "
                f"{shapes.format_sizes(sizes[0])} vs {shapes.format_sizes(sizes[number])}"
            )
    starts = np.cumsum([0, *(size[axis] for size in sizes)])
    moved = [
        part + np.eye(1, rank, axis, dtype=np.int64) * s
        for part, s in zip(indices, starts[:-1], strict=True)
    ]
    rows, elements = np.concatenate(moved), np.concatenate(values)
    order = np.lexsort(rows.T[::-1])
    whole = sizes[0].copy()
    whole[axis] = starts[-1]
    return rows[order], elements[order], whole


def sparse_concat(axis: int, sp_inputs: list[Any], name: str | None = None) -> SparseTensor:
    """Returns sparse tensors, equal in size but along `axis`, one after another along it."""
    inputs = [as_sparse_tensor(sparse) for sparse in sp_inputs]
    if len(inputs) == 1:
        return inputs[0]
    parts = [[getattr(x, part) for x in inputs] for part in ("indices", "values", "dense_shape")]
    indices, values, sizes = sparse_concat_op(*parts, concat_dim=axis, name=name)
    known = [constant_value(x.dense_shape) for x in inputs]
    if all(size is not None for size in known):
        whole = known[0].copy()
        whole[axis] = sum(size[axis] for size in known)
        sizes = convert_to_tensor(whole)
    return SparseTensor(indices, values, sizes)
