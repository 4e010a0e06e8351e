"""The losses of `tf.losses`: each compares predictions with labels, element by element or row by
row, and gives their weighted mean.

Common arguments:
  labels, predictions: f[...], of one shape.
  weights: a scalar, or of the rank of the losses with each size that of the losses or 1.
  scope: the name of what is built.
  loss_collection: the collection that the loss is added to; None for none.
  reduction: a Reduction, how the losses of elements become one.
"""

from __future__ import annotations

from typing import Any

from stillflow.declare.arguments import renamed
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, ranging, selecting, shape_of
from stillflow.ops.control.ordering import stop_gradient
from stillflow.ops.losses.broadcasting import assert_broadcastable
from stillflow.ops.losses.collected import add_loss
from stillflow.ops.losses.weighting import Reduction, compute_weighted_loss, count_present
from stillflow.ops.math import arithmetic, casts, comparison, division, elementwise
from stillflow.ops.math.confusion import (
    rank_surplus,
    remove_squeezable_dimensions,
    squeezed_where,
)
from stillflow.ops.nn import activations, cross_entropy, logistic
from stillflow.ops.reduce import reductions

_LOSSES = GraphKeys.LOSSES
_MEAN = Reduction.SUM_BY_NONZERO_WEIGHTS


def _check_given(**values: Any) -> None:
    for name, value in values.items():
        if value is None:
            raise ValueError(f"{name} must not be None.")


def _floats(first: Any, labels: Any) -> tuple[Tensor, Tensor]:
    """Both as float32, of shapes that can be one."""
    first = casts.cast(first, dtypes.float32)
    labels = casts.cast(labels, dtypes.float32)
    first.shape.assert_is_compatible_with(labels.shape)
    return first, labels


def absolute_difference(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _MEAN,
) -> Tensor:
    """Returns the weighted mean of |predictions - labels|."""
    _check_given(labels=labels, predictions=predictions)
    with name_scope(scope, "absolute_difference", [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        losses = elementwise.abs_(arithmetic.subtract(predictions, labels))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def mean_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _MEAN,
) -> Tensor:
    """Returns the weighted mean of (predictions - labels)^2."""
    _check_given(labels=labels, predictions=predictions)
    with name_scope(scope, "mean_squared_error", [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        losses = arithmetic.squared_difference(predictions, labels)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def huber_loss(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    delta: float = 1.0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _MEAN,
) -> Tensor:
    """Returns the weighted mean of a loss that is d^2 / 2 up to `delta`, and then goes on straight.

    d is |predictions - labels|; beyond delta the loss is delta (d - delta / 2).
    """
    _check_given(labels=labels, predictions=predictions)
    with name_scope(scope, "huber_loss", [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        distance = elementwise.abs_(arithmetic.subtract(predictions, labels))
        near = arithmetic.minimum(distance, delta)
        beyond = arithmetic.subtract(distance, near)
        half = convert_to_tensor(0.5, dtype=near.dtype)
        square = arithmetic.multiply(half, arithmetic.multiply(near, near))
        losses = arithmetic.add(square, arithmetic.multiply(delta, beyond))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def log_loss(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    epsilon: float = 1e-7,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _MEAN,
) -> Tensor:
    """Returns the weighted mean of the cross entropy of `predictions`, probabilities of a yes.

    `epsilon` is added to both logarithms' arguments, so that 0 has one.
    """
    _check_given(labels=labels, predictions=predictions)
    with name_scope(scope, "log_loss", [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        yes = -arithmetic.multiply(labels, elementwise.log(predictions + epsilon))
        no = arithmetic.multiply(1 - labels, elementwise.log(1 - predictions + epsilon))
        return compute_weighted_loss(yes - no, weights, scope, loss_collection, reduction)


def hinge_loss(
    labels: Any,
    logits: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _MEAN,
) -> Tensor:
    """Returns the weighted mean of max(0, 1 - s * logits), where s is 1 for label 1, -1 for 0."""
    _check_given(labels=labels, logits=logits)
    with name_scope(scope, "hinge_loss", [logits, labels, weights]) as scope:
        logits, labels = _floats(logits, labels)
        ones = filling.ones_like(labels)
        signs = arithmetic.subtract(2 * labels, ones)
        losses = activations.relu(arithmetic.subtract(ones, arithmetic.multiply(signs, logits)))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def cosine_distance(
    labels: Any,
    predictions: Any,
    axis: int | None = None,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _MEAN,
    dim: int | None = None,
) -> Tensor:
    """Returns the weighted mean of 1 - sum(predictions * labels) along `axis`.

    That is the cosine distance of vectors along the axis whose lengths are 1.
    """
    axis = renamed("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    _check_given(labels=labels, predictions=predictions)
    with name_scope(scope, "cosine_distance_loss", [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        products = arithmetic.multiply(predictions, labels)
        losses = 1 - reductions.reduce_sum(products, axis=[axis], keepdims=True)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def mean_pairwise_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
) -> Tensor:
    """Returns the weighted sum over rows of how differences within predictions miss the labels'.

    labels, predictions: f[n, ...]. Of a row with d = predictions - labels that is the mean of
    (d[i] - d[j])^2 over its pairs, computed from the sums of d and d^2.
    """
    _check_given(labels=labels, predictions=predictions)
    with name_scope(scope, "mean_pairwise_squared_error", [predictions, labels, weights]):
        weights = casts.cast(weights, dtypes.float32)
        labels = casts.cast(labels, dtypes.float32)
        with control_dependencies([assert_broadcastable(weights, labels)]):
            predictions = casts.cast(predictions, dtypes.float32)
            predictions.shape.assert_is_compatible_with(labels.shape)
            loss = _pairwise(arithmetic.subtract(predictions, labels), weights)
            add_loss(loss, loss_collection)
            return loss


def _pairwise(differences: Tensor, weights: Tensor) -> Tensor:
    axes = ranging.range_(1, shape_of.rank(differences))
    squares = reductions.reduce_sum(elementwise.square(differences), axis=axes, keepdims=True)
    count = count_present(differences, weights, per_row=True)
    of_squares = 2.0 * division.div_no_nan(squares, arithmetic.maximum(count - 1, 0), name="value")
    total = reductions.reduce_sum(differences, axis=axes, keepdims=True)
    pairs = elementwise.square(total), arithmetic.maximum(arithmetic.multiply(count, count - 1), 0)
    of_total = 2.0 * division.div_no_nan(*pairs, name="value")
    loss = reductions.reduce_sum(arithmetic.multiply(of_squares - of_total, weights))
    is_any = comparison.greater(reductions.reduce_sum(count), 0)
    return selecting.where(is_any, loss, filling.zeros_like(loss), name="value")


def sigmoid_cross_entropy(
    multi_class_labels: Any,
    logits: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _MEAN,
) -> Tensor:
    """Returns the weighted mean of the cross entropy of sigmoid(logits) and 0/1 labels.

    `label_smoothing` draws the labels that far towards 1/2.
    """
    _check_given(multi_class_labels=multi_class_labels, logits=logits)
    values = [logits, multi_class_labels, weights]
    with name_scope(scope, "sigmoid_cross_entropy_loss", values) as scope:
        logits, labels = _like_logits(multi_class_labels, logits)
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = logistic.sigmoid_cross_entropy_with_logits(
            labels=labels, logits=logits, name="xentropy"
        )
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def _like_logits(labels: Any, logits: Any) -> tuple[Tensor, Tensor]:
    logits = convert_to_tensor(logits)
    labels = casts.cast(labels, logits.dtype)
    logits.shape.assert_is_compatible_with(labels.shape)
    return logits, labels


def softmax_cross_entropy(
    onehot_labels: Any,
    logits: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _MEAN,
) -> Tensor:
    """Returns the weighted mean of the cross entropy of softmax(logits) and labels f[..., k].

    `label_smoothing` draws the labels that far towards 1/k. They get no gradient.
    """
    _check_given(onehot_labels=onehot_labels, logits=logits)
    values = [logits, onehot_labels, weights]
    with name_scope(scope, "softmax_cross_entropy_loss", values) as scope:
        logits, labels = _like_logits(onehot_labels, logits)
        if label_smoothing > 0:
            classes = casts.cast(shape_of.shape(labels)[-1], logits.dtype)
            each = label_smoothing / classes
            labels = labels * (1.0 - label_smoothing) + each
        labels = stop_gradient(labels, name="labels_stop_gradient")
        losses = cross_entropy.softmax_cross_entropy_with_logits_v2(
            labels=labels, logits=logits, name="xentropy"
        )
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sparse_softmax_cross_entropy(
    labels: Any,
    logits: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _MEAN,
) -> Tensor:
    """Returns the weighted mean of the cross entropy of softmax(logits) and class numbers.

    labels: i[...] or i[..., 1], logits: f[..., k]
    """
    _check_given(labels=labels, logits=logits)
    values = [logits, labels, weights]
    with name_scope(scope, "sparse_softmax_cross_entropy_loss", values) as scope:
        labels, logits, weights = _without_last_of_one(labels, logits, weights)
        losses = cross_entropy.sparse_softmax_cross_entropy_with_logits(
            labels=labels, logits=logits, name="xentropy"
        )
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def _without_last_of_one(labels: Any, logits: Any, weights: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Labels of one rank less than the logits, and weights of no higher rank than the labels."""
    labels, logits = remove_squeezable_dimensions(labels, logits, expected_rank_diff=1)
    weights = convert_to_tensor(weights)
    return labels, logits, squeezed_where(weights, rank_surplus(weights, labels), 1)
