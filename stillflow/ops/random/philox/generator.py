"""Philox 4x32-10, the counter-based generator behind every stream; knows no distribution.

Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). A stream is u32[6]: a key of
two words, then a counter of four, lowest first. Each counter value gives a *block* of four words.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_FEW = 8  # blocks
_ROUNDS = 10
_MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
_KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
_LOW32 = 0xFFFFFFFF
_SCRAMBLING_KEY = (0x3EC8F720, 0x02461E29)


def blocks(xp: Any, stream: Any, index: Any) -> tuple[Any, ...]:
    """stream: u32[6], index: u64[n] -> the four words, each u32[n], of the blocks `index` ahead.

    The lower half of the counter must not wrap: it starts at zero, so that takes 2**64 blocks.
    """
    if isinstance(index, np.ndarray) and index.size <= _FEW and isinstance(stream, np.ndarray):
        return _few_blocks(stream.tolist(), index)
    if getattr(xp, "is_narrow", False):
        return _blocks_of_halves(xp, stream, index)
    if getattr(xp, "narrow_words", False):
        return _narrow_blocks(xp, stream, index)
    # Words are held in u64, so that one multiplication gives both halves of a product.
    k0, k1, low, high, x2, x3 = (stream[i].astype(xp.uint64) for i in range(6))
    position = index + (low | high << 32)
    x0, x1 = position & _LOW32, position >> 32
    for _ in range(_ROUNDS):
        p0, p1 = x0 * _MULTIPLIERS[0], x2 * _MULTIPLIERS[1]
        x0, x1, x2, x3 = p1 >> 32 ^ (x1 ^ k0), p1 & _LOW32, p0 >> 32 ^ (x3 ^ k1), p0 & _LOW32
        k0, k1 = k0 + _KEY_STEPS[0] & _LOW32, k1 + _KEY_STEPS[1] & _LOW32
    return tuple(x.astype(xp.uint32) for x in (x0, x1, x2, x3))


def _blocks_of_halves(xp: Any, stream: Any, index: Any) -> tuple[Any, ...]:
    """The same where there are no integers of 64 bits. index: u32[n]"""
    k0, k1, low, high, x2, x3 = (stream[i].astype(xp.uint32) for i in range(6))
    x0 = low + index.astype(xp.uint32)
    x1 = high + (x0 < low).astype(xp.uint32)
    for _ in range(_ROUNDS):
        (high0, low0), (high1, low1) = (
            _product(xp, x, by) for x, by in zip((x0, x2), _MULTIPLIERS, strict=True)
        )
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
        k0, k1 = (k + np.uint32(s) for k, s in zip((k0, k1), _KEY_STEPS, strict=True))
    return x0, x1, x2, x3


def _product(xp: Any, x: Any, by: int) -> tuple[Any, Any]:
    """x: u32[n] -> the upper and the lower half of x * by, from products of 16 bits."""
    low, high = x & np.uint32(0xFFFF), x >> np.uint32(16)
    by_low, by_high = np.uint32(by & 0xFFFF), np.uint32(by >> 16)
    middle, other = low * by_high, high * by_low
    carried = (low * by_low >> np.uint32(16)) + (middle & np.uint32(0xFFFF))
    carried = carried + (other & np.uint32(0xFFFF)) >> np.uint32(16)
    upper = high * by_high + (middle >> np.uint32(16)) + (other >> np.uint32(16)) + carried
    return upper, x * np.uint32(by)


def _few_blocks(stream: list[int], index: np.ndarray) -> tuple[np.ndarray, ...]:
    """The same in Python's integers, which are faster than small arrays."""
    found = [_block(stream, ahead) for ahead in index.reshape(-1).tolist()]
    return tuple(np.array(found, np.uint32).T.reshape(4, *index.shape))


def _block(stream: list[int], ahead: int) -> tuple[int, ...]:
    """The four words of the block that is `ahead`."""
    k0, k1, low, high, x2, x3 = stream
    position = ahead + (low | high << 32)
    x0, x1 = position & _LOW32, position >> 32 & _LOW32
    for _ in range(_ROUNDS):
        p0, p1 = x0 * _MULTIPLIERS[0], x2 * _MULTIPLIERS[1]
        x0, x1, x2, x3 = p1 >> 32 ^ x1 ^ k0, p1 & _LOW32, p0 >> 32 ^ x3 ^ k1, p0 & _LOW32
        k0, k1 = k0 + _KEY_STEPS[0] & _LOW32, k1 + _KEY_STEPS[1] & _LOW32
    return x0, x1, x2, x3


def first_block(stream: Any) -> tuple[int, ...] | None:
    """The four words that come next, as integers, where the stream is known."""
    return _block(stream.tolist(), 0) if isinstance(stream, np.ndarray) else None


def _narrow_blocks(xp: Any, stream: Any, index: Any) -> tuple[Any, ...]:
    """The same with words held in u32, which are widened for a product alone."""
    k0, k1, low, high, *upper = (stream[i] for i in range(6))
    position = index + (low.astype(xp.uint64) | high.astype(xp.uint64) << 32)
    x0, x1 = position.astype(xp.uint32), (position >> 32).astype(xp.uint32)
    x2, x3 = (xp.broadcast_to(word, x0.shape) for word in upper)
    for _ in range(_ROUNDS):
        p0, p1 = (
            word.astype(xp.uint64) * np.uint64(by)
            for word, by in zip((x0, x2), _MULTIPLIERS, strict=True)
        )
        high0, high1 = (p0 >> 32).astype(xp.uint32), (p1 >> 32).astype(xp.uint32)
        x0, x1 = high1 ^ (x1 ^ k0), p1.astype(xp.uint32)
        x2, x3 = high0 ^ (x3 ^ k1), p0.astype(xp.uint32)
        k0, k1 = k0 + np.uint32(_KEY_STEPS[0]), k1 + np.uint32(_KEY_STEPS[1])
    return x0, x1, x2, x3


def scrambled_stream(xp: Any, seed: Any) -> Any:
    """seed: i[2] -> u32[6], the stream of a stateless op, which starts at a block of its seed."""
    low, high = (half.astype(xp.uint64) for half in xp.asarray(seed).astype(xp.int64).reshape(2, 1))
    key = (xp.full(1, word, xp.uint64) for word in _SCRAMBLING_KEY)
    start = xp.stack([*key, low & _LOW32, low >> 32, high & _LOW32, high >> 32])
    mixed = blocks(xp, start.reshape(6), xp.zeros(1, xp.uint64))
    zero = xp.zeros(1, xp.uint32)
    return xp.concatenate([*mixed[:2], zero, zero, *mixed[2:]])
