"""Where values lie in sorted sequences, and what one list has that another lacks."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import INDEX
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.ops.array import reshaping, shape_of

_SIGNATURE = "sorted_inputs: T, values: T -> output: out_type"


def _like_values(ctx: shapes.ShapeContext) -> shapes.Sizes:
    rows, values = (shapes.with_rank(sizes, 2) for sizes in ctx.shapes())
    return (shapes.merge_size(rows[0], values[0]), values[1])


def _searched(xp: Any, rows: Any, values: Any, side: str, out_type: DType) -> Any:
    if rows.shape[0] != values.shape[0]:
        refuse("Leading dim_size of both tensors must match.")
    if not rows.shape[0]:
        return xp.zeros(values.shape, out_type.stored_as)
    found = [xp.searchsorted(row, own, side) for row, own in zip(rows, values, strict=True)]
    return xp.stack(found).astype(out_type.stored_as)


@op("LowerBound", _SIGNATURE, shape=_like_values, types={"out_type": INDEX})
def lower_bound_op(xp, sorted_inputs, values, *, out_type: DType = dtypes.int32):
    """sorted_inputs: n[r, k], values: n[r, m] -> i[r, m], how many are below each."""
    return _searched(xp, sorted_inputs, values, "left", out_type)


@op("UpperBound", _SIGNATURE, shape=_like_values, types={"out_type": INDEX})
def upper_bound_op(xp, sorted_inputs, values, *, out_type: DType = dtypes.int32):
    """sorted_inputs: n[r, k], values: n[r, m] -> i[r, m], how many are not above each."""
    return _searched(xp, sorted_inputs, values, "right", out_type)


def searchsorted(
    sorted_sequence: Any,
    values: Any,
    side: str = "left",
    out_type: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """Returns where each of `values` would go in its sorted row, before or after what equals it.

    sorted_sequence: n[..., k], values: n[..., m] -> i[..., m]

    Raises:
      ValueError: `side` is neither 'left' nor 'right'.
    """
    length = shape_of.shape(sorted_sequence)[-1]
    count = shape_of.shape(values)[-1]
    rows = reshaping.reshape(sorted_sequence, [-1, length])
    wanted = reshaping.reshape(values, [-1, count])
    if side not in ("left", "right"):
        raise ValueError(f"side must be either 'right' or 'left'.  Saw: {side}.")
    search = lower_bound_op if side == "left" else upper_bound_op
    found = search(rows, wanted, out_type=out_type, name=name)
    return reshaping.reshape(found, shape_of.shape(values))


def _two_vectors(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    for sizes in ctx.shapes():
        shapes.with_rank(sizes, 1)
    return [(None,), (None,)]


@op(
    "ListDiff",
    "x: T, y: T -> out: T, idx: out_idx",
    shape=_two_vectors,
    types={"out_idx": INDEX},
    host=True,
    folds=True,
)
def list_diff_op(xp, x, y, *, out_idx: DType = dtypes.int32):
    """x: n[k], y: n[m] -> out: n[d], the elements of x that y lacks, idx: i[d], where in x."""
    for name, vector in (("x", x), ("y", y)):
        if vector.ndim != 1:
            refuse(f"{name} should be a 1D vector.")
    kept = np.flatnonzero(~np.isin(x, y))
    return x[kept], kept.astype(out_idx.stored_as)


def setdiff1d(x: Any, y: Any, index_dtype: Any = dtypes.int32, name: str | None = None) -> Any:
    """Returns the elements of vector `x` that are not in `y`, and where in `x` they are."""
    return list_diff_op(x, y, out_idx=index_dtype, name=name)
