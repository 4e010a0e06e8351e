"""How many edits make one sequence of another: Levenshtein's distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph.operation import Tensor
from stillflow.ops.sparse.sparse_tensor import SparseTensor, SparseTensorValue, as_sparse_tensor

Groups = dict[tuple[int, ...], list]


def _of_groups(ctx: shapes.ShapeContext) -> shapes.Sizes:
    for first in (0, 3):
        indices, values, sizes = (
            shapes.with_rank(ctx.shape(first + at), rank) for at, rank in enumerate((2, 1, 1))
        )
        shapes.merge_size(indices[0], values[0])
        shapes.merge_size(indices[1], sizes[0])
    own, other = ctx.value(2), ctx.value(5)
    if own is None or other is None:
        return None
    if len(own) != len(other):
        raise shapes.ShapeError(
            "Num elements of hypothesis_shape does not match truth_shape: "
            f"{len(own)} vs. {len(other)}"
        )
    return tuple(map(max, own[:-1].tolist(), other[:-1].tolist()))


@op(
    "EditDistance",
    "hypothesis_indices: int64, hypothesis_values: T, hypothesis_shape: int64, "
    "truth_indices: int64, truth_values: T, truth_shape: int64 -> output: float32",
    shape=_of_groups,
    host=True,
    folds=True,
)
def edit_distance_op(
    xp, indices, values, sizes, truth_indices, truth_values, truth_sizes, *, normalize: bool = True
):
    """Two sparse any[*g, k] of sequences along their last axes -> f32[*g]"""
    _check(indices, values, sizes, truth_indices, truth_values, truth_sizes)
    distances = np.zeros(np.maximum(sizes[:-1], truth_sizes[:-1]), np.float32)
    ours, truths = _groups(indices, values), _groups(truth_indices, truth_values)
    for group in {**ours, **truths}:
        truth = truths.get(group, [])
        edits: float = _edits(ours.get(group, []), truth)
        if normalize:
            edits = edits / len(truth) if truth else np.inf
        distances[group] = edits
    return distances


def _check(*parts: Any) -> None:
    names = [f"{of}_{part}" for of in ("hypothesis", "truth") for part in _PARTS]
    shown = [shapes.format_sizes(part.shape) for part in parts]
    for at in (0, 3, 1, 4, 2, 5):
        kind, rank = ("matrix", 2) if at % 3 == 0 else ("vector", 1)
        if parts[at].ndim != rank:
            refuse(f"{names[at]} should be a {kind}, but got shape: {shown[at]}")
    for of, at in (("hypothesis", 0), ("truth", 3)):
        if of == "truth" and len(parts[5]) < 2:
            refuse(
                "Input SparseTensors must have rank at least 2, but truth_shape rank is: "
                f"{len(parts[5])}"
            )
        if len(parts[at + 2]) != parts[at].shape[1]:
            refuse(
                f"Expected {of}_shape.NumElements == #cols({of}_indices), their shapes are: "
                f"{shown[at + 2]} and {shown[at]}"
            )
    if len(parts[2]) != len(parts[5]):
        refuse(
            "Expected truth and hypothesis to have matching ranks, but their shapes are: "
            f"{shown[5]} and {shown[2]}"
        )


_PARTS = ("indices", "values", "shape")


def _groups(indices: np.ndarray, values: np.ndarray) -> Groups:
    """The sequences, by where they are."""
    groups: Groups = {}
    for row, value in zip(indices.tolist(), values.tolist(), strict=True):
        groups.setdefault(tuple(row[:-1]), []).append(value)
    return groups


def _edits(a: Sequence, b: Sequence) -> int:
    """How many elements to insert, leave out or replace, at least, to make `b` of `a`."""
    before = list(range(len(b) + 1))
    for count, x in enumerate(a, 1):
        row = [count]
        for at, y in enumerate(b):
            row.append(min(before[at] + (x != y), before[at + 1] + 1, row[at] + 1))
        before = row
    return before[-1]


def edit_distance(
    hypothesis: Any, truth: Any, normalize: bool = True, name: str = "edit_distance"
) -> Tensor:
    """Returns how many edits make the sequences of `truth` of those of `hypothesis`, f32[*g].

    Args:
      hypothesis, truth: sparse any[*g, k] of one type, the sequences along their last axes.
      normalize: divides by the length of the truth; infinity where there is none.

    Raises:
      TypeError: either is not sparse.
    """
    for what, value in (("Hypothesis", hypothesis), ("Truth", truth)):
        if not isinstance(value, (SparseTensor, SparseTensorValue)):
            raise TypeError(f"{what} must be a SparseTensor.")
    parts = [*as_sparse_tensor(hypothesis).fetch_parts(), *as_sparse_tensor(truth).fetch_parts()]
    return edit_distance_op(*parts, normalize=normalize, name=name)
