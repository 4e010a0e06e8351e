"""SipHash-2-4, a hash with a key (Jean-Philippe Aumasson and Daniel J. Bernstein, 2012)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from stillflow.ops.strings.hashes.rows import Rows, by_length, constants, rotated

_INITIAL = constants(0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
_END, _BYTE = constants(0xFF, 0xFF)
_TOP = np.uint64(56)

State = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def keyed(key: tuple[int, int], texts: Sequence[bytes]) -> np.ndarray:
    """u64[n], of each text under a key of two words."""
    words = constants(*(word & (1 << 64) - 1 for word in key))
    return by_length(texts, lambda lengths: lengths // 8, partial(_hash, words))


def _hash(key: tuple[np.ndarray, ...], words: int, rows: Rows) -> np.ndarray:
    zero = rows.lengths * np.uint64(0)
    v0, v1, v2, v3 = (zero + start ^ key[at % 2] for at, start in enumerate(_INITIAL))
    state = v0, v1, v2, v3
    for at in range(words):
        state = _absorbed(state, rows.word(8 * at))
    state = _absorbed(state, rows.word(8 * words) | (rows.lengths & _BYTE) << _TOP)
    state = state[0], state[1], state[2] ^ _END, state[3]
    for _ in range(4):
        state = _round(*state)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _absorbed(state: State, word: np.ndarray) -> State:
    v0, v1, v2, v3 = state
    v0, v1, v2, v3 = _round(*_round(v0, v1, v2, v3 ^ word))
    return v0 ^ word, v1, v2, v3


def _round(v0: np.ndarray, v1: np.ndarray, v2: np.ndarray, v3: np.ndarray) -> State:
    v0, v2 = v0 + v1, v2 + v3
    v1, v3 = rotated(v1, 13) ^ v0, rotated(v3, 16) ^ v2
    v0, v2 = rotated(v0, 32) + v3, v2 + v1
    v1, v3 = rotated(v1, 17) ^ v2, rotated(v3, 21) ^ v0
    return v0, v1, rotated(v2, 32), v3
