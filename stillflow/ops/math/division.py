"""Division in all its kinds: true, floored, truncated, and the remainders that go with them."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.composites import or_of_composites
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.fitting import always
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import ARITHMETIC, FLOATS, INDEX
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.math import casts, conjugate
from stillflow.ops.math.broadcasting import FIELD, broadcasting
from stillflow.ops.math.unbroadcast import operands


def _check_divisor(xp: Any, x: Any, y: Any) -> None:
    """Fails the run for an integer zero in `y`, unless nothing is divided by it."""
    if y.dtype.kind in "iu" and 0 not in x.shape:
        xp.check(y != 0, lambda: "Integer division by zero")


def _quotient(xp: Any, x: Any, y: Any) -> Any:
    """x / y; of integers, rounded towards zero."""
    if y.dtype.kind not in "iu":
        return xp.divide(x, y)
    _check_divisor(xp, x, y)
    return xp.floor_divide(x - xp.fmod(x, y), y)


@op(
    "RealDiv",
    "x: T, y: T -> z: T",
    near_zero=("y",),
    **broadcasting(ARITHMETIC),
    fitted=always(np.divide),
)
def real_divide(xp, x, y):
    """x: n[...], y: n[...] -> n[...]"""
    return xp.divide(x, y)


@op("Div", "x: T, y: T -> z: T", near_zero=("y",), **broadcasting(ARITHMETIC, total=False))
def divide_op(xp, x, y):
    """x: n[...], y: n[...] -> n[...]; quotients of integers are rounded towards zero."""
    return _quotient(xp, x, y)


@real_divide.gradient
def real_divide_gradient(op, dz):
    return _quotient_gradient(op, dz, real_divide)


@divide_op.gradient
def divide_gradient(op, dz):
    return _quotient_gradient(op, dz, divide)


def _quotient_gradient(op: Operation, dz: Tensor, divided: Any) -> tuple[Tensor, Tensor]:
    of_x, of_y = operands(*op.inputs)
    x, y = conjugate.conjugates(op)
    dx = of_x.summed(divided(dz, y))
    return dx, of_y.summed(dz * divided(divided(-x, y), y))


@op("DivNoNan", "x: T, y: T -> z: T", near_zero=("y",), **broadcasting(FIELD))
def div_no_nan_op(xp, x, y):
    """x: f[...], y: f[...] -> f[...], 0 where y is 0."""
    return xp.where(y == 0, y, xp.divide(x, y))


@div_no_nan_op.gradient
def div_no_nan_gradient(op, dz):
    return _quotient_gradient(op, dz, div_no_nan)


@op("FloorDiv", "x: T, y: T -> z: T", near_zero=("y",), **broadcasting(ARITHMETIC, total=False))
def floor_div(xp, x, y):
    """x: n[...], y: n[...] -> n[...], the quotient rounded down."""
    if y.dtype.kind not in "iu":
        # NumPy's floor_divide of floats rounds otherwise: 1.0 // 0.1 is 9 there.
        return xp.floor(xp.divide(x, y))
    _check_divisor(xp, x, y)
    return xp.floor_divide(x, y)


@floor_div.gradient
def floor_div_gradient(op, dz):
    return None, None


@op("TruncateDiv", "x: T, y: T -> z: T", **broadcasting(ARITHMETIC, total=False))
def truncatediv(xp, x, y):
    """x: n[...], y: n[...] -> n[...]; quotients of integers are rounded towards zero."""
    return _quotient(xp, x, y)


@truncatediv.gradient
def truncatediv_gradient(op, dz):
    return None, None


_MODULAR = broadcasting(INDEX + FLOATS, total=False)


@op("FloorMod", "x: T, y: T -> z: T", near_zero=("y",), **_MODULAR)
def floormod(xp, x, y):
    """x: n[...], y: n[...] -> n[...], x - y * floor(x / y), which has the sign of y."""
    if y.dtype.kind in "iu":
        _check_divisor(xp, x, y)
        return xp.mod(x, y)
    remainder = xp.fmod(x, y)
    return xp.where((x < 0) == (y < 0), remainder, xp.fmod(remainder + y, y))


@floormod.gradient
def floormod_gradient(op, dz):
    x, y = conjugate.conjugates(op)
    of_x, of_y = operands(x, y)
    quotient = floor_div(x, y)
    dx = of_x.summed(dz)
    return dx, of_y.summed(dz * -quotient)


@op("TruncateMod", "x: T, y: T -> z: T", **_MODULAR)
def truncatemod(xp, x, y):
    """x: n[...], y: n[...] -> n[...], the remainder with the sign of x."""
    _check_divisor(xp, x, y)
    return xp.fmod(x, y)


@op("Mod", "x: T, y: T -> z: T", **_MODULAR)
def mod_op(xp, x, y):
    """x: n[...], y: n[...] -> n[...], the remainder with the sign of x."""
    _check_divisor(xp, x, y)
    return xp.fmod(x, y)


_QUOTIENT_TYPES = {
    dtypes.uint8: dtypes.float32,
    dtypes.int8: dtypes.float32,
    dtypes.uint16: dtypes.float32,
    dtypes.int16: dtypes.float32,
    dtypes.int32: dtypes.float64,
    dtypes.int64: dtypes.float64,
}


@or_of_composites
def truediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x / y` as Python 3 divides: int32 by int32 gives float64."""
    with name_scope(name, "truediv", [x, y]) as scope:
        x, y = _of_one_type(x, y)
        wider = quotient_type(x.dtype.base_dtype)
        if wider is not None:
            x, y = casts.cast(x, wider), casts.cast(y, wider)
        return real_divide(x, y, name=scope)


def quotient_type(dtype: DType) -> DType | None:
    """The type that operands of a true division are cast to, or None where they stay."""
    wider = _QUOTIENT_TYPES.get(dtype)
    if wider is None and not (dtype.is_floating or dtype.is_complex):
        raise TypeError(f"Invalid dtype {dtype!r} in __truediv__.")
    return wider


@or_of_composites
def div(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x / y` as Python 2 divides: quotients of integers are rounded down."""
    with name_scope(name, "div", [x, y]) as scope:
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, dtype=x.dtype.base_dtype, name="y")
        dtype = x.dtype.base_dtype
        divided = real_divide if dtype.is_floating or dtype.is_complex else floor_div
        return divided(x, y, name=scope)


def _of_one_type(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    x = convert_to_tensor(x, name="x")
    y = convert_to_tensor(y, name="y")
    if x.dtype.base_dtype is not y.dtype.base_dtype:
        raise TypeError(
            f"x and y must have the same dtype, got {x.dtype.base_dtype!r} != "
            f"{y.dtype.base_dtype!r}\n  Convert one of them with tf.cast."
        )
    return x, y


@or_of_composites
def divide(x: Any, y: Any, name: str | None = None) -> Any:
    """Returns `x / y`; two Python numbers give a Python number."""
    if name is not None:
        return truediv(x, y, name)
    return x / y


@or_of_composites
def div_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x / y`, 0 where `y` is 0."""
    with name_scope(name, "div_no_nan", [x, y]) as scope:
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, name="y", dtype=x.dtype.base_dtype)
        return div_no_nan_op(x, y, name=scope)


def reciprocal_no_nan(x: Any, name: str | None = None) -> Tensor:
    """Returns `1 / x`, 0 where `x` is 0."""
    with name_scope(name, "reciprocal_no_nan", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        one = convert_to_tensor(1, dtype=x.dtype.base_dtype, name="one")
        return div_no_nan_op(one, x, name=scope)


@or_of_composites
def floordiv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns the quotient rounded down, as Python's `//`."""
    with name_scope(name, "floordiv", [x, y]) as scope:
        return floor_div(x, y, name=scope)
