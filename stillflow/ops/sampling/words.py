"""The words of a random stream one after another, and numbers made of them as they are taken.

What is drawn until it fits takes words of no known count, so this is for the host alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from stillflow.declare.numpy.namespace import NUMPY
from stillflow.ops.random.philox.generator import blocks

_FIRST_CHUNK = 64  # blocks of four words
Draw = Callable[[np.ndarray], Iterator[np.ndarray]]


def words(stream: np.ndarray) -> Iterator[np.ndarray]:
    """stream: u32[6] -> arrays u32[n], longer and longer; together all words from there on."""
    start, count = 0, _FIRST_CHUNK
    while True:
        index = np.arange(start, start + count, dtype=np.uint64)
        yield np.stack(blocks(NUMPY, stream, index), axis=-1).reshape(-1)
        start, count = start + count, 2 * count


def below(limit: int, chunks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """Numbers i64[n] that are equally likely in [0, limit), of words u32[n] or u64[n].

    A word that would favour the low ones is passed over.
    """
    for chunk in chunks:
        highest = int(np.iinfo(chunk.dtype).max)
        unfair = 0 if limit & (limit - 1) == 0 else highest % limit + 1
        fair = chunk[chunk >= chunk.dtype.type(unfair)] if unfair else chunk
        yield (fair % chunk.dtype.type(limit)).astype(np.int64)


def wide(chunks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """Pairs of words as u64[n], the lower half first."""
    for chunk in chunks:
        yield chunk[::2].astype(np.uint64) | chunk[1::2].astype(np.uint64) << np.uint64(32)


def fractions(chunks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """Numbers f64[n] in [0, 1), of 52 bits of two words each."""
    for chunk in chunks:
        high = chunk[::2].astype(np.uint64) & np.uint64(0xFFFFF)
        bits = np.uint64(1023 << 52) | high << np.uint64(32) | chunk[1::2].astype(np.uint64)
        yield bits.view(np.float64) - 1.0


def float_fraction(word: int) -> float:
    """A number in [0, 1) of 23 bits of a word."""
    bits = np.array(127 << 23 | word & 0x7FFFFF, np.uint32)
    return float(bits.view(np.float32)) - 1.0
