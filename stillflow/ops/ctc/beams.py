"""Beam search over the outputs of connectionist temporal classification, of one sequence.

A *beam* is a sequence of labels, of which all alignments count together: those that end in a blank
and those that end in its last label. Graves, "Supervised sequence labelling with recurrent neural
networks" (2008), section 7.5. Which beams are kept depends on the order in which they grow; that is
TensorFlow's, but for beams that are equally likely.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterator

import numpy as np

Path = tuple[int, ...]
_NONE = -math.inf  # the logarithm of no probability


class _Beam:
    """A label after those of `parent`, and its log probabilities: before this time, and now."""

    __slots__ = ("blank", "children", "label", "last", "old_blank", "old_total", "parent", "total")

    def __init__(self, parent: _Beam | None, last: int):
        self.parent = parent
        self.last = last  # -1 for the empty sequence
        self.children: dict[int, _Beam] = {}
        self.drop()
        self.forget()

    def drop(self) -> None:
        """Takes it out of the search, until it grows anew out of its parent."""
        self.total = self.blank = self.label = _NONE

    def forget(self) -> None:
        self.old_total = self.old_blank = _NONE

    def before(self, label: int) -> float:
        """What may be followed by `label`; the same label again needs a blank between."""
        return self.old_blank if label == self.last else self.old_total

    def path(self) -> Path:
        return tuple(reversed(list(self._labels())))

    def _labels(self) -> Iterator[int]:
        beam = self
        while beam.parent is not None:
            yield beam.last
            beam = beam.parent


def best_paths(logits: np.ndarray, beam_width: int) -> list[tuple[Path, float]]:
    """logits: f[t, c], the last class the blank -> paths and log probabilities, the best first."""
    root = _Beam(None, -1)
    root.total = root.blank = 0.0
    beams = [root]
    for log_y in _log_softmax(logits.astype(np.float64)):
        _go_on(beams, log_y)
        beams = _grown(beams, log_y[:-1], beam_width)
    return [(beam.path(), beam.total) for beam in beams]


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    highest = logits.max(axis=1, keepdims=True)
    return logits - (highest + np.log(np.exp(logits - highest).sum(axis=1, keepdims=True)))


def _go_on(beams: list[_Beam], log_y: np.ndarray) -> None:
    """Each beam stays what it is: a blank comes, its last label again, or for the first time."""
    for beam in beams:
        beam.old_total, beam.old_blank = beam.total, beam.blank
    for beam in beams:
        parent = beam.parent
        if parent is not None:
            if parent.total != _NONE:
                beam.label = _log_add(beam.label, parent.before(beam.last))
            beam.label += float(log_y[beam.last])
        beam.blank = beam.old_total + float(log_y[-1])
        beam.total = _log_add(beam.blank, beam.label)


def _grown(beams: list[_Beam], log_y: np.ndarray, beam_width: int) -> list[_Beam]:
    """The likeliest of `beams`, the best first, and of them with one label more; best first."""
    count = itertools.count()
    heap = [(beam.total, next(count), beam) for beam in beams]
    heapq.heapify(heap)
    lowest = lambda: heap[0][0] if len(heap) == beam_width else _NONE
    for beam in beams:
        if not beam.old_total > lowest():
            continue
        totals = beam.old_total + log_y
        if beam.last >= 0:
            totals[beam.last] = beam.old_blank + log_y[beam.last]
        labels = set(np.flatnonzero(totals > lowest()).tolist()) | beam.children.keys()
        for label in sorted(labels):
            child = beam.children.setdefault(label, _Beam(beam, label))
            if child.total != _NONE:
                continue
            total = float(totals[label])
            if not total > lowest():
                child.forget()
                continue
            child.total, child.label = total, total
            if len(heap) == beam_width:
                heapq.heappop(heap)[2].drop()
            heapq.heappush(heap, (total, next(count), child))
    return [beam for _, _, beam in sorted(heap, key=lambda entry: (-entry[0], entry[1]))]


def _log_add(a: float, b: float) -> float:
    high, low = max(a, b), min(a, b)
    return high if low == _NONE else high + math.log1p(math.exp(low - high))
