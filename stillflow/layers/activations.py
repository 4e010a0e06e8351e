"""Activations that layers take by name, `activation="relu"`: `tf.keras.activations`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.layers import settings
from stillflow.ops.array import selecting
from stillflow.ops.math import arithmetic, casts, clip, comparison, elementwise, trigonometric
from stillflow.ops.nn import activations
from stillflow.ops.nn import softmax as along_last_axis
from stillflow.ops.reduce import reductions

_SELU_ALPHA = 1.6732632423543772
_SELU_SCALE = 1.0507009873554805


def linear(x: Any) -> Any:
    """The activation that changes nothing."""
    return x


def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """x where it is positive, else alpha * (exp(x) - 1)."""
    value = activations.elu(x)
    return value if alpha == 1 else selecting.where(x > 0, value, alpha * value)


def selu(x: Any) -> Tensor:
    """The scaled `elu` of Klambauer et al., 2017 (arXiv:1706.02515)."""
    return _SELU_SCALE * elu(x, _SELU_ALPHA)


def softmax(x: Any, axis: int = -1) -> Tensor:
    """Softmax along an axis; the last one of a matrix. ValueError for a vector."""
    rank = x.shape.ndims
    if rank == 2:
        return along_last_axis.softmax(x)
    if rank < 2:
        raise ValueError(f"Cannot apply softmax to a tensor that is 1D. Received input: {x}")
    e = elementwise.exp(x - reductions.reduce_max(x, axis=axis, keepdims=True))
    return e / reductions.reduce_sum(e, axis=axis, keepdims=True)


def relu(x: Any, alpha: Any = 0.0, max_value: float | None = None, threshold: float = 0) -> Tensor:
    """x from `threshold` on, up to `max_value`; below it, alpha * (x - threshold)."""
    if alpha != 0.0 and max_value is None and threshold == 0:
        return activations.leaky_relu(x, alpha=alpha)
    below = None
    if alpha != 0.0:
        below = activations.relu(-x + threshold if threshold != 0 else -x)
    if threshold != 0:
        x = x * casts.cast(comparison.greater(x, threshold), settings.floatx())
    elif max_value == 6:
        x, max_value = activations.relu6(x), None
    else:
        x = activations.relu(x)
    dtype = x.dtype.base_dtype
    if max_value is not None:
        top = constant(max_value, dtype)
        x = clip.clip_by_value(x, constant(0.0, dtype), top)
    return x if below is None else x - convert_to_tensor(alpha, dtype=dtype) * below


def softplus(x: Any) -> Tensor:
    """log(exp(x) + 1)"""
    return activations.softplus(x)


def softsign(x: Any) -> Tensor:
    """x / (|x| + 1)"""
    return activations.softsign(x)


def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent."""
    return trigonometric.tanh(x)


def sigmoid(x: Any) -> Tensor:
    """1 / (1 + exp(-x))"""
    return elementwise.sigmoid(x)


def exponential(x: Any) -> Tensor:
    """exp(x)"""
    return elementwise.exp(x)


def hard_sigmoid(x: Any) -> Tensor:
    """0.2 x + 0.5, between 0 and 1."""
    slope, offset = constant(0.2, x.dtype.base_dtype), constant(0.5, x.dtype.base_dtype)
    return clip.clip_by_value(arithmetic.add(arithmetic.multiply(x, slope), offset), 0.0, 1.0)


BY_NAME: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (
        *(linear, relu, elu, selu, softmax, softplus, softsign, tanh, sigmoid),
        *(exponential, hard_sigmoid),
    )
}
