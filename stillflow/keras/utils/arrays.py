"""Arrays as models take them: classes as rows of ones and zeros, rows of length 1."""

from __future__ import annotations

from typing import Any

import numpy as np


def to_categorical(y: Any, num_classes: int | None = None, dtype: Any = "float32") -> np.ndarray:
    """Returns for each number of a class a row of zeros, with a one at its place.

    Args:
      y: i[...]; a last axis of size 1 is left out.
      num_classes: the length of a row; by default as much as the greatest number needs.

    Returns:
      An array of `y`'s shape, with an axis of classes behind.

    Raises:
      IndexError: a number is not below `num_classes`.
    """
    y = np.array(y, dtype="int")
    shape = y.shape[:-1] if y.ndim > 1 and y.shape[-1] == 1 else y.shape
    y = y.ravel()
    num_classes = num_classes or int(np.max(y)) + 1
    rows = np.zeros((len(y), num_classes), dtype=dtype)
    rows[np.arange(len(y)), y] = 1
    return rows.reshape((*shape, num_classes))


def normalize(x: Any, axis: int = -1, order: int = 2) -> np.ndarray:
    """Returns an array whose parts along an axis have length 1; those of zeros stay.

    Args:
      order: of the norm that tells a length.
    """
    lengths = np.atleast_1d(np.linalg.norm(x, order, axis))
    lengths[lengths == 0] = 1
    normalized: np.ndarray = x / np.expand_dims(lengths, axis)
    return normalized
