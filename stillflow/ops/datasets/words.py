"""Random words one by one, as what reorders elements takes them from a seed."""

from __future__ import annotations

import numpy as np

from stillflow.ops.random.philox.generator import blocks
from stillflow.platform import processes

_AT_ONCE = 512  # blocks


class Words:
    """The words of the Philox stream of two seeds: each u32, as a Python number.

    Attributes:
      taken: how many have been taken.
    """

    def __init__(self, seed: int, seed2: int, taken: int = 0):
        self._seeds = seed & 0xFFFFFFFFFFFFFFFF, seed2 & 0xFFFFFFFFFFFFFFFF
        self._words: list[int] = []
        self._first = 0  # the number of the first of them
        self.taken = taken

    def next(self) -> int:
        place = self.taken - self._first
        if not 0 <= place < len(self._words):
            self._draw()
            place = self.taken - self._first
        self.taken += 1
        return self._words[place]

    def _draw(self) -> None:
        key, high = self._seeds
        count = 2 if not self._words else _AT_ONCE  # most streams give few words
        first = self.taken // 4
        halves = (key, key >> 32, 0, 0, high, high >> 32)
        stream = np.array([half & 0xFFFFFFFF for half in halves], np.uint32)
        index = np.arange(first, first + count, dtype=np.uint64)
        self._words = np.stack(blocks(np, stream, index), -1).ravel().tolist()
        self._first = first * 4


def given_seeds(seed: int, seed2: int) -> tuple[int, int]:
    """The seeds, or random ones where both are 0."""
    if seed or seed2:
        return seed, seed2
    drawn = processes.entropy(16)
    return int.from_bytes(drawn[:8], "little"), int.from_bytes(drawn[8:], "little")
