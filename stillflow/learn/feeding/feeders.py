"""Feeders: placeholders for arrays, and the batches that are fed for them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.learn.feeding.pandas_tables import (
    extract_pandas_data,
    extract_pandas_labels,
    extract_pandas_matrix,
)
from stillflow.learn.feeding.shapes import (
    as_array,
    checked_dtype,
    in_and_out_shapes,
    mapped,
    write_classes,
)
from stillflow.ops.control.ordering import placeholder
from stillflow.platform.deprecation import deprecated

_INSTEAD = "Please use tensorflow/transform or tf.data."
_FIRST_SEED = 42


@deprecated(None, "Please convert numpy dtypes explicitly.")
def check_array(array: Any, dtype: Any) -> Any:
    """An array or list as an array of `dtype`; anything else as it is."""
    return as_array(array, dtype)


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

    @deprecated(None, _INSTEAD)
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
        self._x = mapped(_own_array, x)
        self._y = None if y is None else mapped(_own_array, np.array(y) if _is_list(y) else y)
        if n_classes is not None and y is not None and not isinstance(y, dict):
            self._y = as_array(self._y, np.int64 if n_classes > 1 else np.float32)
        self.n_classes = n_classes
        self.max_epochs = epochs
        self.input_shape, self.output_shape, self._batch_size = in_and_out_shapes(
            mapped(np.shape, self._x), None if y is None else mapped(np.shape, self._y),
            n_classes, batch_size,
        )  # fmt: skip
        self._input_dtype = mapped(_dtype_of, self._x)
        self._output_dtype: Any = np.float32 if y is None else mapped(_dtype_of, self._y)
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
        inputs = _placeholders("input", self.input_shape, self._input_dtype)
        outputs = None
        if self.output_shape is not None:
            outputs = _placeholders("output", self.output_shape, self._output_dtype)
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
        feed |= _by_name(self._input_placeholder, mapped(lambda data: _taken(data, rows), self._x))
        self._move_on()
        if self._output_placeholder is not None:
            feed |= _by_name(self._output_placeholder, self._labels(rows))
        return feed

    def _move_on(self) -> None:
        self.offset += self._batch_size
        if self.offset >= self._rows:
            self.indices = self._order()
            self.offset = 0
            self.epoch += 1

    def _labels(self, rows: np.ndarray) -> Any:
        if not isinstance(self._y, dict):
            return _label_rows(self._y, rows, self.output_shape, self._output_dtype, self.n_classes)
        return mapped(
            lambda data, *how: _label_rows(data, rows, *how),
            self._y, self.output_shape, self._output_dtype, self.n_classes,
        )  # fmt: skip


class StreamingDataFeeder(DataFeeder):
    """Feeds batches of what iterators give, row by row, until they end."""

    def __init__(self, x: Iterator, y: Iterator | None, n_classes: Any, batch_size: int | None):
        self._first: list[Any] = [next(x), None if y is None else next(y)]
        self._x: Any = _chained(self._first[0], x)
        self._y: Any = None if y is None else _chained(self._first[1], y)
        self.n_classes = n_classes
        row, label = self._first
        self.input_shape, self.output_shape, self._batch_size = in_and_out_shapes(
            mapped(lambda value: [1, *value.shape], row),
            None if y is None else mapped(_label_shape, label),
            n_classes,
            batch_size,
        )
        self._input_dtype = mapped(_dtype_of, row)
        self._output_dtype = self._label_dtype(label, n_classes)

    def _label_dtype(self, label: Any, n_classes: Any) -> Any:
        if n_classes is not None and not isinstance(label, dict) and n_classes > 0:
            return np.float32
        return None if self._y is None else mapped(_dtype_of_label, label)

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
        inputs = _stacked(rows, self.input_shape, self._input_dtype, None)
        feed = _by_name(self._input_placeholder, inputs)
        if self._y is not None:
            outputs = _stacked(labels, self.output_shape, self._output_dtype, self.n_classes)
            feed |= _by_name(self._output_placeholder, outputs)
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


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _own_array(value: Any) -> Any:
    return as_array(value, value.dtype)


def _dtype_of(value: Any) -> Any:
    return checked_dtype(value.dtype)


def _dtype_of_label(label: Any) -> Any:
    if isinstance(label, np.ndarray):
        return label.dtype
    return _dtype_of_label(label[0]) if _is_list(label) else checked_dtype(np.dtype(type(label)))


def _label_shape(label: Any) -> list[int]:
    return [1, *np.shape(label[0] if _is_list(label) else label)]


def _chained(first: Any, others: Iterator) -> Iterator:
    yield first
    yield from others


def _placeholders(name: str, shapes: Any, types: Any) -> Any:
    if isinstance(shapes, dict):
        return {
            key: placeholder(dtypes.as_dtype(types[key]), [None, *shape[1:]], name=f"{name}_{key}")
            for key, shape in shapes.items()
        }
    return placeholder(dtypes.as_dtype(types), [None, *shapes[1:]], name=name)


def _by_name(placeholders: Any, values: Any) -> dict[str, Any]:
    if isinstance(placeholders, dict):
        return {tensor.name: values[key] for key, tensor in placeholders.items()}
    return {placeholders.name: values}


def _taken(data: Any, rows: np.ndarray) -> Any:
    taken = _at(data, rows)
    return np.array(taken).reshape(len(rows), 1) if len(data.shape) == 1 else taken


def _at(data: Any, place: Any) -> Any:
    """Rows of an array, or of a table of pandas'."""
    return data.iloc[place] if hasattr(data, "iloc") else data[place]


def _label_rows(data: Any, rows: np.ndarray, shape: Any, dtype: Any, classes: Any) -> np.ndarray:
    out = np.zeros([len(rows), *shape[1:]], dtype)
    for place, row in enumerate(rows):
        if classes is None or classes <= 1:
            out[place] = _at(data, row)
        else:
            write_classes(out[place], _at(data, row))
    return out


def _stacked(rows: list[Any], shapes: Any, types: Any, classes: Any) -> Any:
    if not isinstance(shapes, dict):
        return _stacked_column(rows, shapes, types, classes)
    return {
        key: _stacked_column(
            [row[key] for row in rows], shape, types[key], (classes or {}).get(key)
        )
        for key, shape in shapes.items()
    }


def _stacked_column(rows: list[Any], shape: Any, dtype: Any, classes: Any) -> np.ndarray:
    out = np.zeros([len(rows), *shape[1:]], dtype)
    for place, row in enumerate(rows):
        if classes is not None and classes > 1:
            write_classes(out[place], row)
        else:
            out[place] = row[0] if _is_list(row) and out.ndim == 1 else row
    return out


@deprecated(None, _INSTEAD)
def setup_train_data_feeder(
    x: Any,
    y: Any,
    n_classes: Any,
    batch_size: int | None = None,
    shuffle: bool = True,
    epochs: int | None = None,
) -> DataFeeder:
    """The feeder for arrays, tables or iterators.

    Raises:
      ValueError: `x` is an iterator, and `y` is none.
    """
    x = extract_pandas_data(x)
    y = None if y is None else extract_pandas_labels(y)
    if not hasattr(x, "__next__"):
        return DataFeeder(x, y, n_classes, batch_size, shuffle=shuffle, epochs=epochs)
    if y is not None and not hasattr(y, "__next__"):
        raise ValueError("Both x and y should be iterators for streaming learning to work.")
    return StreamingDataFeeder(x, y, n_classes, batch_size)


@deprecated(None, _INSTEAD)
def setup_predict_data_feeder(x: Any, batch_size: int | None = None) -> Any:
    """The batches of an array, a table or an iterator; ValueError if their size is not positive."""
    x = extract_pandas_data(x)
    if hasattr(x, "__next__"):
        return _batches(x, batch_size)
    if x.ndim == 1:
        x = x.reshape(-1, 1)
    if batch_size is None:
        return [x]
    _check_size(batch_size)
    count = math.ceil(len(x) / batch_size)
    return [x[place * batch_size : (place + 1) * batch_size] for place in range(count)]


@deprecated(None, _INSTEAD)
def setup_processor_data_feeder(x: Any) -> Any:
    """Rows to go over: those of a table, or what is given."""
    return extract_pandas_matrix(x)


def _check_size(batch_size: int | None) -> None:
    if batch_size is not None and batch_size <= 0:
        raise ValueError(f"Invalid batch_size {batch_size}.")


def _batches(rows: Iterator, batch_size: int | None) -> Iterator[Any]:
    """Batches as matrices; the last one may be smaller, even empty."""
    _check_size(batch_size)
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if batch_size is not None and len(chunk) >= batch_size:
            yield _matrices(chunk)
            chunk = []
    if chunk:
        yield _matrices(chunk)


def _matrices(chunk: list[Any]) -> Any:
    if isinstance(chunk[0], dict):
        return {key: np.asmatrix([row[key] for row in chunk]) for key in chunk[0]}
    return np.asmatrix(chunk)
