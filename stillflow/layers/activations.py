"""Activations that layers take by name, `activation="relu"`, of the nodes of `tf.keras`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph.operation import Tensor
from stillflow.ops.array import selecting
from stillflow.ops.math import arithmetic, clip, elementwise, trigonometric
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


def hard_sigmoid(x: Any) -> Tensor:
    """0.2 x + 0.5, between 0 and 1."""
    slope, offset = constant(0.2, x.dtype.base_dtype), constant(0.5, x.dtype.base_dtype)
    return clip.clip_by_value(arithmetic.add(arithmetic.multiply(x, slope), offset), 0.0, 1.0)


BY_NAME: dict[str, Callable[[Any], Any]] = {
    "linear": linear,
    "relu": activations.relu,
    "elu": elu,
    "selu": selu,
    "softmax": softmax,
    "softplus": activations.softplus,
    "softsign": activations.softsign,
    "tanh": trigonometric.tanh,
    "sigmoid": elementwise.sigmoid,
    "exponential": elementwise.exp,
    "hard_sigmoid": hard_sigmoid,
}
