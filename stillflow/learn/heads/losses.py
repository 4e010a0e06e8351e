"""Losses of heads: (what is trained on, the average by weights)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.learn.heads.labels import assert_rank
from stillflow.ops.array.reshaping import expand_dims, reshape, squeeze
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.losses.functions import hinge_loss
from stillflow.ops.losses.weighting import Reduction
from stillflow.ops.math.arithmetic import multiply, squared_difference
from stillflow.ops.math.casts import cast
from stillflow.ops.math.division import div
from stillflow.ops.nn.cross_entropy import sparse_softmax_cross_entropy_with_logits
from stillflow.ops.nn.logistic import log_poisson_loss, sigmoid_cross_entropy_with_logits
from stillflow.ops.reduce.reductions import reduce_mean, reduce_sum
from stillflow.platform.decorators import getargspec, unwrap

_Losses = tuple[Tensor, Tensor]


def weighted(losses: Tensor, weight: Any) -> _Losses:
    """(the mean of weighted losses, their sum by that of the weights)."""
    with name_scope("loss", values=(losses, weight)) as scope:
        if weight is None:
            loss = reduce_mean(losses, name=scope)
            return loss, loss
        weight = broadcast_weights(weight, losses)
        with name_scope(None, "weighted_loss", (losses, weight)) as name:
            products = multiply(losses, weight, name=name)
        mean = reduce_mean(products, name=scope)
        average = div(
            reduce_sum(products),
            cast(reduce_sum(weight), dtypes.float32),
            name="weighted_average_loss",
        )
        return mean, average


def mean_squared(labels: Any, logits: Any, weights: Any = None) -> _Losses:
    with name_scope(None, "mean_squared_loss", (logits, labels)) as name:
        logits, labels = _columns(labels, logits)
        loss = squared_difference(logits, cast(labels, dtypes.float32), name=name)
        return weighted(loss, weights)


def poisson(labels: Any, logits: Any, weights: Any = None) -> _Losses:
    with name_scope(None, "_poisson_loss", (logits, labels)) as name:
        logits, labels = _columns(labels, logits)
        loss = log_poisson_loss(labels, logits, compute_full_loss=True, name=name)
        return weighted(loss, weights)


def _columns(labels: Any, logits: Any) -> tuple[Tensor, Tensor]:
    """(logits, labels) of rank 2; ValueError where they do not match."""
    logits, labels = convert_to_tensor(logits), convert_to_tensor(labels)
    if len(labels.get_shape()) == 1:
        labels = expand_dims(labels, axis=1)
    if len(logits.get_shape()) == 1:
        logits = expand_dims(logits, axis=1)
    logits.get_shape().assert_is_compatible_with(labels.get_shape())
    return logits, labels


def log_loss_with_two_classes(labels: Any, logits: Any, weights: Any = None) -> _Losses:
    with name_scope(None, "log_loss_with_two_classes", (logits, labels)) as name:
        logits = convert_to_tensor(logits)
        labels = cast(labels, dtypes.float32)
        if len(labels.get_shape()) == 1:
            labels = expand_dims(labels, axis=1)
        loss = sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name=name)
        return weighted(loss, weights)


def softmax_cross_entropy(labels: Any, logits: Any, weights: Any = None) -> _Losses:
    """`labels` are numbers of classes; ValueError if they are of no integer dtype."""
    with name_scope(None, "softmax_cross_entropy_loss", (logits, labels)) as name:
        labels = convert_to_tensor(labels)
        if not labels.dtype.is_integer:
            raise ValueError(f"Labels dtype should be integer Instead got {labels.dtype}.")
        is_column = len(labels.get_shape()) == 2
        if is_column:
            labels = squeeze(labels, axis=(1,))
        loss = sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name=name)
        if is_column:
            loss = expand_dims(loss, axis=(1,))
        return weighted(loss, weights)


def sigmoid_cross_entropy(labels: Any, logits: Any, weights: Any = None) -> _Losses:
    with name_scope(None, "sigmoid_cross_entropy_loss", (logits, labels)) as name:
        labels = cast(labels, dtypes.float32)
        loss = sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name=name)
        return weighted(loss, weights)


def hinge(labels: Any, logits: Any, weights: Any = None) -> _Losses:
    with name_scope(None, "hinge_loss", (logits, labels)) as name:
        with control_dependencies((assert_rank(labels),)):
            labels = reshape(labels, shape=(-1, 1))
        loss = hinge_loss(labels=labels, logits=logits, scope=name, reduction=Reduction.NONE)
        return weighted(loss, weights)


def checked(loss_fn: Callable[..., Any] | None) -> Callable[..., _Losses] | None:
    """A program's function as one of such losses.

    Raises:
      ValueError: it takes no `labels`, `logits` or `weights`.
    """
    if loss_fn is None:
        return None
    names = _arguments(loss_fn)
    for name in ("labels", "logits", "weights"):
        if name not in names:
            raise ValueError(f"Argument {name} not found in loss_fn.")
    own = loss_fn

    def both(labels: Any, logits: Any, weights: Any = None) -> _Losses:
        loss = own(labels, logits) if weights is None else own(labels, logits, weights)
        return loss, loss

    return both


def _arguments(function: Any) -> list[str]:
    _, function = unwrap(function)
    if hasattr(function, "__code__"):
        return getargspec(function).args
    return _arguments(function.func if hasattr(function, "func") else function.__call__)
