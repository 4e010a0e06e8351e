"""Arrays of data sets: read from `.npz` files, of which some hold lists; mixed; of unequal rows."""

from __future__ import annotations

import zipfile
from typing import Any

import numpy as np
from numpy.lib import format as npy

from stillflow.keras.datasets import plain_pickle


def read_npz(path: str, *names: str) -> list[np.ndarray]:
    """Returns arrays of a `.npz` file; elements that are objects must be plain data.

    Raises:
      KeyError: one is not there.
      ValueError: the file is none, or holds something else.
    """
    with zipfile.ZipFile(path) as archive:
        return [_read_member(archive, f"{name}.npy") for name in names]


def _read_member(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    with archive.open(name) as file:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, columns_first, dtype = read(file)
        if dtype.hasobject:
            array: np.ndarray = plain_pickle.loads(file.read())
            return array
        flat = np.frombuffer(file.read(), dtype).copy()
        return flat.reshape(shape, order="F" if columns_first else "C")


def mixed(*arrays: np.ndarray) -> list[np.ndarray]:
    """Returns arrays with their rows in another order, the same one for all, drawn by NumPy."""
    order = np.arange(len(arrays[0]))
    np.random.shuffle(order)
    return [array[order] for array in arrays]


def rows(values: Any) -> np.ndarray:
    """Returns lists as an array, whose elements they are where they are not all of one length."""
    if len({len(value) for value in values}) == 1:
        return np.array(values)
    array = np.empty(len(values), object)
    array[:] = values
    return array
