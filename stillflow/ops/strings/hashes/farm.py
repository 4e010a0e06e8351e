"""FarmHash's `Fingerprint64`, which never changes (Geoff Pike, 2014).

For each range of lengths it mixes words read from both ends of the string.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stillflow.ops.strings.hashes.rows import WORD, Rows, by_length, constants, rotated

_K0, _K1, _K2, _SEED, _113 = constants(
    0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F, 81, 113
)
_LOW_HALF, _LOW_BYTE, _63 = constants(0xFFFFFFFF, 0xFF, 63)
_STEPS = np.array([0, 1, 4, 8, 17, 33, 65])  # the least length of each range

Pair = tuple[np.ndarray, np.ndarray]


# What short texts were hashed to: a batch of a feature has few words, and they come again.
_remembered: dict[bytes, int] = {}
_FEW, _SHORT, _ROOM = 512, 64, 1 << 16
_OFTEN = 4  # times that texts must come again for them to be hashed once


def fingerprint(texts: Sequence[bytes]) -> np.ndarray:
    """u64[n], of each text."""
    if len(texts) > _FEW:
        distinct = dict.fromkeys(texts)
        if len(distinct) > len(texts) // _OFTEN:
            return by_length(texts, _kind, _hash)
        hashes = by_length(list(distinct), _kind, _hash).tolist()
        of_text = dict(zip(distinct, hashes, strict=True))
        return np.fromiter(map(of_text.__getitem__, texts), WORD, len(texts))
    found = list(map(_remembered.get, texts))
    if None in found:
        missing = list(dict.fromkeys(t for t, n in zip(texts, found, strict=True) if n is None))
        hashed = dict(zip(missing, by_length(missing, _kind, _hash).tolist(), strict=True))
        found = [hashed[t] if n is None else n for t, n in zip(texts, found, strict=True)]
        _remember(hashed)
    return np.array(found, WORD)


def _remember(hashed: dict[bytes, int]) -> None:
    if len(_remembered) > _ROOM:
        _remembered.clear()
    _remembered.update((text, value) for text, value in hashed.items() if len(text) <= _SHORT)


def _kind(lengths: np.ndarray) -> np.ndarray:
    """The range of each length; of long ones also their number of blocks of 64 bytes."""
    blocks = np.where(lengths > 64, (lengths - 1) // 64, 0)
    return np.searchsorted(_STEPS, lengths, side="right") - 1 + blocks


def _hash(kind: int, rows: Rows) -> np.ndarray:
    if kind >= len(_STEPS):
        return _long(rows, kind - len(_STEPS) + 1)
    return _OF_RANGE[kind](rows)


def _mixed(x: np.ndarray) -> np.ndarray:
    return x ^ x >> np.uint64(47)


def _right(x: np.ndarray, count: int) -> np.ndarray:
    return rotated(x, 64 - count)


def _of_two(u: np.ndarray, v: np.ndarray, factor: np.ndarray) -> np.ndarray:
    a = _mixed((u ^ v) * factor)
    return _mixed((v ^ a) * factor) * factor


def _factor(rows: Rows) -> np.ndarray:
    return _K2 + rows.lengths * np.uint64(2)


def _empty(rows: Rows) -> np.ndarray:
    return _K2.repeat(len(rows.lengths))


def _to_3(rows: Rows) -> np.ndarray:
    length = rows.lengths
    first, middle = rows.byte(length * np.uint64(0)), rows.byte(length >> np.uint64(1))
    y = first + (middle << np.uint64(8))
    z = length + (rows.byte(length - np.uint64(1)) << np.uint64(2))
    return _mixed(y * _K2 ^ z * _K0) * _K2


def _to_7(rows: Rows) -> np.ndarray:
    first = rows.word(0) & _LOW_HALF
    last = rows.word(rows.lengths - np.uint64(4)) & _LOW_HALF
    return _of_two(rows.lengths + (first << np.uint64(3)), last, _factor(rows))


def _to_16(rows: Rows) -> np.ndarray:
    factor = _factor(rows)
    a, b = rows.word(0) + _K2, rows.word(rows.lengths - np.uint64(8))
    c = _right(b, 37) * factor + a
    d = (_right(a, 25) + b) * factor
    return _of_two(c, d, factor)


def _to_32(rows: Rows) -> np.ndarray:
    factor = _factor(rows)
    a, b = rows.word(0) * _K1, rows.word(8)
    c = rows.word(rows.lengths - np.uint64(8)) * factor
    d = rows.word(rows.lengths - np.uint64(16)) * _K2
    u = _right(a + b, 43) + _right(c, 30) + d
    return _of_two(u, a + _right(b + _K2, 18) + c, factor)


def _to_64(rows: Rows) -> np.ndarray:
    factor = _factor(rows)
    a, b = rows.word(0) * _K2, rows.word(8)
    c = rows.word(rows.lengths - np.uint64(8)) * factor
    d = rows.word(rows.lengths - np.uint64(16)) * _K2
    y = _right(a + b, 43) + _right(c, 30) + d
    z = _of_two(y, a + _right(b + _K2, 18) + c, factor)
    e, f = rows.word(16) * factor, rows.word(24)
    g = (y + rows.word(rows.lengths - np.uint64(32))) * factor
    h = (z + rows.word(rows.lengths - np.uint64(24))) * factor
    u = _right(e + f, 43) + _right(g, 30) + h
    return _of_two(u, e + _right(f + a, 18) + g, factor)


_OF_RANGE = (_empty, _to_3, _to_7, _to_16, _to_32, _to_64)


def _long(rows: Rows, blocks: int) -> np.ndarray:
    zero = rows.lengths * np.uint64(0)
    x, y = _SEED * _K2 + rows.word(0), zero + _SEED * _K1 + _113
    z = _mixed(y * _K2 + _113) * _K2
    v, w = (zero, zero), (zero, zero)
    for block in range(blocks):
        x, y, z, v, w = _block(rows, zero + np.uint64(64 * block), x, y, z, v, w, _K1, 1)
    factor = _K1 + ((z & _LOW_BYTE) << np.uint64(1))
    last = rows.lengths - np.uint64(1) & _63
    v0 = v[0] + w[0] + last
    v, w = (v0, v[1]), (w[0] + last + v0, w[1])
    start = rows.lengths - np.uint64(64)
    x, y, z, v, w = _block(rows, start, x, y, z, v, w, factor, 9)
    u = _of_two(v[0], w[0], factor) + _mixed(y) * _K0 + z
    return _of_two(u, _of_two(v[1], w[1], factor) + x, factor)


def _block(
    rows: Rows,
    start: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    v: Pair,
    w: Pair,
    factor: np.ndarray,
    weight: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, Pair, Pair]:
    """The state after 64 bytes."""
    words = [rows.word(start + np.uint64(at)) for at in range(0, 64, 8)]
    times = np.uint64(weight)
    x = _right(x + y + v[0] + words[1], 37) * factor
    y = _right(y + v[1] + words[6], 42) * factor
    x = x ^ w[1] * times
    y = y + v[0] * times + words[5]
    z = _right(z + w[0], 33) * factor
    v = _weakly(words[:4], v[1] * factor, x + w[0])
    w = _weakly(words[4:], z + w[1], y + words[2])
    return z, y, x, v, w


def _weakly(words: list[np.ndarray], a: np.ndarray, b: np.ndarray) -> Pair:
    a = a + words[0]
    b = _right(b + a + words[3], 21)
    c = a
    a = a + words[1] + words[2]
    b = b + _right(a, 44)
    return a + words[3], b + c
