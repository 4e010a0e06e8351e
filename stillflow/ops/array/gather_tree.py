"""Sequences that a search over beams found, followed back from their ends."""

from __future__ import annotations

from functools import partial

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import first_false, refuse
from stillflow.declare.type_sets import types


def _same_steps(ctx: shapes.ShapeContext) -> shapes.Sizes:
    steps, parents = (shapes.with_rank(sizes, 3) for sizes in ctx.shapes(0, 2))
    (lengths,) = shapes.with_rank(ctx.shape(2), 1)
    shapes.with_rank(ctx.shape(3), 0)
    time, batch, width = shapes.merge(steps, parents) or (None, None, None)
    return time, shapes.merge_size(batch, lengths), width


@op(
    "GatherTree",
    "step_ids: T, parent_ids: T, max_sequence_lengths: int32, end_token: T -> beams: T",
    shape=_same_steps,
    types={"T": types("int32")},
    host=True,
    folds=True,
    steady=("step_ids",),
)
def gather_tree(xp, steps, parents, lengths, end):
    """steps, parents: i32[time, b, beams], lengths: i32[b], end: i32[] -> i32[time, b, beams]

    Column k is the sequence that ends in beam k; behind its first `end` all is `end`.
    """
    _check(steps, parents, lengths, end)
    time, batch, width = steps.shape
    found = np.full_like(steps, end)
    lengths = np.minimum(lengths, time)
    rows = np.arange(batch)[:, None]
    beam = np.broadcast_to(np.arange(width), (batch, width))
    for level in reversed(range(time)):
        is_there = (level < lengths)[:, None]
        within = (beam >= 0) & (beam < width)
        xp.check(within | ~is_there, partial(_invalid_parent, level), beam)
        safe = np.where(within, beam, 0)
        found[level] = np.where(is_there, steps[level][rows, safe], end)
        beam = np.where(is_there, parents[level][rows, safe], beam)
    has_ended = np.cumsum(found == end, axis=0) > 0
    return np.where(has_ended, end, found).astype(steps.dtype)


gather_tree.not_differentiable()


def _check(steps: np.ndarray, parents: np.ndarray, lengths: np.ndarray, end: np.ndarray) -> None:
    shown = [shapes.format_sizes(value.shape) for value in (steps, parents, lengths, end)]
    if steps.ndim != 3:
        refuse(f"step_ids must be a 3-tensor, saw shape: {shown[0]}")
    if lengths.ndim != 1:
        refuse(f"max_sequence_lengths must be a vector, saw shape: {shown[2]}")
    if end.ndim:
        refuse(f"end_token must be a scalar, saw shape: {shown[3]}")
    if steps.shape != parents.shape:
        refuse(
            f"step_ids.shape must match parent_ids.shape.  but shapes are: {shown[0]} and "
            f"{shown[1]}"
        )
    if steps.shape[1] != len(lengths):
        refuse(
            "batch size dimensions step_ids.shape[1] and max_sequence_lengths.shape[0] must "
            f"match.  but shapes are: {shown[0]} and {shown[2]}"
        )


def _invalid_parent(level: int, beam: np.ndarray) -> str:
    row, column = first_false((beam >= 0) & (beam < beam.shape[1]))
    return (
        f"Saw invalid parent id {beam[row, column]} at (batch, time, beam) == "
        f"({row}, {level}, {column})"
    )
