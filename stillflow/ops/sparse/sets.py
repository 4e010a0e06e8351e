"""Sets: the distinct elements along the last axis, which sparse tensors hold."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import types

ELEMENTS = types("int8 int16 int32 int64 uint8 uint16 string")

_OPERATIONS: dict[str, Callable[[set, set], set]] = {
    "a-b": set.difference,
    "b-a": lambda a, b: b - a,
    "intersection": set.intersection,
    "union": set.union,
}


def _of_two(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    """The sets lie along the last axis; all others must agree."""
    first, second = (shapes.with_rank_at_least(sizes, 2) for sizes in ctx.shapes())
    known = first if first is not None else second
    rank = None if known is None else len(known)
    if first is not None and second is not None:
        shapes.merge(first[:-1], shapes.with_rank(second, len(first))[:-1])
    return [(None, rank), (None,), (rank,)]


@op(
    "DenseToDenseSetOperation",
    "set1: T, set2: T -> result_indices: int64, result_values: T, result_shape: int64",
    shape=_of_two,
    types={"T": ELEMENTS},
    host=True,
    folds=True,
)
def dense_to_dense_set_operation_op(xp, a, b, *, set_operation: str, validate_indices: bool = True):
    """a: n[*g, k], b: n[*g, m] -> a sparse n[*g, largest], sorted along the last axis."""
    operate = _OPERATIONS.get(set_operation.lower())
    if operate is None:
        refuse(f"Invalid set_operation {set_operation}.")
    for sets in (a, b):
        if sets.ndim < 2:
            refuse(f"Shape {shapes.format_sizes(sets.shape)} has rank {sets.ndim} < 2")
    groups = a.shape[:-1]
    if b.shape[:-1] != groups:
        sizes = [shapes.format_sizes(sets.shape[:-1]) for sets in (a, b)]
        refuse(f"Mismatched shapes {sizes[0]} vs {sizes[1]}")
    count = math.prod(groups)
    rows = zip(a.reshape(count, a.shape[-1]), b.reshape(count, b.shape[-1]), strict=True)
    results = [sorted(operate(set(x.tolist()), set(y.tolist()))) for x, y in rows]
    return _sparse(results, groups, a.dtype)


def _sparse(results: list[list], groups: tuple[int, ...], dtype: np.dtype) -> tuple:
    """The indices, the values and the shape of a sparse tensor with a list for each group."""
    places = [
        (*group, position)
        for group, result in zip(np.ndindex(*groups), results, strict=True)
        for position in range(len(result))
    ]
    values = np.array([value for result in results for value in result], dtype)
    sizes = (*groups, max(map(len, results), default=0))
    indices = np.array(places, np.int64).reshape(len(places), len(sizes))
    return indices, values, np.array(sizes, np.int64)
