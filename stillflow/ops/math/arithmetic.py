"""Arithmetic on two tensors, element by element, with broadcasting; and sums of many tensors.

Division is in `division`, functions of one tensor in `elementwise`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import partly, shapes
from stillflow.declare.additive import Additive
from stillflow.declare.alike import check_alike, shapes_differ
from stillflow.declare.composites import or_of_composites
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.fitting import always
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import ARITHMETIC, FLOATS, INDEX, NUMBERS, SIGNED, types
from stillflow.graph import dtypes
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array import filling, selecting, shape_of
from stillflow.ops.control.ordering import identity
from stillflow.ops.math import casts, comparison, conjugate, elementwise
from stillflow.ops.math.broadcasting import FIELD, broadcasting
from stillflow.ops.math.unbroadcast import (
    from_shapes,
    have_one_shape,
    known_operands,
    operands,
)

_ADDABLE = FLOATS + types("uint8 int8 int16 int32 int64 complex64 complex128")


@op("Add", "x: T, y: T -> z: T", **broadcasting((*_ADDABLE, dtypes.string)))
def add(xp, x, y):
    """x: n[...], y: n[...] -> n[...]; strings are joined."""
    # NumPy gives the sum of two scalar objects without an array around it.
    return np.asarray(x + y, object) if x.dtype == object else xp.add(x, y)


@op("AddV2", "x: T, y: T -> z: T", **broadcasting(_ADDABLE), fitted=always(np.add))
def add_v2(xp, x, y):
    """x: n[...], y: n[...] -> n[...]"""
    return xp.add(x, y)


@add.gradient
@add_v2.gradient
def add_gradient(op, dz):
    x, y = op.inputs
    if have_one_shape(x, y, dz):
        return dz, dz
    of_x, of_y = known_operands(x, y, dz)
    return of_x.summed(dz), of_y.summed(dz)


@op("Sub", "x: T, y: T -> z: T", **broadcasting(ARITHMETIC), fitted=always(np.subtract))
def subtract(xp, x, y):
    """x: n[...], y: n[...] -> n[...]"""
    return xp.subtract(x, y)


@subtract.gradient
def subtract_gradient(op, dz):
    x, y = op.inputs
    if have_one_shape(x, y, dz):
        return dz, -dz
    of_x, of_y = known_operands(x, y, dz)
    return of_x.summed(dz), of_y.summed(-dz)


@op("Mul", "x: T, y: T -> z: T", **broadcasting(ARITHMETIC), fitted=always(np.multiply))
def multiply(xp, x, y):
    """x: n[...], y: n[...] -> n[...]"""
    return xp.multiply(x, y)


@multiply.gradient
def multiply_gradient(op, dz):
    x, y = op.inputs
    if have_one_shape(x, y, dz) and dz.dtype in (dtypes.int32, dtypes.float32):
        return multiply(dz, y), multiply(dz, x)
    of_x, of_y = known_operands(x, y, dz)
    x, y = conjugate.conj(x), conjugate.conj(y)
    return of_x.summed(multiply(dz, y)), of_y.summed(multiply(x, dz))


@op("MulNoNan", "x: T, y: T -> z: T", **broadcasting(FIELD))
def multiply_no_nan_op(xp, x, y):
    """x: f[...], y: f[...] -> f[...], 0 where y is 0, even if x is infinite or not a number."""
    return xp.where(y == 0, y, xp.multiply(x, y))


@multiply_no_nan_op.gradient
def multiply_no_nan_gradient(op, dz):
    x, y = op.inputs
    if have_one_shape(x, y, dz):
        return multiply_no_nan_op(dz, y), multiply_no_nan_op(x, dz)
    of_x, of_y = operands(x, y)
    return (
        of_x.summed(multiply_no_nan_op(dz, y)),
        of_y.summed(multiply_no_nan_op(x, dz)),
    )


def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x * y`, 0 where `y` is 0."""
    with name_scope(name, "multiply_no_nan", [x, y]) as scope:
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, name="y", dtype=x.dtype.base_dtype)
        return multiply_no_nan_op(x, y, name=scope)


# Powers -----------------------------------------------------------------------------------------


@op(
    "Pow",
    "x: T, y: T -> z: T",
    **broadcasting(
        types("bfloat16 float32 float16 float64 int32 int64 complex64 complex128"),
        total=False,
        is_exact=False,
    ),
)
def pow_op(xp, x, y):
    """x: n[...], y: n[...] -> n[...]"""
    if y.dtype.kind == "i":
        xp.check(y >= 0, lambda: "Integers to negative integer powers are not allowed.")
    simpler = _SIMPLE_POWERS.get(y.item()) if isinstance(y, np.ndarray) and y.size == 1 else None
    if simpler is None or y.ndim > x.ndim:
        return xp.power(x, y)
    return simpler(xp, x)


# TensorFlow, too, replaces these; np.power takes some thirty times as long for them.
_SIMPLE_POWERS: dict[Any, Any] = {
    2: lambda xp, x: xp.multiply(x, x),
    3: lambda xp, x: xp.multiply(xp.multiply(x, x), x),
    0.5: lambda xp, x: xp.sqrt(x),
    -1: lambda xp, x: xp.reciprocal(x),
}


@pow_op.gradient
def pow_gradient(op, dz):
    of_x, of_y = known_operands(*op.inputs, dz)
    x, y = conjugate.conjugates(op)
    dx = of_x.summed(dz * y * pow_(x, y - 1))
    z = conjugate.conj(op.outputs[0])
    # The logarithm counts as 0 where it is not real, or infinite.
    has_log = comparison.not_equal(x, 0) if x.dtype.base_dtype.is_complex else x > 0
    log = elementwise.log(selecting.where(has_log, x, filling.ones_like(x)))
    log = selecting.where(has_log, log, filling.zeros_like(x))
    return dx, of_y.summed(dz * z * log)


@or_of_composites
def pow_(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x` to the power of `y`."""
    with name_scope(name, "Pow", [x]) as scope:
        return pow_op(x, y, name=scope)


@op("SquaredDifference", "x: T, y: T -> z: T", **broadcasting(SIGNED))
def squared_difference(xp, x, y):
    """x: n[...], y: n[...] -> n[...], |x - y|^2"""
    difference = xp.subtract(x, y)
    return xp.multiply(difference, xp.conj(difference))


@squared_difference.gradient
def squared_difference_gradient(op, dz):
    x, y = op.inputs
    with control_dependencies([dz]):
        dx = scalar_mul(2.0, dz) * (x - y)
    if have_one_shape(x, y, dz):
        return dx, -dx
    of_x, of_y = known_operands(x, y, dz)
    return of_x.summed(dx), -of_y.summed(dx)


# Choices ----------------------------------------------------------------------------------------


@op("Maximum", "x: T, y: T -> z: T", **broadcasting(FLOATS + INDEX))
def maximum(xp, x, y):
    """x: n[...], y: n[...] -> n[...]; where only y is NaN, x."""
    return xp.maximum(x, y if y.dtype.kind in "iu" else xp.fmax(x, y))


@maximum.gradient
def maximum_gradient(op, dz):
    # TensorFlow gives a tie wholly to x.
    return _shared(op, comparison.greater_equal, dz)


@op("Minimum", "x: T, y: T -> z: T", partly=partly.minimum, **broadcasting(FLOATS + INDEX))
def minimum(xp, x, y):
    """x: n[...], y: n[...] -> n[...]; where only y is NaN, x."""
    return xp.minimum(x, y if y.dtype.kind in "iu" else xp.fmin(x, y))


@minimum.gradient
def minimum_gradient(op, dz):
    return _shared(op, comparison.less_equal, dz)


def _shared(op: Operation, takes_x: Any, dz: Tensor) -> tuple[Tensor, Tensor]:
    """Gives each element of `dz` to x where `takes_x(x, y)`, else to y."""
    x, y = op.inputs
    sizes = shape_of.shape(x), shape_of.shape(y)
    zeros = filling.zeros(shape_of.shape(dz), dz.dtype)
    mask = takes_x(x, y)
    of_x, of_y = from_shapes(*sizes)
    dx = of_x.summed(selecting.where(mask, dz, zeros))
    return dx, of_y.summed(selecting.where(mask, zeros, dz))


# Functions of two arguments ---------------------------------------------------------------------


@op("Xlogy", "x: T, y: T -> z: T", near_zero=("x", "y"), **broadcasting(FIELD, is_exact=False))
def xlogy(xp, x, y):
    """x: f[...], y: f[...] -> f[...], x log y, 0 where x is 0."""
    return xp.where(x == 0, x, xp.multiply(x, xp.log(y)))


@xlogy.gradient
def xlogy_gradient(op, dz):
    x, y = op.inputs
    of_x, of_y = operands(x, y)
    with control_dependencies([dz]):
        dx = xlogy(_is_nonzero(x), y)
        dy = xdivy(x, y)
        return of_x.summed(dx * dz), of_y.summed(dy * dz)


@op("Xdivy", "x: T, y: T -> z: T", near_zero=("x", "y"), **broadcasting(FIELD, is_exact=False))
def xdivy(xp, x, y):
    """x: f[...], y: f[...] -> f[...], x / y, 0 where x is 0."""
    return xp.where(x == 0, x, xp.divide(x, y))


@xdivy.gradient
def xdivy_gradient(op, dz):
    x, y = op.inputs
    of_x, of_y = operands(x, y)
    with control_dependencies([dz]):
        dx = xdivy(_is_nonzero(x), y)
        dy = xdivy(elementwise.negative(x), y**2)
        return of_x.summed(dx * dz), of_y.summed(dy * dz)


def _is_nonzero(x: Tensor) -> Tensor:
    zero = casts.cast(0.0, dtype=x.dtype)
    return casts.cast(comparison.not_equal(x, zero), dtype=x.dtype)


@op("Atan2", "y: T, x: T -> z: T", **broadcasting(FLOATS, is_exact=False))
def atan2(xp, y, x):
    """y: f[...], x: f[...] -> f[...], the angle of the point (x, y)."""
    return xp.arctan2(y, x)


@atan2.gradient
def atan2_gradient(op, dz):
    y, x = op.inputs
    with control_dependencies([dz]):
        scaled = dz / (elementwise.square(x) + elementwise.square(y))
        return x * scaled, -y * scaled


@op(
    "NextAfter",
    "x1: T, x2: T -> output: T",
    **broadcasting(types("float64 float32"), is_exact=False),
    defaults={"T": dtypes.float32},
)
def nextafter(xp, x1, x2):
    """x1: f[...], x2: f[...] -> f[...], the number after x1 in the direction of x2."""
    return xp.nextafter(x1, x2)


@nextafter.gradient
def nextafter_gradient(op, dz):
    sizes = [shape_of.shape(x) for x in op.inputs]
    of_x, of_y = from_shapes(*sizes)
    with control_dependencies([dz]):
        dx = filling.ones(sizes[0], dtype=op.inputs[0].dtype)
        dy = filling.zeros(sizes[1], dtype=op.inputs[1].dtype)
        return of_x.summed(dx * dz), of_y.summed(dy * dz)


# Sums of many -----------------------------------------------------------------------------------


def _sum(xp: Any, first: Any, *rest: Any) -> Any:
    total = first
    for value in rest:
        total = xp.add(total, value)
    return total


def _fitted_sum(fn: Callable[..., Any], *inputs: Any) -> Callable[..., Any] | None:
    return np.add if len(inputs) == 2 and isinstance(inputs[0], np.ndarray) else None


@op(
    "AddN",
    "inputs: N * T -> sum: T",
    shape=shapes.merged,
    types={"T": (*NUMBERS, dtypes.variant)},
    explain=shapes_differ,
    total=True,
    fitted=_fitted_sum,
)
def add_n_op(xp, *inputs):
    """inputs: n[...] each -> n[...], their sum."""
    if isinstance(inputs[0], Additive):
        return functools.reduce(lambda a, b: a.plus(b), inputs)
    check_alike(*inputs)
    return _sum(xp, *inputs)


@op(
    "AccumulateNV2",
    "inputs: N * T -> sum: T",
    shape=shapes.from_attr("shape"),
    types={"T": NUMBERS},
)
def accumulate_n_op(xp, *inputs, shape: TensorShape):
    """inputs: n[...] each -> n[...], their sum."""
    for value in inputs:
        if value.shape != inputs[0].shape:
            refuse("Parameters and update must be the same size")
    return _sum(xp, *inputs)


@add_n_op.gradient
@accumulate_n_op.gradient
def add_n_gradient(op, dz):
    return [dz] * len(op.inputs)


@or_of_composites
def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """Returns the sum of tensors of one shape and type; IndexedSlices among them become dense.

    Raises:
      ValueError: `inputs` is no list, or is empty.
    """
    if isinstance(inputs, Tensor):
        iter(inputs)  # says that a tensor is no list
    if not inputs:
        raise ValueError(
            "inputs must be a list of at least one Tensor/IndexedSlices with the same dtype and "
            "shape"
        )
    values = [x if isinstance(x, (Tensor, IndexedSlices)) else convert_to_tensor(x) for x in inputs]
    if len(values) == 1:
        value = convert_to_tensor(values[0])
        return identity(value, name=name) if name else value
    return add_n_op(values, name=name)


def accumulate_n(
    inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None
) -> Tensor:
    """Returns the sum of tensors of one type and of one shape, which is `shape` when given.

    Raises:
      ValueError: `inputs` is empty, or types or shapes differ.
      TypeError: the tensors' type is not `tensor_dtype`.
    """
    message = "inputs must be a list of at least one Tensor with the same dtype and shape"
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError(message)
    values = [convert_to_tensor(value) for value in inputs]
    if any(value.dtype.base_dtype is not values[0].dtype.base_dtype for value in values):
        raise ValueError(message)
    merged = as_shape(shape)
    for value in values:
        merged = merged.merge_with(value.shape)
    if tensor_dtype is not None and dtypes.as_dtype(tensor_dtype) is not values[0].dtype:
        raise TypeError(
            f"tensor_dtype is {tensor_dtype!r}, but input is of type {values[0].dtype!r}"
        )
    if len(values) == 1 and name is None:
        return values[0]
    if len(values) == 1:
        return identity(values[0], name=name)
    return accumulate_n_op(values, shape=merged, name=name)


def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """Returns the number `scalar` times `x`, which may be IndexedSlices.

    Raises:
      ValueError: `scalar` is no number.
    """
    scalar = convert_to_tensor(scalar, dtype=x.dtype.base_dtype, name="scalar")
    if scalar.shape.ndims not in (0, None):
        raise ValueError(f"Only scalar multiply works, got shape {scalar.shape}")
    if isinstance(x, IndexedSlices):
        return IndexedSlices(multiply(scalar, x.values, name=name), x.indices, x.dense_shape)
    return multiply(scalar, x, name=name)


def polyval(coeffs: Any, x: Any, name: str | None = None) -> Tensor:
    """Returns the value at `x` of the polynomial with these coefficients, the highest one first."""
    with name_scope(name, "polyval", [*coeffs, x]) as scope:
        x = convert_to_tensor(x, name="x")
        if not coeffs:
            return filling.zeros_like(x, name=scope)
        terms = [convert_to_tensor(c, name=f"coeff_{i}") for i, c in enumerate(coeffs)]
        value = terms[0]
        for term in terms[1:]:
            value = term + value * x
        return value
