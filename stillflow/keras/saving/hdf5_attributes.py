"""Lists of names in HDF5 files, which hold no attribute above 64 KiB: long ones are in parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

LIMIT = 64512  # bytes of an attribute, below what HDF5 allows


def h5py_module(who: str) -> Any:
    """The module h5py. ImportError where it is not installed, in the name of `who`."""
    try:
        import h5py
    except ImportError:
        raise ImportError(
            f"`{who}` requires h5py.\n  Install it: pip install 'stillflow[keras]'."
        ) from None
    return h5py


def save_attributes_to_hdf5_group(group: Any, name: str, data: Sequence[bytes]) -> None:
    """Keeps names as the attribute `name` of a group, or as `name0`, `name1` and so on.

    Raises:
      RuntimeError: a single name is too long.
    """
    too_long = [each for each in data if len(each) > LIMIT]
    if too_long:
        raise RuntimeError(
            "The following attributes cannot be saved to HDF5 file because they are larger than "
            f"{LIMIT} bytes: {', '.join(map(str, too_long))}"
        )
    array, parts = np.asarray(data), 1
    while any(part.nbytes > LIMIT for part in np.array_split(array, parts)):
        parts += 1
    if parts == 1:
        group.attrs[name] = array  # of strings of one length, which a list would not be
        return
    for number, part in enumerate(np.array_split(array, parts)):
        group.attrs[f"{name}{number}"] = part


def load_attributes_from_hdf5_group(group: Any, name: str) -> list[str]:
    """The names that `save_attributes_to_hdf5_group` kept."""
    if name in group.attrs:
        return [text_of(each) for each in group.attrs[name]]
    names: list[str] = []
    number = 0
    while f"{name}{number}" in group.attrs:
        names += [text_of(each) for each in group.attrs[f"{name}{number}"]]
        number += 1
    return names


def text_of(value: Any) -> str:
    """A string of an attribute, which h5py gives as text or as bytes."""
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)
