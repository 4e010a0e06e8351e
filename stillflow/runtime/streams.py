"""The random streams of a session: one per random op, each going on from run to run."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph.operation import Operation
from stillflow.platform import processes

_WORD = 0xFFFFFFFF


class RandomStream:
    """A Philox generator's position: a 64-bit key and a 128-bit counter, as TensorFlow seeds them.

    `seed` and `seed2` of an op give the key and the upper half of the counter; when both are 0 they
    are drawn at random. A run that uses n blocks of four words moves the counter on by n.
    """

    __slots__ = ("_counter", "_key")

    def __init__(self, op: Operation):
        seed, seed2 = op.attrs["seed"], op.attrs["seed2"]
        if seed == 0 and seed2 == 0:
            seed, seed2 = _random_word(), _random_word()
        self._key = seed & 0xFFFFFFFFFFFFFFFF
        self._counter = (seed2 & 0xFFFFFFFFFFFFFFFF) << 64

    def words(self) -> np.ndarray:
        """The position, u32[6]: key, then counter, least significant word first."""
        key, counter = self._key, self._counter
        return np.array(
            [key & _WORD, key >> 32, *((counter >> shift) & _WORD for shift in (0, 32, 64, 96))],
            dtype=np.uint32,
        )

    def advance(self, blocks: int) -> None:
        self._counter = (self._counter + blocks) & (2**128 - 1)


def advanced(words: Any, blocks: Any, xp: Any = np) -> Any:
    """words: u32[6], a position -> u32[6], the one `blocks` (u64[]) later; traced or not."""
    if xp.asarray(np.uint64(0)).dtype != np.uint64:
        return _advanced_narrow(words, blocks, xp)
    wide = xp.asarray(words[2:]).astype(np.uint64)
    low, high = wide[0] | (wide[1] << xp.uint64(32)), wide[2] | (wide[3] << xp.uint64(32))
    moved = low + xp.uint64(blocks)
    high = high + (moved < low).astype(np.uint64)
    halves = [xp.asarray(moved), moved >> xp.uint64(32), high, high >> xp.uint64(32)]
    counter = xp.stack([(half & xp.uint64(_WORD)).astype(np.uint32) for half in halves])
    return xp.concatenate([words[:2], counter])


def _advanced_narrow(words: Any, blocks: Any, xp: Any) -> Any:
    """The same where integers have 32 bits. A traced number of blocks must not have more."""
    upper = blocks >> 32 if isinstance(blocks, int) else 0
    carry = xp.uint32(blocks & _WORD if isinstance(blocks, int) else blocks)
    moved = []
    for place, more in enumerate((upper, 0, 0, 0)):
        word = words[2 + place] + carry
        carry = (word < carry).astype(np.uint32) + xp.uint32(more)
        moved.append(word)
    return xp.concatenate([words[:2], xp.stack(moved)])


def _random_word() -> int:
    return int.from_bytes(processes.entropy(8), "little")
