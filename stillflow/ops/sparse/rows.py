"""Rows of indices in order, and matched: what kernels of sparse tensors share."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes


def order_of(xp: Any, rows: Any, axes: Any = None) -> Any:
    """rows: i64[n, r] -> i[n], the places of the rows in order, by `axes`, else by all from the
    first; equal rows stay as they are."""
    axes = range(rows.shape[1]) if axes is None else axes
    columns = tuple(rows[:, axis] for axis in axes)
    return xp.lexsort(columns[::-1]) if columns else xp.arange(len(rows))


def starts_of(xp: Any, ordered: Any) -> Any:
    """ordered: i64[n, r] -> bool[n], whether a row differs from the one before it."""
    differs = xp.any(ordered[1:] != ordered[:-1], axis=1)
    return xp.concatenate([xp.ones(min(len(ordered), 1), bool), differs])


def flat_places(xp: Any, rows: Any, sizes: tuple[int, ...]) -> Any:
    """rows: i64[n, r] -> i64[n], their places where the axes of `sizes` are one."""
    steps = np.append(np.cumprod(np.array(sizes[:0:-1], np.int64))[::-1], 1).astype(np.int64)
    return xp.sum(rows.astype(np.int64) * steps[: len(sizes)], axis=1)


def united(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rows that are in a, i64[n, r], or b, i64[m, r], in order.

    With them the place of each in `a` and in `b`, -1 where it is not there.
    """
    both = np.concatenate([a, b])
    order = order_of(np, both)
    ordered = both[order]
    starts = starts_of(np, ordered)
    number = np.cumsum(starts) - 1
    rows = ordered[starts]
    in_a, in_b = np.full(len(rows), -1), np.full(len(rows), -1)
    of_a = order < len(a)
    in_a[number[of_a]] = order[of_a]
    in_b[number[~of_a]] = order[~of_a] - len(a)
    return rows, in_a, in_b


def check_two(indices: Any, values: Any, sizes: Any) -> None:
    """Fails the run unless both of two sparse tensors are well formed, and of one shape."""
    shown = [format_sizes(part.shape) for part in (*indices, *values, *sizes)]
    if any(part.ndim != 2 for part in indices):
        refuse(f"Input indices should be matrices but received shapes: {shown[0]} and {shown[1]}")
    if any(part.ndim != 1 for part in values):
        refuse(f"Input values should be vectors but received shapes: {shown[2]} and {shown[3]}")
    wanted, given = [len(part) for part in indices], [len(part) for part in values]
    if wanted != given:
        refuse(
            f"Expected {wanted[0]} and {wanted[1]} non-empty input values, got {given[0]} and "
            f"{given[1]}"
        )
    if any(part.ndim != 1 for part in sizes):
        refuse(f"Input shapes should be a vector but received shapes {shown[4]} and {shown[5]}")
    first, second = (part.tolist() for part in sizes)
    if len(first) != len(second):
        listed = [" ".join(map(str, part)) for part in (first, second)]
        refuse(f"Operands do not have the same ranks; got shapes: [{listed[0]}] and [{listed[1]}]")
    for axis, (one, other) in enumerate(zip(first, second, strict=True)):
        if one != other:
            refuse(f"Operands' shapes do not match: got {one} and {other} for dimension {axis}")


def check_one(indices: Any, values: Any, sizes: Any) -> None:
    """Fails the run unless the parts are those of a sparse tensor."""
    check_parts(indices, values, sizes)
    check_fit(indices, values, sizes)


def check_parts(indices: Any, values: Any, sizes: Any) -> None:
    """Fails the run unless they are a matrix and two vectors."""
    named = (("indices", indices, 2), ("values", values, 1), ("shape", sizes, 1))
    for name, part, rank in named:
        if part.ndim != rank:
            kind = "matrix" if rank == 2 else "vector"
            shown = format_sizes(part.shape)
            refuse(f"Input {name} should be a {kind} but received shape {shown}")


def check_fit(indices: Any, values: Any, sizes: Any) -> None:
    """Fails the run unless matrix and vectors are of one number of rows and columns."""
    if len(indices) != len(values):
        refuse(
            "indices and values rows (indexing dimension) must match. "
            f"(indices = {len(indices)}, values = {len(values)})"
        )
    if indices.shape[1] != len(sizes):
        refuse("Order length must be SparseTensor rank.")
