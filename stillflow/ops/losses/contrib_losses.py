"""The old losses of `tf.contrib.losses`, predictions first. Each has a successor in `tf.losses`.

Common arguments:
  predictions, labels: of one shape.
  weights: a scalar, or f[n, ...]: what is in a row counts by the row's weight.
  scope: the name of what is built.

Each result is added to GraphKeys.LOSSES, but for that of `hinge_loss`.
"""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import get_collection, name_scope
from stillflow.ops.array import filling, reshaping, selecting, shape_of
from stillflow.ops.losses.contrib_weighting import (
    add_loss,
    check_rank,
    compute_weighted_loss,
    count_present,
    scaled,
)
from stillflow.ops.math import arithmetic, casts, division, elementwise
from stillflow.ops.nn import activations, cross_entropy, logistic
from stillflow.ops.reduce import reductions
from stillflow.platform.deprecation import (
    deprecated,
    deprecated_args,
    deprecated_argument_lookup,
)

_DATE = "2016-12-30"
_SWAPPED = "Note that the order of the {} and labels arguments has been changed."


def _floats(predictions: Any, labels: Any) -> tuple[Tensor, Tensor]:
    predictions.get_shape().assert_is_compatible_with(labels.get_shape())
    return casts.cast(predictions, dtypes.float32), casts.cast(labels, dtypes.float32)


@deprecated(_DATE, "Use tf.losses.get_losses instead.")
def get_losses(scope: str | None = None, loss_collection: str = GraphKeys.LOSSES) -> list[Tensor]:
    """Returns the losses so far; with `scope`, a pattern, those whose names start with it."""
    return get_collection(loss_collection, scope)


@deprecated(_DATE, "Use tf.losses.get_regularization_losses instead.")
def get_regularization_losses(scope: str | None = None) -> list[Tensor]:
    """Returns the penalties of regularizers so far; with `scope`, as in get_losses."""
    return get_collection(GraphKeys.REGULARIZATION_LOSSES, scope)


@deprecated(_DATE, "Use tf.losses.get_total_loss instead.")
def get_total_loss(add_regularization_losses: bool = True, name: str = "total_loss") -> Tensor:
    """Returns the sum of the losses so far, and of the penalties; ValueError without any."""
    losses = get_losses()
    if add_regularization_losses:
        losses += get_regularization_losses()
    return arithmetic.add_n(losses, name=name)


@deprecated(_DATE, "Use tf.losses.absolute_difference instead.")
def absolute_difference(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None
) -> Tensor:
    """Returns the weighted mean of |predictions - labels|."""
    with name_scope(scope, "absolute_difference", [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        losses = elementwise.abs_(arithmetic.subtract(predictions, labels))
        return compute_weighted_loss(losses, weights, scope=scope)


@deprecated(_DATE, "Use tf.losses.mean_squared_error instead.")
def mean_squared_error(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None
) -> Tensor:
    """Returns the weighted mean of (predictions - labels)^2."""
    with name_scope(scope, "mean_squared_error", [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        losses = arithmetic.squared_difference(predictions, labels)
        return compute_weighted_loss(losses, weights, scope=scope)


@deprecated(_DATE, f"Use tf.losses.log_loss instead. {_SWAPPED.format('predictions')}")
def log_loss(
    predictions: Any,
    labels: Any = None,
    weights: Any = 1.0,
    epsilon: float = 1e-7,
    scope: str | None = None,
) -> Tensor:
    """Returns the weighted mean of the cross entropy of `predictions`, probabilities of a yes.

    `epsilon` is added to both logarithms' arguments, so that 0 has one.
    """
    with name_scope(scope, "log_loss", [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        yes = -arithmetic.multiply(labels, elementwise.log(predictions + epsilon))
        no = arithmetic.multiply(1 - labels, elementwise.log(1 - predictions + epsilon))
        return compute_weighted_loss(yes - no, weights, scope=scope)


@deprecated(
    _DATE,
    f"Use tf.losses.hinge_loss instead. {_SWAPPED.format('logits')[:-1]}, and to stay unweighted, "
    "reduction=Reduction.NONE",
)
def hinge_loss(logits: Any, labels: Any = None, scope: str | None = None) -> Tensor:
    """Returns max(0, 1 - s * logits) element by element: s is 1 for label 1, -1 for label 0."""
    with name_scope(scope, "hinge_loss", [logits, labels]):
        logits.get_shape().assert_is_compatible_with(labels.get_shape())
        labels = casts.cast(labels, dtypes.float32)
        ones = filling.ones_like(labels)
        signs = arithmetic.subtract(2 * labels, ones)
        return activations.relu(arithmetic.subtract(ones, arithmetic.multiply(signs, logits)))


@deprecated(_DATE, "Use tf.losses.cosine_distance instead.")
@deprecated_args(None, "dim is deprecated, use axis instead", "dim")
def cosine_distance(
    predictions: Any,
    labels: Any = None,
    axis: int | None = None,
    weights: Any = 1.0,
    scope: str | None = None,
    dim: int | None = None,
) -> Tensor:
    """Returns the weighted mean of 1 - sum(predictions * labels) along `axis`.

    That is the cosine distance of vectors along the axis whose lengths are 1.
    """
    axis = deprecated_argument_lookup("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    with name_scope(scope, "cosine_distance_loss", [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        products = arithmetic.multiply(predictions, labels)
        losses = 1 - reductions.reduce_sum(products, axis=[axis])
        return compute_weighted_loss(losses, weights, scope=scope)


@deprecated(
    _DATE, f"Use tf.losses.mean_pairwise_squared_error instead. {_SWAPPED.format('predictions')}"
)
def mean_pairwise_squared_error(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None
) -> Tensor:
    """Returns the weighted sum over rows of how differences within predictions miss the labels'.

    Of a row with d = predictions - labels that is 2 (mean(d^2) - mean(d)^2).

    Raises:
      ValueError: a rank is not known.
    """
    with name_scope(scope, "mean_pairwise_squared_error", [predictions, labels, weights]):
        predictions, labels = _floats(predictions, labels)
        weights = casts.cast(convert_to_tensor(weights), dtypes.float32)
        differences = arithmetic.subtract(predictions, labels)
        axes = list(range(1, check_rank("diffs", differences)))
        check_rank("weights", weights)
        squares = reductions.reduce_sum(elementwise.square(differences), axis=axes)
        count = count_present(differences, weights, per_row=True)
        of_squares = 2.0 * division.div_no_nan(squares, count, name="value")
        total = elementwise.square(reductions.reduce_sum(differences, axis=axes))
        of_total = 2.0 * division.div_no_nan(total, elementwise.square(count), name="value")
        loss = scaled(of_squares - of_total, weights)
        is_any = reductions.reduce_sum(count) > 0
        mean = selecting.where(is_any, loss, filling.zeros_like(loss), name="value")
        add_loss(mean)
        return mean


@deprecated(_DATE, f"Use tf.losses.sigmoid_cross_entropy instead. {_SWAPPED.format('predictions')}")
def sigmoid_cross_entropy(
    logits: Any,
    multi_class_labels: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
) -> Tensor:
    """Returns the weighted mean of the cross entropy of sigmoid(logits) and 0/1 labels.

    `label_smoothing` draws the labels that far towards 1/2.
    """
    values = [logits, multi_class_labels, weights]
    with name_scope(scope, "sigmoid_cross_entropy_loss", values) as scope:
        logits.get_shape().assert_is_compatible_with(multi_class_labels.get_shape())
        labels = casts.cast(multi_class_labels, logits.dtype)
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = logistic.sigmoid_cross_entropy_with_logits(
            labels=labels, logits=logits, name="xentropy"
        )
        return compute_weighted_loss(losses, weights, scope=scope)


@deprecated(_DATE, f"Use tf.losses.softmax_cross_entropy instead. {_SWAPPED.format('logits')}")
def softmax_cross_entropy(
    logits: Any,
    onehot_labels: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
) -> Tensor:
    """Returns the weighted mean of the cross entropy of softmax(logits) and labels f[n, k].

    `label_smoothing` draws the labels that far towards 1/k.
    """
    values = [logits, onehot_labels, weights]
    with name_scope(scope, "softmax_cross_entropy_loss", values) as scope:
        logits.get_shape().assert_is_compatible_with(onehot_labels.get_shape())
        labels = casts.cast(onehot_labels, logits.dtype)
        if label_smoothing > 0:
            classes = casts.cast(shape_of.shape(labels)[1], logits.dtype)
            each = label_smoothing / classes
            labels = labels * (1.0 - label_smoothing) + each
        losses = cross_entropy.softmax_cross_entropy_with_logits(
            labels=labels, logits=logits, name="xentropy"
        )
        return compute_weighted_loss(losses, weights, scope=scope)


@deprecated(
    _DATE, f"Use tf.losses.sparse_softmax_cross_entropy instead. {_SWAPPED.format('logits')}"
)
def sparse_softmax_cross_entropy(
    logits: Any, labels: Any, weights: Any = 1.0, scope: str | None = None
) -> Tensor:
    """Returns the weighted mean of the cross entropy of softmax(logits) and class numbers.

    labels: i[n] or i[n, 1], logits: f[n, k]
    """
    with name_scope(scope, "sparse_softmax_cross_entropy_loss", [logits, labels, weights]) as scope:
        labels = reshaping.reshape(labels, shape=[shape_of.shape(labels)[0]])
        losses = cross_entropy.sparse_softmax_cross_entropy_with_logits(
            labels=labels, logits=logits, name="xentropy"
        )
        return compute_weighted_loss(losses, weights, scope=scope)
