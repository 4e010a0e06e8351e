"""Ragged tensors made of sparse ones, and sparse ones of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.declare.type_sets import INDEX
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import reshaping, selecting, shape_of
from stillflow.ops.debug import asserting
from stillflow.ops.math import casts, comparison
from stillflow.ops.reduce import reductions
from stillflow.ops.sparse.sparse_tensor import SparseTensor, as_sparse_tensor, is_sparse


def _of_values(ctx: ShapeContext) -> list[Sizes]:
    depth = ctx.attrs["RAGGED_RANK"]
    for index in range(depth):
        shapes.with_rank(ctx.shape(index), 1)
    values = ctx.shape(depth)
    rank = None if values is None else len(values) + depth
    count = shapes.num_elements(values)
    return [(count, rank), (count,), (rank,)]


@op(
    "RaggedTensorToSparse",
    "rt_nested_splits: RAGGED_RANK * Tsplits, rt_dense_values: T"
    " -> sparse_indices: int64, sparse_values: T, sparse_dense_shape: int64",
    shape=_of_values,
    types={"Tsplits": INDEX},
    defaults={"Tsplits": dtypes.int64},
    host=True,
)
def ragged_tensor_to_sparse_op(xp, *parts):
    """Splits i[n + 1] from the outside in, then values any[m, ...] -> a sparse tensor's parts"""
    *nested, values = parts
    _check_splits(nested, len(values))
    rank = len(nested) + values.ndim
    columns: list[np.ndarray] = []
    sizes = [len(nested[0]) - 1]
    for ends in nested:
        lengths = np.diff(ends)
        columns = [np.repeat(column, lengths) for column in columns or [np.arange(len(lengths))]]
        columns.append(np.arange(int(lengths.sum())) - np.repeat(ends[:-1], lengths))
        sizes.append(int(lengths.max(initial=0)))
    inner = values.shape[1:]
    count = math.prod(inner)
    columns = [np.repeat(column, count) for column in columns]
    places = np.indices(inner).reshape(len(inner), count)
    columns += [np.tile(place, len(values)) for place in places]
    indices = np.stack(columns, axis=1).astype(np.int64).reshape(-1, rank)
    return indices, values.reshape(-1), np.array([*sizes, *inner], np.int64)


def _check_splits(nested: list[np.ndarray], count: int) -> None:
    for ends, values in zip(nested, [*(len(e) - 1 for e in nested[1:]), count], strict=True):
        if not len(ends):
            refuse("ragged splits may not be empty.")
        if ends[0] != 0:
            refuse("First value of ragged splits must be 0.")
        if ends[-1] != values or (np.diff(ends) < 0).any():
            refuse(
                "Final value of ragged splits must match the length the corresponding ragged "
                "values."
            )


@ragged_tensor_to_sparse_op.gradient
def ragged_tensor_to_sparse_gradient(op, _indices, dvalues, _shape):
    sizes = shape_of.shape(op.inputs[-1])
    return [None] * (len(op.inputs) - 1) + [reshaping.reshape(dvalues, sizes)]


def to_sparse(ragged: Any, name: str | None) -> SparseTensor:
    """The values of a RaggedTensor as a SparseTensor."""
    with name_scope(name, "RaggedToSparse", [ragged]):
        parts = ragged_tensor_to_sparse_op(
            list(ragged.nested_row_splits), ragged.flat_values, name=name
        )
        return SparseTensor(*parts)


def from_sparse(cls: Any, st_input: Any, name: str | None, kind: DType) -> Any:
    """`RaggedTensor.from_sparse`; `kind` is the type of the splits."""
    if not is_sparse(st_input):
        raise TypeError(f"Expected SparseTensor, got {type(st_input).__name__}")
    with name_scope(name, "RaggedFromSparse", [st_input]):
        matrix = as_sparse_tensor(st_input)
        sizes = matrix.dense_shape.shape, matrix.indices.shape
        rank = None if sizes[0].ndims is None else sizes[0].as_list()[0]
        columns = None if sizes[1].ndims is None else sizes[1].as_list()[1]
        if 2 not in (rank, columns):
            raise ValueError("rank(st_input) must be 2")
        with control_dependencies([_assert_at_the_front(matrix.indices)]):
            rowids = casts.cast(matrix.indices[:, 0], kind)
            nrows = casts.cast(matrix.dense_shape[0], kind)
            return cls.from_value_rowids(matrix.values, rowids, nrows, validate=False)


def _assert_at_the_front(indices: Any) -> Any:
    """Fails a run in which the values of a row do not follow one another from its start on."""
    rows, places = indices[:, :-1], indices[:, -1]
    is_next_row = reductions.reduce_any(comparison.not_equal(rows[1:], rows[:-1]), axis=1)
    follows = selecting.where(
        is_next_row,
        comparison.equal(places[1:], 0),
        comparison.equal(places[1:], places[:-1] + 1),
    )
    all_follow = comparison.logical_and(
        reductions.reduce_all(comparison.equal(places[:1], 0)), reductions.reduce_all(follows)
    )
    data = ["SparseTensor is not right-ragged", "SparseTensor.indices =", indices]
    return asserting.assert_that(all_follow, data)
