"""Losses of each sample: functions of labels and predictions, f[..., k] and f[..., k] -> f[...].

Labels are cast to the type of the predictions.
"""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.keras.backend import cross_entropy
from stillflow.layers import settings
from stillflow.layers.bounding import clip
from stillflow.ops.array import shape_of
from stillflow.ops.control.smart import smart_cond
from stillflow.ops.math import arithmetic, casts, comparison, elementwise
from stillflow.ops.nn import activations, norms
from stillflow.ops.reduce import reductions


def _of_one_type(y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    y_pred = convert_to_tensor(y_pred)
    return casts.cast(y_true, y_pred.dtype), y_pred


def _mean(losses: Tensor) -> Tensor:
    return reductions.reduce_mean(losses, -1, False)


def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of (y_pred - y_true)^2."""
    y_true, y_pred = _of_one_type(y_true, y_pred)
    return _mean(arithmetic.squared_difference(y_pred, y_true))


def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of |y_pred - y_true|."""
    y_true, y_pred = _of_one_type(y_true, y_pred)
    return _mean(elementwise.abs_(y_pred - y_true))


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Tensor:
    """100 times the mean of |y_true - y_pred| / |y_true|."""
    y_true, y_pred = _of_one_type(y_true, y_pred)
    error = y_true - y_pred
    scale = clip(elementwise.abs_(y_true), settings.epsilon(), None)
    return 100.0 * _mean(elementwise.abs_(error / scale))


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of (log(y_pred + 1) - log(y_true + 1))^2; what is below 0 counts as 0."""
    y_true, y_pred = _of_one_type(y_true, y_pred)
    of_pred = elementwise.log(clip(y_pred, settings.epsilon(), None) + 1.0)
    of_true = elementwise.log(clip(y_true, settings.epsilon(), None) + 1.0)
    return _mean(arithmetic.squared_difference(of_pred, of_true))


def _signs(y_true: Tensor) -> Tensor:
    """Labels of -1 and 1, which those of 0 and 1 become where all are such."""
    zeros, ones = comparison.equal(y_true, 0), comparison.equal(y_true, 1)
    is_binary = reductions.reduce_all(comparison.logical_or(zeros, ones))
    return smart_cond(is_binary, lambda: 2.0 * y_true - 1.0, lambda: y_true)


def squared_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of max(1 - y_true * y_pred, 0)^2, for labels of -1 and 1, or 0 and 1."""
    y_true, y_pred = _of_one_type(y_true, y_pred)
    y_true = _signs(y_true)
    return _mean(elementwise.square(arithmetic.maximum(1.0 - y_true * y_pred, 0.0)))


def hinge(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of max(1 - y_true * y_pred, 0), for labels of -1 and 1, or 0 and 1."""
    y_true, y_pred = _of_one_type(y_true, y_pred)
    y_true = _signs(y_true)
    return _mean(arithmetic.maximum(1.0 - y_true * y_pred, 0.0))


def categorical_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """By how much the best of the other classes comes within 1 of that of the label."""
    y_true, y_pred = _of_one_type(y_true, y_pred)
    own = reductions.reduce_sum(y_true * y_pred, axis=-1)
    others = reductions.reduce_max((1.0 - y_true) * y_pred, axis=-1)
    return arithmetic.maximum(0.0, others - own + 1.0)


def huber_loss(y_true: Any, y_pred: Any, delta: Any = 1.0) -> Tensor:
    """d^2 / 2 up to a distance d of `delta`, then straight on: f[...] -> f[...], elementwise."""
    y_pred = casts.cast(y_pred, settings.floatx())
    y_true = casts.cast(y_true, settings.floatx())
    distance = elementwise.abs_(arithmetic.subtract(y_pred, y_true))
    near = arithmetic.minimum(distance, delta)
    beyond = arithmetic.subtract(distance, near)
    half = convert_to_tensor(0.5, dtype=near.dtype)
    square = arithmetic.multiply(half, arithmetic.multiply(near, near))
    return arithmetic.add(square, arithmetic.multiply(delta, beyond))


def logcosh(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of log(cosh(y_pred - y_true)), which far off is nearly the distance."""
    y_true, y_pred = _of_one_type(y_true, y_pred)
    x = y_pred - y_true
    return _mean(x + activations.softplus(-2.0 * x) - elementwise.log(2.0))


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: Any = 0
) -> Tensor:
    """The cross entropy of distributions over classes; y_pred are logits if `from_logits`.

    `label_smoothing` is that share of a label which is spread over all classes.
    """
    y_true, y_pred = _of_one_type(y_true, y_pred)
    smoothing = convert_to_tensor(label_smoothing, dtype=settings.floatx())

    def smoothed() -> Tensor:
        classes = casts.cast(shape_of.shape(y_true)[1], y_pred.dtype)
        return y_true * (1.0 - smoothing) + (smoothing / classes)

    labels = smart_cond(smoothing, smoothed, lambda: y_true)
    return cross_entropy.categorical_crossentropy(labels, y_pred, from_logits=from_logits)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """The cross entropy of classes, n[...], and distributions over them, f[..., k]."""
    return cross_entropy.sparse_categorical_crossentropy(
        y_true, y_pred, from_logits=from_logits, axis=axis
    )


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: Any = 0
) -> Tensor:
    """The mean of the cross entropies of yes or no; y_pred are logits if `from_logits`.

    `label_smoothing` is that share of a label which becomes 1/2.
    """
    y_true, y_pred = _of_one_type(y_true, y_pred)
    smoothing = convert_to_tensor(label_smoothing, dtype=settings.floatx())
    labels = smart_cond(
        smoothing, lambda: y_true * (1.0 - smoothing) + 0.5 * smoothing, lambda: y_true
    )
    return _mean(cross_entropy.binary_crossentropy(labels, y_pred, from_logits=from_logits))


def kullback_leibler_divergence(y_true: Any, y_pred: Any) -> Tensor:
    """The sum of y_true * log(y_true / y_pred)."""
    y_true, y_pred = _of_one_type(y_true, y_pred)
    y_true = clip(y_true, settings.epsilon(), 1)
    y_pred = clip(y_pred, settings.epsilon(), 1)
    return reductions.reduce_sum(y_true * elementwise.log(y_true / y_pred), axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of y_pred - y_true * log(y_pred)."""
    y_true, y_pred = _of_one_type(y_true, y_pred)
    return _mean(y_pred - y_true * elementwise.log(y_pred + settings.epsilon()))


def cosine_proximity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """The cosine of the angle between labels and predictions, vectors along `axis`."""
    y_true = norms.l2_normalize(y_true, axis=axis)
    y_pred = norms.l2_normalize(y_pred, axis=axis)
    return reductions.reduce_sum(y_true * y_pred, axis=axis)
