"""Integers, shuffles and categories, as TensorFlow's CPU kernels draw them.

`stream` is u32[6]; see `generator`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.ops.random.philox.continuous import uniform
from stillflow.ops.random.philox.generator import blocks, first_block


def uniform_int(xp: Any, stream: Any, shape: tuple[int, ...], low: Any, high: Any) -> Any:
    """low: i[], high: i[] -> i[shape] in [low, high), biased as the remainder of a random word."""
    dtype, size = low.dtype, math.prod(shape)
    words = first_block(stream) if dtype == np.int32 and size <= 4 else None
    if words is not None:  # an element of a pipeline draws few
        start, span = int(low), int(high) - int(low)
        return np.array([start + word % span for word in words[:size]], dtype).reshape(shape)
    unsigned = xp.uint64 if dtype == np.int64 else xp.uint32
    # Arrays of rank 1 wrap around quietly where NumPy warns about scalars.
    low, high = low.reshape(1).astype(unsigned), high.reshape(1).astype(unsigned)
    width = 2 if unsigned is xp.uint64 else 4

    def group(index: Any) -> tuple[Any, ...]:
        words = blocks(xp, stream, index)
        if width == 2:
            w0, w1, w2, w3 = (word.astype(xp.uint64) for word in words)
            words = (w0 | w1 << 32, w2 | w3 << 32)
        return words

    bounded = lambda word: (low + word % (high - low)).astype(dtype)
    return xp.interleave(group, math.prod(shape), width, bounded).reshape(shape)


def shuffle(xp: Any, stream: Any, value: Any) -> Any:
    """value: any[n, ...] -> the same rows in random order: Fisher-Yates from the front."""
    if not is_shuffled(value.shape):
        return value
    size = value.shape[0]
    words = xp.interleave(lambda index: blocks(xp, stream, index), size - 1, 4)
    place = xp.arange(size - 1)
    targets = place + words.astype(xp.int64) % (size - place)
    return xp.asarray(value)[xp.compose_swaps(targets)]


def is_shuffled(shape: tuple[int, ...]) -> bool:
    """Whether `shuffle` draws anything for a value of this shape."""
    return math.prod(shape) > 1 and shape[0] > 1


def categories(xp: Any, stream: Any, logits: Any, count: int, dtype: Any) -> Any:
    """logits: f[b, c] -> dtype[b, count]; a logit that is not finite has probability 0.

    Rows follow one another in the stream, as in TensorFlow on one thread. (On several, a large
    batch is split between them and its later rows start elsewhere in the stream.)
    """
    batch, classes = logits.shape
    logits = logits.astype(xp.float64)
    counts = xp.isfinite(logits)
    highest = xp.max(xp.where(counts, logits, -np.inf), axis=1, keepdims=True)
    cumulative = xp.cumsum(xp.where(counts, xp.exp(logits - highest), 0), axis=1)
    sought = uniform(xp, stream, (batch, count), np.float64) * cumulative[:, -1:]
    return _count_not_above(xp, cumulative, sought, classes).astype(dtype)


def _count_not_above(xp: Any, ascending: Any, bounds: Any, size: int) -> Any:
    """ascending: f[b, size], bounds: f[b, n] -> i[b, n]: how many of its row are <= each bound."""
    count = xp.zeros(bounds.shape, xp.int64)
    for power in reversed(range(size.bit_length())):
        more = count + (1 << power)
        last = xp.take_along_axis(ascending, xp.minimum(more, size) - 1, axis=1)
        count = xp.where((more <= size) & (last <= bounds), more, count)
    return count
