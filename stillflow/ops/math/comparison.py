"""Comparison of two tensors, and logic on truth values."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import partly, rows, shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.fitting import always
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import NUMBERS, REAL_NUMBERS, types
from stillflow.graph.operation import Tensor

_EQUAL: dict[str, Any] = {
    "rows": rows.elementwise,
    "shape": shapes.broadcast,
    "broadcasts": True,
    "types": {
        "T": types(
            "bfloat16 float16 float32 float64 uint8 int8 int16 int32 int64 complex64 quint8 qint8 "
            "qint32 string bool complex128"
        )
    },
}
_ORDER: dict[str, Any] = {
    "rows": rows.elementwise,
    "shape": shapes.broadcast,
    "broadcasts": True,
    "types": {"T": REAL_NUMBERS},
}
_LOGIC: dict[str, Any] = {
    "rows": rows.elementwise,
    "shape": shapes.broadcast,
    "broadcasts": True,
}


@op("Equal", "x: T, y: T -> z: bool", near_zero=("x", "y"), **_EQUAL)
def equal_op(xp, x, y, *, incompatible_shape_error: bool = True):
    """x: any[...], y: any[...] -> bool[...]"""
    return xp.equal(x, y)


@op("NotEqual", "x: T, y: T -> z: bool", near_zero=("x", "y"), **_EQUAL)
def not_equal_op(xp, x, y, *, incompatible_shape_error: bool = True):
    """x: any[...], y: any[...] -> bool[...]"""
    return xp.not_equal(x, y)


@or_of_composites
def equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns where `x` equals `y`."""
    return equal_op(x, y, name=name)


@or_of_composites
def not_equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns where `x` differs from `y`."""
    return not_equal_op(x, y, name=name)


@op(
    "Less",
    "x: T, y: T -> z: bool",
    near_zero=("x", "y"),
    partly=partly.less,
    **_ORDER,
    fitted=always(np.less),
)
def less(xp, x, y):
    """x: n[...], y: n[...] -> bool[...]"""
    return xp.less(x, y)


@op("LessEqual", "x: T, y: T -> z: bool", near_zero=("x", "y"), partly=partly.less_equal, **_ORDER)
def less_equal(xp, x, y):
    """x: n[...], y: n[...] -> bool[...]"""
    return xp.less_equal(x, y)


@op(
    "Greater",
    "x: T, y: T -> z: bool",
    near_zero=("x", "y"),
    partly=partly.greater,
    **_ORDER,
    fitted=always(np.greater),
)
def greater(xp, x, y):
    """x: n[...], y: n[...] -> bool[...]"""
    return xp.greater(x, y)


@op(
    "GreaterEqual",
    "x: T, y: T -> z: bool",
    near_zero=("x", "y"),
    partly=partly.greater_equal,
    **_ORDER,
)
def greater_equal(xp, x, y):
    """x: n[...], y: n[...] -> bool[...]"""
    return xp.greater_equal(x, y)


@op("ApproximateEqual", "x: T, y: T -> z: bool", shape=shapes.merged, types={"T": NUMBERS})
def approximate_equal(xp, x, y, *, tolerance: float = 1e-5):
    """x: n[...], y: n[...] -> bool[...], whether |x - y| is within the tolerance."""
    if x.shape != y.shape:
        refuse(
            f"x and y must be of the same shape. x shape: {shapes.format_sizes(x.shape)}. y shape: "
            f"{shapes.format_sizes(y.shape)}"
        )
    difference = xp.abs(x - y)
    limit = np.float32(tolerance).astype(difference.dtype)
    # TensorFlow's kernels of these two types take the limit itself for equal, its others do not.
    return difference <= limit if x.dtype in (np.float32, np.float64) else difference < limit


@op("LogicalAnd", "x: bool, y: bool -> z: bool", partly=partly.logical_and, **_LOGIC)
def logical_and(xp, x, y):
    """x: bool[...], y: bool[...] -> bool[...]"""
    return xp.logical_and(x, y)


@op("LogicalOr", "x: bool, y: bool -> z: bool", **_LOGIC)
def logical_or(xp, x, y):
    """x: bool[...], y: bool[...] -> bool[...]"""
    return xp.logical_or(x, y)


@op("LogicalNot", "x: bool -> y: bool", shape=shapes.same, rows=rows.elementwise)
def logical_not(xp, x):
    """x: bool[...] -> bool[...]"""
    return xp.logical_not(x)


@or_of_composites
def logical_xor(x: Any, y: Any, name: str = "LogicalXor") -> Tensor:
    """Returns where exactly one of `x` and `y` is true."""
    return logical_and(logical_or(x, y), logical_not(logical_and(x, y)), name=name)


for _op in (
    equal_op,
    not_equal_op,
    less,
    less_equal,
    greater,
    greater_equal,
    approximate_equal,
    logical_and,
    logical_or,
    logical_not,
):
    _op.not_differentiable()
