"""Softmax over the elements that a sparse tensor has."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import WIDE_FLOATS
from stillflow.graph.scopes import name_scope
from stillflow.ops.sparse import rows
from stillflow.ops.sparse.sparse_tensor import SparseTensor


def _of_values(ctx: shapes.ShapeContext) -> shapes.Sizes:
    for index, rank in enumerate((2, 1, 1)):
        shapes.with_rank(ctx.shape(index), rank)
    return ctx.shape(1) if ctx.shape(1) is not None else (None,)


@op(
    "SparseSoftmax",
    "sp_indices: int64, sp_values: T, sp_shape: int64 -> output: T",
    shape=_of_values,
    types={"T": WIDE_FLOATS},
)
def sparse_softmax_op(xp, indices, values, sizes):
    """A sparse f[..., k] -> f[n], the softmax of its elements along the last axis, in order."""
    _check(indices, values, sizes)
    order = rows.order_of(xp, indices)
    group = xp.cumsum(rows.starts_of(xp, xp.take(indices[:, :-1], order, axis=0))) - 1
    x = xp.take(values, order)
    largest = xp.max_at(xp.full(x.shape, -np.inf, x.dtype), group, x)
    exponentials = xp.exp(x - xp.take(largest, group))
    total = xp.add_at(xp.zeros_like(x), group, exponentials)
    return exponentials * xp.take(1 / total, group)


def _check(indices: Any, values: Any, sizes: Any) -> None:
    shown = shapes.format_sizes
    if indices.ndim != 2:
        refuse(f"Input sp_indices should be a matrix but received shape: {shown(indices.shape)}")
    if values.ndim != 1 or sizes.ndim != 1:
        refuse(
            "Inputs sp_values and sp_shape should be vectors but received shapes: "
            f"{shown(values.shape)} and {shown(sizes.shape)}"
        )
    if len(sizes) < 2:
        refuse(f"Input should have rank >= 2, but received shape: [{len(sizes)}]")
    rows.check_fit(indices, values, sizes)


@sparse_softmax_op.gradient
def sparse_softmax_gradient(op, dy):
    from stillflow.ops.sparse.dense_cwise import sparse_dense_cwise_add
    from stillflow.ops.sparse.reducing import sparse_reduce_sum

    indices, _, sizes = op.inputs
    y = op.outputs[0]
    product = SparseTensor(indices, y * dy, sizes)
    total = -sparse_reduce_sum(product, [-1], keepdims=True)
    return None, sparse_dense_cwise_add(indices, dy, sizes, total) * y, None


def sparse_softmax(sp_input: SparseTensor, name: str | None = None) -> SparseTensor:
    """Returns softmax along the last axis of a sparse f[..., k], whose order must be that of rows.

    What is not an element counts as minus infinity.
    """
    with name_scope(name, "SparseSoftmax", [sp_input.indices, sp_input.values]):
        values = sparse_softmax_op(*sp_input.fetch_parts())
        return SparseTensor(sp_input.indices, values, sp_input.dense_shape)
