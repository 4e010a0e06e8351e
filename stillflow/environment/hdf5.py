"""`h5py` as version 2 had it: strings by the character set that files note for them.

ASCII is bytes and UTF-8 text, in attributes and datasets alike; version 3 makes text of every
attribute, and bytes of every dataset. So `file.attrs["model_config"].decode()` works, which is how
the keras package reads what it has written. Strings of fixed length are bytes in both.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np


def restore(h5py: ModuleType) -> None:
    """Gives back what version 3 has changed, where this is one."""
    if hasattr(h5py.Dataset, "value"):
        return
    _restore_attributes(h5py, h5py.AttributeManager)
    _restore_datasets(h5py, h5py.Dataset)
    _restore_files(h5py.File)


def _restore_attributes(h5py: ModuleType, attributes: Any) -> None:
    read, write = attributes.__getitem__, attributes.__setitem__

    def get(self, name):
        kind = h5py.check_string_dtype(self.get_id(name).dtype)
        value = read(self, name)
        if kind and kind.length is None and kind.encoding == "ascii":
            return _each(lambda text: text.encode("utf-8", "surrogateescape"), value)
        return value

    def put(self, name, value):
        """A list of bytes becomes strings of one length, which version 3 does of arrays alone."""
        is_bytes = isinstance(value, (list, tuple)) and value and type(value[0]) is bytes
        write(self, name, np.array(value) if is_bytes else value)

    attributes.__getitem__, attributes.__setitem__ = get, put


def _restore_datasets(h5py: ModuleType, dataset: Any) -> None:
    def decoding(today: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(today)
        def read(self, *args, **kwargs):
            return _decoded(h5py, today(self, *args, **kwargs), self.dtype)

        return read

    dataset.__getitem__ = decoding(dataset.__getitem__)
    dataset.__array__ = decoding(dataset.__array__)
    dataset.value = property(lambda self: self[()])


def _decoded(h5py: ModuleType, value: Any, dtype: np.dtype) -> Any:
    """What was read of a `dtype`, its UTF-8 of variable length as text; records in place."""
    kind = h5py.check_string_dtype(dtype)
    if kind and kind.length is None and kind.encoding == "utf-8":
        return _each(lambda raw: raw.decode("utf-8", "surrogateescape"), value)
    held = getattr(value, "dtype", dtype).names or ()
    for name in set(dtype.names or ()).intersection(held):
        value[name] = _decoded(h5py, value[name], dtype[name])
    return value


def _each(change: Callable[[Any], Any], value: Any) -> Any:
    """`change` of a string, or of each in an array of them."""
    if not isinstance(value, np.ndarray):
        return change(value)
    changed = np.empty(value.shape, object)
    changed.ravel()[:] = [change(item) for item in value.flat]
    return changed


def _restore_files(file: Any) -> None:
    """`File(name)` opened for writing, where that could be, and made what was not there; `fid`."""
    today = file.__init__

    @functools.wraps(today)
    def init(self, name, mode=None, *args, **kwargs):
        if mode is not None:
            return today(self, name, mode, *args, **kwargs)
        for tried in ("r+", "r"):
            try:
                return today(self, name, tried, *args, **kwargs)
            except OSError:
                continue
        return today(self, name, "w-", *args, **kwargs)

    file.__init__ = init
    file.fid = property(lambda self: self.id)
