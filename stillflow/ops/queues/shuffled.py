"""A queue that elements leave in random order, which its seeds decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from stillflow.declare.shapes import Sizes
from stillflow.graph.dtypes import DType
from stillflow.ops.queues.lines import Element, Queue, move
from stillflow.ops.random.philox.generator import blocks
from stillflow.platform import processes

_BLOCKS_AT_ONCE = 64


class RandomShuffleQueue(Queue):
    """At least `min_after_dequeue` elements stay until the queue is closed."""

    kind = "RandomShuffleQueue"

    def __init__(
        self,
        name: str,
        types: Sequence[DType],
        shapes: Sequence[Sizes],
        capacity: int,
        min_after_dequeue: int,
        seeds: tuple[int, int],
    ):
        super().__init__(name, types, shapes, capacity)
        self.min_after_dequeue = min_after_dequeue
        self.seeds = seeds
        self._words = _words(seeds)

    def nothing(self) -> list[Element]:
        return []

    @property
    def ready(self) -> int:
        return len(self.elements) - (0 if self.is_closed else self.min_after_dequeue)

    def take(self, into: list[Element], count: int) -> None:
        elements = self.elements
        for _ in range(count):
            index = next(self._words) % len(elements)
            elements[index], elements[-1] = elements[-1], elements[index]
            move(elements.pop, into.extend, 1)

    def put_back(self, taken: list[Element]) -> None:
        move(taken.pop, self.elements.extend, len(taken))

    def differences(self, other: Any) -> list[tuple[str, Any, Any]]:
        told = super().differences(other)
        minima = self.min_after_dequeue, other.min_after_dequeue
        sentence = "has min_after_dequeue {} but requested min_after_dequeue was {}."
        told.insert(1, (sentence, *minima))
        if any(other.seeds):
            sentence = "has random seeds {} but requested seeds are {}."
            told.insert(2, (sentence, self.seeds, other.seeds))
        return told


def _words(seeds: tuple[int, int]) -> Iterator[int]:
    """The numbers of TensorFlow's generator: random ones where neither seed is given."""
    given = seeds if any(seeds) else np.frombuffer(processes.entropy(16), np.int64).tolist()
    halves = [seed >> shift & 0xFFFFFFFF for seed in given for shift in (0, 32)]
    stream = np.array([*halves[:2], 0, 0, *halves[2:]], np.uint32)
    start = 0
    while True:
        index = np.arange(start, start + _BLOCKS_AT_ONCE, dtype=np.uint64)
        yield from np.stack(blocks(np, stream, index), axis=1).ravel().tolist()
        start += _BLOCKS_AT_ONCE
