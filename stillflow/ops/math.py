"""Elementwise arithmetic."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops import shapes
from stillflow.ops.registry import op

FLOATS = (dtypes.bfloat16, dtypes.float16, dtypes.float32, dtypes.float64)
INTEGERS = (
    dtypes.uint8,
    dtypes.int8,
    dtypes.uint16,
    dtypes.int16,
    dtypes.int32,
    dtypes.int64,
)
COMPLEX = (dtypes.complex64, dtypes.complex128)
NUMBERS = FLOATS + INTEGERS + COMPLEX


@op("Add", "x: T, y: T -> z: T", shape=shapes.broadcast, broadcasts=True)
def add(xp, x, y):
    """x: n[...], y: n[...] -> n[...]"""
    return xp.add(x, y)


@op("AddV2", "x: T, y: T -> z: T", shape=shapes.broadcast, broadcasts=True)
def add_v2(xp, x, y):
    """x: n[...], y: n[...] -> n[...]; Add without strings."""
    return xp.add(x, y)


@add.gradient
@add_v2.gradient
def add_gradient(op, dz):
    return dz, dz


@op("Sub", "x: T, y: T -> z: T", shape=shapes.broadcast, broadcasts=True)
def subtract(xp, x, y):
    """x: n[...], y: n[...] -> n[...]"""
    return xp.subtract(x, y)


@subtract.gradient
def subtract_gradient(op, dz):
    return dz, negative(dz)


@op("Mul", "x: T, y: T -> z: T", shape=shapes.broadcast, broadcasts=True)
def multiply(xp, x, y):
    """x: n[...], y: n[...] -> n[...]"""
    return xp.multiply(x, y)


@multiply.gradient
def multiply_gradient(op, dz):
    x, y = op.inputs
    return multiply(dz, y), multiply(dz, x)


@op("RealDiv", "x: T, y: T -> z: T", shape=shapes.broadcast, broadcasts=True)
def real_divide(xp, x, y):
    """x: n[...], y: n[...] -> n[...]"""
    return xp.divide(x, y)


@real_divide.gradient
def real_divide_gradient(op, dz):
    x, y = op.inputs
    return real_divide(dz, y), multiply(dz, real_divide(real_divide(negative(x), y), y))


@op("Neg", "x: T -> y: T", shape=shapes.same)
def negative(xp, x):
    """x: n[...] -> n[...]"""
    return xp.negative(x)


@negative.gradient
def negative_gradient(op, dy):
    return negative(dy)


@op("Square", "x: T -> y: T", shape=shapes.same)
def square(xp, x):
    """x: n[...] -> n[...]"""
    return xp.multiply(x, x)


@square.gradient
def square_gradient(op, dy):
    x = op.inputs[0]
    return multiply(dy, multiply(x, 2.0))


@op("AddN", "inputs: N * T -> sum: T", shape=shapes.merged)
def add_n_op(xp, first, *rest):
    """inputs: n[...] each -> n[...], their sum."""
    total = first
    for value in rest:
        total = xp.add(total, value)
    return total


@add_n_op.gradient
def add_n_gradient(op, dz):
    return [dz] * len(op.inputs)


def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """Returns the sum of tensors of one shape and type."""
    return add_n_op(inputs, name=name)
