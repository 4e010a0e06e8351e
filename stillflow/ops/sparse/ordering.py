"""Sparse tensors put in order, and transposed."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import gathering, ranging, shape_of, transposing
from stillflow.ops.array.transposing import invert_permutation
from stillflow.ops.control.ordering import identity
from stillflow.ops.known_values import constant_value
from stillflow.ops.sparse import rows
from stillflow.ops.sparse.sparse_tensor import SparseTensor, as_sparse_tensor


def _as_given(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    shapes.with_rank(ctx.shape(2), 1)
    return [shapes.with_rank(ctx.shape(0), 2), shapes.with_rank(ctx.shape(1), 1)]


@op(
    "SparseReorder",
    "input_indices: int64, input_values: T, input_shape: int64"
    " -> output_indices: int64, output_values: T",
    shape=_as_given,
)
def sparse_reorder_op(xp, indices, values, sizes):
    """indices: i64[n, r], values: any[n], sizes: i64[r] -> the same in the order of rows."""
    rows.check_one(indices, values, sizes)
    order = rows.order_of(xp, indices)
    return xp.take(indices, order, axis=0), xp.take(values, order, axis=0)


@sparse_reorder_op.gradient
def sparse_reorder_gradient(op, _, dy):
    """Where each element went is found by reordering their numbers."""
    indices, _, sizes = op.inputs
    numbers = ranging.range_(shape_of.shape(indices)[0])
    went = sparse_reorder(SparseTensor(indices, numbers, sizes)).values
    return None, gathering.gather(dy, invert_permutation(went)), None


def sparse_reorder(sp_input: Any, name: str | None = None) -> SparseTensor:
    """Returns `sp_input` with its elements in the order of rows, which most ops want."""
    sparse = as_sparse_tensor(sp_input)
    indices, values = sparse_reorder_op(*sparse.fetch_parts(), name=name)
    known = sparse.shape
    sizes: Any = known.as_list() if known.is_fully_defined() else identity(sparse.dense_shape)
    return SparseTensor(indices, values, sizes)


def sparse_transpose(sp_input: Any, perm: Any = None, name: str | None = None) -> SparseTensor:
    """Returns `sp_input` with its axes in the order `perm`, i[r], or in reverse; in order."""
    with name_scope(name, "SparseTranspose", [sp_input]):
        if perm is None:
            rank = shape_of.rank(sp_input)
            perm = rank - 1 - ranging.range_(0, rank, 1)
        columns = gathering.gather(transposing.transpose(sp_input.indices), perm)
        indices = transposing.transpose(columns)
        known = constant_value(convert_to_tensor(perm))
        if known is not None and sp_input.shape.is_fully_defined():
            old = sp_input.shape.as_list()
            sizes: Any = [old[axis] for axis in known]
        else:
            sizes = gathering.gather(sp_input.dense_shape, perm)
        return sparse_reorder(SparseTensor(indices, sp_input.values, sizes))
