"""Feeders and batches for whatever a program has: arrays, tables, iterators."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from stillflow.learn.feeding.array_feeder import DataFeeder as DataFeeder
from stillflow.learn.feeding.pandas_tables import (
    extract_pandas_data,
    extract_pandas_labels,
    extract_pandas_matrix,
)
from stillflow.learn.feeding.shapes import as_array
from stillflow.learn.feeding.streaming_feeder import StreamingDataFeeder as StreamingDataFeeder
from stillflow.platform.deprecation import deprecated

_INSTEAD = "Please use tensorflow/transform or tf.data."


@deprecated(None, "Please convert numpy dtypes explicitly.")
def check_array(array: Any, dtype: Any) -> Any:
    """An array or list as an array of `dtype`; anything else as it is."""
    return as_array(array, dtype)


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
