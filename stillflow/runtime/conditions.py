"""Runs whose choices are decided by what is fed, such as whether a network trains.

For each value that such a condition is fed there is a plan of its own, without the other side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor


def decides(tensor: Tensor) -> bool:
    """Whether a fed tensor is the condition of a choice."""
    if tensor.dtype.base_dtype is not dtypes.bool or tensor.shape.ndims not in (0, None):
        return False
    waiting = [tensor]
    while waiting:
        given = waiting.pop()
        for op in given._consumers:
            if op.defn.splits and op.inputs[-1] is given:
                return True
            if op.defn.forwards:
                waiting += op.outputs
    return False


class ByConditions:
    """An executor for each set of values of the conditions among the feeds.

    Args:
      make: makes an executor; `assumed` are the conditions with their values.
      feeds: what is fed.
    """

    def __init__(self, make: Callable[..., Any], feeds: Sequence[Tensor]):
        self._make = make
        self._conditions = {place: t for place, t in enumerate(feeds) if decides(t)}
        self._executors: dict[tuple[int, ...], Any] = {}

    def run(self, state: Any, feeds: list[np.ndarray]) -> list[Any]:
        """Runs once, with the values for the feeds; returns those of what is fetched."""
        values = [feeds[place] for place in self._conditions]
        sides = tuple(int(value) for value in values if not value.ndim)
        executor = self._executors.get(sides)
        if executor is None:
            is_known = len(sides) == len(values)  # else one is fed that is no condition
            assumed = dict(zip(self._conditions.values(), sides, strict=True)) if is_known else None
            executor = self._executors[sides] = self._make(assumed=assumed)
        return executor.run(state, feeds)
