"""Distributions over the classes 0 ... n - 1, and batches that are drawn from them.

A distribution has a size `n`, `draw`, which makes samples of a stream's words, and `probability`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from stillflow.ops.sampling import words

_BATCH = 64  # samples that are drawn one by one


class Distribution(Protocol):
    size: int

    def draw(self, chunks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        """Samples i64[n], n as it comes, of a stream's words."""
        ...

    def probability(self, classes: np.ndarray) -> np.ndarray:
        """classes: i64[...] -> f32[...]"""
        ...


class Uniform:
    """All classes are equally likely."""

    def __init__(self, size: int):
        self.size = size

    def draw(self, chunks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        return words.below(self.size, words.wide(chunks))

    def probability(self, classes: np.ndarray) -> np.ndarray:
        return np.full(classes.shape, 1 / self.size, np.float32)


class LogUniform:
    """Zipf's law: class k is as likely as log((k + 2) / (k + 1)) is large."""

    def __init__(self, size: int):
        self.size = size
        self._range = math.log1p(size)

    def draw(self, chunks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        for fraction in words.fractions(chunks):
            yield (np.exp(fraction * self._range).astype(np.int64) - 1) % self.size

    def probability(self, classes: np.ndarray) -> np.ndarray:
        return (np.log((classes + 2.0) / (classes + 1.0)) / self._range).astype(np.float32)


class Counted:
    """Each class is as likely as the number of times that it was seen, and once more."""

    def __init__(self, size: int):
        self.size = size
        self._weights = np.ones(size, np.int32)

    def draw(self, chunks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        ends = np.cumsum(self._weights, dtype=np.int64)
        for place in words.below(int(ends[-1]), chunks):
            yield np.searchsorted(ends, place, side="right").astype(np.int64)

    def probability(self, classes: np.ndarray) -> np.ndarray:
        total = np.float32(self._weights.sum())
        return self._weights[classes].astype(np.float32) / total

    def see(self, classes: np.ndarray) -> None:
        """Counts classes, as many as a total of 32 bits has room for."""
        room = np.iinfo(np.int32).max - int(self._weights.sum(dtype=np.int64))
        np.add.at(self._weights, classes.reshape(-1)[:room], 1)


class Weighted:
    """Class k is as likely as weights[k], drawn by Walker's alias method."""

    def __init__(self, weights: Sequence[float]):
        self._weights = np.array(weights, np.float32)
        self.size = len(self._weights)
        # Added up one by one, as TensorFlow does: rounding shows.
        self._total = np.cumsum(self._weights, dtype=np.float32)[-1]
        self._kept, self._aliases = _alias_table(self._weights)

    def draw(self, chunks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        size = self.size
        unfair = 0 if size & (size - 1) == 0 else 0xFFFFFFFF % size + 1
        each = (word for chunk in chunks for word in chunk.tolist())

        def one() -> int:
            fraction = words.float_fraction(next(each))
            place = next(word for word in each if word >= unfair) % size
            return place if fraction < self._kept[place] else self._aliases[place]

        while True:
            yield np.array([one() for _ in range(_BATCH)], np.int64)

    def probability(self, classes: np.ndarray) -> np.ndarray:
        is_known = (classes >= 0) & (classes < self.size)
        weights = self._weights[np.where(is_known, classes, 0)]
        return np.where(is_known, weights / self._total, np.float32(0))


def _alias_table(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each class: how often it is kept when it comes up (f32[n]), and what is taken else."""
    size = len(weights)
    total = float(np.cumsum(weights, dtype=np.float64)[-1])
    share = [float(np.float32(weight * np.float32(size))) / total for weight in weights]
    aliases = list(range(size))
    low = [k for k in range(size) if share[k] < 1]
    high = [k for k in range(size) if share[k] >= 1]
    while high and low:
        short, long = low.pop(), high.pop()
        aliases[short] = long
        share[long] -= 1.0 - share[short]
        (low if share[long] < 1 else high).append(long)
    for left in (*low, *high):  # but for rounding these are 1
        share[left], aliases[left] = 1.0, left
    return np.array(share, np.float32), np.array(aliases, np.int64)


def sample(
    distribution: Distribution, stream: np.ndarray, count: int, unique: bool
) -> tuple[np.ndarray, int]:
    """`count` samples, i64[count], distinct if `unique`, and how many draws that took."""
    drawn = np.zeros(0, np.int64)
    for some in distribution.draw(words.words(stream)):
        drawn = np.concatenate([drawn, some])
        if len(drawn) < count:
            continue
        if not unique:
            return drawn[:count], count
        first = np.sort(np.unique(drawn, return_index=True)[1])
        if len(first) >= count:
            return drawn[first[:count]], int(first[count - 1]) + 1
    raise AssertionError("a stream has no end")


def expected_count(
    distribution: Distribution, classes: np.ndarray, count: int, tries: int
) -> np.ndarray:
    """classes: i64[...] -> f32[...], how often each is to be expected among `count` samples.

    If they took more tries than that, for they had to be distinct, it is the chance to be one.
    """
    p: Any = distribution.probability(classes)
    if tries == count:
        return p * np.float32(count)
    # Rounded to f32 after each function, as glibc's are nearly always; NumPy's of f32 are not.
    logarithm = np.log1p(-p.astype(np.float64)).astype(np.float32)
    exponent = (np.float32(tries) * logarithm).astype(np.float64)
    return -np.expm1(exponent).astype(np.float32)
