"""Rows without elements given one."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import first_false, is_within, refuse
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.sparse.sparse_tensor import SparseTensor, as_sparse_tensor


def _filled(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    indices, values, sizes = (
        shapes.with_rank(ctx.shape(index), rank) for index, rank in enumerate((2, 1, 1))
    )
    shapes.with_rank(ctx.shape(3), 0)
    count = shapes.merge_size(indices[0], values[0])
    shapes.merge_size(indices[1], sizes[0])
    whole = ctx.value_as_shape(2)
    return [(None, sizes[0]), (None,), (whole[0] if whole else None,), (count,)]


@op(
    "SparseFillEmptyRows",
    "indices: int64, values: T, dense_shape: int64, default_value: T -> output_indices: int64, "
    "output_values: T, empty_row_indicator: bool, reverse_index_map: int64",
    shape=_filled,
    host=True,
    folds=True,
)
def sparse_fill_empty_rows_op(xp, indices, values, sizes, default):
    """A sparse any[rows, ...], default: any[] -> a sparse one with an element in every row.

    With it whether each row was empty, bool[rows], and where each element went, i64[n].
    """
    _check(indices, values, sizes, default)
    count, rank = int(sizes[0]), indices.shape[1]
    row = indices[:, 0]
    if not count and len(row):
        refuse(f"Received SparseTensor with dense_shape[0] = 0 but indices.shape[0] = {len(row)}")
    inside = is_within(row, np.uint64(count))
    if not inside.all():
        at = first_false(inside)[0]
        refuse(f"indices({at}, 0) is invalid: {row[at]} >= {count}")
    is_empty = np.bincount(row, minlength=count)[:count] == 0
    if not is_empty.any() and (row[1:] >= row[:-1]).all():
        return indices, values, is_empty, np.arange(len(row))
    added = np.zeros((int(is_empty.sum()), rank), np.int64)
    added[:, 0] = np.flatnonzero(is_empty)
    order = np.argsort(np.concatenate([row, added[:, 0]]), kind="stable")
    whole = np.concatenate([values, np.full(len(added), default, values.dtype)])
    went = np.empty(len(order), np.int64)
    went[order] = np.arange(len(order))
    return np.concatenate([indices, added])[order], whole[order], is_empty, went[: len(row)]


def _check(indices: Any, values: Any, sizes: Any, default: Any) -> None:
    named = (
        ("dense_shape", sizes, "vector", 1),
        ("indices", indices, "matrix", 2),
        ("values", values, "vector", 1),
        ("default_value", default, "scalar", 0),
    )
    for name, part, kind, rank in named:
        if part.ndim != rank:
            refuse(f"{name} must be a {kind}, saw: {shapes.format_sizes(part.shape)}")


def _gradient_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    shapes.with_rank(ctx.shape(1), 1)
    return [shapes.with_rank(ctx.shape(0), 1), ()]


@op(
    "SparseFillEmptyRowsGrad",
    "reverse_index_map: int64, grad_values: T -> d_values: T, d_default_value: T",
    shape=_gradient_shapes,
)
def sparse_fill_empty_rows_grad(xp, went, dy):
    """went: i64[n], dy: n[k] -> n[n], and n[], the sum of what went nowhere."""
    for name, part in (("reverse_index_map", went), ("grad_values", dy)):
        if part.ndim != 1:
            refuse(f"{name} must be a vector, saw: {shapes.format_sizes(part.shape)}")
    count = len(dy)
    xp.check(is_within(went, count), lambda places: _went_outside(places, count), went)
    rest = xp.set_at(dy, went, xp.zeros_like(dy[:1])) if count else dy
    values = xp.take(dy, went, mode="clip") if count else xp.zeros(went.shape, dy.dtype)
    return values, xp.sum(rest, dtype=dy.dtype)


def _went_outside(places: np.ndarray, count: int) -> str:
    at = first_false(is_within(places, count))[0]
    return f"Elements in reverse index must be in [0, {count}) but got {places[at]}"


@sparse_fill_empty_rows_op.gradient
def sparse_fill_empty_rows_gradient(op, _, dy, *__):
    dvalues, ddefault = sparse_fill_empty_rows_grad(op.outputs[3], dy)
    return None, dvalues, None, ddefault


def sparse_fill_empty_rows(
    sp_input: Any, default_value: Any, name: str | None = None
) -> tuple[SparseTensor, Tensor]:
    """Returns `sp_input` with an element `default_value` in the first place of each empty row.

    With it goes whether each row was empty, bool[rows].
    """
    sparse = as_sparse_tensor(sp_input)
    with name_scope(name, "SparseFillEmptyRows", [sparse]):
        default = convert_to_tensor(default_value, sparse.values.dtype)
        made: Any = sparse_fill_empty_rows_op(*sparse.fetch_parts(), default)
        return SparseTensor(made[0], made[1], sparse.dense_shape), made[2]
