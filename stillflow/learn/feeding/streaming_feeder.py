"""`StreamingDataFeeder`: batches of what iterators give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from stillflow.learn.feeding.array_feeder import DataFeeder
from stillflow.learn.feeding.rows import (
    by_name,
    chained,
    dtype_of,
    dtype_of_label,
    label_shape,
    stacked,
)
from stillflow.learn.feeding.shapes import in_and_out_shapes, mapped


class StreamingDataFeeder(DataFeeder):
    """Feeds batches of what iterators give, row by row, until they end."""

    def __init__(self, x: Iterator, y: Iterator | None, n_classes: Any, batch_size: int | None):
        self._first: list[Any] = [next(x), None if y is None else next(y)]
        self._x: Any = chained(self._first[0], x)
        self._y: Any = None if y is None else chained(self._first[1], y)
        self.n_classes = n_classes
        row, label = self._first
        self.input_shape, self.output_shape, self._batch_size = in_and_out_shapes(
            mapped(lambda value: [1, *value.shape], row),
            None if y is None else mapped(label_shape, label),
            n_classes,
            batch_size,
        )
        self._input_dtype = mapped(dtype_of, row)
        self._output_dtype = self._label_dtype(label, n_classes)

    def _label_dtype(self, label: Any, n_classes: Any) -> Any:
        if n_classes is not None and not isinstance(label, dict) and n_classes > 0:
            return np.float32
        return None if self._y is None else mapped(dtype_of_label, label)

    def get_feed_params(self) -> dict[str, int]:
        return {"batch_size": self._batch_size}

    def get_feed_dict_fn(self) -> Callable[[], dict[str, Any]]:
        """A function that gives the next feed_dict, by names; StopIteration at the end."""
        self.stopped = False
        return self._next_feed

    def _next_feed(self) -> dict[str, Any]:
        if self.stopped:
            raise StopIteration
        rows, labels = self._take()
        if not rows:
            raise StopIteration
        inputs = stacked(rows, self.input_shape, self._input_dtype, None)
        feed = by_name(self._input_placeholder, inputs)
        if self._y is not None:
            outputs = stacked(labels, self.output_shape, self._output_dtype, self.n_classes)
            feed |= by_name(self._output_placeholder, outputs)
        return feed

    def _take(self) -> tuple[list[Any], list[Any]]:
        """Up to a batch of rows and labels."""
        rows: list[Any] = []
        labels: list[Any] = []
        for _ in range(self._batch_size):
            try:
                rows.append(next(self._x))
            except StopIteration:
                self.stopped = True
                break
            if self._y is not None:
                labels.append(next(self._y))
        return rows, labels
