"""The distinct elements of a vector, in the order in which they first occur."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import INDEX
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType


def _distinct_and_index(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes = ctx.shape(0)
    return [(None,), None if sizes is None else shapes.with_rank(sizes, 1)]


def _with_counts(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    return [*_distinct_and_index(ctx), (None,)]


def _distinct(x: Any, out_idx: DType) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if x.ndim != 1:
        refuse("unique expects a 1D vector.")
    ordered, first, positions, counts = np.unique(
        x, return_index=True, return_inverse=True, return_counts=True
    )
    by_occurrence = np.argsort(first)
    place = np.empty_like(by_occurrence)
    place[by_occurrence] = np.arange(len(by_occurrence))
    index_type = out_idx.stored_as
    return (
        ordered[by_occurrence],
        place[positions.reshape(-1)].astype(index_type),
        counts[by_occurrence].astype(index_type),
    )


@op(
    "Unique",
    "x: T -> y: T, idx: out_idx",
    shape=_distinct_and_index,
    types={"out_idx": INDEX},
    host=True,
)
def unique_op(xp, x, *, out_idx: DType = dtypes.int32):
    """x: n[k] -> y: n[d], its distinct elements, idx: i[k], such that x = y[idx]"""
    return _distinct(x, out_idx)[:2]


@op(
    "UniqueWithCounts",
    "x: T -> y: T, idx: out_idx, count: out_idx",
    shape=_with_counts,
    types={"out_idx": INDEX},
    host=True,
)
def unique_with_counts_op(xp, x, *, out_idx: DType = dtypes.int32):
    """x: n[k] -> y: n[d], idx: i[k], count: i[d], as Unique and how often each of y occurs"""
    return _distinct(x, out_idx)


def unique(x: Any, out_idx: Any = dtypes.int32, name: str | None = None):
    """Returns the distinct elements of a vector and where each of its elements is among them."""
    return unique_op(x, out_idx=out_idx, name=name)


def unique_with_counts(x: Any, out_idx: Any = dtypes.int32, name: str | None = None):
    """`unique`, and how often each distinct element occurs."""
    return unique_with_counts_op(x, out_idx=out_idx, name=name)
