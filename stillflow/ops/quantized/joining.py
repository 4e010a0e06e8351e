"""Quantised tensors joined: in the one range that holds all of theirs."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.ops.quantized.quantizing import dequantized, quantized


def _joined(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    count = ctx.attrs["N"]
    for index in range(count + 1, len(ctx.inputs)):
        shapes.with_rank(ctx.shape(index), 0)
    given = ctx.shapes(1, count + 1)
    rank = next((len(sizes) for sizes in given if sizes is not None), None)
    if rank is None:
        return [None, (), ()]
    parts = [shapes.with_rank(sizes, rank) for sizes in given]
    axis = ctx.scalar(0)
    if axis is None:
        return [(None,) * rank, (), ()]
    shapes.with_rank_at_least(parts[0], axis + 1)
    merged: Any = shapes.merge_all([sizes[:axis] + sizes[axis + 1 :] for sizes in parts])
    along: list[Any] = [sizes[axis] for sizes in parts]
    total = None if None in along else sum(along)
    return [(*merged[:axis], total, *merged[axis:]), (), ()]


@op(
    "QuantizedConcat",
    "concat_dim: int32, values: N * T, input_mins: N * float32, input_maxes: N * float32"
    " -> output: T, output_min: float32, output_max: float32",
    shape=_joined,
    limits={"N": 2},
    static=("concat_dim",),
)
def quantized_concat(xp, axis, *parts):
    """axis: i32[], values: T[..., s, ...] each, the ends of their ranges, f32[] each -> T[..., sum
    of s, ...], and its range, f32[] each"""
    count = len(parts) // 3
    values, lows, highs = parts[:count], parts[count : 2 * count], parts[2 * count :]
    at = _checked_axis(axis, [value.shape for value in values])
    lows, highs = (xp.stack([each.reshape(-1)[0] for each in ends]) for ends in (lows, highs))
    low, high = xp.minimum(np.float32(0), xp.min(lows)), xp.max(highs)
    if np.iinfo(values[0].dtype).min:
        high = xp.maximum(xp.absolute(low), xp.absolute(high))
        low = -high
    moved = [
        _in_range(xp, value, lows[number], highs[number], low, high)
        for number, value in enumerate(values)
    ]
    return xp.concatenate(moved, at), low, high


def _checked_axis(axis: Any, sizes: list[tuple[int, ...]]) -> int:
    if axis.ndim:
        shown = shapes.format_sizes(axis.shape)
        refuse(f"Concat dim tensor should be a scalar integer, but got shape {shown}")
    at, rank = int(axis), len(sizes[0])
    if not 0 <= at < rank:
        refuse(
            f"ConcatOp : Expected concatenating dimensions in the range [0, {rank}), but got {at}"
        )
    for number, own in enumerate(sizes):
        versus = (
            f"shape[0] = {shapes.format_sizes(sizes[0])} vs. shape[{number}] = "
            f"{shapes.format_sizes(own)}"
        )
        if len(own) != rank:
            refuse(f"ConcatOp : Ranks of all input tensors should match: {versus}")
        if own[:at] + own[at + 1 :] != sizes[0][:at] + sizes[0][at + 1 :]:
            refuse(f"ConcatOp : Dimensions of inputs should match: {versus}")
    return at


def _in_range(xp: Any, x: Any, low: Any, high: Any, new_low: Any, new_high: Any) -> Any:
    """What a tensor's numbers are in another range; in the same one, they themselves."""
    floats = dequantized(xp, x, low, high)
    whole = quantized(xp, floats, new_low, new_high, x.dtype)
    moved = xp.to_integers(whole, np.dtype(np.int32)).astype(x.dtype)
    return xp.where((low == new_low) & (high == new_high), x, moved)


quantized_concat.not_differentiable()
