"""Means and variances of arrays along axes, batch by batch."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from stillflow.keras.layers.preprocessing.combiner import Combiner

COUNT, MEAN, VARIANCE = "count", "mean", "variance"


class Accumulator(NamedTuple):
    """How many numbers were seen of each kind, and their moments, which are float64."""

    count: Any
    mean: Any
    variance: Any


class NormalizingCombiner(Combiner):
    """The moments of all numbers that have the same indices along `axis`, an axis or several."""

    def __init__(self, axis: Any):
        self.axis = axis

    def compute(self, batch_values: Any, accumulator: Accumulator | None = None) -> Accumulator:
        if not hasattr(batch_values, "shape"):
            raise AttributeError(
                f"'{type(batch_values).__name__}' object has no attribute 'shape'\n"
                "  A batch is an array: dataset.map takes one of what elements have."
            )
        values = np.asarray(batch_values)
        others = tuple(np.delete(np.arange(values.ndim), self.axis).tolist())
        count = np.prod([values.shape[axis] for axis in others], dtype=np.int32)
        mean = np.mean(values, axis=others, dtype=np.float64)
        variance = np.var(values, axis=others, dtype=np.float64)
        found = self._create_accumulator(count, mean, variance)
        return found if accumulator is None else self.merge([accumulator, found])

    def merge(self, accumulators: Iterable[Accumulator]) -> Accumulator:
        parts = list(accumulators)
        count = np.sum([part.count for part in parts])
        mean = _divided(sum(_times(part.mean, part.count) for part in parts), count)
        squares = sum(  # within the parts, and between them
            _times(part.variance + np.square(part.mean - mean), part.count) for part in parts
        )
        return self._create_accumulator(count, mean, _divided(squares, count))

    def extract(self, accumulator: Accumulator | None) -> dict[str, Any]:
        if accumulator is None:
            raise AttributeError(
                "'NoneType' object has no attribute 'count'\n"
                "  There is no state of no data: has the dataset any elements?"
            )
        return {
            COUNT: accumulator.count,
            MEAN: accumulator.mean,
            VARIANCE: accumulator.variance,
        }

    def restore(self, output: Mapping[str, Any]) -> Accumulator:
        """Returns the accumulator of what `extract` gave.

        Raises:
          RuntimeError: there are moments, of nothing.
        """
        count, mean, variance = output[COUNT], output[MEAN], output[VARIANCE]
        if count == 0 and (np.any(mean) or np.any(variance)):
            raise RuntimeError(
                "The mean and/or variance of a Normalization preprocessing layer were set without "
                "also setting 'count'. If 'count' is not also set, 'adapt' cannot be called unless "
                "the 'reset_state' arg is True."
            )
        return self._create_accumulator(count, mean, variance)

    def serialize(self, accumulator: Accumulator) -> bytes:
        named = {name: value.tolist() for name, value in self.extract(accumulator).items()}
        return json.dumps(named).encode()

    def deserialize(self, encoded_accumulator: bytes | str) -> Accumulator:
        named = json.loads(encoded_accumulator)
        return self._create_accumulator(*(np.array(named[name]) for name in Accumulator._fields))

    def _create_accumulator(self, count: Any, mean: Any, variance: Any) -> Accumulator:
        """An accumulator with numbers where moments are none, as those of nothing are."""
        return Accumulator(np.array(count), np.nan_to_num(mean), np.nan_to_num(variance))


# A count does not widen what it meets: what comes from a layer's variables is of their type.


def _times(values: Any, count: Any) -> Any:
    return values * np.asarray(count, values.dtype)


def _divided(values: Any, count: Any) -> Any:
    return values / np.asarray(count, values.dtype)
