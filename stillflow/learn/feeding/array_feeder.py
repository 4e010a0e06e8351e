"""`DataFeeder`: batches of arrays, epoch after epoch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.learn.feeding.rows import (
    by_name,
    dtype_of,
    is_list,
    label_rows,
    own_array,
    placeholders_of,
    taken,
)
from stillflow.learn.feeding.shapes import as_array, in_and_out_shapes, mapped
from stillflow.ops.control.ordering import placeholder
from stillflow.platform.deprecation import deprecated

_FIRST_SEED = 42


class DataFeeder:
    """Feeds arrays in batches, over and over.

    Args:
      x: an array [rows, ...], or a dict of such.
      y: labels alike, or None.
      n_classes: labels of more than one class are fed one-hot; a dict where `y` is one.
      batch_size: all rows by default.
      shuffle: whether rows come in an order that `random_state` chooses anew for each epoch.
      random_state: a RandomState, of seed 42 by default.
      epochs: how often each row is fed; None is without end.

    Raises:
      ValueError: the batch size is not positive.
      TypeError: an array is of a dtype that no tensor has.
    """

    @deprecated(None, "Please use tensorflow/transform or tf.data.")
    def __init__(
        self,
        x: Any,
        y: Any,
        n_classes: Any,
        batch_size: int | None = None,
        shuffle: bool = True,
        random_state: np.random.RandomState | None = None,
        epochs: int | None = None,
    ):
        self._x = mapped(own_array, x)
        self._y = None if y is None else mapped(own_array, np.array(y) if is_list(y) else y)
        if n_classes is not None and y is not None and not isinstance(y, dict):
            self._y = as_array(self._y, np.int64 if n_classes > 1 else np.float32)
        self.n_classes = n_classes
        self.max_epochs = epochs
        self.input_shape, self.output_shape, self._batch_size = in_and_out_shapes(
            mapped(np.shape, self._x), None if y is None else mapped(np.shape, self._y),
            n_classes, batch_size,
        )  # fmt: skip
        self._input_dtype = mapped(dtype_of, self._x)
        self._output_dtype: Any = np.float32 if y is None else mapped(dtype_of, self._y)
        if n_classes is not None and isinstance(y, dict):
            self._output_dtype |= dict.fromkeys(n_classes.keys() & y.keys(), np.float32)
        self._shuffle = shuffle
        self.random_state = random_state or np.random.RandomState(_FIRST_SEED)
        self._rows = len(next(iter(self._x.values())) if isinstance(self._x, dict) else self._x)
        self.indices = self._order()
        self.offset = 0
        self.epoch = 0
        self._epoch_placeholder: Any = None

    def _order(self) -> np.ndarray:
        rows = self._rows
        return self.random_state.permutation(rows) if self._shuffle else np.arange(rows)

    @property
    def x(self) -> Any:
        return self._x

    @property
    def y(self) -> Any:
        return self._y

    @property
    def shuffle(self) -> bool:
        return self._shuffle

    @property
    def input_dtype(self) -> Any:
        return self._input_dtype

    @property
    def output_dtype(self) -> Any:
        return self._output_dtype

    @property
    def batch_size(self) -> int:
        return self._batch_size

    def make_epoch_variable(self) -> Any:
        """A placeholder int32[1] that the number of the epoch is fed for."""
        self._epoch_placeholder = placeholder(dtypes.int32, [1], name="epoch")
        return self._epoch_placeholder

    def input_builder(self) -> tuple[Any, Any]:
        """Builds the placeholders: (inputs, outputs), outputs None where there are none."""
        inputs = placeholders_of("input", self.input_shape, self._input_dtype)
        outputs = None
        if self.output_shape is not None:
            outputs = placeholders_of("output", self.output_shape, self._output_dtype)
        self.set_placeholders(inputs, outputs)
        return inputs, outputs

    def set_placeholders(self, input_placeholder: Any, output_placeholder: Any) -> None:
        self._input_placeholder = input_placeholder
        self._output_placeholder = output_placeholder

    def get_feed_params(self) -> dict[str, int]:
        return {"epoch": self.epoch, "offset": self.offset, "batch_size": self._batch_size}

    def get_feed_dict_fn(self) -> Callable[[], dict[str, Any]]:
        """A function that gives the next feed_dict, by names; StopIteration after the epochs."""
        return self._next_feed

    def _next_feed(self) -> dict[str, Any]:
        if self.max_epochs is not None and self.epoch + 1 > self.max_epochs:
            raise StopIteration
        assert self._input_placeholder is not None
        feed: dict[str, Any] = {}
        if self._epoch_placeholder is not None:
            feed[self._epoch_placeholder.name] = [self.epoch]
        rows = self.indices[self.offset : self.offset + self._batch_size]
        feed |= by_name(self._input_placeholder, mapped(lambda data: taken(data, rows), self._x))
        self._move_on()
        if self._output_placeholder is not None:
            feed |= by_name(self._output_placeholder, self._labels(rows))
        return feed

    def _move_on(self) -> None:
        self.offset += self._batch_size
        if self.offset >= self._rows:
            self.indices = self._order()
            self.offset = 0
            self.epoch += 1

    def _labels(self, rows: np.ndarray) -> Any:
        if not isinstance(self._y, dict):
            return label_rows(self._y, rows, self.output_shape, self._output_dtype, self.n_classes)
        return mapped(
            lambda data, *how: label_rows(data, rows, *how),
            self._y, self.output_shape, self._output_dtype, self.n_classes,
        )  # fmt: skip
