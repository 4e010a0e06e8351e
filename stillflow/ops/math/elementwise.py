"""Functions of one tensor, element by element: roots, exponentials, rounding.

Functions that NumPy cannot spell are in `special`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import rows, shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.fitting import always
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import types
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, shape_of
from stillflow.ops.math import complex_numbers, conjugate
from stillflow.ops.math.unary import OF_OUTPUT, ON_FLOATS, ON_SIGNED, ON_SMOOTH, x_of, y_of

# Signs and rounding -----------------------------------------------------------------------------


@op(
    "Neg",
    "x: T -> y: T",
    maps_values=True,
    rows=rows.elementwise,
    **ON_SIGNED,
    fitted=always(np.negative),
)
def negative(xp, x):
    """x: n[...] -> n[...]"""
    return xp.negative(x)


@negative.gradient
def negative_gradient(op, dy):
    return -dy  # IndexedSlices stay so


@op(
    "Abs",
    "x: T -> y: T",
    shape=shapes.same,
    rows=rows.elementwise,
    types={"T": types("bfloat16 float16 float32 float64 int8 int16 int32 int64")},
)
def abs_op(xp, x):
    """x: n[...] -> n[...]"""
    return xp.absolute(x)


@abs_op.gradient
def abs_gradient(op, dy):
    return dy * sign(op.inputs[0])


@or_of_composites
def abs_(x: Any, name: str | None = None) -> Tensor:
    """Returns the absolute value of `x`, dense or sparse, which for complex numbers is a float."""
    with name_scope(name, "Abs", [x]) as scope:
        if not getattr(x, "_is_sparse_tensor", False):
            x = convert_to_tensor(x, name="x")
            if x.dtype.base_dtype.is_complex:
                return complex_numbers.complex_abs(x, name=scope)
            return abs_op(x, name=scope)
    return x._with_values(abs_(x.values, name=name))


@op("Sign", "x: T -> y: T", maps_values=True, near_zero=("x",), rows=rows.elementwise, **ON_SIGNED)
def sign(xp, x):
    """x: n[...] -> n[...], -1, 0 or 1, 0 for NaN; x / |x| for a complex number."""
    return xp.sign(x) if x.dtype.kind in "iuc" else xp.where(x == x, xp.sign(x), x.dtype.type(0))


@sign.gradient
def sign_gradient(op, dy):
    x = op.inputs[0]
    return filling.zeros(shape_of.shape(x), dtype=x.dtype)


@op("Floor", "x: T -> y: T", rows=rows.elementwise, **ON_FLOATS)
def floor(xp, x):
    """x: f[...] -> f[...]"""
    return xp.floor(x)


@op("Ceil", "x: T -> y: T", rows=rows.elementwise, **ON_FLOATS)
def ceil(xp, x):
    """x: f[...] -> f[...]"""
    return xp.ceil(x)


@op("Rint", "x: T -> y: T", rows=rows.elementwise, **ON_FLOATS)
def rint(xp, x):
    """x: f[...] -> f[...], the nearest integer; of two, the even one."""
    return xp.rint(x)


@op("Round", "x: T -> y: T", rows=rows.elementwise, **ON_SIGNED)
def round_op(xp, x):
    """x: n[...] -> n[...], the nearest integer; of two, the even one."""
    return xp.round(x)


@floor.gradient
@ceil.gradient
@rint.gradient
@round_op.gradient
def rounding_gradient(op, dy):
    return None


@or_of_composites
def round_(x: Any, name: str | None = None) -> Tensor:
    """Returns `x` rounded to the nearest integers, halves to the even one."""
    x = convert_to_tensor(x, name="x")
    return x if x.dtype.base_dtype.is_integer else round_op(x, name=name)


# Tests ------------------------------------------------------------------------------------------


@op("IsNan", "x: T -> y: bool", rows=rows.elementwise, **ON_FLOATS)
def is_nan(xp, x):
    """x: f[...] -> bool[...]"""
    return xp.isnan(x)


@op("IsInf", "x: T -> y: bool", rows=rows.elementwise, **ON_FLOATS)
def is_inf(xp, x):
    """x: f[...] -> bool[...]"""
    return xp.isinf(x)


@op("IsFinite", "x: T -> y: bool", rows=rows.elementwise, **ON_FLOATS)
def is_finite(xp, x):
    """x: f[...] -> bool[...]"""
    return xp.isfinite(x)


# Powers and roots -------------------------------------------------------------------------------


@op(
    "Square",
    "x: T -> y: T",
    maps_values=True,
    rows=rows.elementwise,
    **ON_SIGNED,
    fitted=always(np.square),
)
def square(xp, x):
    """x: n[...] -> n[...]"""
    return xp.square(x)


@square.gradient
def square_gradient(op, dy):
    with control_dependencies([dy]):
        x = x_of(op)
        return _product(dy, _product(x, constant(2.0, dtype=x.dtype)))


def _product(x: Any, y: Any) -> Tensor:
    from stillflow.ops.math.arithmetic import multiply  # that module imports this one

    return multiply(x, y)


@op(
    "Sqrt",
    "x: T -> y: T",
    maps_values=True,
    near_zero=("x",),
    rows=rows.elementwise,
    **ON_SMOOTH,
    fitted=always(np.sqrt),
)
def sqrt(xp, x):
    """x: f[...] -> f[...]"""
    return xp.sqrt(x)


@sqrt.gradient
def sqrt_gradient(op, dy):
    return sqrt_grad(op.outputs[0], dy)


@op("SqrtGrad", OF_OUTPUT, near_zero=("y",), **ON_SMOOTH)
def sqrt_grad(xp, y, dy):
    """y: f[...], dy: f[...] -> f[...], the gradient dy / 2y of y = sqrt(x); 0 where dy is."""
    return _unless_zero(xp, dy, dy * y.dtype.type(0.5) / xp.conj(y))


def _unless_zero(xp: Any, dy: Any, dx: Any) -> Any:
    """`dx`, but 0 where `dy` is 0, even if the slope is infinite or not a number."""
    return xp.where(dy == 0, dx.dtype.type(0), dx)


@sqrt_grad.gradient
def sqrt_grad_gradient(op, dz):
    y, z = op.inputs[0], op.outputs[0]
    with control_dependencies([dz]):
        scaled = dz / y
        return -conjugate.conj(scaled) * z, 0.5 * scaled


@op("Rsqrt", "x: T -> y: T", near_zero=("x",), **ON_SMOOTH)
def rsqrt(xp, x):
    """x: f[...] -> f[...], 1 / sqrt(x), of -0 infinity"""
    root = xp.sqrt(x)
    return xp.reciprocal(root if x.dtype.kind == "c" else xp.absolute(root))


@rsqrt.gradient
def rsqrt_gradient(op, dy):
    return rsqrt_grad(op.outputs[0], dy)


@op("RsqrtGrad", OF_OUTPUT, near_zero=("y",), **ON_SMOOTH)
def rsqrt_grad(xp, y, dy):
    """y: f[...], dy: f[...] -> f[...], -dy y^3 / 2, of y = 1 / sqrt(x); 0 where dy is."""
    y = xp.conj(y)
    return _unless_zero(xp, dy, dy * y.dtype.type(-0.5) * (y * y * y))


@rsqrt_grad.gradient
def rsqrt_grad_gradient(op, dz):
    y, dy = op.inputs
    with control_dependencies([dz]):
        y, conjugated = conjugate.conj(y), conjugate.conj(dz)
        return -1.5 * conjugated * dy * square(y), rsqrt_grad(y, dz)


@op("Reciprocal", "x: T -> y: T", near_zero=("x",), **ON_SIGNED)
def reciprocal(xp, x):
    """x: n[...] -> n[...], 1 / x"""
    return xp.reciprocal(x)


@op("Inv", "x: T -> y: T", near_zero=("x",), **ON_SIGNED)
def inv_op(xp, x):
    """x: n[...] -> n[...], 1 / x: an older name of Reciprocal."""
    return xp.reciprocal(x)


@reciprocal.gradient
@inv_op.gradient
def reciprocal_gradient(op, dy):
    return reciprocal_grad(op.outputs[0], dy)


def _reciprocal_grad(xp: Any, y: Any, dy: Any) -> Any:
    y = xp.conj(y)
    return _unless_zero(xp, dy, -dy * (y * y))


@op("ReciprocalGrad", OF_OUTPUT, near_zero=("y",), **ON_SMOOTH)
def reciprocal_grad(xp, y, dy):
    """y: f[...], dy: f[...] -> f[...], the gradient -dy y^2 of y = 1 / x; 0 where dy is."""
    return _reciprocal_grad(xp, y, dy)


@op("InvGrad", OF_OUTPUT, near_zero=("y",), **ON_SMOOTH)
def inv_grad_op(xp, y, dy):
    """y: f[...], dy: f[...] -> f[...], the gradient -dy y^2 of y = 1 / x; 0 where dy is."""
    return _reciprocal_grad(xp, y, dy)


@reciprocal_grad.gradient
@inv_grad_op.gradient
def reciprocal_grad_gradient(op, dz):
    y, dy = op.inputs
    with control_dependencies([dz]):
        y, conjugated = conjugate.conj(y), conjugate.conj(dz)
        return conjugated * -2.0 * dy * y, reciprocal_grad(y, dz)


# Exponentials and logarithms --------------------------------------------------------------------


@op("Exp", "x: T -> y: T", **ON_SMOOTH, fitted=always(np.exp))
def exp(xp, x):
    """x: f[...] -> f[...]"""
    return xp.exp(x)


@exp.gradient
def exp_gradient(op, dy):
    with control_dependencies([dy]):
        return dy * y_of(op)


@op("Expm1", "x: T -> y: T", **ON_SMOOTH)
def expm1(xp, x):
    """x: f[...] -> f[...], exp(x) - 1, exact near 0."""
    return xp.expm1(x)


@expm1.gradient
def expm1_gradient(op, dy):
    with control_dependencies([dy]):
        return dy * exp(x_of(op))


@op("Log", "x: T -> y: T", near_zero=("x",), **ON_SMOOTH, fitted=always(np.log))
def log(xp, x):
    """x: f[...] -> f[...]"""
    return xp.log(x)


@log.gradient
def log_gradient(op, dy):
    with control_dependencies([dy]):
        return dy * reciprocal(x_of(op))


@op("Log1p", "x: T -> y: T", **ON_SMOOTH)
def log1p(xp, x):
    """x: f[...] -> f[...], log(1 + x), exact near 0."""
    return xp.log1p(x)


@log1p.gradient
def log1p_gradient(op, dy):
    with control_dependencies([dy]):
        return dy * reciprocal(1 + x_of(op))


@op("Sigmoid", "x: T -> y: T", **ON_SMOOTH)
def sigmoid_op(xp, x):
    """x: f[...] -> f[...], 1 / (1 + exp(-x)), which of less than -18 is 0 in float32."""
    y = xp.reciprocal(xp.exp(-x) + x.dtype.type(1))
    # TensorFlow's kernel computes with a rational function between -18 and 18.
    return xp.where(x < -18, x.dtype.type(0), y) if x.dtype == np.float32 else y


@sigmoid_op.gradient
def sigmoid_gradient(op, dy):
    with control_dependencies([dy]):
        return sigmoid_grad(y_of(op), dy)


@op("SigmoidGrad", OF_OUTPUT, **ON_SMOOTH)
def sigmoid_grad(xp, y, dy):
    """y: f[...], dy: f[...] -> f[...], the gradient dy y (1 - y) of the sigmoid."""
    return dy * y * (y.dtype.type(1) - y)


@sigmoid_grad.gradient
def sigmoid_grad_gradient(op, dz):
    with control_dependencies([dz]):
        y, dy = (conjugate.conj(tensor) for tensor in op.inputs)
        scaled = dz * dy
        return scaled - 2.0 * scaled * y, sigmoid_grad(y, dz)


def sigmoid(x: Any, name: str | None = None) -> Tensor:
    """Returns `1 / (1 + exp(-x))`."""
    with name_scope(name, "Sigmoid", [x]) as scope:
        return sigmoid_op(convert_to_tensor(x, name="x"), name=scope)


@or_of_composites
def log_sigmoid(x: Any, name: str | None = None) -> Tensor:
    """Returns `-softplus(-x)`, the logarithm of the sigmoid, which does not underflow."""
    from stillflow.ops.nn.activations import softplus  # that module imports this one

    with name_scope(name, "LogSigmoid", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        return negative(softplus(-x), name=scope)
