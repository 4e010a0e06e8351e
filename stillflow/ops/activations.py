"""Activation functions and their gradients, and the softmax family."""

from __future__ import annotations

from typing import Any

from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops import array, shapes
from stillflow.ops import math as math_ops
from stillflow.ops.convert import convert_to_tensor
from stillflow.ops.math import FLOATS, INTEGERS
from stillflow.ops.registry import op

_UNARY: dict[str, Any] = {"shape": shapes.same, "types": {"T": FLOATS}}
_RELU: dict[str, Any] = {"shape": shapes.same, "types": {"T": FLOATS + INTEGERS}}
_GRAD = "gradients: T, {}: T -> backprops: T"
_SELU_SCALE = 1.0507009873554804934193349852946
_SELU_SCALED_ALPHA = 1.7580993408473768599402175208123


def _of_type(xp, value: float, x):
    """`value` as a scalar of the type of `x`, so that NumPy does not widen."""
    return xp.asarray(value, dtype=x.dtype)


@op("Relu", "features: T -> activations: T", **_RELU)
def relu(xp, x):
    """x: n[...] -> n[...], max(x, 0)"""
    return xp.maximum(x, _of_type(xp, 0, x))


@op("ReluGrad", _GRAD.format("features"), **_RELU)
def relu_grad(xp, dy, x):
    """dy, x: n[...] -> n[...]; zero where x is not positive."""
    return xp.multiply(dy, xp.greater(x, 0))


@relu.gradient
def relu_gradient(op, dy):
    return relu_grad(dy, op.outputs[0])


@relu_grad.gradient
def relu_grad_gradient(op, ddx):
    x = op.inputs[1]
    return relu_grad(ddx, x), array.zeros_like_op(x)


@op("Relu6", "features: T -> activations: T", **_RELU)
def relu6_op(xp, x):
    """x: n[...] -> n[...], min(max(x, 0), 6)"""
    return xp.minimum(xp.maximum(x, _of_type(xp, 0, x)), _of_type(xp, 6, x))


@op("Relu6Grad", _GRAD.format("features"), **_RELU)
def relu6_grad(xp, dy, x):
    """dy, x: n[...] -> n[...]; zero outside (0, 6)."""
    return xp.multiply(dy, xp.logical_and(xp.greater(x, 0), xp.less(x, 6)))


@relu6_op.gradient
def relu6_gradient(op, dy):
    return relu6_grad(dy, op.outputs[0])


@relu6_grad.gradient
def relu6_grad_gradient(op, ddx):
    x = op.inputs[1]
    return relu6_grad(ddx, x), array.zeros_like_op(x)


def relu6(features: Any, name: str | None = None) -> Tensor:
    """Returns min(max(features, 0), 6)."""
    with name_scope(name, "Relu6", [features]) as scope:
        return relu6_op(convert_to_tensor(features, name="features"), name=scope)


@op("LeakyRelu", "features: T -> activations: T", **_UNARY)
def leaky_relu_op(xp, x, *, alpha: float = 0.2):
    """x: f[...] -> f[...], x or alpha x, whichever is larger."""
    return xp.where(xp.greater(x, 0), x, xp.multiply(x, _of_type(xp, alpha, x)))


@op("LeakyReluGrad", _GRAD.format("features"), **_UNARY)
def leaky_relu_grad(xp, dy, x, *, alpha: float = 0.2):
    """dy, x: f[...] -> f[...]"""
    return xp.where(xp.greater(x, 0), dy, xp.multiply(dy, _of_type(xp, alpha, x)))


@leaky_relu_op.gradient
def leaky_relu_gradient(op, dy):
    return leaky_relu_grad(dy, op.inputs[0], alpha=op.attrs["alpha"])


@leaky_relu_grad.gradient
def leaky_relu_grad_gradient(op, ddx):
    x = op.inputs[1]
    return leaky_relu_grad(ddx, x, alpha=op.attrs["alpha"]), array.zeros_like_op(x)


def leaky_relu(features: Any, alpha: float = 0.2, name: str | None = None) -> Tensor:
    """Returns `features` where positive, else alpha times it."""
    with name_scope(name, "LeakyRelu", [features, alpha]) as scope:
        x = convert_to_tensor(features, name="features")
        if x.dtype.is_integer:
            x = math_ops.to_float(x)
        return leaky_relu_op(x, alpha=alpha, name=scope)


@op("Elu", "features: T -> activations: T", **_UNARY)
def elu(xp, x):
    """x: f[...] -> f[...], x where positive, else exp(x) - 1"""
    return xp.where(xp.less(x, 0), xp.expm1(xp.minimum(x, _of_type(xp, 0, x))), x)


@op("EluGrad", "gradients: T, outputs: T -> backprops: T", **_UNARY)
def elu_grad(xp, dy, y):
    """dy, y: f[...] -> f[...], where y is the output of Elu."""
    return xp.where(xp.less(y, 0), xp.multiply(xp.add(y, _of_type(xp, 1, y)), dy), dy)


@elu.gradient
def elu_gradient(op, dy):
    return elu_grad(dy, op.outputs[0])


@elu_grad.gradient
def elu_grad_gradient(op, ddx):
    dy, y = op.inputs
    negative = math_ops.less(y, convert_to_tensor(0, y.dtype))
    through = array.where(negative, math_ops.multiply(dy, ddx), array.zeros_like(y))
    return elu_grad(ddx, y), through


@op("Selu", "features: T -> activations: T", **_UNARY)
def selu(xp, x):
    """x: f[...] -> f[...], a scaled Elu (Klambauer et al., 2017)."""
    curve = xp.multiply(
        _of_type(xp, _SELU_SCALED_ALPHA, x), xp.expm1(xp.minimum(x, _of_type(xp, 0, x)))
    )
    return xp.where(xp.less(x, 0), curve, xp.multiply(_of_type(xp, _SELU_SCALE, x), x))


@op("SeluGrad", "gradients: T, outputs: T -> backprops: T", **_UNARY)
def selu_grad(xp, dy, y):
    """dy, y: f[...] -> f[...], where y is the output of Selu."""
    slope = xp.where(
        xp.less(y, 0),
        xp.add(y, _of_type(xp, _SELU_SCALED_ALPHA, y)),
        _of_type(xp, _SELU_SCALE, y),
    )
    return xp.multiply(dy, slope)


@selu.gradient
def selu_gradient(op, dy):
    return selu_grad(dy, op.outputs[0])


@selu_grad.gradient
def selu_grad_gradient(op, ddx):
    dy, y = op.inputs
    negative = math_ops.less(y, convert_to_tensor(0, y.dtype))
    through = array.where(negative, math_ops.multiply(dy, ddx), array.zeros_like(y))
    return selu_grad(ddx, y), through


@op("Softplus", "features: T -> activations: T", **_UNARY)
def softplus(xp, x):
    """x: f[...] -> f[...], log(1 + exp(x))"""
    return xp.logaddexp(x, _of_type(xp, 0, x))


@op("SoftplusGrad", _GRAD.format("features"), **_UNARY)
def softplus_grad(xp, dy, x):
    """dy, x: f[...] -> f[...]"""
    return xp.divide(dy, xp.add(xp.exp(xp.negative(x)), _of_type(xp, 1, x)))


@softplus.gradient
def softplus_gradient(op, dy):
    return softplus_grad(dy, op.inputs[0])


@softplus_grad.gradient
def softplus_grad_gradient(op, ddx):
    dy, x = op.inputs
    # The slope of 1 / (1 + exp(-x)), with both exponentials so that neither overflows alone.
    bell = math_ops.add_n([math_ops.exp(math_ops.negative(x)), math_ops.exp(x)])
    slope = math_ops.real_divide(dy, math_ops.add(bell, convert_to_tensor(2, x.dtype)))
    return softplus_grad(ddx, x), math_ops.multiply(ddx, slope)


@op("Softsign", "features: T -> activations: T", **_UNARY)
def softsign(xp, x):
    """x: f[...] -> f[...], x / (|x| + 1)"""
    return xp.divide(x, xp.add(xp.abs(x), _of_type(xp, 1, x)))


@op("SoftsignGrad", _GRAD.format("features"), **_UNARY)
def softsign_grad(xp, dy, x):
    """dy, x: f[...] -> f[...]"""
    return xp.divide(dy, xp.square(xp.add(xp.abs(x), _of_type(xp, 1, x))))


@softsign.gradient
def softsign_gradient(op, dy):
    return softsign_grad(dy, op.inputs[0])


def crelu(features: Any, name: str | None = None, axis: int = -1) -> Tensor:
    """Returns relu of `features` and of their negation, joined along `axis`."""
    with name_scope(name, "CRelu", [features]) as scope:
        x = convert_to_tensor(features, name="features")
        joined = array.concat([x, math_ops.negative(x)], axis, name=scope)
        return relu(joined)


def swish(features: Any) -> Tensor:
    """Returns features * sigmoid(features)."""
    x = convert_to_tensor(features, name="features")
    return math_ops.multiply(x, math_ops.sigmoid(x))


# Softmax ----------------------------------------------------------------------------------------


def shifted_exp(xp, x):
    """exp(x - max(x)) along the last axis, which cannot overflow; with x - max(x)."""
    shifted = xp.subtract(x, xp.max(x, axis=-1, keepdims=True))
    return xp.exp(shifted), shifted


@op("Softmax", "logits: T -> softmax: T", **_UNARY)
def softmax_op(xp, x):
    """x: f[..., k] -> f[..., k], exp(x) / sum(exp(x)) along the last axis."""
    exp, _ = shifted_exp(xp, x)
    return xp.divide(exp, xp.sum(exp, axis=-1, keepdims=True, dtype=x.dtype))


@softmax_op.gradient
def softmax_gradient(op, dy):
    y = op.outputs[0]
    weighted = _sum_last(math_ops.multiply(dy, y))
    return math_ops.multiply(math_ops.subtract(dy, weighted), y)


@op("LogSoftmax", "logits: T -> logsoftmax: T", **_UNARY)
def log_softmax_op(xp, x):
    """x: f[..., k] -> f[..., k], x - log(sum(exp(x))) along the last axis."""
    exp, shifted = shifted_exp(xp, x)
    return xp.subtract(shifted, xp.log(xp.sum(exp, axis=-1, keepdims=True, dtype=x.dtype)))


@log_softmax_op.gradient
def log_softmax_gradient(op, dy):
    probabilities = math_ops.exp(op.outputs[0])
    return math_ops.subtract(dy, math_ops.multiply(_sum_last(dy), probabilities))


def _sum_last(x: Tensor) -> Tensor:
    from stillflow.ops.reduce import sum_op

    return sum_op(x, [-1], keep_dims=True)


def softmax(
    logits: Any, axis: int | None = None, name: str | None = None, dim: int | None = None
) -> Tensor:
    """Returns exp(logits) / sum(exp(logits)) along `axis`, the last one by default."""
    return _along(softmax_op, logits, _chosen(axis, dim), name)


def log_softmax(
    logits: Any, axis: int | None = None, name: str | None = None, dim: int | None = None
) -> Tensor:
    """Returns logits - log(sum(exp(logits))) along `axis`, the last one by default."""
    return _along(log_softmax_op, logits, _chosen(axis, dim), name)


def _chosen(axis: int | None, dim: int | None) -> int:
    """`axis`, or its older name `dim`."""
    if axis is not None and dim is not None:
        raise ValueError("Cannot specify both 'axis' and 'dim'")
    given = axis if axis is not None else dim
    return -1 if given is None else given


def _along(softmax_of_last, logits: Any, axis: int, name: str | None) -> Tensor:
    x = convert_to_tensor(logits)
    rank = x.shape.ndims
    if axis == -1 or (rank is not None and axis == rank - 1):
        return softmax_of_last(x, name=name)
    if rank is None:
        raise TypeError(
            f"{softmax_of_last.type} along axis {axis} needs logits of known rank; {x} has none."
            "\n  Tell it with set_shape."
        )
    if not -rank <= axis < rank:
        raise InvalidArgumentError(
            None,
            None,
            f"Dimension ({axis}) must be in the range [{-rank}, {rank}) where {rank} is the number "
            "of dimensions in the input.",
        )
    front = axis % rank
    array.rank(x)  # TensorFlow's graph has this node too, and nodes are counted for seeds
    last = array.rank(x)
    y = softmax_of_last(_axis_to_last(x, front, math_ops.subtract(last, 1)), name=name)
    y = _axis_to_last(y, front, math_ops.subtract(last, 1))
    y.set_shape(x.shape)
    return y


def _axis_to_last(x: Tensor, axis: int, last: Tensor) -> Tensor:
    """`x` with `axis` and the last axis exchanged."""
    order = [array.range_(0, axis), [last], array.range_(axis + 1, last), [axis]]
    return array.transpose(x, array.concat(order, 0))
