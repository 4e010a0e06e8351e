"""Sets: the distinct elements along the last axis, which sparse tensors hold."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import types
from stillflow.graph.operation import Tensor
from stillflow.ops.sparse.densifying import check_order
from stillflow.ops.sparse.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor

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


def _of_dense_and_sparse(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    dense = shapes.with_rank_at_least(ctx.shape(0), 2)
    rank = _sparse_rank(ctx, 1)
    if dense is not None:
        if rank not in (None, len(dense)):
            raise shapes.ShapeError(f"Dimension must be {len(dense)} but is {rank}")
        rank = len(dense)
    return [(None, rank), (None,), (rank,)]


def _of_two_sparse(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    ranks = _sparse_rank(ctx, 0), _sparse_rank(ctx, 3)
    for number, rank in enumerate(ranks):
        if rank is not None and rank < 2:
            raise shapes.ShapeError(f"Input {number}, expected rank >= 2, got {rank}.")
    if None not in ranks and ranks[0] != ranks[1]:
        raise shapes.ShapeError(f"Dimension must be {ranks[0]} but is {ranks[1]}")
    rank = ranks[1] if ranks[0] is None else ranks[0]
    return [(None, rank), (None,), (rank,)]


def _sparse_rank(ctx: shapes.ShapeContext, start: int) -> int | None:
    """The rank of the sparse tensor whose three parts are inputs from `start`."""
    indices = shapes.with_rank(ctx.shape(start), 2)
    shapes.with_rank(ctx.shape(start + 1), 1)
    sizes = shapes.with_rank(ctx.shape(start + 2), 1)
    known = None if sizes is None else sizes[0]
    return known if known is not None or indices is None else indices[1]


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
    for sets in (a, b):
        if sets.ndim < 2:
            refuse(f"Shape {shapes.format_sizes(sets.shape)} has rank {sets.ndim} < 2")
    _check_groups(a.shape, b.shape)
    return _operated(set_operation, _dense_sets(a), _dense_sets(b), a.shape[:-1], a.dtype)


@op(
    "DenseToSparseSetOperation",
    "set1: T, set2_indices: int64, set2_values: T, set2_shape: int64"
    " -> result_indices: int64, result_values: T, result_shape: int64",
    shape=_of_dense_and_sparse,
    types={"T": ELEMENTS},
    host=True,
    folds=True,
)
def dense_to_sparse_set_operation_op(
    xp, a, indices, values, sizes, *, set_operation: str, validate_indices: bool = True
):
    """a: n[*g, k], sparse n[*g, m] -> a sparse n[*g, largest], sorted along the last axis."""
    _check_groups(a.shape, tuple(sizes.tolist()))
    b = _sparse_sets(indices, values, sizes, validate_indices)
    return _operated(set_operation, _dense_sets(a), b, a.shape[:-1], a.dtype)


@op(
    "SparseToSparseSetOperation",
    "set1_indices: int64, set1_values: T, set1_shape: int64, "
    "set2_indices: int64, set2_values: T, set2_shape: int64"
    " -> result_indices: int64, result_values: T, result_shape: int64",
    shape=_of_two_sparse,
    types={"T": ELEMENTS},
    host=True,
    folds=True,
)
def sparse_to_sparse_set_operation_op(
    xp,
    indices1,
    values1,
    sizes1,
    indices2,
    values2,
    sizes2,
    *,
    set_operation: str,
    validate_indices: bool = True,
):
    """Sparse n[*g, k] and n[*g, m] -> a sparse n[*g, largest], sorted along the last axis."""
    groups = tuple(sizes1.tolist())
    _check_groups(groups, tuple(sizes2.tolist()))
    a = _sparse_sets(indices1, values1, sizes1, validate_indices)
    b = _sparse_sets(indices2, values2, sizes2, validate_indices)
    return _operated(set_operation, a, b, groups[:-1], values1.dtype)


@op(
    "SetSize",
    "set_indices: int64, set_values: T, set_shape: int64 -> size: int32",
    shape=shapes.unknown,
    types={"T": ELEMENTS},
    host=True,
    folds=True,
)
def set_size_op(xp, indices, values, sizes, *, validate_indices: bool = True):
    """A sparse n[*g, k] -> i32[*g], how many distinct elements each set has."""
    counts = np.zeros(tuple(sizes[:-1].tolist()), np.int32)
    for group, elements in _sparse_sets(indices, values, sizes, validate_indices).items():
        counts[group] = len(elements)
    return counts


Sets = dict[tuple[int, ...], set]


def _check_groups(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    if first[:-1] != second[:-1]:
        sizes = [shapes.format_sizes(shape[:-1]) for shape in (first, second)]
        refuse(f"Mismatched shapes {sizes[0]} vs {sizes[1]}")


def _dense_sets(x: np.ndarray) -> Sets:
    groups = x.shape[:-1]
    rows = x.reshape(math.prod(groups), x.shape[-1])
    return {group: set(row.tolist()) for group, row in zip(np.ndindex(*groups), rows, strict=True)}


def _sparse_sets(
    indices: np.ndarray, values: np.ndarray, sizes: np.ndarray, in_order: bool
) -> Sets:
    if in_order:
        check_order("", indices, tuple(sizes.tolist()))
    sets: Sets = {}
    for row, value in zip(indices.tolist(), values.tolist(), strict=True):
        sets.setdefault(tuple(row[:-1]), set()).add(value)
    return sets


def _operated(
    name: str, first: Sets, second: Sets, groups: tuple[int, ...], dtype: np.dtype
) -> tuple:
    operate = _OPERATIONS.get(name.lower())
    if operate is None:
        refuse(f"Invalid set_operation {name}.")
    nothing: set = set()
    results = [
        sorted(operate(first.get(group, nothing), second.get(group, nothing)))
        for group in np.ndindex(*groups)
    ]
    return _sparse(results, groups, dtype)


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


def set_size(a: Any, validate_indices: bool = True) -> Tensor:
    """Returns how many distinct elements each set of `a` has, i32[*g].

    Args:
      a: a SparseTensor n[*g, k]; sets lie along its last axis.
      validate_indices: whether a run fails when its indices are not in the order of rows.

    Raises:
      TypeError: `a` is not sparse, or its elements cannot be in a set.
    """
    a = convert_to_tensor_or_sparse_tensor(a, name="a")
    if not isinstance(a, SparseTensor):
        raise TypeError(f"Expected `SparseTensor`, got {a}.")
    if a.values.dtype.base_dtype not in ELEMENTS:
        raise TypeError(f"Invalid dtype {a.values.dtype}.")
    return set_size_op(a.indices, a.values, a.dense_shape, validate_indices=validate_indices)


def set_intersection(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """Returns what is in both of two sets, n[*g, largest].

    Args:
      a, b: n[*g, k] and n[*g, m], dense or sparse; sets lie along their last axes.
      validate_indices: whether a run fails when indices are not in the order of rows.

    Raises:
      TypeError: elements that cannot be in a set, or of two types.
    """
    a, b, _ = _dense_first(a, b)
    return _set_operation(a, b, "intersection", validate_indices)


def set_difference(
    a: Any, b: Any, aminusb: bool = True, validate_indices: bool = True
) -> SparseTensor:
    """Returns what is in `a` and not in `b`, or the other way round; else as `set_intersection`."""
    a, b, flipped = _dense_first(a, b)
    return _set_operation(a, b, "a-b" if aminusb != flipped else "b-a", validate_indices)


def set_union(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """Returns what is in either of two sets; else as `set_intersection`."""
    a, b, _ = _dense_first(a, b)
    return _set_operation(a, b, "union", validate_indices)


def _dense_first(a: Any, b: Any) -> tuple[Any, Any, bool]:
    """Both as tensors, a dense one before a sparse one; and whether they changed places."""
    a = convert_to_tensor_or_sparse_tensor(a, name="a")
    if a.dtype.base_dtype not in ELEMENTS:
        raise TypeError(f"'a' invalid dtype {a.dtype}.")
    b = convert_to_tensor_or_sparse_tensor(b, name="b")
    if b.dtype.base_dtype != a.dtype.base_dtype:
        raise TypeError(f"Types don't match, {a.dtype} vs {b.dtype}.")
    flipped = isinstance(a, SparseTensor) and not isinstance(b, SparseTensor)
    return (b, a, True) if flipped else (a, b, False)


def _set_operation(a: Any, b: Any, name: str, validate_indices: bool) -> SparseTensor:
    settings = {"set_operation": name, "validate_indices": validate_indices}
    if isinstance(a, SparseTensor):
        parts = [*a.fetch_parts(), *b.fetch_parts()]
        return SparseTensor(*sparse_to_sparse_set_operation_op(*parts, **settings))
    if isinstance(b, SparseTensor):
        return SparseTensor(*dense_to_sparse_set_operation_op(a, *b.fetch_parts(), **settings))
    return SparseTensor(*dense_to_dense_set_operation_op(a, b, **settings))
