"""What a RaggedTensor is in a run. Knows no graph."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np


class RaggedTensorValue:
    """Rows of different lengths: row i is values[row_splits[i]:row_splits[i + 1]].

    Args:
      values: any[m, ...], or another RaggedTensorValue.
      row_splits: i[n + 1]

    Raises:
      TypeError: they are something else.
      ValueError: the splits of `values` are of another type.
    """

    def __init__(self, values: Any, row_splits: Any):
        if not (
            isinstance(row_splits, (np.ndarray, np.generic))
            and row_splits.dtype in (np.int64, np.int32)
            and row_splits.ndim == 1
        ):
            raise TypeError("row_splits must be a 1D int32 or int64 numpy array")
        if not isinstance(values, (np.ndarray, np.generic, RaggedTensorValue)):
            raise TypeError("values must be a numpy array or a RaggedTensorValue")
        if isinstance(values, RaggedTensorValue) and row_splits.dtype != values.row_splits.dtype:
            raise ValueError("row_splits and values.row_splits must have the same dtype")
        self._values: Any = values
        self._row_splits: Any = row_splits

    @property
    def values(self) -> Any:
        return self._values

    @property
    def row_splits(self) -> Any:
        return self._row_splits

    @property
    def dtype(self) -> np.dtype:
        return self._values.dtype

    @property
    def flat_values(self) -> Any:
        """The innermost values."""
        inner = self._values
        return inner.flat_values if isinstance(inner, RaggedTensorValue) else inner

    @property
    def nested_row_splits(self) -> tuple[Any, ...]:
        """The splits of all ragged axes, the outermost first."""
        inner = self._values
        nested = inner.nested_row_splits if isinstance(inner, RaggedTensorValue) else ()
        return (self._row_splits, *nested)

    @property
    def ragged_rank(self) -> int:
        """The number of ragged axes."""
        return len(self.nested_row_splits)

    @property
    def shape(self) -> tuple[int | None, ...]:
        return (len(self._row_splits) - 1, None, *self._values.shape[1:])

    def to_list(self) -> list[Any]:
        """The rows as nested lists."""
        nested = isinstance(self._values, RaggedTensorValue)
        values = self._values.to_list() if nested else self._values.tolist()
        ends = self._row_splits.tolist()
        return [values[first:last] for first, last in itertools.pairwise(ends)]

    def feed_parts(self) -> list[Any]:
        """What is fed for the parts of a RaggedTensor."""
        return [self.flat_values, *self.nested_row_splits]

    @staticmethod
    def _carry_out(function: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
        from stillflow.ops.ragged import dispatching  # knows all families, and graphs

        return dispatching.carry_out(function, args, kwargs)

    def __str__(self) -> str:
        return f"<tf.RaggedTensorValue {self.to_list()}>"

    def __repr__(self) -> str:
        return f"tf.RaggedTensorValue(values={self._values!r}, row_splits={self._row_splits!r})"


def from_parts(parts: list[Any]) -> Any:
    """The value of flat values and nested splits, or the flat values where there are no splits."""
    value, *splits = parts
    for row_splits in reversed(splits):
        value = RaggedTensorValue(value, row_splits)
    return value
