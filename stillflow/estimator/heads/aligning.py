"""Predictions, labels and weights of the same axes."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.ops.array.reshaping import expand_dims, squeeze
from stillflow.ops.array.shape_of import rank, shape
from stillflow.ops.control.cond import cond
from stillflow.ops.math.comparison import equal
from stillflow.ops.math.confusion import remove_squeezable_dimensions


def aligned(y_pred: Any, y_true: Any = None, weights: Any = None) -> tuple[Any, Any, Any]:
    """Predictions, labels and weights; what has a last axis of size 1 too many is without it."""
    if y_true is not None:
        y_pred, y_true = _of_one_rank(y_pred, y_true)
    if weights is None:
        return y_pred, y_true, None
    return y_pred, y_true, _weights_like(convert_to_tensor(weights), y_pred)


def _of_one_rank(y_pred: Any, y_true: Any) -> tuple[Any, Any]:
    ranks = y_pred.shape.ndims, y_true.shape.ndims
    if None not in ranks:
        if ranks[0] - ranks[1] != 1 or y_pred.shape.as_list()[-1] == 1:
            y_true, y_pred = remove_squeezable_dimensions(y_true, y_pred)
        return y_pred, y_true
    surplus = rank(y_pred) - rank(y_true)

    def squeezed() -> tuple[Any, Any]:
        return remove_squeezable_dimensions(y_true, y_pred)

    is_last_one = equal(1, shape(y_pred)[-1])
    y_true, y_pred = cond(
        equal(1, surplus),
        lambda: cond(is_last_one, squeezed, lambda: (y_true, y_pred)),
        squeezed,
    )
    return y_pred, y_true


def _weights_like(weights: Any, y_pred: Any) -> Any:
    own, theirs = weights.shape.ndims, y_pred.shape.ndims
    if own == 0:
        return weights
    if own is not None and theirs is not None:
        if own - theirs == 1:
            return squeeze(weights, [-1])
        return expand_dims(weights, [-1]) if theirs - own == 1 else weights
    count = rank(weights)
    surplus = count - rank(y_pred)

    def adjusted() -> Any:
        return cond(equal(surplus, 1), lambda: squeeze(weights, [-1]), maybe_expanded)

    def maybe_expanded() -> Any:
        return cond(equal(surplus, -1), lambda: expand_dims(weights, [-1]), lambda: weights)

    return cond(equal(count, 0), lambda: weights, adjusted)
