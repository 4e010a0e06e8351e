"""Activation functions and their gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.alike import check_alike, shapes_differ
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.fitting import always
from stillflow.declare.opdef import op
from stillflow.declare.rules import RegisterGradient
from stillflow.declare.type_sets import FLOATS, INTEGERS
from stillflow.graph import dtypes, recording
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, joining, passing, selecting, shape_of
from stillflow.ops.control.ordering import identity
from stillflow.ops.math import casts, elementwise

_UNARY: dict[str, Any] = {"shape": shapes.same, "types": {"T": FLOATS}, "total": True}
_RELU: dict[str, Any] = {"shape": shapes.same, "types": {"T": FLOATS + INTEGERS}, "total": True}
_ALIKE: dict[str, Any] = {"shape": shapes.merged, "explain": shapes_differ}
_UNARY_GRAD, _RELU_GRAD = _UNARY | _ALIKE, _RELU | _ALIKE
_GRAD = "gradients: T, {}: T -> backprops: T"
_SELU_SCALE = 1.0507009873554804934193349852946
_SELU_SCALED_ALPHA = 1.7580993408473768599402175208123


def _of_type(xp, value: float, x):
    """`value` as a scalar of the type of `x`, so that NumPy does not widen."""
    return xp.asarray(value, dtype=x.dtype)


def _fitted_relu(fn: Callable[..., Any], x: Any) -> Callable[..., Any]:
    zero = _of_type(np, 0, x)
    return lambda x: np.maximum(x, zero)


@op("Relu", "features: T -> activations: T", **_RELU, fitted=_fitted_relu)
def relu(xp, x):
    """x: n[...] -> n[...], max(x, 0)"""
    return xp.maximum(x, _of_type(xp, 0, x))


@op(
    "ReluGrad",
    _GRAD.format("features"),
    **_RELU_GRAD,
    fitted=always(lambda dy, x: np.multiply(dy, np.greater(x, 0))),
)
def relu_grad(xp, dy, x):
    """dy, x: n[...] -> n[...]; zero where x is not positive."""
    check_alike(dy, x)
    return xp.multiply(dy, xp.greater(x, 0))


@relu.gradient
def relu_gradient(op, dy):
    return relu_grad(dy, op.outputs[0])


@relu_grad.gradient
def relu_grad_gradient(op, ddx):
    x = op.inputs[1]
    return relu_grad(ddx, x), filling.zeros(shape_of.shape(x), dtype=x.dtype)


@op("Relu6", "features: T -> activations: T", **_RELU)
def relu6_op(xp, x):
    """x: n[...] -> n[...], min(max(x, 0), 6)"""
    return xp.minimum(xp.maximum(x, _of_type(xp, 0, x)), _of_type(xp, 6, x))


@op("Relu6Grad", _GRAD.format("features"), **_RELU_GRAD)
def relu6_grad(xp, dy, x):
    """dy, x: n[...] -> n[...]; zero outside (0, 6)."""
    check_alike(dy, x)
    return xp.multiply(dy, xp.logical_and(xp.greater(x, 0), xp.less(x, 6)))


@relu6_op.gradient
def relu6_gradient(op, dy):
    return relu6_grad(dy, op.outputs[0])


@relu6_grad.gradient
def relu6_grad_gradient(op, ddx):
    x = op.inputs[1]
    return relu6_grad(ddx, x), filling.zeros(shape_of.shape(x), dtype=x.dtype)


def relu6(features: Any, name: str | None = None) -> Tensor:
    """Returns min(max(features, 0), 6)."""
    with name_scope(name, "Relu6", [features]) as scope:
        return relu6_op(convert_to_tensor(features, name="features"), name=scope)


@op("LeakyRelu", "features: T -> activations: T", **_UNARY, defaults={"T": dtypes.float32})
def leaky_relu_op(xp, x, *, alpha: float = 0.2):
    """x: f[...] -> f[...], x or alpha x, whichever is larger."""
    return xp.where(xp.greater(x, 0), x, xp.multiply(x, _of_type(xp, alpha, x)))


@op(
    "LeakyReluGrad",
    _GRAD.format("features"),
    defaults={"T": dtypes.float32},
    **_UNARY_GRAD,
)
def leaky_relu_grad(xp, dy, x, *, alpha: float = 0.2):
    """dy, x: f[...] -> f[...]"""
    check_alike(dy, x)
    return xp.where(xp.greater(x, 0), dy, xp.multiply(dy, _of_type(xp, alpha, x)))


@leaky_relu_op.gradient
def leaky_relu_gradient(op, dy):
    return leaky_relu_grad(dy, op.inputs[0], alpha=op.attrs["alpha"])


@leaky_relu_grad.gradient
def leaky_relu_grad_gradient(op, ddx):
    x = op.inputs[1]
    dy = leaky_relu_grad(ddx, x, alpha=op.attrs["alpha"])
    return dy, filling.zeros(shape_of.shape(x), dtype=x.dtype)


def leaky_relu(features: Any, alpha: float = 0.2, name: str | None = None) -> Tensor:
    """Returns `features` where positive, else alpha times it."""
    with name_scope(name, "LeakyRelu", [features, alpha]) as scope:
        x = convert_to_tensor(features, name="features")
        if x.dtype.is_integer:
            x = casts.to_float(x)
        return leaky_relu_op(x, alpha=alpha, name=scope)


@op("Elu", "features: T -> activations: T", **_UNARY)
def elu(xp, x):
    """x: f[...] -> f[...], x where positive, else exp(x) - 1"""
    return xp.where(xp.less(x, 0), _below_zero(xp, x), x)


def _below_zero(xp, x):
    """exp(x) - 1 where x is negative, in two steps as TensorFlow's kernel."""
    return xp.subtract(xp.exp(xp.minimum(x, _of_type(xp, 0, x))), _of_type(xp, 1, x))


@op("EluGrad", "gradients: T, outputs: T -> backprops: T", **_UNARY_GRAD)
def elu_grad(xp, dy, y):
    """dy, y: f[...] -> f[...], where y is the output of Elu."""
    check_alike(dy, y)
    return xp.where(xp.less(y, 0), xp.multiply(xp.add(y, _of_type(xp, 1, y)), dy), dy)


@elu.gradient
def elu_gradient(op, dy):
    return elu_grad(dy, op.outputs[0])


@elu_grad.gradient
def elu_grad_gradient(op, ddx):
    dy, y = op.inputs
    through = elu_grad(ddx, y)
    return through, selecting.where(y < 0, ddx * dy, filling.zeros_like(y))


@op("Selu", "features: T -> activations: T", **_UNARY)
def selu(xp, x):
    """x: f[...] -> f[...], a scaled Elu (Klambauer et al., 2017)."""
    curve = xp.multiply(_of_type(xp, _SELU_SCALED_ALPHA, x), _below_zero(xp, x))
    return xp.where(xp.less(x, 0), curve, xp.multiply(_of_type(xp, _SELU_SCALE, x), x))


@op("SeluGrad", "gradients: T, outputs: T -> backprops: T", **_UNARY_GRAD)
def selu_grad(xp, dy, y):
    """dy, y: f[...] -> f[...], where y is the output of Selu."""
    check_alike(dy, y)
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
    through = selu_grad(ddx, y)
    return through, selecting.where(y < 0.0, ddx * dy, filling.zeros_like(y))


@op("Softplus", "features: T -> activations: T", **_UNARY)
def softplus(xp, x):
    """x: f[...] -> f[...], log(1 + exp(x))"""
    return xp.logaddexp(x, _of_type(xp, 0, x))


@op("SoftplusGrad", _GRAD.format("features"), **_UNARY_GRAD)
def softplus_grad(xp, dy, x):
    """dy, x: f[...] -> f[...]"""
    check_alike(dy, x)
    return xp.divide(dy, xp.add(xp.exp(xp.negative(x)), _of_type(xp, 1, x)))


@softplus.gradient
def softplus_gradient(op, dy):
    return dy * elementwise.sigmoid(op.inputs[0])


@softplus_grad.gradient
def softplus_grad_gradient(op, ddx):
    dy, x = op.inputs
    with control_dependencies([ddx]):
        through = softplus_grad(ddx, x)
        # The slope of 1 / (1 + exp(-x)), with both exponentials so that neither overflows alone.
        return through, ddx * dy / (elementwise.exp(-x) + 2.0 + elementwise.exp(x))


@op("Softsign", "features: T -> activations: T", **_UNARY)
def softsign(xp, x):
    """x: f[...] -> f[...], x / (|x| + 1)"""
    return xp.divide(x, xp.add(xp.abs(x), _of_type(xp, 1, x)))


@op("SoftsignGrad", _GRAD.format("features"), **_UNARY_GRAD)
def softsign_grad(xp, dy, x):
    """dy, x: f[...] -> f[...]"""
    check_alike(dy, x)
    return xp.divide(dy, xp.square(xp.add(xp.abs(x), _of_type(xp, 1, x))))


@softsign.gradient
def softsign_gradient(op, dy):
    return softsign_grad(dy, op.inputs[0])


def crelu(features: Any, name: str | None = None, axis: int = -1) -> Tensor:
    """Returns relu of `features` and of their negation, joined along `axis`."""
    with name_scope(name, "CRelu", [features]) as scope:
        x = convert_to_tensor(features, name="features")
        joined = joining.concat([x, elementwise.negative(x)], axis, name=scope)
        return relu(joined)


def swish(features: Any) -> Tensor:
    """Returns features * sigmoid(features): f[...] -> f[...]."""
    x = convert_to_tensor(features)
    if x._is_eager:
        return _swish_now(x)
    y = x * elementwise.sigmoid(x)
    # As by tf.custom_gradient, so that a run need not keep the sigmoid.
    identity(y)
    with x.graph.gradient_override_map({"IdentityN": _SWISH}):
        return passing.identity_n([y, x])[0]


_SWISH = "CustomGradient-swish"


@RegisterGradient(_SWISH)
def swish_gradient(op, dy, _):
    return None, _swish_derivative(op.inputs[1], dy)


def _swish_derivative(x: Tensor, dy: Tensor) -> Tensor:
    with control_dependencies([dy]):
        sigmoid = elementwise.sigmoid(x)
    return dy * (sigmoid * (1.0 + x * (1.0 - sigmoid)))


def _swish_now(x: Tensor) -> Tensor:
    with recording.stopped():
        y = x * elementwise.sigmoid(x)
    recording.record_operation("swish", [y], [x], lambda dy: [_swish_derivative(x, dy)])
    return y
