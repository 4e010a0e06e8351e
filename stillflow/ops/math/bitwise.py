"""Operations on the bits of integers. TensorFlow declares none of them differentiable."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import INTEGERS

_BITS: dict[str, Any] = {
    "shape": shapes.broadcast,
    "broadcasts": True,
    "types": {"T": INTEGERS},
}


@op("BitwiseAnd", "x: T, y: T -> z: T", **_BITS)
def bitwise_and(xp, x, y):
    """x: i[...], y: i[...] -> i[...]"""
    return xp.bitwise_and(x, y)


@op("BitwiseOr", "x: T, y: T -> z: T", **_BITS)
def bitwise_or(xp, x, y):
    """x: i[...], y: i[...] -> i[...]"""
    return xp.bitwise_or(x, y)


@op("BitwiseXor", "x: T, y: T -> z: T", **_BITS)
def bitwise_xor(xp, x, y):
    """x: i[...], y: i[...] -> i[...]"""
    return xp.bitwise_xor(x, y)


@op("LeftShift", "x: T, y: T -> z: T", **_BITS)
def left_shift(xp, x, y):
    """x: i[...], y: i[...] -> i[...]; a shift beyond the width counts as the largest within it."""
    return xp.left_shift(x, _within_width(xp, y))


@op("RightShift", "x: T, y: T -> z: T", **_BITS)
def right_shift(xp, x, y):
    """x: i[...], y: i[...] -> i[...]; a shift beyond the width counts as the largest within it."""
    return xp.right_shift(x, _within_width(xp, y))


def _within_width(xp: Any, shift: Any) -> Any:
    return xp.clip(shift, 0, shift.dtype.itemsize * 8 - 1)


@op("Invert", "x: T -> y: T", shape=shapes.same, types={"T": INTEGERS})
def invert(xp, x):
    """x: i[...] -> i[...], every bit flipped."""
    return xp.invert(x)


@op("PopulationCount", "x: T -> y: uint8", shape=shapes.same, types={"T": INTEGERS})
def population_count(xp, x):
    """x: i[...] -> u8[...], the number of bits that are set, in two's complement."""
    # bitwise_count counts the bits of |x|; the unsigned view has those of x itself.
    unsigned = x.astype(f"uint{x.dtype.itemsize * 8}")
    return xp.bitwise_count(unsigned).astype(np.uint8)


for _op in (
    bitwise_and,
    bitwise_or,
    bitwise_xor,
    left_shift,
    right_shift,
    invert,
    population_count,
):
    _op.not_differentiable()
