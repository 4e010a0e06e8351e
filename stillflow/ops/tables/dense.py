"""A table in two arrays of buckets, as checkpoints hold it. Knows no op and no run.

A key is in the first bucket, from the one that its hash names onward in growing steps, that was
free when it came. What is exported is the buckets, the free ones among them, so their order is
TensorFlow's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import InternalError
from stillflow.ops.tables.table import Shape, Table

_MASK = (1 << 64) - 1
_LEAST_BUCKETS = 4

Key = tuple[Any, ...]


class DenseTable(Table):
    """Keys and values are scalars, or vectors of one length each."""

    def __init__(
        self,
        name: str,
        key_dtype: DType,
        value_dtype: DType,
        value_shape: Shape,
        buckets: int,
        most_filled: float,
    ):
        """`most_filled` is the part of the buckets that may be used before there are more."""
        super().__init__(name, key_dtype, value_dtype)
        self.value_shape = value_shape
        self._most_filled = float(np.float32(most_filled))
        self._empty: Key | None = None
        self._deleted: Key = ()
        self._keys: list[Key] = []
        self._allocate(buckets)

    def set_up(self, empty_key: np.ndarray, deleted_key: np.ndarray) -> None:
        """Says which keys stand for buckets that are free, and were; the first time counts."""
        with self.changed:
            if self._empty is not None:
                return
            if empty_key.ndim > 1:
                refuse(
                    "Empty key must be a scalar or a vector, got shape "
                    f"{format_sizes(empty_key.shape)}"
                )
            if empty_key.shape != deleted_key.shape:
                refuse(
                    "Empty and deleted keys must have same shape, got shapes: "
                    f"{format_sizes(empty_key.shape)} and {format_sizes(deleted_key.shape)}"
                )
            empty, deleted = _keys(empty_key, 1)[0], _keys(deleted_key, 1)[0]
            if empty == deleted:
                refuse("Empty and deleted keys cannot be equal")
            self.key_shape = empty_key.shape
            self._empty, self._deleted = empty, deleted
            self._allocate(len(self._keys))

    def size(self) -> int:
        return self._count

    def find(self, keys: np.ndarray, default: np.ndarray) -> np.ndarray:
        found_shape = self.found_shape(keys)
        wanted = self._rows(keys)
        found: np.ndarray = np.empty((len(wanted), self._width), self.value_dtype.stored_as)
        found[:] = default.reshape(1, -1)
        with self.changed:
            for row, key in enumerate(wanted):
                at = self._place(key, "lookup")
                if self._keys[at] == key:
                    found[row] = self._values[at]
        return found.reshape(found_shape)

    def insert(self, keys: np.ndarray, values: np.ndarray) -> None:
        new = self._rows(keys)
        with self.changed:
            # Taken to be new keys all, as TensorFlow does.
            wanted, buckets = self._count + len(new), len(self._keys)
            while wanted > buckets * self._most_filled:
                buckets *= 2
            if buckets != len(self._keys):
                self._grow(buckets)
            self._put(new, values.reshape(len(new), self._width))

    def remove(self, keys: np.ndarray) -> None:
        gone = self._rows(keys)
        with self.changed:
            for key in gone:
                at = self._place(key, "remove")
                if self._keys[at] == key:
                    self._keys[at] = self._deleted
                    self._count -= 1

    def check_import(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Buckets are vectors, of one element where keys or values are scalars."""
        self.check_keys(keys)
        rank = max(1, len(self.key_shape))
        wanted = keys.shape[: keys.ndim - rank] + (self.value_shape or (1,))
        if values.shape != wanted:
            refuse(
                f"Expected shape {format_sizes(wanted)} for value, got {format_sizes(values.shape)}"
            )

    def fill(self, keys: np.ndarray, values: np.ndarray) -> None:
        own = list(map(tuple, keys.tolist()))
        free = (self._empty, self._deleted)
        with self.changed:
            self._keys, self._values = own, np.array(values)
            self._count = sum(key not in free for key in own)

    def export(self) -> tuple[np.ndarray, np.ndarray]:
        with self.changed:
            sizes = len(self._keys), len(self._empty or ())
            keys: np.ndarray = np.empty(sizes, self.key_dtype.stored_as)
            keys[:] = self._keys
            return keys, np.array(self._values)

    # ----------------------------------------------------------------------------------------------

    @property
    def _width(self) -> int:
        return int(np.prod(self.value_shape))

    def _rows(self, keys: np.ndarray) -> list[Key]:
        """The keys, one in a row."""
        count = len(keys) if keys.ndim else 1
        size = int(np.prod(self.key_shape))
        if keys.size != count * size:
            wanted = format_sizes((count, *self.key_shape))
            refuse(f"Expected key shape {wanted} got {format_sizes(keys.shape)}")
        return _keys(keys, count)

    def _allocate(self, buckets: int) -> None:
        if buckets < _LEAST_BUCKETS or buckets & (buckets - 1):
            refuse(f"Number of buckets must be at least 4 and a power of 2, got: {buckets}")
        self._count = 0
        self._keys = [self._empty or ()] * buckets
        zero: Any = b"" if self.value_dtype.name == "string" else 0
        self._values = np.full((buckets, self._width), zero, self.value_dtype.stored_as)

    def _grow(self, buckets: int) -> None:
        keys, values = self._keys, self._values
        self._allocate(buckets)
        used = [at for at, key in enumerate(keys) if key not in (self._empty, self._deleted)]
        self._put([keys[at] for at in used], values[used])

    def _put(self, keys: Iterable[Key], values: np.ndarray) -> None:
        free = (self._empty, self._deleted)
        for key, value in zip(keys, values, strict=True):
            at = self._place(key, "insert", takes_deleted=True)
            if self._keys[at] in free:
                self._keys[at] = key
                self._count += 1
            self._values[at] = value

    def _place(self, key: Key, what: str, takes_deleted: bool = False) -> int:
        """The bucket that has `key`, or the first that is free for it."""
        for name, own in (("empty_key", self._empty), ("deleted_key", self._deleted)):
            if key == own:
                refuse(f"Using the {name} as a table key is not allowed")
        for at in _probed(_hash(key), len(self._keys)):
            there = self._keys[at]
            if there == key or there == self._empty or (takes_deleted and there == self._deleted):
                return at
        raise InternalError(None, None, f"Internal error in MutableDenseHashTable {what}")


def _keys(array: np.ndarray, count: int) -> list[Key]:
    return list(map(tuple, array.reshape(count, -1).tolist()))


def _probed(hashed: int, buckets: int) -> Iterator[int]:
    """The buckets in which a key of that hash may be, the likeliest first."""
    at = hashed & (buckets - 1)
    for step in range(1, buckets + 1):
        yield at
        at = (at + step) & (buckets - 1)


def _hash(key: Key) -> int:
    hashes = _hashes_of_text(key) if isinstance(key[0], bytes) else key
    if len(key) == 1:
        return hashes[0] & _MASK
    result = 0
    for part in hashes:
        mixed = (part & _MASK) + 0x9E3779B97F4A7800 + (result << 10) + (result >> 4)
        result ^= mixed & _MASK
    return result


def _hashes_of_text(key: Key) -> tuple[int, ...]:
    from stillflow.ops.strings.hashes import murmur  # few tables of this kind have such keys

    return tuple(murmur.hashed(list(key)).tolist())
