"""Elements in files: a checkpoint with a tensor for each component of each element.

A lockfile says that somebody is writing. TensorFlow's own caches are read, and it reads these.
"""

from __future__ import annotations

import os
import time
import weakref

import numpy as np

from stillflow.checkpoint.bundle_writer import BundleWriter
from stillflow.checkpoint.files import os_errors_as_tf
from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph.errors import AlreadyExistsError
from stillflow.ops.datasets.dataset import Element

_ITEM_WIDTH = 7


def exist(filename: str) -> bool:
    """Whether all elements are there."""
    return os.path.exists(f"{filename}.index")


def _key(item: int, component: int, count: int) -> str:
    width = len(str(count - 1))
    return f"{item:{_ITEM_WIDTH}d}_{component:{width}d}"


class Writer:
    """Writes elements to files that appear when it is finished.

    Raises:
      AlreadyExistsError: another one has begun to write them.
    """

    def __init__(self, filename: str):
        self._count = 0
        self._lock = f"{filename}_0.lockfile"
        with os_errors_as_tf(filename):
            self._take_lock()
        self._bundle = BundleWriter(filename)
        self._given_up = weakref.finalize(self, _give_up, self._bundle, self._lock)

    def _take_lock(self) -> None:
        try:
            with open(self._lock, "x", encoding="utf-8") as file:
                file.write(f"Created at: {int(time.time())}")
        except FileExistsError:
            raise AlreadyExistsError(
                None,
                None,
                "There appears to be a concurrent caching iterator running - cache lockfile "
                f"already exists ('{self._lock}'). If you are sure no other running TF "
                "computations are using this cache prefix, delete the lockfile and re-initialize "
                "the iterator.",
            ) from None

    def add(self, element: Element) -> None:
        for component, value in enumerate(element):
            self._bundle.add(_key(self._count, component, len(element)), np.asarray(value))
        self._count += 1

    def finish(self) -> None:
        """Makes the files appear."""
        self._given_up.detach()
        self._bundle.__exit__(None)
        os.remove(self._lock)


def _give_up(writer: BundleWriter, lock: str) -> None:
    writer.__exit__(GeneratorExit)
    if os.path.exists(lock):
        os.remove(lock)


class Reader:
    """Elements of finished files; `len` is how many there are."""

    def __init__(self, filename: str):
        self._reader = CheckpointReader(filename)
        keys = list(self._reader.get_variable_to_shape_map())
        self._components = 1 + max((int(key.split("_")[1]) for key in keys), default=0)
        self._items = len(keys) // self._components

    def __len__(self) -> int:
        return self._items

    def element(self, item: int) -> Element:
        keys = (_key(item, component, self._components) for component in range(self._components))
        return tuple([np.asarray(self._reader.read(key)) for key in keys])
