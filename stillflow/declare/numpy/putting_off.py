"""Changes of a few elements of a large array that are put off until they are wanted for certain.

A run that fails changes no variable, so an op that writes rows of one gives a new array: a copy of
all rows. Where nothing reads the new value before the run has succeeded, the op is given
`PUTTING_OFF` for NumPy; then who keeps the value may write the rows into the old array itself, if
no one else has that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare.numpy.namespace import NumpyNamespace, combine_into

_SMALL = 1 << 15  # bytes that are copied as soon
_CACHE_LINE = 64  # XLA takes an array that begins at a multiple of it without a copy


class PutOff:
    """What an array is to become: `write(array, index, value)` changes it in place."""

    __slots__ = ("_index", "_value", "_write", "array")

    def __init__(self, array: np.ndarray, write: Callable, index: Any, value: Any):
        self.array = array
        self._write = write
        self._index = index
        self._value = value

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    @property
    def dtype(self) -> np.dtype:
        return self.array.dtype

    def carried_out(self, in_place: bool) -> np.ndarray:
        """The array as it is now to be: itself if `in_place`, else a copy."""
        array = self.array if in_place else _aligned_copy(self.array)
        self._write(array, self._index, self._value)
        return array


class _PuttingOff(NumpyNamespace):
    """NumPy whose functions that change elements of an array put that off, if it is large."""

    @staticmethod
    def set_at(x: Any, index: Any, value: Any) -> Any:
        return _put_off(NumpyNamespace.set_at, np.ndarray.__setitem__, x, index, value)

    @staticmethod
    def add_at(x: Any, index: Any, value: Any) -> Any:
        return _put_off(NumpyNamespace.add_at, _adding, x, index, value)


def _put_off(at_once: Callable, write: Callable, x: Any, index: Any, value: Any) -> Any:
    # What has a single row may have been made of the variable for the op's own use.
    if type(x) is not np.ndarray or x.nbytes < _SMALL or len(x) == 1:
        return at_once(x, index, value)
    return PutOff(x, write, index, value)


def _adding(x: np.ndarray, index: Any, value: Any) -> None:
    combine_into(np.add, x, index, value)


def _aligned_copy(x: np.ndarray) -> np.ndarray:
    memory = np.empty(x.nbytes + _CACHE_LINE, np.uint8)
    start = -memory.ctypes.data % _CACHE_LINE
    copy = memory[start : start + x.nbytes].view(x.dtype).reshape(x.shape)
    copy[...] = x
    return copy


PUTTING_OFF = _PuttingOff()
