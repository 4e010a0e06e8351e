"""The best k of each row, whether a target is among them, and the n-th in order."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import check_scalars, refuse
from stillflow.declare.shapes import format_sizes
from stillflow.declare.type_sets import FLOATS, INTEGERS
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import (
    filling,
    gathering,
    ranging,
    reshaping,
    scattering,
    shape_of,
    stacking,
)
from stillflow.ops.math import casts, comparison, division
from stillflow.ops.reduce import reductions

_REAL = FLOATS + INTEGERS


def _top_k_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes = shapes.with_rank_at_least(ctx.shape(0), 1)
    shapes.with_rank(ctx.shape(1), 0)
    k = ctx.value(1)
    if k is not None and k < 0:
        raise shapes.ShapeError(
            f"Dimension size, given by scalar input 1, must be non-negative but is {k}"
        )
    if sizes is None:
        return [None, None]
    if k is not None and sizes[-1] is not None and sizes[-1] < k:
        raise shapes.ShapeError(f"input must have last dimension >= k = {k} but is {sizes[-1]}")
    return [(*sizes[:-1], None if k is None else int(k))] * 2


@op(
    "TopKV2",
    "input: T, k: int32 -> values: T, indices: int32",
    shape=_top_k_shapes,
    static=("k",),
    types={"T": _REAL},
)
def top_k_op(xp, x, k, *, sorted: bool = True):
    """x: n[..., m], k: i32[] -> the k largest n[..., k], places i32[..., k]; ties in order."""
    if k.ndim:
        refuse(f"k must be scalar, got shape {format_sizes(k.shape)}")
    count = int(k)
    if count < 0:
        refuse(f"Need k >= 0, got {count}")
    if x.ndim == 0:
        refuse("input must be >= 1-D, got shape []")
    size = x.shape[-1]
    if size < count:
        refuse(f"input must have at least k columns. Had {size}, needed {count}")
    order = xp.largest(x, count)
    return xp.take_along_axis(x, order, axis=-1), order.astype(np.int32)


@top_k_op.gradient
def top_k_gradient(op, d_values, d_indices):
    x, indices = op.inputs[0], op.outputs[1]
    sizes, index_sizes = shape_of.shape(x), shape_of.shape(indices)
    count = _last(index_sizes)
    rows = reshaping.reshape(indices, stacking.stack([-1, count]))
    size = _last(sizes)
    end = casts.cast(shape_of.shape(rows)[0], dtypes.int64) * size
    starts = reshaping.expand_dims(ranging.range_(0, end, size), -1)
    places = reshaping.reshape(rows + casts.cast(starts, dtypes.int32), [-1])
    flat = scattering.scatter_nd(
        reshaping.expand_dims(places, -1),
        reshaping.reshape(d_values, [-1]),
        [reductions.reduce_prod(sizes)],
    )
    return reshaping.reshape(flat, sizes), filling.zeros([], dtype=dtypes.int32)


def _last(sizes: Tensor) -> Tensor:
    """The last of `sizes`, i64[]."""
    return gathering.gather(casts.cast(sizes, dtypes.int64), shape_of.size(sizes) - 1)


def top_k(input: Any, k: Any = 1, sorted: bool = True, name: str | None = None):
    """Returns the `k` largest entries of the last axis, largest first, and their indices.

    input: n[..., m] -> (values n[..., k], indices i32[..., k]); of equal entries the first leads.
    """
    return top_k_op(input, k, sorted=sorted, name=name)


def _row_each(ctx: shapes.ShapeContext) -> shapes.Sizes:
    (rows, _), (targets,) = shapes.with_rank(ctx.shape(0), 2), shapes.with_rank(ctx.shape(1), 1)
    return (shapes.merge_size(rows, targets),)


@op(
    "InTopKV2",
    "predictions: float32, targets: T, k: T -> precision: bool",
    shape=_row_each,
    types={"T": (dtypes.int32, dtypes.int64)},
    defaults={"T": dtypes.int32},
)
def in_top_k_op(xp, predictions, targets, k):
    """predictions: f32[n, m], targets: i[n] -> bool[n]: fewer than k entries beat the target's."""
    check_scalars("{} must be 0-D, got shape {}", k=k)
    _check_targets(predictions.shape, targets.shape)
    classes = predictions.shape[1]
    valid = xp.logical_and(xp.greater_equal(targets, 0), xp.less(targets, classes))
    place = xp.where(valid, targets, xp.zeros_like(targets))
    own = xp.take_along_axis(predictions, place[:, None], axis=1)
    better = xp.sum(xp.greater(predictions, own), axis=1)
    finite = xp.logical_and(xp.isfinite(own[:, 0]), xp.all(xp.isfinite(predictions), axis=1))
    return xp.logical_and(xp.logical_and(valid, finite), xp.less(better, k))


def _check_targets(predictions: tuple[int, ...], targets: tuple[int, ...]) -> None:
    if len(predictions) != 2:
        refuse("predictions must be 2-dimensional")
    if len(targets) != 1:
        refuse("targets must be 1-dimensional")
    if predictions[0] != targets[0]:
        refuse(
            f"First dimension of predictions {predictions[0]} must match length of targets "
            f"{targets[0]}"
        )


def in_top_k(predictions: Any, targets: Any, k: Any, name: str | None = None) -> Tensor:
    """Returns whether each target is among the k best predictions of its row; ties count.

    predictions: f32[n, m], targets: i[n], k: i[] -> bool[n]
    """
    with name_scope(name, "in_top_k"):
        return in_top_k_op(predictions, targets, k, name=name)


def _without_last(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes, n = shapes.with_rank_at_least(ctx.shape(0), 1), ctx.size(1)
    if sizes is None:
        return None
    if n is not None and sizes[-1] is not None and sizes[-1] <= n:
        raise shapes.ShapeError(f"Input must have last dimension > n = {n} but is {sizes[-1]}")
    return sizes[:-1]


@op(
    "NthElement",
    "input: T, n: int32 -> values: T",
    shape=_without_last,
    static=("n",),
    types={"T": _REAL},
)
def nth_element_op(xp, x, n, *, reverse: bool = False):
    """x: n[..., m], n: i32[] -> n[...], the n-th smallest (largest if reverse) of each row."""
    check_scalars("{} must be scalar, got shape {}", N=n)
    if n < 0:
        refuse(f"Need n >= 0, got {n}")
    if x.ndim == 0:
        refuse("Input must be >= 1-D, got shape []")
    place, size = int(n), x.shape[-1]
    if place >= size:
        refuse("Input must have at least n+1 columns")
    place = size - 1 - place if reverse else place
    return xp.partition(x, place, axis=-1)[..., place]


@nth_element_op.gradient
def nth_element_gradient(op, dy):
    x, y = op.inputs[0], op.outputs[0]
    # Entries that tie for the place share its gradient.
    chosen = casts.cast(comparison.equal(reshaping.expand_dims(y, -1), x), dy.dtype)
    dy = reshaping.expand_dims(dy, -1)
    ties = reshaping.expand_dims(reductions.reduce_sum(chosen, -1), -1)
    return division.div(chosen, ties) * dy, None


def nth_element(input: Any, n: Any, reverse: bool = False, name: str | None = None) -> Tensor:
    """Returns the `n`-th smallest entry of each row, or the n-th largest: n[..., m] -> n[...]."""
    return nth_element_op(input, n, reverse=reverse, name=name)
