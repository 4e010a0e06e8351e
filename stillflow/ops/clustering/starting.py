"""Where centres of clusters start: points drawn by their distance, with TensorFlow's numbers."""

from __future__ import annotations

import math

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.ops.random.philox.generator import blocks

_MANTISSA = 0x7FFFFF


class _Words:
    """The words of a Philox generator whose key is a seed, one after another."""

    def __init__(self, seed: int):
        self._stream = np.array([seed & 0xFFFFFFFF, seed >> 32 & 0xFFFFFFFF, 0, 0, 0, 0], np.uint32)
        self._block = 0
        self._left: list[int] = []

    def word(self) -> int:
        if not self._left:
            words = blocks(np, self._stream, np.array([self._block], np.uint64))
            self._left = [int(word[0]) for word in words]
            self._block += 1
        return self._left.pop(0)

    def below(self, count: int) -> int:
        """A whole number less than `count`, of two words."""
        power = count & (count - 1) == 0
        least = 0 if power else (2**64 - 1) % count + 1
        while True:
            low = self.word()
            drawn = low | self.word() << 32
            if drawn >= least:
                return drawn % count

    def fraction(self) -> np.float32:
        return np.float32((self.word() & _MANTISSA) * 2.0**-23)


def _check(points: np.ndarray, *scalars: tuple[str, np.ndarray]) -> None:
    if points.ndim != 2:
        refuse("Input points should be a matrix.")
    for name, value in scalars:
        if value.ndim:
            refuse(f"Input {name} should be a scalar.")


@op(
    "KmeansPlusPlusInitialization",
    "points: float, num_to_sample: int64, seed: int64, num_retries_per_sample: int64 -> "
    "samples: float",
    shape=shapes.unknown,
    host=True,
)
def kmeans_plus_plus_initialization(xp, points, num_to_sample, seed, num_retries_per_sample):
    """points: f32[n, d], the others i64[] -> f32[num_to_sample, d], points that lie far apart

    Each is drawn with a chance by its distance from those before; of the draws, one more than the
    retries, that counts which leaves the least sum of distances. A negative number of retries
    means 2 + log(num_to_sample) of them.
    """
    _check(
        points,
        ("num_to_sample", num_to_sample),
        ("seed", seed),
        ("num_retries_per_sample", num_retries_per_sample),
    )
    count, retries = int(num_to_sample), int(num_retries_per_sample)
    if not len(points):
        refuse("Expected points.rows() > 0.")
    if count <= 0:
        refuse("Expected num_to_sample > 0.")
    if count > len(points):
        refuse(f"Expected num_to_sample <= points.rows(). {count} vs {len(points)}.")
    draws = 1 + (retries if retries >= 0 else 2 + int(math.log(count)))
    return points[_far_apart(points, count, _Words(int(seed)), draws)]


kmeans_plus_plus_initialization.not_differentiable()


def _far_apart(points: np.ndarray, count: int, words: _Words, draws: int) -> list[int]:
    """`count` rows of points."""
    halves = np.float32(0.5) * np.sum(points * points, axis=1)
    nearest = np.full(len(points), np.inf, np.float32)
    chosen: list[int] = []
    while len(chosen) < count:
        up_to = np.cumsum(nearest, dtype=np.float32)
        best = None
        for _ in range(draws):
            row = _drawn(words, up_to) if chosen else words.below(len(points))
            left = np.minimum(nearest, halves - points @ points[row] + halves[row])
            total = np.sum(left)
            if best is None or total < best[0]:
                best = (total, row, left)
        assert best is not None
        _, row, nearest = best
        chosen.append(row)
    return chosen


def _drawn(words: _Words, up_to: np.ndarray) -> int:
    """A row, with a chance by how much it adds to the sum."""
    while True:
        row = int(np.searchsorted(up_to, words.fraction() * up_to[-1], side="right"))
        if row < len(up_to):
            return row
        if not up_to[-1] > 0:  # all points lie on the centres
            return len(up_to) - 1


@op(
    "KMC2ChainInitialization",
    "distances: float, seed: int64 -> index: int64",
    shape=shapes.scalar,
    host=True,
)
def kmc2_chain_initialization(xp, distances, seed):
    """distances: f32[n], seed: i64[] -> i64[], where a chain of Markov's ends that goes to the next
    distance with a chance by how much farther it is"""
    if distances.ndim != 1:
        refuse("Input distances should be a vector.")
    if seed.ndim:
        refuse("Input seed should be a scalar.")
    if not distances.size:
        refuse("Expected distances_tensor.size() > 0.")
    words, at = _Words(int(seed)), 0
    for row in range(1, len(distances)):
        if words.fraction() * distances[at] < distances[row]:
            at = row
    return np.int64(at)


kmc2_chain_initialization.not_differentiable()
