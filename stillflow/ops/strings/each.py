"""What is done to each string of an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def each(fn: Callable[[bytes], Any], strings: Any, dtype: Any = np.object_) -> np.ndarray:
    """strings: string[...] -> dtype[...], `fn` of each."""
    found: np.ndarray = np.empty(strings.shape, dtype)
    if strings.ndim:
        found.reshape(-1)[:] = [fn(text) for text in strings.ravel()]
    else:
        found[()] = fn(strings[()])
    return found


def as_strings(parts: list[bytes]) -> np.ndarray:
    """The strings as an array, string[n]; an array made of a list would look into them."""
    array: np.ndarray = np.empty(len(parts), np.object_)
    array[:] = parts
    return array
