"""Floats as numbers of a quantised type, and back: three ways of laying a range over them."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import types
from stillflow.graph.dtypes import DType
from stillflow.platform.deprecation import deprecated

QUANTIZED = types("qint8 quint8 qint32 qint16 quint16")
_MODES = ("MIN_COMBINED", "MIN_FIRST", "SCALED")
_ROUNDINGS = ("HALF_AWAY_FROM_ZERO", "HALF_TO_EVEN")
_LARGEST = np.finfo(np.float32).max
_LOWEST_INT, _HIGHEST_INT = np.float32(-2.147483648e9), np.float32(2.147483520e9)


def _limits(dtype: Any) -> tuple[int, int]:
    """The least and the greatest number of a NumPy type."""
    info = np.iinfo(dtype)
    return int(info.min), int(info.max)


def _half(dtype: Any) -> np.float32:
    """How far the numbers of a signed type reach below 0."""
    least, greatest = _limits(dtype)
    return np.float32((greatest - least + 1) / 2 if least else 0)


def rounded(xp: Any, x: Any) -> Any:
    """x: f32[...] -> f32[...], whole numbers; a half goes away from zero."""
    whole = xp.trunc(x)
    return whole + xp.sign(x) * (xp.absolute(x - whole) >= 0.5)


def _first(x: Any) -> Any:
    return x.reshape(-1)[0]


def _with_range(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    shapes.with_rank(ctx.shape(1), 0)
    shapes.with_rank(ctx.shape(2), 0)
    return [ctx.shape(0), (), ()]


@op(
    "QuantizeV2",
    "input: float32, min_range: float32, max_range: float32"
    " -> output: T, output_min: float32, output_max: float32",
    shape=_with_range,
    types={"T": QUANTIZED},
    limits={"mode": _MODES, "round_mode": _ROUNDINGS},
)
def quantize_v2_op(
    xp,
    x,
    low,
    high,
    *,
    T: DType,
    mode: str = "MIN_COMBINED",
    round_mode: str = "HALF_AWAY_FROM_ZERO",
):
    """x: f32[...], low, high: f32[] -> T[...], and the range, f32[] each, that these stand for.

    The range is widened to hold 0, and not to be too narrow.
    """
    if round_mode == "HALF_TO_EVEN" and mode != "SCALED":
        refuse(f"Round mode 'HALF_TO_EVEN' only supported for mode 'SCALED', but mode is '{mode}'.")
    low, high = _first(low), _first(high)
    xp.check(
        xp.logical_not(xp.less(high, low)),
        lambda *_: "input_max_range must be larger than input_min_range.",
        low,
        high,
    )
    largest = xp.maximum(xp.absolute(low), xp.absolute(high))
    epsilon = xp.maximum(np.float32(1), largest) / np.float32(100)
    start = xp.minimum(np.float32(0), low)
    end = xp.maximum(np.float32(0), xp.maximum(high, start + epsilon))
    stored = np.dtype(T.stored_as)
    if mode == "SCALED":
        whole, start, end = _scaled(xp, x, start, end, stored, round_mode)
    elif mode == "MIN_FIRST":
        whole = quantized(xp, x, start, end, stored)
    else:
        whole = _combined(xp, x, start, end, stored)
    return _of_type(xp, whole, stored), start, end


def _of_type(xp: Any, whole: Any, stored: np.dtype) -> Any:
    return xp.to_integers(whole, np.dtype(np.int32)).astype(stored)


def _combined(xp: Any, x: Any, start: Any, end: Any, stored: np.dtype) -> Any:
    least, greatest = _limits(stored)
    scale = xp.divide(np.float64(greatest - least), (end - start).astype(np.float64))
    above = (xp.maximum(xp.minimum(x, end), start) - start) * scale.astype(np.float32)
    return rounded(xp, above - _half(stored)) if least else xp.trunc(above + np.float32(0.5))


def _scaled(xp: Any, x: Any, start: Any, end: Any, stored: np.dtype, round_mode: str) -> tuple:
    least, greatest = (np.float32(limit) for limit in _limits(stored))
    from_start = xp.where(least * start > 0, xp.divide(least, start), _LARGEST)
    from_end = xp.where(greatest * end > 0, xp.divide(greatest, end), _LARGEST)
    scale = xp.minimum(from_start, from_end)
    start, end = xp.divide(least, scale), xp.divide(greatest, scale)
    scaled = xp.maximum(xp.minimum(x, end), start) * scale
    whole = xp.rint(scaled) if round_mode == "HALF_TO_EVEN" else rounded(xp, scaled)
    return whole, start, end


def quantized(xp: Any, x: Any, start: Any, end: Any, stored: np.dtype) -> Any:
    """x: f32[...], start, end: f32[] -> f32[...], the numbers of the type, as MIN_FIRST has it."""
    least, greatest = _limits(stored)
    steps = np.float64(greatest - least)
    width = (end - start).astype(np.float64)
    scale = xp.where(width == 0, 0, xp.divide(steps, xp.where(width == 0, 1, width)))
    scale = scale.astype(np.float32)
    first = rounded(xp, start * scale)
    whole = rounded(xp, x * scale) - (first - np.float32(least))
    floor, ceiling = max(np.float32(least), _LOWEST_INT), min(np.float32(greatest), _HIGHEST_INT)
    return xp.minimum(xp.maximum(whole, floor), ceiling)


def dequantized(xp: Any, x: Any, low: Any, high: Any) -> Any:
    """x: T[...], low, high: f32[] -> f32[...], what it stands for, as MIN_FIRST has it."""
    least, greatest = _limits(x.dtype)
    width = (high - low).astype(np.float64)
    scale = xp.divide(width, np.float64(greatest - least)).astype(np.float32)
    is_narrow = low == high
    steps = rounded(xp, xp.divide(low, xp.where(is_narrow, np.float32(1), scale)))
    start = xp.where(is_narrow, low, steps * scale)
    return (start - np.float32(least) * scale) + x.astype(np.float32) * scale


def _dequantized_shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return _with_range(ctx)[0]


@op(
    "Dequantize",
    "input: T, min_range: float32, max_range: float32 -> output: float32",
    shape=_dequantized_shape,
    types={"T": QUANTIZED},
    limits={"mode": _MODES},
)
def dequantize(xp, x, low, high, *, mode: str = "MIN_COMBINED"):
    """x: T[...], low, high: f32[] -> f32[...], what it stands for in the range.

    `mode` says how the range was laid over the numbers, as for `tf.quantization.quantize`.
    """
    low, high = _first(low), _first(high)
    if mode == "MIN_FIRST":
        return dequantized(xp, x, low, high)
    least, greatest = (np.float32(limit) for limit in _limits(x.dtype))
    if mode == "SCALED":
        scale = xp.divide(high, greatest)
        if least:
            scale = xp.maximum(xp.divide(low, least), scale)
        return x.astype(np.float32) * scale
    scale = xp.divide(high - low, greatest - least)
    return (x.astype(np.float32) + _half(x.dtype)) * scale + low


def quantize(
    input: Any,
    min_range: Any,
    max_range: Any,
    T: Any,
    mode: str = "MIN_COMBINED",
    round_mode: str = "HALF_AWAY_FROM_ZERO",
    name: str | None = None,
) -> Any:
    """Returns `input`, f32[...], as numbers of a quantised type, and the range they stand for.

    Args:
      min_range, max_range: f32[], what is to be told apart; what lies outside is clipped.
      T: tf.qint8, quint8, qint16, quint16 or qint32.
      mode: "MIN_COMBINED": the range's ends are the type's. "MIN_FIRST": the same, such that 0 is a
        number. "SCALED": 0 is 0, and the range becomes symmetric.
      round_mode: "HALF_AWAY_FROM_ZERO", or with "SCALED" also "HALF_TO_EVEN".

    Returns:
      (T[...], f32[], f32[])
    """
    return quantize_v2_op(
        input, min_range, max_range, T=T, mode=mode, round_mode=round_mode, name=name
    )


@deprecated(
    "2017-10-25",
    "`tf.quantize_v2` is deprecated, please use `tf.quantization.quantize` instead.",
)
def quantize_v2(
    input: Any,
    min_range: Any,
    max_range: Any,
    T: Any,
    mode: str = "MIN_COMBINED",
    name: str | None = None,
    round_mode: str = "HALF_AWAY_FROM_ZERO",
) -> Any:
    """`tf.quantization.quantize`, whose older name this is."""
    return quantize(input, min_range, max_range, T, mode, round_mode, name)
