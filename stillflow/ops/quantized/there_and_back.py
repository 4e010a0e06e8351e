"""Floats scaled to whole numbers, rounded and scaled back: what quantising will cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import FLOATS
from stillflow.graph.operation import Tensor

_ROUNDINGS = ("HALF_TO_EVEN", "HALF_UP")


def _unchanged(ctx: shapes.ShapeContext) -> shapes.Sizes:
    for bound in ctx.shapes(1):
        shapes.with_rank(bound, 0)
    return ctx.shape(0)


def _there_and_back(
    xp: Any,
    x: Any,
    low: Any,
    high: Any,
    num_bits: int,
    signed: bool,
    given: bool,
    round_mode: str,
    narrow_range: bool,
) -> Any:
    """x: f[...], low, high: f[] -> f[...], of a range that is given, or that of x."""
    if not 0 < num_bits < (62 if signed else 63):
        refuse(f"num_bits is out of range: {num_bits} with signed_input_ {int(signed)}")
    least = (narrow_range - (1 << (num_bits - 1))) if signed else 0
    greatest = (1 << (num_bits - 1 if signed else num_bits)) - 1
    if not given:
        low, high = xp.min(x), xp.max(x)
    kind, most = x.dtype.type, np.finfo(x.dtype).max
    by_low = _scale(xp, kind(least), low, most)
    by_high = _scale(xp, kind(greatest), high, most)
    low_decides = xp.less(by_low, by_high)
    scale = xp.where(low_decides, by_low, by_high)
    # With nothing below 0 the low end never decides.
    back = xp.where(low_decides, xp.divide(low, kind(least or 1)), xp.divide(high, kind(greatest)))
    if given:
        high = xp.where(low_decides, xp.multiply(kind(greatest), back), high)
        low = xp.where(low_decides, low, xp.multiply(kind(least), back))
        x = xp.maximum(xp.minimum(x, high), low)
    scaled = xp.multiply(x, scale)
    whole = xp.rint(scaled) if round_mode == "HALF_TO_EVEN" else xp.floor(scaled + kind(0.5))
    return xp.multiply(whole, back).astype(x.dtype)


def _scale(xp: Any, whole: Any, bound: Any, most: Any) -> Any:
    """How many whole numbers a unit has, if `bound` is to be `whole`."""
    same_side = xp.greater(xp.multiply(whole, bound), 0)
    return xp.where(
        same_side, xp.divide(whole, xp.where(same_side, bound, whole.dtype.type(1))), most
    )


@op(
    "QuantizeAndDequantizeV2",
    "input: T, input_min: T, input_max: T -> output: T",
    shape=_unchanged,
    types={"T": FLOATS},
    limits={"round_mode": _ROUNDINGS},
)
def quantize_and_dequantize_v2(
    xp,
    x,
    low,
    high,
    *,
    signed_input: bool = True,
    num_bits: int = 8,
    range_given: bool = False,
    round_mode: str = "HALF_TO_EVEN",
    narrow_range: bool = False,
):
    """x: f[...], low, high: f[] -> f[...]"""
    if range_given:
        _check_range(xp, low, high)
    return _there_and_back(
        xp, x, low, high, num_bits, signed_input, range_given, round_mode, narrow_range
    )


@op(
    "QuantizeAndDequantizeV3",
    "input: T, input_min: T, input_max: T, num_bits: int32 -> output: T",
    shape=_unchanged,
    types={"T": FLOATS},
    static=("num_bits",),
)
def quantize_and_dequantize_v3(
    xp,
    x,
    low,
    high,
    num_bits,
    *,
    signed_input: bool = True,
    range_given: bool = True,
    narrow_range: bool = False,
):
    """x: f[...], low, high: f[], num_bits: i32[] -> f[...]"""
    if range_given:
        _check_range(xp, low, high)
    bits = int(num_bits)
    return _there_and_back(
        xp, x, low, high, bits, signed_input, range_given, "HALF_TO_EVEN", narrow_range
    )


def _check_range(xp: Any, low: Any, high: Any) -> None:
    xp.check(low <= high, lambda a, b: f"Invalid range: input_min {a} > input_max {b}", low, high)


@quantize_and_dequantize_v2.gradient
def quantize_and_dequantize_v2_gradient(op, dy):
    return dy, None, None


@quantize_and_dequantize_v3.gradient
def quantize_and_dequantize_v3_gradient(op, dy):
    return dy, None, None, None


def quantize_and_dequantize(
    input: Any,
    input_min: Any,
    input_max: Any,
    signed_input: bool = True,
    num_bits: int = 8,
    range_given: bool = False,
    round_mode: str = "HALF_TO_EVEN",
    name: str | None = None,
    narrow_range: bool = False,
) -> Tensor:
    """Returns the input as `num_bits` can hold it: f[...] -> f[...].

    Args:
      input_min, input_max: f[], the range if `range_given`; otherwise the input's is taken.
      signed_input: whether the whole numbers are signed.
      round_mode: 'HALF_TO_EVEN' or 'HALF_UP'.
      narrow_range: whether there are as many numbers below 0 as above.
    """
    return quantize_and_dequantize_v2(
        input,
        input_min,
        input_max,
        signed_input=signed_input,
        num_bits=num_bits,
        range_given=range_given,
        round_mode=round_mode,
        narrow_range=narrow_range,
        name=name,
    )
