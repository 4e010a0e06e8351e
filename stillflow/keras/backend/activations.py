"""Activations, and what is done to the outputs of layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.layers import activations as layer_activations
from stillflow.layers.settings import floatx
from stillflow.ops.math import casts, clip, comparison, elementwise, trigonometric
from stillflow.ops.nn import activations, norms, top_k
from stillflow.ops.nn import softmax as along_axis
from stillflow.ops.version2.networks import dropout_v2

_SEEDS = 10**7  # how many seeds are drawn among, where none is given

elu = layer_activations.elu
hard_sigmoid = layer_activations.hard_sigmoid


def relu(x: Any, alpha: Any = 0.0, max_value: Any = None, threshold: Any = 0) -> Tensor:
    """x above `threshold` and at most `max_value`; below, alpha * (x - threshold)."""
    if alpha != 0.0 and max_value is None and threshold == 0:
        return activations.leaky_relu(x, alpha=alpha)
    below = None
    if alpha != 0.0:
        below = activations.relu(-x + threshold if threshold != 0 else -x)
    x = _above(x, max_value, threshold)
    if below is None:
        return x
    return x - convert_to_tensor(alpha, dtype=x.dtype.base_dtype) * below


def _above(x: Any, max_value: Any, threshold: Any) -> Tensor:
    """The part of `relu` that is not below the threshold."""
    if threshold == 0 and max_value == 6:
        return activations.relu6(x)
    if threshold != 0:
        x = x * casts.cast(comparison.greater(x, threshold), floatx())
    else:
        x = activations.relu(x)
    if max_value is None:
        return x
    high = constant(max_value, x.dtype.base_dtype)
    return clip.clip_by_value(x, constant(0.0, x.dtype.base_dtype), high)


def softmax(x: Any, axis: int = -1) -> Tensor:
    """exp(x), of which those along an axis sum up to one."""
    return along_axis.softmax(x, axis=axis)


def softplus(x: Any) -> Tensor:
    """log(exp(x) + 1)"""
    return activations.softplus(x)


def softsign(x: Any) -> Tensor:
    """x / (|x| + 1)"""
    return activations.softsign(x)


def sigmoid(x: Any) -> Tensor:
    """1 / (1 + exp(-x))"""
    return elementwise.sigmoid(x)


def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent of x."""
    return trigonometric.tanh(x)


def dropout(x: Any, level: Any, noise_shape: Any = None, seed: int | None = None) -> Tensor:
    """Sets a share of elements, chosen by chance, to zero, and raises the others.

    Args:
      level: the share.
      noise_shape: where it has a 1, elements along that axis are set to zero together.
      seed: one is drawn by NumPy where it is None.
    """
    seed = np.random.randint(_SEEDS) if seed is None else seed
    return dropout_v2(x, rate=level, noise_shape=noise_shape, seed=seed)


def l2_normalize(x: Any, axis: Any = None) -> Tensor:
    """x by its length along axes."""
    return norms.l2_normalize(x, axis=axis)


def in_top_k(predictions: Any, targets: Any, k: int) -> Tensor:
    """Whether the class `targets` of each row is among the `k` of the greatest predictions."""
    return top_k.in_top_k(predictions, targets, k)
