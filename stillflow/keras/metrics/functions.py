"""Whether predictions are right: functions of labels and predictions, one number a sample."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.keras.metrics.ragged import flat_values
from stillflow.layers import settings
from stillflow.ops.array import reshaping
from stillflow.ops.math import casts, comparison
from stillflow.ops.nn.top_k import in_top_k
from stillflow.ops.reduce import reductions
from stillflow.ops.reduce.argmax import argmax


def accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where label and prediction are equal, else 0: n[...], n[...] -> f[...]."""
    [y_pred, y_true], _ = flat_values([y_pred, y_true])
    y_pred.shape.assert_is_compatible_with(y_true.shape)
    if y_true.dtype != y_pred.dtype:
        y_pred = casts.cast(y_pred, y_true.dtype)
    return casts.cast(comparison.equal(y_true, y_pred), settings.floatx())


def binary_accuracy(y_true: Any, y_pred: Any, threshold: Any = 0.5) -> Tensor:
    """The part of the labels that say which predictions are above `threshold`:

    f[..., k], f[..., k] -> f[...]
    """
    threshold = casts.cast(threshold, y_pred.dtype)
    y_pred = casts.cast(y_pred > threshold, y_pred.dtype)
    hits = casts.cast(comparison.equal(y_true, y_pred), settings.floatx())
    return reductions.reduce_mean(hits, -1, False)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where both are greatest for one class, else 0: f[..., k], f[..., k] -> f[...]."""
    same = comparison.equal(argmax(y_true, axis=-1), argmax(y_pred, axis=-1))
    return casts.cast(same, settings.floatx())


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the class is that of the greatest prediction: n[...], f[..., k] -> f[...]."""
    y_true = _classes(y_true, y_pred)
    y_pred = argmax(y_pred, axis=-1)
    if y_pred.dtype.base_dtype != y_true.dtype.base_dtype:
        y_pred = casts.cast(y_pred, y_true.dtype.base_dtype)
    return casts.cast(comparison.equal(y_true, y_pred), settings.floatx())


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Tensor:
    """1 where the class of the label is among the k greatest predictions:

    f[n, m], f[n, m] -> f[n]
    """
    return casts.cast(in_top_k(y_pred, argmax(y_true, axis=-1), k), settings.floatx())


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Tensor:
    """1 where the class is among the k greatest predictions: n[n], f[n, m] -> f[n]."""
    y_true = _classes(y_true, y_pred)
    return casts.cast(in_top_k(y_pred, casts.cast(y_true, "int32"), k), settings.floatx())


def _classes(y_true: Any, y_pred: Any) -> Any:
    """Labels without their last axis, of size 1, where they are of the predictions' rank."""
    pred_rank = convert_to_tensor(y_pred).shape.ndims
    true_rank = convert_to_tensor(y_true).shape.ndims
    if true_rank is not None and true_rank == pred_rank:
        return reshaping.squeeze(y_true, [-1])
    return y_true
