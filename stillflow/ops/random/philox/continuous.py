"""Uniform, normal and truncated normal numbers, as TensorFlow's CPU kernels draw them.

Every function takes `stream`, u32[6] (see `generator`), and the shape and dtype of its result. A
block of a stream gives a *group* of four numbers, or of two float64 numbers.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.ops.random.philox import elementary
from stillflow.ops.random.philox.generator import blocks, first_block

_MANTISSA_BITS = {"bfloat16": 7, "float16": 10, "float32": 23, "float64": 52}
_SMALLEST = 1e-7  # stands for a uniform 0, which has no logarithm
_FEW = 512  # blocks
_BOUND = 2  # of truncated normal numbers
_RESERVED_WORDS = 256  # for each truncated number: those of its group's rejected candidates too


def uniform(xp: Any, stream: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """f[shape] in [0, 1)"""
    if group_size(dtype) == 2:
        return _lay_out(xp, shape, dtype, lambda index: uniform_pair(xp, stream, index))
    size = math.prod(shape)
    words = first_block(stream) if size <= 4 else None
    if words is not None:  # an element of a pipeline draws few
        bits = _MANTISSA_BITS[np.dtype(dtype).name]
        numbers = [(word & (1 << bits) - 1) * 2.0**-bits for word in words[:size]]
        return np.array(numbers, dtype).reshape(shape)
    group = lambda index: blocks(xp, stream, index)
    return _lay_out(xp, shape, dtype, group, lambda word: fraction(xp, word, dtype))


def standard_normal(xp: Any, stream: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """f[shape] of mean 0 and standard deviation 1"""
    return _lay_out(xp, shape, dtype, lambda index: _normal_group(xp, stream, index, dtype))


def truncated_normal(xp: Any, stream: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """f[shape], normal numbers strictly between -2 and 2.

    Each group reads blocks of its own until enough candidates lie inside; number `rank` of a group
    is the inside candidate that `rank` others precede. Until then its place holds 2 + rank.
    """
    size, width = math.prod(shape), group_size(dtype)
    stride = width * _RESERVED_WORDS // 4

    def candidates(index: Any) -> list[tuple[Any, Any]]:
        return [(c, abs(c) < _BOUND) for c in _normal_group(xp, stream, index, dtype)]

    def first_block(group: Any) -> tuple[Any, ...]:
        drawn = candidates(group * stride)
        waiting = (xp.full_like(drawn[0][0], _BOUND + rank) for rank in range(width))
        return tuple(_settle(xp, drawn, number) for number in waiting)

    def next_block(index: Any, number: Any) -> tuple[Any, Any]:
        return index + np.uint64(1), _settle(xp, candidates(index), number)

    def is_missing(index: Any, number: Any) -> Any:
        return number >= _BOUND

    number = xp.interleave(first_block, size, width)
    second = xp.arange(size, dtype=xp.uint64) // width * stride + 1
    _, number = xp.while_each(is_missing, next_block, (second, number))
    return number.reshape(shape).astype(dtype)


def _settle(xp: Any, candidates: list[tuple[Any, Any]], number: Any) -> Any:
    """`number` after these candidates: 2 + rank counts down until a candidate takes its place."""
    for candidate, is_inside in candidates:
        counts = is_inside & (number >= _BOUND)
        number = xp.where(counts, xp.where(number == _BOUND, candidate, number - 1), number)
    return number


def group_size(dtype: Any) -> int:
    """How many numbers a block gives."""
    return 2 if np.dtype(dtype).itemsize == 8 else 4


def _lay_out(xp: Any, shape: tuple[int, ...], dtype: Any, group: Any, *then: Any) -> Any:
    numbers = xp.interleave(group, math.prod(shape), group_size(dtype), *then)
    return numbers.reshape(shape).astype(dtype)


def fraction(xp: Any, word: Any, dtype: Any) -> Any:
    """u32[...] -> f[...] in [0, 1): the low bits of a word, as many as a mantissa has."""
    bits = _MANTISSA_BITS[np.dtype(dtype).name]
    return (word & (1 << bits) - 1).astype(dtype) * np.array(2.0**-bits, dtype)


def fraction64(xp: Any, high: Any, low: Any) -> Any:
    """high: u32[...], low: u32[...] -> f64[...] in [0, 1), from 20 and from all 32 bits."""
    return ((high & 0xFFFFF).astype(xp.float64) * 2.0**32 + low) * 2.0**-52


def uniform_pair(xp: Any, stream: Any, index: Any) -> tuple[Any, Any]:
    """index: u64[n] -> f64[n], f64[n]: the two uniform numbers of a block."""
    w0, w1, w2, w3 = blocks(xp, stream, index)
    return fraction64(xp, w0, w1), fraction64(xp, w2, w3)


def normal_pair(xp: Any, stream: Any, index: Any) -> tuple[Any, Any]:
    """index: u64[n] -> f64[n], f64[n]: the two normal numbers of a block."""
    u, v = uniform_pair(xp, stream, index)
    radius = xp.sqrt(-2.0 * xp.log(xp.maximum(u, _SMALLEST)))
    angle = 2 * np.pi * v
    return xp.sin(angle) * radius, xp.cos(angle) * radius


def _normal_group(xp: Any, stream: Any, index: Any, dtype: Any) -> tuple[Any, ...]:
    """f32[n] four times, or f64[n] twice; half precision is rounded later, as in TensorFlow."""
    if group_size(dtype) == 2:
        return normal_pair(xp, stream, index)
    w0, w1, w2, w3 = blocks(xp, stream, index)
    if isinstance(w0, np.ndarray) and w0.size <= _FEW:
        # Both pairs at once: what NumPy is called for then takes longer than what it computes.
        sines, cosines = _box_muller(xp, np.stack([w0, w2]), np.stack([w1, w3]))
        return sines[0], cosines[0], sines[1], cosines[1]
    return *_box_muller(xp, w0, w1), *_box_muller(xp, w2, w3)


def _box_muller(xp: Any, u: Any, v: Any) -> tuple[Any, Any]:
    """u: u32[...], v: u32[...] -> f32[...], f32[...], rounded to float32 where TensorFlow does."""
    u, v = fraction(xp, u, np.float32), fraction(xp, v, np.float32)
    radius = xp.sqrt(np.float32(-2) * elementary.log(xp, xp.maximum(u, np.float32(_SMALLEST))))
    angle = (v.astype(xp.float64) * (2 * np.pi)).astype(xp.float32)
    sine, cosine = elementary.sin_cos(xp, angle)
    return sine * radius, cosine * radius
