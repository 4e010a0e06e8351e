"""Elements in files: a checkpoint with a tensor for each component of each element.

A lockfile says that somebody is writing. TensorFlow's own caches are read, and it reads these.
"""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Sequence

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

    It goes on behind `count` elements that are in `shards` files, each of which `cut` finished.

    Raises:
      AlreadyExistsError: another one has begun to write them.
    """

    def __init__(self, filename: str, shards: int = 0, count: int = 0):
        self._filename = filename
        self._shards = shards
        self.count = count
        self._begin()

    def _begin(self) -> None:
        self._is_empty = True
        path = f"{self._filename}_{self._shards}"
        lock = f"{path}.lockfile"
        with os_errors_as_tf(self._filename):
            _take_lock(lock)
        self._lock, self._bundle = lock, BundleWriter(path)
        self._given_up = weakref.finalize(self, _give_up, self._bundle, lock)

    def add(self, element: Element) -> None:
        for component, value in enumerate(element):
            self._bundle.add(_key(self.count, component, len(element)), np.asarray(value))
        self.count += 1
        self._is_empty = False

    def cut(self) -> list[int]:
        """How many files there are, and elements in them; all that were added are."""
        if not self._is_empty:
            self._end()
            self._begin()
        return [self._shards, self.count]

    def _end(self) -> None:
        self._given_up.detach()
        self._bundle.__exit__(None)
        os.remove(self._lock)
        self._shards += 1

    def finish(self) -> None:
        """Makes the files appear."""
        self._end()
        paths = [f"{self._filename}_{shard}" for shard in range(self._shards)]
        if len(paths) > 1:
            _merge(paths, self._filename)
            return
        for ending in (".data-00000-of-00001", ".index"):
            if os.path.exists(paths[0] + ending):
                os.replace(paths[0] + ending, self._filename + ending)


def _take_lock(lock: str) -> None:
    try:
        with open(lock, "x", encoding="utf-8") as file:
            file.write(f"Created at: {int(time.time())}")
    except FileExistsError:
        raise AlreadyExistsError(
            None,
            None,
            "There appears to be a concurrent caching iterator running - cache lockfile "
            f"already exists ('{lock}'). If you are sure no other running TF "
            "computations are using this cache prefix, delete the lockfile and re-initialize "
            "the iterator.",
        ) from None


def _merge(paths: Sequence[str], filename: str) -> None:
    """Writes what is in several files to one, and removes them."""
    with BundleWriter(filename) as bundle:
        for path in paths:
            reader = CheckpointReader(path)
            for key in sorted(reader.get_variable_to_shape_map()):
                bundle.add(key, np.asarray(reader.read(key)))
    for path in paths:
        for ending in (".data-00000-of-00001", ".index"):
            if os.path.exists(path + ending):
                os.remove(path + ending)


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
