"""Which boxes are kept where many overlap: the best, then the best of those that it leaves, ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# `similarity(i, others)`: how much box i is like each of the boxes `others`, i[k] -> f[k].
Similarity = Callable[[int, list[int]], np.ndarray]


def intersection_over_union(boxes: np.ndarray) -> Similarity:
    """boxes: f[n, 4], two opposite corners (y, x) each. A box without area is like no other."""
    low = np.minimum(boxes[:, :2], boxes[:, 2:])
    high = np.maximum(boxes[:, :2], boxes[:, 2:])
    areas = (high - low).prod(axis=1, dtype=boxes.dtype)

    def similarity(i: int, others: list[int]) -> np.ndarray:
        sides = np.minimum(high[i], high[others]) - np.maximum(low[i], low[others])
        common = np.maximum(sides, sides.dtype.type(0)).prod(axis=1, dtype=boxes.dtype)
        of_both = areas[i] + areas[others] - common
        has_area = (areas[i] > 0) & (areas[others] > 0)
        return np.where(has_area, common / np.where(has_area, of_both, 1), 0).astype(boxes.dtype)

    return similarity


class Heap:
    """A priority queue that gives equal scores in the order of the C++ library's heaps."""

    def __init__(self) -> None:
        self._entries: list[tuple[Any, Any]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def push(self, score: Any, item: Any) -> None:
        self._entries.append((score, item))
        self._rise(len(self._entries) - 1, (score, item))

    def pop(self) -> tuple[Any, Any]:
        """(score, item) of the highest score."""
        best, last = self._entries[0], self._entries.pop()
        if self._entries:
            self._sink(last)
        return best

    def _rise(self, place: int, entry: tuple[Any, Any]) -> None:
        """Puts `entry` at `place` or above it."""
        entries = self._entries
        while place and entries[(place - 1) // 2][0] < entry[0]:
            entries[place] = entries[(place - 1) // 2]
            place = (place - 1) // 2
        entries[place] = entry

    def _sink(self, entry: tuple[Any, Any]) -> None:
        """Puts `entry` in place of the first."""
        entries, place, child = self._entries, 0, 2
        while child < len(entries):
            child -= entries[child][0] < entries[child - 1][0]
            entries[place] = entries[child]
            place, child = child, 2 * child + 2
        if child == len(entries):
            entries[place] = entries[child - 1]
            place = child - 1
        self._rise(place, entry)


def suppress(
    scores: np.ndarray, most: int, similarity: Similarity, threshold: Any, least: Any, sigma: Any
) -> tuple[list[int], list[Any]]:
    """The indices, at most `most`, of the boxes that are kept, and their scores then.

    scores: f[n]; only what is above `least` counts. What is like a kept box by `threshold` or more
    goes; with `sigma` above 0 what is like it by less loses some of its score.
    """
    candidates = np.flatnonzero(scores > least)
    values = scores[candidates]
    if not sigma and np.unique(values).size == values.size:
        order = candidates[np.argsort(-values, kind="stable")]
        kept = _in_order(order.tolist(), most, similarity, threshold)
        return kept, list(scores[kept])
    return _by_queue(candidates.tolist(), scores, most, similarity, threshold, least, sigma)


def _in_order(order: list[int], most: int, similarity: Similarity, threshold: Any) -> list[int]:
    kept: list[int] = []
    for i in order:
        if len(kept) >= most:
            break
        if not np.any(similarity(i, kept) >= threshold):
            kept.append(i)
            if similarity(i, [i])[0] < threshold:
                # A kept box is looked at again, and goes for being like itself; this one is not.
                kept += [i] * (most - len(kept))
    return kept


def _by_queue(
    candidates: list[int],
    scores: np.ndarray,
    most: int,
    similarity: Similarity,
    threshold: Any,
    least: Any,
    sigma: Any,
) -> tuple[list[int], list[Any]]:
    dtype = scores.dtype.type
    scale = dtype(-0.5) / sigma if sigma else dtype(0)
    queue = Heap()
    for i in candidates:
        queue.push(scores[i], (i, 0))
    kept: list[int] = []
    kept_scores: list[Any] = []
    while queue and len(kept) < most:
        before, (i, compared) = queue.pop()
        score, count = before, len(kept)
        for like in similarity(i, kept[compared:])[::-1]:
            if like >= threshold:
                break
            score = score * np.exp(scale * like * like, dtype=dtype)
            if score <= least:
                break
        else:
            if score == before:
                kept.append(i)
                kept_scores.append(score)
            queue.push(score, (i, count))
    return kept, kept_scores


def suppress_class(
    scores: np.ndarray, most: int, similarity: Similarity, threshold: Any, least: Any
) -> list[int]:
    """The indices of the boxes of one class that are kept: what is alike by more than `threshold`
    goes."""
    queue = Heap()
    for i in np.flatnonzero(scores > least).tolist():
        queue.push(scores[i], i)
    kept: list[int] = []
    while queue and len(kept) < most:
        _, i = queue.pop()
        if not np.any(similarity(i, kept) > threshold):
            kept.append(i)
    return kept
