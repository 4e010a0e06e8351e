"""Angles and hyperbolic functions, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.declare.fitting import always
from stillflow.declare.opdef import op
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.math import conjugate, elementwise
from stillflow.ops.math.unary import OF_OUTPUT, ON_SIGNED, ON_SMOOTH, x_of, y_of

# Angles -----------------------------------------------------------------------------------------


@op("Sin", "x: T -> y: T", **ON_SMOOTH, fitted=always(np.sin))
def sin(xp, x):
    """x: f[...] -> f[...]"""
    return xp.sin(x)


@sin.gradient
def sin_gradient(op, dy):
    with control_dependencies([dy]):
        return dy * cos(x_of(op))


@op("Cos", "x: T -> y: T", **ON_SMOOTH, fitted=always(np.cos))
def cos(xp, x):
    """x: f[...] -> f[...]"""
    return xp.cos(x)


@cos.gradient
def cos_gradient(op, dy):
    with control_dependencies([dy]):
        x = x_of(op)
        return -dy * sin(x)


@op("Tan", "x: T -> y: T", **ON_SIGNED)
def tan(xp, x):
    """x: f[...] -> f[...]"""
    return xp.tan(x)


@tan.gradient
def tan_gradient(op, dy):
    with control_dependencies([dy]):
        return elementwise.square(elementwise.reciprocal(cos(x_of(op)))) * dy


@op("Asin", "x: T -> y: T", **ON_SIGNED)
def asin(xp, x):
    """x: f[...] -> f[...]"""
    return xp.arcsin(x)


@asin.gradient
def asin_gradient(op, dy):
    with control_dependencies([dy]):
        return dy * elementwise.reciprocal(elementwise.sqrt(_one_and_square(op, dy, "subtract")))


@op("Acos", "x: T -> y: T", **ON_SIGNED)
def acos(xp, x):
    """x: f[...] -> f[...]"""
    return xp.arccos(x)


@acos.gradient
def acos_gradient(op, dy):
    with control_dependencies([dy]):
        inverse = elementwise.reciprocal(elementwise.sqrt(_one_and_square(op, dy, "subtract")))
        return -dy * inverse


@op("Atan", "x: T -> y: T", **ON_SIGNED)
def atan(xp, x):
    """x: f[...] -> f[...]"""
    return xp.arctan(x)


@atan.gradient
def atan_gradient(op, dy):
    with control_dependencies([dy]):
        return dy * elementwise.reciprocal(_one_and_square(op, dy, "add"))


def _one_and_square(op: Any, dy: Any, combine: str) -> Tensor:
    """1 + x^2 or 1 - x^2, as `combine` says."""
    from stillflow.ops.math import arithmetic  # that module imports this one

    squared = elementwise.square(x_of(op))
    return getattr(arithmetic, combine)(constant(1, dtype=dy.dtype), squared)


# Hyperbolic functions ---------------------------------------------------------------------------


@op("Sinh", "x: T -> y: T", **ON_SMOOTH)
def sinh(xp, x):
    """x: f[...] -> f[...]"""
    return xp.sinh(x)


@sinh.gradient
def sinh_gradient(op, dy):
    with control_dependencies([dy]):
        return dy * cosh(x_of(op))


@op("Cosh", "x: T -> y: T", **ON_SMOOTH)
def cosh(xp, x):
    """x: f[...] -> f[...]"""
    return xp.cosh(x)


@cosh.gradient
def cosh_gradient(op, dy):
    with control_dependencies([dy]):
        return dy * sinh(x_of(op))


@op("Tanh", "x: T -> y: T", maps_values=True, **ON_SMOOTH, fitted=always(np.tanh))
def tanh(xp, x):
    """x: f[...] -> f[...]"""
    return xp.tanh(x)


@tanh.gradient
def tanh_gradient(op, dy):
    with control_dependencies([dy]):
        return tanh_grad(y_of(op), dy)


@op("TanhGrad", OF_OUTPUT, **ON_SMOOTH)
def tanh_grad(xp, y, dy):
    """y: f[...], dy: f[...] -> f[...], the gradient dy (1 - y^2) of y = tanh(x)."""
    return dy * (y.dtype.type(1) - y * y)


@tanh_grad.gradient
def tanh_grad_gradient(op, dz):
    with control_dependencies([dz]):
        y, dy = (conjugate.conj(tensor) for tensor in op.inputs)
        return dz * -2.0 * dy * y, tanh_grad(y, dz)


@op("Asinh", "x: T -> y: T", **ON_SMOOTH)
def asinh(xp, x):
    """x: f[...] -> f[...]"""
    return xp.arcsinh(x)


@asinh.gradient
def asinh_gradient(op, dy):
    with control_dependencies([dy]):
        return dy / cosh(y_of(op))


@op("Acosh", "x: T -> y: T", **ON_SMOOTH)
def acosh(xp, x):
    """x: f[...] -> f[...]"""
    return xp.arccosh(x)


@acosh.gradient
def acosh_gradient(op, dy):
    with control_dependencies([dy]):
        return dy / sinh(y_of(op))


@op("Atanh", "x: T -> y: T", **ON_SMOOTH)
def atanh(xp, x):
    """x: f[...] -> f[...]"""
    return xp.arctanh(x)


@atanh.gradient
def atanh_gradient(op, dy):
    with control_dependencies([dy]):
        return dy * elementwise.reciprocal(_one_and_square(op, dy, "subtract"))
