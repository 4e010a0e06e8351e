"""A part of a data set in an HDF5 file, read as it is asked for: `tf.keras.utils.HDF5Matrix`."""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Callable
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.type_spec import register_type_spec_from_value_converter


class HDF5Matrix:
    """Stands for an array that a model is fed; batches of it are read from the file.

    Args:
      datapath: the file, which stays open.
      dataset: the name of the data set in it.
      start, end: which rows of it count.
      normalizer: a function of each batch that is read.

    Raises:
      ImportError: h5py is not installed.
    """

    refs: ClassVar[dict[str, Any]] = defaultdict(int)  # the files that are open, by their paths

    def __init__(
        self,
        datapath: str,
        dataset: str,
        start: int = 0,
        end: int | None = None,
        normalizer: Callable[[Any], Any] | None = None,
    ):
        if datapath not in self.refs:
            self.refs[datapath] = _h5py().File(datapath, "r")
        self.data = self.refs[datapath][dataset]
        self.start = start
        self.end = self.data.shape[0] if end is None else end
        self.normalizer = normalizer

    def __len__(self) -> int:
        return self.end - self.start

    def __getitem__(self, key: Any) -> Any:
        """Returns rows by a number, a slice, or numbers in ascending order.

        Raises:
          IndexError: there are not that many.
        """
        read = self.data[self._places(key)]
        return read if self.normalizer is None else self.normalizer(read)

    def _places(self, key: Any) -> Any:
        """Where rows are in the data set."""
        if isinstance(key, slice):
            first = 0 if key.start is None else key.start
            last = len(self) if key.stop is None else key.stop
            self._check(last - 1)
            return slice(first + self.start, last + self.start)
        if isinstance(key, (int, np.integer)):
            self._check(key)
            return key + self.start
        self._check(max(key))
        return [int(each) + self.start for each in key]

    def _check(self, last: Any) -> None:
        if last + self.start >= self.end:
            raise IndexError(f"Row {last} is asked for, but there are {len(self)} rows.")

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self), *self.data.shape[1:])

    @property
    def dtype(self) -> Any:
        return self.data.dtype

    @property
    def ndim(self) -> int:
        rank: int = self.data.ndim
        return rank

    @property
    def size(self) -> Any:
        """How many elements there are."""
        return np.prod(self.shape)


def _h5py() -> ModuleType:
    try:
        return importlib.import_module("h5py")
    except ImportError:
        raise ImportError(
            "The use of HDF5Matrix requires HDF5 and h5py installed.\n"
            "  pip install stillflow[keras]"
        ) from None


register_type_spec_from_value_converter(
    HDF5Matrix, lambda value: TensorSpec(shape=value.shape, dtype=value.dtype)
)
