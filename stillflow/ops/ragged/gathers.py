"""Rows of ragged tensors picked by their number."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import first_false, is_within, place, refuse
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.declare.type_sets import INDEX
from stillflow.graph import dtypes
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import gathering, reshaping, shape_of
from stillflow.ops.ragged import splits


def _of_rows(ctx: ShapeContext) -> list[Sizes]:
    depth, out = ctx.attrs["PARAMS_RAGGED_RANK"], ctx.attrs["OUTPUT_RAGGED_RANK"]
    shapes.with_rank(ctx.shape(depth + 1), out - depth + 1)
    for index in range(depth):
        shapes.with_rank(ctx.shape(index), 1)
    values = shapes.with_rank_at_least(ctx.shape(depth), 1)
    return [*[(None,)] * out, None if values is None else (None, *values[1:])]


@op(
    "RaggedGather",
    "params_nested_splits: PARAMS_RAGGED_RANK * Tsplits, params_dense_values: Tvalues, "
    "indices: Tindices"
    " -> output_nested_splits: OUTPUT_RAGGED_RANK * Tsplits, output_dense_values: Tvalues",
    shape=_of_rows,
    types={"Tindices": INDEX, "Tsplits": INDEX},
    defaults={"Tsplits": dtypes.int64},
    limits={"OUTPUT_RAGGED_RANK": 0},
    host=True,
)
def ragged_gather_op(xp, *parts, OUTPUT_RAGGED_RANK: int):
    """Splits i[n + 1] from the outside in, values any[m, ...], indices i[...] -> the rows' own"""
    *nested, values, indices = parts
    _check_splits(nested, values, indices)
    found = [
        _dense_splits(size, nested[0].dtype, indices.shape[:at])
        for at, size in enumerate(indices.shape[1:], 1)
    ]
    places = indices.ravel()
    for ends in nested:
        lengths = (ends[1:] - ends[:-1])[places]
        limits = np.cumsum(lengths, dtype=ends.dtype)
        found.append(np.concatenate([np.zeros(1, ends.dtype), limits]))
        within = np.arange(int(lengths.sum())) - np.repeat(limits - lengths, lengths)
        places = np.repeat(ends[:-1][places], lengths) + within
    if not indices.ndim:
        del found[0]  # one row is no row of rows
    return (*found, values[places]) if found else values[places]


def _dense_splits(size: int, dtype: Any, outer: tuple[int, ...]) -> np.ndarray:
    """The splits of rows that are all of one size."""
    return np.arange(int(np.prod(outer)) + 1, dtype=dtype) * size


def _check_splits(nested: list[np.ndarray], values: np.ndarray, indices: np.ndarray) -> None:
    counts = [*(len(ends) - 1 for ends in nested[1:]), len(values)]
    for ends, count in zip(nested, counts, strict=True):
        if not len(ends):
            refuse("Ragged splits may not be empty")
        if ends[0] < 0:
            refuse("Ragged splits must be non-negative")
        if ends[-1] > count:
            refuse("Ragged splits must not point past values")
        if (np.diff(ends) < 0).any():
            refuse("Ragged splits must be sorted")
    ok = is_within(indices, len(nested[0]) - 1)
    if not ok.all():
        at = first_false(ok)
        found = f"{place('indices', at)} = {indices[at]}"
        refuse(f"{found} is not in [0, {len(nested[0]) - 1})")


@ragged_gather_op.gradient
def ragged_gather_gradient(op, *dys):
    *nested, values, indices = op.inputs
    ends = nested[0]
    for inner in nested[1:]:
        ends = gathering.gather(inner, ends)
    flat = reshaping.reshape(indices, [-1])
    starts, limits = gathering.gather(ends, flat), gathering.gather(ends[1:], flat)
    with name_scope(None, "RaggedRange", [starts, limits, 1]) as scope:
        _, places = splits.ranges(starts, limits, 1, None, scope, dtypes.int64)
    dvalues = IndexedSlices(dys[-1], places, shape_of.shape(values))
    return [None] * len(nested) + [dvalues, None]


def gathered(params: Any, indices: Tensor) -> Any:
    """The rows of a RaggedTensor at `indices`, a tensor of known rank."""
    nested = params.nested_row_splits
    depth = (indices.shape.ndims or 0) + len(nested) - 1
    found: Any = ragged_gather_op(
        list(nested), params.flat_values, indices, OUTPUT_RAGGED_RANK=depth
    )
    return type(params).from_nested_row_splits(
        found.output_dense_values, found.output_nested_splits, validate=False
    )
