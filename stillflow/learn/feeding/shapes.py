"""Shapes and types of what is fed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.platform import logging

_Shape = list[int]


def mapped(function: Callable[..., Any], value: Any, *others: Any) -> Any:
    """`function` of a value, or of each in a dict; `others` are dicts alike, or None."""
    if not isinstance(value, dict):
        return function(value, *others)
    return {
        key: function(item, *(other.get(key) if other is not None else None for other in others))
        for key, item in value.items()
    }


def in_and_out_shapes(
    x_shape: Any, y_shape: Any, n_classes: Any, batch_size: int | None = None
) -> tuple[Any, Any, int]:
    """The shapes of a batch of inputs and of one of outputs, and the batch size.

    Shapes are sequences, or dicts of them. An output of several classes is one-hot, and one of
    shape [rows, 1] is fed as [rows].

    Raises:
      ValueError: the batch size is not positive.
    """
    if batch_size is None:
        first = next(iter(x_shape.values())) if isinstance(x_shape, dict) else x_shape
        batch_size = first[0]
    elif batch_size <= 0:
        raise ValueError(f"Invalid batch_size {batch_size}.")
    inputs = mapped(lambda shape: [batch_size, *(shape[1:] or [1])], x_shape)
    if y_shape is None:
        return inputs, None, batch_size
    if not isinstance(y_shape, dict):
        return inputs, [batch_size, *_output_shape(y_shape, n_classes)], batch_size
    outputs = mapped(
        lambda shape, classes: [batch_size, *_output_shape(shape, classes)], y_shape, n_classes
    )
    return inputs, outputs, batch_size


def _output_shape(shape: Sequence[int], classes: int | None) -> _Shape:
    one = list(shape[1:])
    if one and one[0] == 1:
        one = one[1:]
    return [*one, classes] if classes is not None and classes > 1 else one


def checked_dtype(dtype: Any) -> Any:
    """The dtype; TypeError if no tensor can be of it."""
    if dtypes.as_dtype(dtype) == dtypes.float64:
        logging.warning("float64 is not supported by many models, consider casting to float32.")
    return dtype


def as_array(value: Any, dtype: Any) -> Any:
    """Arrays and lists as an array of that dtype; anything else as it is."""
    return np.array(value, dtype) if isinstance(value, (np.ndarray, list)) else value


def write_classes(row: np.ndarray, classes: Any) -> None:
    """Sets a 1 in `row` for a class, or in each of its rows for one of many classes."""
    if row.ndim == 1:
        row[int(classes)] = 1
    else:
        for place, number in enumerate(classes):
            row[place, number] = 1
