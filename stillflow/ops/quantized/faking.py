"""Floats rounded to the numbers that a range has in so many bits; gradients pass within the range.

A range is first moved a little, such that it holds 0 exactly (Jacob et al., 2018).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse

_ONE, _HALF = np.float32(1), np.float32(0.5)


def _levels(num_bits: int, narrow_range: bool) -> tuple[np.float32, np.float32]:
    """The least and the greatest of the whole numbers; a narrow range has one less."""
    if not 2 <= num_bits <= 16:
        refuse("num_bits must be between 2 and 16, inclusive")
    return np.float32(narrow_range), np.float32((1 << num_bits) - 1)


def _nudged(
    xp: Any, low: Any, high: Any, num_bits: int, narrow_range: bool
) -> tuple[Any, Any, Any]:
    """low, high: f32[...] -> the range that holds 0 exactly, and the distance of its numbers."""
    least, greatest = _levels(num_bits, narrow_range)
    scale = xp.divide(xp.subtract(high, low), greatest - least)
    zero = xp.subtract(least, xp.divide(low, scale))
    zero = xp.clip(xp.floor(xp.add(zero, _HALF)), least, greatest)
    start = xp.multiply(xp.subtract(least, zero), scale)
    return start, xp.multiply(xp.subtract(greatest, zero), scale), scale


def _rounded(xp: Any, x: Any, low: Any, high: Any, num_bits: int, narrow_range: bool) -> Any:
    """x: f32[...], low, high: f32[] or f32[last of x] -> f32[...]; where both are 0, it is 0."""
    start, end, scale = _nudged(xp, low, high, num_bits, narrow_range)
    above = xp.subtract(xp.maximum(xp.minimum(x, end), start), start)
    steps = xp.floor(xp.add(xp.divide(above, scale), _HALF))
    return xp.where(_is_empty(xp, low, high), 0, xp.add(xp.multiply(steps, scale), start))


def _is_empty(xp: Any, low: Any, high: Any) -> Any:
    return xp.logical_and(xp.equal(low, 0), xp.equal(high, 0))


def _gradients(
    xp: Any, dy: Any, x: Any, low: Any, high: Any, num_bits: int, narrow_range: bool
) -> tuple[Any, Any, Any]:
    """dy, x: f32[...], low, high: f32[] or f32[d] -> the gradients of all three."""
    start, end, _ = _nudged(xp, low, high, num_bits, narrow_range)
    empty = _is_empty(xp, low, high)
    below, above = xp.less(x, start), xp.greater(x, end)
    within = xp.logical_and(xp.greater_equal(x, start), xp.less_equal(x, end))
    axes = tuple(range(x.ndim - np.ndim(low)))
    total = lambda where: xp.where(
        empty, 0, xp.sum(xp.multiply(dy, where), axis=axes, dtype=np.float32)
    )
    dx = xp.multiply(dy, xp.logical_or(within, empty))
    return dx, total(below).astype(np.float32), total(above).astype(np.float32)


# A range of its own -----------------------------------------------------------------------------


def _check_range(low: float, high: float) -> None:
    if not low < high:
        refuse(f"min has to be smaller than max, was: {low:g} >= {high:g}")


@op("FakeQuantWithMinMaxArgs", "inputs: float32 -> outputs: float32", shape=shapes.same)
def fake_quant_with_min_max_args(
    xp,
    x,
    *,
    min: float = -6.0,
    max: float = 6.0,
    num_bits: int = 8,
    narrow_range: bool = False,
):
    """x: f32[...] -> f32[...], rounded to the numbers of [min, max]"""
    _check_range(min, max)
    start, end, scale = _nudged(np, np.float32(min), np.float32(max), num_bits, narrow_range)
    above = xp.subtract(xp.maximum(xp.minimum(x, end), start), start)
    # TensorFlow multiplies here and divides where the range is an input.
    steps = xp.floor(xp.add(xp.multiply(above, _ONE / scale), _HALF))
    return xp.add(xp.multiply(steps, scale), start)


@op(
    "FakeQuantWithMinMaxArgsGradient",
    "gradients: float32, inputs: float32 -> backprops: float32",
    shape=shapes.merged,
)
def fake_quant_with_min_max_args_gradient(
    xp,
    dy,
    x,
    *,
    min: float = -6.0,
    max: float = 6.0,
    num_bits: int = 8,
    narrow_range: bool = False,
):
    """dy, x: f32[...] -> f32[...], dy where x is within the range"""
    _check_range(min, max)
    _check_equal(dy, x)
    start, end, _ = _nudged(np, np.float32(min), np.float32(max), num_bits, narrow_range)
    within = xp.logical_and(xp.greater_equal(x, start), xp.less_equal(x, end))
    return xp.multiply(dy, within)


def _check_equal(dy: Any, x: Any) -> None:
    if dy.shape != x.shape:
        refuse("gradient and input must be the same size")


@fake_quant_with_min_max_args.gradient
def fake_quant_with_min_max_args_rule(op, dy):
    attrs = {name: op.attrs[name] for name in op.defn.attr_names}
    return fake_quant_with_min_max_args_gradient(dy, op.inputs[0], **attrs)


# A range that is learnt -------------------------------------------------------------------------


def _with_range(ctx: shapes.ShapeContext) -> shapes.Sizes:
    for i in (1, 2):
        shapes.with_rank(ctx.shape(i), 0)
    return ctx.shape(0)


def _gradients_with_range(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    bound = shapes.merge(shapes.with_rank(ctx.shape(2), 0), ctx.shape(3))
    return [shapes.merge(ctx.shape(0), ctx.shape(1)), bound, bound]


@op(
    "FakeQuantWithMinMaxVars",
    "inputs: float32, min: float32, max: float32 -> outputs: float32",
    shape=_with_range,
)
def fake_quant_with_min_max_vars(
    xp, x, low, high, *, num_bits: int = 8, narrow_range: bool = False
):
    """x: f32[...], low, high: f32[] -> f32[...], rounded to the numbers of [low, high]"""
    return _rounded(xp, x, low, high, num_bits, narrow_range)


@op(
    "FakeQuantWithMinMaxVarsGradient",
    "gradients: float32, inputs: float32, min: float32, max: float32 -> "
    "backprops_wrt_input: float32, backprop_wrt_min: float32, backprop_wrt_max: float32",
    shape=_gradients_with_range,
)
def fake_quant_with_min_max_vars_gradient(
    xp, dy, x, low, high, *, num_bits: int = 8, narrow_range: bool = False
):
    """dy, x: f32[...], low, high: f32[] -> f32[...], f32[], f32[]"""
    _check_equal(dy, x)
    return _gradients(xp, dy, x, low, high, num_bits, narrow_range)


@fake_quant_with_min_max_vars.gradient
def fake_quant_with_min_max_vars_rule(op, dy):
    attrs = {name: op.attrs[name] for name in op.defn.attr_names}
    return fake_quant_with_min_max_vars_gradient(dy, *op.inputs, **attrs)


# A range for each channel -----------------------------------------------------------------------


def _with_ranges(ctx: shapes.ShapeContext) -> shapes.Sizes:
    x = shapes.with_rank_at_least(ctx.shape(0), 1)
    sizes = [shapes.with_rank(ctx.shape(i), 1)[0] for i in (1, 2)]
    if x is not None:
        for size in sizes:
            shapes.merge_size(x[-1], size)
    shapes.merge_size(*sizes)
    return x


def _gradients_with_ranges(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    x = shapes.with_rank_at_most(shapes.with_rank_at_least(ctx.shape(0), 1), 4)
    x = shapes.merge(x, ctx.shape(1))
    bound = shapes.merge(shapes.with_rank(ctx.shape(2), 1), ctx.shape(3))
    if x is not None:
        bound = shapes.merge(bound, (x[-1],))
    return [x, bound, bound]


@op(
    "FakeQuantWithMinMaxVarsPerChannel",
    "inputs: float32, min: float32, max: float32 -> outputs: float32",
    shape=_with_ranges,
)
def fake_quant_with_min_max_vars_per_channel(
    xp, x, low, high, *, num_bits: int = 8, narrow_range: bool = False
):
    """x: f32[..., d], low, high: f32[d] -> f32[..., d]"""
    return _rounded(xp, x, low, high, num_bits, narrow_range)


@op(
    "FakeQuantWithMinMaxVarsPerChannelGradient",
    "gradients: float32, inputs: float32, min: float32, max: float32 -> "
    "backprops_wrt_input: float32, backprop_wrt_min: float32, backprop_wrt_max: float32",
    shape=_gradients_with_ranges,
)
def fake_quant_with_min_max_vars_per_channel_gradient(
    xp, dy, x, low, high, *, num_bits: int = 8, narrow_range: bool = False
):
    """dy, x: f32[..., d], low, high: f32[d] -> f32[..., d], f32[d], f32[d]"""
    _check_equal(dy, x)
    return _gradients(xp, dy, x, low, high, num_bits, narrow_range)


@fake_quant_with_min_max_vars_per_channel.gradient
def fake_quant_with_min_max_vars_per_channel_rule(op, dy):
    attrs = {name: op.attrs[name] for name in op.defn.attr_names}
    return fake_quant_with_min_max_vars_per_channel_gradient(dy, *op.inputs, **attrs)
