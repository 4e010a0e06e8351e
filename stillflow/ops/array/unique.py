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

_FEW = 1024  # integers, of which sorting takes longer than hashing


def _distinct_and_index(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes = ctx.shape(0)
    return [(None,), None if sizes is None else shapes.with_rank(sizes, 1)]


def _with_counts(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    return [*_distinct_and_index(ctx), (None,)]


def _distinct(x: Any, out_idx: DType) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if x.ndim != 1:
        refuse("unique expects a 1D vector.")
    if _is_hashed(x):
        found, index = _distinct_by_hash(x, out_idx)
        return found, index, np.bincount(index, minlength=len(found)).astype(index.dtype)
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


def _is_hashed(x: Any) -> bool:
    return x.dtype == object or (x.dtype.kind in "biu" and len(x) <= _FEW)


def _distinct_by_hash(x: Any, out_idx: DType) -> tuple[np.ndarray, np.ndarray]:
    values = x.tolist()
    places: dict[Any, int] = {}
    index: np.ndarray = np.array(
        [places.setdefault(value, len(places)) for value in values], out_idx.stored_as
    )
    found: np.ndarray = np.empty(len(places), x.dtype)
    found[:] = list(places)
    return found, index


@op(
    "Unique",
    "x: T -> y: T, idx: out_idx",
    shape=_distinct_and_index,
    types={"out_idx": INDEX},
    host=True,
)
def unique_op(xp, x, *, out_idx: DType = dtypes.int32):
    """x: n[k] -> y: n[d], its distinct elements, idx: i[k], such that x = y[idx]"""
    if x.ndim == 1 and _is_hashed(x):
        return _distinct_by_hash(x, out_idx)
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


# Along an axis ----------------------------------------------------------------------------------

_ALONG: dict[str, Any] = {
    "types": {"Taxis": INDEX, "out_idx": INDEX},
    "defaults": {"Taxis": dtypes.int64},
    "host": True,
}


def _like_input(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    # What TensorFlow says, though `y` may have more axes and `idx` has one.
    return [(None,), ctx.shape(0)]


def _like_input_with_counts(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    return [*_like_input(ctx), (None,)]


def _distinct_along(x: Any, axis: Any, out_idx: DType) -> tuple[np.ndarray, ...]:
    """The distinct slices of `x` along an axis, none of which is the only one of a vector."""
    if axis.ndim != 1:
        refuse("axis expects a 1D vector.")
    if axis.size > 1:
        refuse("axis does not support input tensors larger than 1 elements")
    if not axis.size or x.ndim == 1:
        return _distinct(x, out_idx)
    at = int(axis[0])
    if not -x.ndim <= at < x.ndim:
        refuse(f"axis has to be between [0, {x.ndim})")
    slices = np.moveaxis(x, at, 0)
    keys = [tuple(row) for row in slices.reshape(len(slices), -1).tolist()]
    places: dict[tuple, int] = {}
    index = [places.setdefault(key, len(places)) for key in keys]
    first = np.unique(index, return_index=True)[1]
    index_type = out_idx.stored_as
    counts: np.ndarray = np.bincount(index, minlength=len(places)).astype(index_type)
    return np.take(x, first, axis=at), np.array(index, index_type), counts


@op("UniqueV2", "x: T, axis: Taxis -> y: T, idx: out_idx", shape=_like_input, **_ALONG)
def unique_v2_op(xp, x, axis, *, out_idx: DType = dtypes.int32):
    """x: n[..., k, ...], axis: i[1] or i[0] -> y: n[..., d, ...], idx: i[k]"""
    return _distinct_along(x, axis, out_idx)[:2]


@op(
    "UniqueWithCountsV2",
    "x: T, axis: Taxis -> y: T, idx: out_idx, count: out_idx",
    shape=_like_input_with_counts,
    **_ALONG,
)
def unique_with_counts_v2_op(xp, x, axis, *, out_idx: DType = dtypes.int32):
    """x: n[..., k, ...], axis: i[1] or i[0] -> y: n[..., d, ...], idx: i[k], count: i[d]"""
    return _distinct_along(x, axis, out_idx)


# Public functions -------------------------------------------------------------------------------


def unique(x: Any, out_idx: Any = dtypes.int32, name: str | None = None):
    """Returns the distinct elements of a vector and where each of its elements is among them."""
    return unique_op(x, out_idx=out_idx, name=name)


def unique_with_counts(x: Any, out_idx: Any = dtypes.int32, name: str | None = None):
    """`unique`, and how often each distinct element occurs."""
    return unique_with_counts_op(x, out_idx=out_idx, name=name)
