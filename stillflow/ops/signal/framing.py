"""Signals cut into frames that may overlap, and frames added up to a signal."""

from __future__ import annotations

import math
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import constant_value
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, gathering, padding, ranging, reshaping, shape_of
from stillflow.ops.array.joining import concat, split
from stillflow.ops.array.slicing import strided_slice
from stillflow.ops.array.transposing import transpose
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.math import arithmetic, comparison, division
from stillflow.ops.reduce import reductions

_SEGMENTS_FIRST = [1, 0, 2]


def frame(
    signal: Any,
    frame_length: Any,
    frame_step: Any,
    pad_end: bool = False,
    pad_value: Any = 0,
    axis: Any = -1,
    name: str | None = None,
) -> Tensor:
    """Returns frames along an axis: n[..., samples, ...] -> n[..., frames, length, ...].

    Args:
      frame_length, frame_step: i[], how long a frame is, and how far the next one starts.
      pad_end: whether frames that lie within the signal in part only are filled with `pad_value`.
    """
    with name_scope(name, "frame", [signal, frame_length, frame_step, pad_value]):
        signal = convert_to_tensor(signal, name="signal")
        length = convert_to_tensor(frame_length, name="frame_length")
        step = convert_to_tensor(frame_step, name="frame_step")
        along = convert_to_tensor(axis, name="axis")
        signal.shape.with_rank_at_least(1)
        for scalar in (length, step, along):
            scalar.shape.assert_has_rank(0)
        result_shape = _framed_shape(signal, length, step, pad_end, along)
        rank = shape_of.rank(signal)
        along = ranging.range_(rank)[along]
        sizes = shape_of.shape(signal)
        outer, samples, inner = split(sizes, [along, 1, rank - 1 - along])
        samples = reshaping.reshape(samples, [])
        outer_rank, inner_rank = shape_of.size(outer), shape_of.size(inner)
        if pad_end:
            pad_value = convert_to_tensor(pad_value, signal.dtype)
            pad_value.shape.assert_has_rank(0)
            count = -(-samples // step)
            missing = arithmetic.maximum(0, length + step * (count - 1) - samples)
            paddings = concat(
                [
                    filling.zeros([outer_rank, 2], dtype=missing.dtype),
                    [[0, missing]],
                    filling.zeros([inner_rank, 2], dtype=missing.dtype),
                ],
                0,
            )
            signal = padding.pad(signal, paddings, constant_values=pad_value)
            sizes = shape_of.shape(signal)
            samples = sizes[along]
        else:
            count = arithmetic.maximum(0, 1 + (samples - length) // step)
        frames = _gathered(signal, sizes, samples, outer, inner, length, step, count, along)
        if result_shape:
            frames.set_shape(result_shape)
        return frames


def _gathered(
    signal: Tensor,
    sizes: Tensor,
    samples: Tensor,
    outer: Tensor,
    inner: Tensor,
    length: Tensor,
    step: Tensor,
    count: Tensor,
    axis: Tensor,
) -> Tensor:
    """The frames, put together from parts of which frames and steps are multiples."""
    part = gcd(length, step)
    per_frame = length // part
    per_step = step // part
    parts = samples // part
    used = concat([outer, [parts * part], inner], 0)
    cut = concat([outer, [parts, part], inner], 0)
    pieces = reshaping.reshape(strided_slice(signal, filling.zeros_like(sizes), used), cut)
    starts = reshaping.reshape(ranging.range_(count) * per_step, [count, 1])
    within = reshaping.reshape(ranging.range_(per_frame), [1, per_frame])
    selector = starts + within
    gathered = gathering.gather(pieces, selector, axis=axis)
    return reshaping.reshape(gathered, concat([outer, [count, length], inner], 0))


def _framed_shape(
    signal: Tensor, length: Tensor, step: Tensor, pad_end: bool, axis: Tensor
) -> list[int | None] | None:
    """The shape of the frames, as far as it is known."""
    size, hop, along = (_known(scalar) for scalar in (length, step, axis))
    if signal.shape.ndims is None:
        return None
    if along is None:
        return [None] * (signal.shape.ndims + 1)
    sizes = signal.shape.as_list()
    samples = sizes[along]
    count = None
    if samples is not None and hop is not None:
        if pad_end:
            count = max(0, -(-samples // hop))
        elif size is not None:
            count = max(0, (samples - size + hop) // hop)
    return [*sizes[:along], count, size, *sizes[along:][1:]]


def _known(scalar: Tensor) -> int | None:
    value = constant_value(scalar)
    return None if value is None else int(value)


def gcd(a: Any, b: Any, name: str | None = None) -> Tensor:
    """Returns the greatest common divisor of two integers: i[], i[] -> i[].

    Raises:
      ValueError: one is no scalar, or no integer.
    """
    with name_scope(name, "gcd", [a, b]):
        a, b = convert_to_tensor(a), convert_to_tensor(b)
        for letter, number in (("a", a), ("b", b)):
            number.shape.assert_has_rank(0)
            if not number.dtype.is_integer:
                raise ValueError(f"{letter} must be an integer type. Got: {number.dtype}")
        known = constant_value(a), constant_value(b)
        if known[0] is not None and known[1] is not None:
            return convert_to_tensor(math.gcd(int(known[0]), int(known[1])))
        return while_loop(
            lambda _, b: comparison.greater(b, filling.zeros_like(b)),
            lambda a, b: [b, division.floormod(a, b)],
            [a, b],
            back_prop=False,
        )[0]


def overlap_and_add(signal: Any, frame_step: Any, name: str | None = None) -> Tensor:
    """Returns the signal whose frames these are, summed where they overlap.

    signal: n[..., frames, length], frame_step: i[] -> n[..., (frames - 1) * step + length]

    Raises:
      ValueError: ranks that are known are too low, or `frame_step` is no integer.
    """
    with name_scope(name, "overlap_and_add", [signal, frame_step]):
        signal = convert_to_tensor(signal, name="signal")
        signal.shape.with_rank_at_least(2)
        step = convert_to_tensor(frame_step, name="frame_step")
        step.shape.assert_has_rank(0)
        if not step.dtype.is_integer:
            raise ValueError(f"frame_step must be an integer. Got {step.dtype}")
        sizes = shape_of.shape(signal)
        outer = sizes[:-2]
        outer_rank = shape_of.size(outer)
        length, frames = sizes[-1], sizes[-2]
        total = length + step * (frames - 1)
        known = constant_value(step)
        if known is not None and signal.shape.ndims and known == signal.shape.as_list()[-1]:
            return reshaping.reshape(signal, concat([outer, [total]], 0), name="fast_path")
        return _added(signal, step, outer, outer_rank, length, frames, total)


def _added(
    signal: Tensor,
    step: Tensor,
    outer: Tensor,
    outer_rank: Tensor,
    length: Tensor,
    frames: Tensor,
    total: Tensor,
) -> Tensor:
    """Frames are cut into segments of a step; the i-th segments of all, moved by i, are summed."""
    shaped = lambda x, inner: reshaping.reshape(x, concat([outer, inner], 0))
    segments = -(-length // step)
    behind = [[0, segments], [0, segments * step - length]]
    paddings = concat([filling.zeros([outer_rank, 2], dtypes.int32), behind], 0)
    signal = padding.pad(signal, paddings)
    signal = shaped(signal, [frames + segments, segments, step])
    order = concat([ranging.range_(outer_rank), outer_rank + _SEGMENTS_FIRST], 0)
    signal = transpose(signal, order)
    signal = shaped(signal, [(frames + segments) * segments, step])
    # Without its last rows each segment starts one row later than the one before.
    signal = signal[..., : (frames + segments - 1) * segments, :]
    signal = shaped(signal, [segments, (frames + segments - 1), step])
    signal = reductions.reduce_sum(signal, -3)
    signal = shaped(signal, [(frames + segments - 1) * step])
    return signal[..., :total]
