"""`tf.summary.histogram`: how many values lie in each of TensorFlow's buckets."""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import REAL_NUMBERS
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.summaries.common import (
    collected,
    is_summary_skipped,
    new_summary,
    no_summary,
    serialized,
    summary_scope,
    text_of,
)

_SMALLEST, _LARGEST, _GROWTH = 1e-12, 1e20, 1.1
_MAX = sys.float_info.max


@functools.cache
def _limits() -> np.ndarray:
    """The upper ends of the buckets, f64[b] in ascending order, symmetric about 0."""
    positive, limit = [], _SMALLEST
    while limit < _LARGEST:
        positive.append(limit)
        limit *= _GROWTH
    positive.append(_MAX)
    return np.array([-limit for limit in reversed(positive)] + [0.0] + positive)


@op(
    "HistogramSummary",
    "tag: string, values: T -> summary: string",
    shape=shapes.scalar,
    types={"T": REAL_NUMBERS},
    defaults={"T": dtypes.float32},
    host=True,
)
def histogram_summary_op(xp, tag, values):
    """tag: string[], values: n[...], all finite -> string[]"""
    flat = np.asarray(values).ravel().astype(np.float64)
    for kind, found in (("Nan", np.isnan), ("Infinity", np.isinf)):
        if found(flat).any():
            refuse(f"{kind} in summary histogram for: {text_of(tag)}")
    summary = new_summary()
    fill(summary.value.add(tag=text_of(tag)).histo, flat)
    return serialized(summary)


histogram_summary_op.not_differentiable()


def fill(histogram: Any, flat: np.ndarray) -> None:
    """Describes flat, f64[n], in a HistogramProto.

    Of neighbouring empty buckets only the last is kept.
    """
    limits = _limits()
    counts = np.bincount(np.searchsorted(limits, flat, side="right"), minlength=len(limits))
    histogram.min = flat.min(initial=_MAX)
    histogram.max = flat.max(initial=-_MAX)
    histogram.num = flat.size
    histogram.sum = _sum_in_order(flat)
    histogram.sum_squares = _sum_in_order(flat * flat)
    _fill_buckets(histogram, counts)


def _fill_buckets(histogram: Any, counts: np.ndarray) -> None:
    limits = _limits()
    followed = np.append(counts[1:] == 0, False)
    kept = (counts > 0) | ~followed
    histogram.bucket_limit.extend(limits[kept].tolist())
    histogram.bucket.extend(counts[kept].tolist())


class Growing:
    """A histogram of numbers that come one by one."""

    def __init__(self) -> None:
        self._counts = np.zeros(len(_limits()), np.int64)
        self._least, self._most = _MAX, -_MAX
        self._number = 0
        self._sum = self._squares = 0.0

    def add(self, value: float) -> None:
        self._counts[np.searchsorted(_limits(), value, side="right")] += 1
        self._least, self._most = min(self._least, value), max(self._most, value)
        self._number += 1
        self._sum += value
        self._squares += value * value

    def fill(self, histogram: Any) -> None:
        """Describes it in a HistogramProto."""
        histogram.min, histogram.max = self._least, self._most
        histogram.num = self._number
        histogram.sum, histogram.sum_squares = self._sum, self._squares
        _fill_buckets(histogram, self._counts)


def _sum_in_order(flat: np.ndarray) -> float:
    """One after another: NumPy's pairwise sum would round differently from TensorFlow's."""
    return float(np.add.accumulate(flat)[-1]) if flat.size else 0.0


def histogram(
    name: str,
    values: Any,
    collections: Sequence[str] | None = None,
    family: str | None = None,
) -> Tensor:
    """Returns a serialized Summary, string[], of how values: n[...] are distributed.

    collections, family: as in `tf.summary.scalar`. A run fails on a value that is not finite.
    """
    if is_summary_skipped():
        return no_summary()
    with summary_scope(name, family, [values], default_name="HistogramSummary") as (tag, scope):
        return collected(histogram_summary_op(tag, values, name=scope), collections)
