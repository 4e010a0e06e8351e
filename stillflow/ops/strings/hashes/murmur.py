"""MurmurHash64A with TensorFlow's seed (Austin Appleby, 2008)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stillflow.ops.strings.hashes.rows import Rows, by_length, constants

_FACTOR, _SEED = constants(0xC6A4A7935BD1E995, 0xDECAFCAFFE)


def hashed(texts: Sequence[bytes]) -> np.ndarray:
    """u64[n], of each text."""
    return by_length(texts, lambda lengths: lengths // 8, _hash)


def _hash(words: int, rows: Rows) -> np.ndarray:
    h = _SEED ^ rows.lengths * _FACTOR
    for at in range(words):
        h = (h ^ _mixed(rows.word(8 * at) * _FACTOR) * _FACTOR) * _FACTOR
    has_more = rows.lengths % np.uint64(8) > 0
    h = np.where(has_more, (h ^ rows.word(8 * words)) * _FACTOR, h)
    return _mixed(_mixed(h) * _FACTOR)


def _mixed(x: np.ndarray) -> np.ndarray:
    return x ^ x >> np.uint64(47)
