"""Arrays cut into batches, in order or mixed."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import is_tensor
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.context import executing_eagerly_outside_functions
from stillflow.keras.training.composite_rows import rows_of_composite
from stillflow.ops.array.joining import concat


def make_batches(size: int, batch_size: int) -> list[tuple[int, int]]:
    """Returns where each batch begins and ends."""
    return [(start, min(size, start + batch_size)) for start in range(0, size, batch_size)]


def batch_shuffle(index_array: np.ndarray, batch_size: int) -> np.ndarray:
    """Returns indices whose batches NumPy has mixed as wholes; what fills no batch stays last."""
    whole = len(index_array) // batch_size * batch_size
    batches = index_array[:whole].reshape(-1, batch_size)
    np.random.shuffle(batches)
    return np.append(batches.reshape(-1), index_array[whole:])


def slice_arrays(arrays: Any, start: Any = None, stop: int | None = None) -> Any:
    """Returns parts of arrays: from `start` up to `stop`, or those whose numbers `start` lists.

    Raises:
      ValueError: `start` is a list, and there is a `stop`.
    """
    if arrays is None:
        return [None]
    if isinstance(start, list) and stop is not None:
        raise ValueError(
            "The stop argument has to be None if the value of start is a list.\n"
            f"  start={start}, stop={stop}"
        )
    if not isinstance(arrays, list):
        return _part(arrays, start, stop)
    return [None if each is None else _part(each, start, stop) for each in arrays]


def _part(array: Any, start: Any, stop: int | None) -> Any:
    if isinstance(array, CompositeTensor) and executing_eagerly_outside_functions():
        return rows_of_composite(array, start, stop)
    if not hasattr(start, "__len__"):
        return array[start:stop] if hasattr(array, "__getitem__") else None
    if isinstance(array, np.ndarray):
        return array.take(start, axis=0)
    # What is no array of NumPy (a file's, say) is asked with a list of Python's numbers.
    return array[start.tolist() if hasattr(start, "tolist") else start]


def rows_of(arrays: Any, indices: np.ndarray, contiguous: bool = True) -> Any:
    """Returns some rows of arrays or of tensors.

    Args:
      contiguous: whether the indices follow each other, so that a tensor is cut rather than joined.
    """
    given = arrays if isinstance(arrays, list) else [arrays]
    if not any(is_tensor(each) for each in given):
        rows = slice_arrays(given, indices)
    elif contiguous:
        rows = [each[indices[0] : indices[-1] + 1] for each in given]
    else:
        rows = [concat([each[i : i + 1] for i in indices], axis=0) for each in given]
    return rows if isinstance(arrays, list) else rows[0]
