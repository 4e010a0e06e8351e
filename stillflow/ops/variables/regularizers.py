"""Regularizers: functions of a variable that give the loss to add for its size.

A scale of 0 gives a regularizer that returns None. Source of the names: TF 1.15's contrib.layers.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.math import arithmetic, elementwise
from stillflow.ops.nn import norms
from stillflow.ops.reduce import reductions

Regularizer = Callable[[Any], Tensor | None]


def l1_regularizer(scale: Any, scope: str | None = None) -> Regularizer:
    """Returns a function of weights: `scale` times the sum of their absolute values.

    ValueError for an integer or a negative `scale`.
    """
    _check_scale(scale, "scale")

    def sum_of_absolutes(weights: Any) -> Tensor:
        return reductions.reduce_sum(elementwise.abs_(weights))

    return _scaled(sum_of_absolutes, scale, scope, "l1_regularizer")


def l2_regularizer(scale: Any, scope: str | None = None) -> Regularizer:
    """Returns a function of weights: `scale` times half the sum of their squares.

    ValueError for an integer or a negative `scale`.
    """
    _check_scale(scale, "scale")
    return _scaled(norms.l2_loss, scale, scope, "l2_regularizer")


def l1_l2_regularizer(
    scale_l1: Any = 1.0, scale_l2: Any = 1.0, scope: str | None = None
) -> Regularizer | None:
    """Returns the sum of `l1_regularizer` and `l2_regularizer`."""
    _check_scale(scale_l1, "scale_l1")
    _check_scale(scale_l2, "scale_l2")
    scope = scope or "l1_l2_regularizer"
    if scale_l1 == 0.0:
        return l2_regularizer(scale_l2, scope)
    if scale_l2 == 0.0:
        return l1_regularizer(scale_l1, scope)
    return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope)


def sum_regularizer(
    regularizer_list: Sequence[Regularizer | None], scope: str | None = None
) -> Regularizer | None:
    """Returns the sum of several regularizers; None when there is none that is not None."""
    regularizers = [regularizer for regularizer in regularizer_list if regularizer is not None]
    if not regularizers:
        return None

    def regularize(weights: Any) -> Tensor | None:
        with name_scope(scope, "sum_regularizer", [weights]) as name:
            losses = [regularizer(weights) for regularizer in regularizers]
            losses = [loss for loss in losses if loss is not None]
            return arithmetic.add_n(losses, name=name) if losses else None

    return regularize


def apply_regularization(
    regularizer: Regularizer, weights_list: Sequence[Any] | None = None
) -> Tensor:
    """Returns the sum of `regularizer` over `weights_list`, and adds it to the losses' collection.

    By default the weights are those of the collection `GraphKeys.WEIGHTS`. ValueError when there is
    none, or when the regularizer gives something else than a scalar.
    """
    weights = weights_list or get_default_graph().get_collection(GraphKeys.WEIGHTS)
    if not weights:
        raise ValueError("No weights to regularize.")
    with name_scope("get_regularization_penalty", values=weights) as scope:
        losses = [regularizer(w) for w in weights]
        penalties = [constant(0.0) if loss is None else loss for loss in losses]
        for penalty in penalties:
            if penalty.shape.ndims != 0:
                raise ValueError(
                    "regularizer must return a scalar Tensor instead of a Tensor with rank "
                    f"{penalty.shape.ndims}."
                )
        total = arithmetic.add_n(penalties, name=scope)
    total.graph.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, total)
    return total


def _check_scale(scale: Any, argument: str) -> None:
    if isinstance(scale, numbers.Integral):
        raise ValueError(f"{argument} cannot be an integer: {scale}")
    if isinstance(scale, numbers.Real) and scale < 0.0:
        raise ValueError(f"Setting a scale less than 0 on a regularizer: {scale:g}.")


def _scaled(
    size_of: Callable[[Any], Tensor], scale: Any, scope: str | None, default_scope: str
) -> Regularizer:
    """A regularizer: `scale` times a measure of the weights' size."""
    if isinstance(scale, numbers.Real) and scale == 0.0:
        return lambda _: None

    def regularize(weights: Any) -> Tensor:
        with name_scope(scope, default_scope, [weights]) as name:
            factor = convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return arithmetic.multiply(factor, size_of(weights), name=name)

    return regularize
