"""Tables in a session: what each key has as its value. Knows no op and no run.

Keys and values go in and out as arrays; inside they are Python's numbers and bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import repeat
from typing import Any, NoReturn

import numpy as np

from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Resource
from stillflow.declare.shapes import format_sizes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import (
    AbortedError,
    FailedPreconditionError,
    UnimplementedError,
)
from stillflow.graph.text import as_str_any

Shape = tuple[int, ...]


class Table(Resource):
    """Base of all tables: keys of `key_dtype`, each with a value of `value_dtype`."""

    key_shape: Shape = ()
    value_shape: Shape = ()

    def __init__(self, name: str, key_dtype: DType, value_dtype: DType):
        super().__init__(name)
        self.key_dtype = key_dtype
        self.value_dtype = value_dtype

    def check_node(self, key_dtype: DType, value_dtype: DType) -> None:
        """Refuses a node that shares this table, but declares another."""
        if (key_dtype, value_dtype) != (self.key_dtype, self.value_dtype):
            refuse(
                f"Conflicting key/value dtypes {_names(key_dtype, '->', value_dtype)} with "
                f"{_names(self.key_dtype, '-', self.value_dtype)} for table {self.name}"
            )

    def check_keys(self, keys: np.ndarray) -> None:
        rank = len(self.key_shape)
        if keys.shape[keys.ndim - rank :] != self.key_shape or keys.ndim < rank:
            refuse(
                f"Input key shape {format_sizes(keys.shape)} must end with the table's key shape "
                f"{format_sizes(self.key_shape)}"
            )

    def check_values(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Refuses `values` that are not one for each of `keys`."""
        self.check_keys(keys)
        wanted = self.found_shape(keys)
        if values.shape != wanted:
            refuse(
                f"Expected shape {format_sizes(wanted)} for value, got {format_sizes(values.shape)}"
            )

    def check_import(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Refuses what cannot be imported."""
        self.check_values(keys, values)

    def check_default(self, default: np.ndarray) -> None:
        if default.shape != self.value_shape:
            refuse(
                f"Expected shape {format_sizes(self.value_shape)} for default value, got "
                f"{format_sizes(default.shape)}"
            )

    def found_shape(self, keys: np.ndarray) -> Shape:
        """The shape of what is found for `keys`."""
        return keys.shape[: keys.ndim - len(self.key_shape)] + self.value_shape

    # What ops do ----------------------------------------------------------------------------------

    def size(self) -> int:
        raise NotImplementedError

    def find(self, keys: np.ndarray, default: np.ndarray) -> np.ndarray:
        """The value of each key, `default` for keys that have none."""
        raise NotImplementedError

    def insert(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Gives keys values; of a key that occurs twice the last value counts."""
        raise NotImplementedError

    def remove(self, keys: np.ndarray) -> None:
        """Takes keys away, if they are there."""
        raise NotImplementedError

    def fill(self, keys: np.ndarray, values: np.ndarray) -> None:
        """What is imported is all that the table then holds."""
        raise NotImplementedError

    def initialize(self, entries: Iterable[tuple[Any, Any]], count: int | None = None) -> None:
        """Fills a table whose entries do not change; `count` is that of the entries, if known."""
        refuse(f"Table {self.name} is not initializable")

    def export(self) -> tuple[np.ndarray, np.ndarray]:
        """Keys and values."""
        raise NotImplementedError


def listed(array: np.ndarray) -> list[Any]:
    """The elements as Python's own."""
    return array.ravel().tolist()


def arranged(values: Iterable[Any], dtype: DType, shape: Shape) -> np.ndarray:
    """An array of scalars, as many as `shape` has."""
    return np.fromiter(values, dtype.stored_as, math.prod(shape)).reshape(shape)


class HashTable(Table):
    """A table that is initialized once."""

    def __init__(self, name: str, key_dtype: DType, value_dtype: DType):
        super().__init__(name, key_dtype, value_dtype)
        self._entries: dict[Any, Any] | None = None

    @property
    def is_initialized(self) -> bool:
        return self._entries is not None

    def size(self) -> int:
        return len(self._entries or ())

    def find(self, keys: np.ndarray, default: np.ndarray) -> np.ndarray:
        if self._entries is None:
            raise FailedPreconditionError(
                None,
                None,
                "Table not initialized.\n  Run sess.run(tf.tables_initializer()) first.",
            )
        find, other = self._entries.get, default.item()
        return arranged(map(find, listed(keys), repeat(other)), self.value_dtype, keys.shape)

    def insert(self, keys: np.ndarray, values: np.ndarray) -> None:
        _cannot("Insert")

    def remove(self, keys: np.ndarray) -> None:
        _cannot("Remove")

    def fill(self, keys: np.ndarray, values: np.ndarray) -> None:
        if keys.shape != values.shape:
            refuse(
                "keys and values should have the same dimension."
                f"{format_sizes(keys.shape)} vs {format_sizes(values.shape)}"
            )
        if not keys.size:
            refuse("keys and values cannot be empty tensors.")
        self.initialize(zip(listed(keys), listed(values), strict=True), keys.size)

    def initialize(self, entries: Iterable[tuple[Any, Any]], count: int | None = None) -> None:
        with self.changed:
            if self._entries is None:
                self._entries = _distinct(entries)
            elif len(self._entries) != (sum(1 for _ in entries) if count is None else count):
                raise FailedPreconditionError(
                    None, None, "Table was already initialized with different data."
                )

    def export(self) -> tuple[np.ndarray, np.ndarray]:
        if self._entries is None:
            raise AbortedError(None, None, "HashTable is not initialized.")
        shape = (len(self._entries),)
        keys = arranged(self._entries, self.key_dtype, shape)
        return keys, arranged(self._entries.values(), self.value_dtype, shape)


class MutableTable(Table):
    """A table whose values are scalars, or else vectors of one length."""

    def __init__(self, name: str, key_dtype: DType, value_dtype: DType, value_shape: Shape = ()):
        super().__init__(name, key_dtype, value_dtype)
        self.value_shape = value_shape
        # A value that is a vector is an array.
        self._entries: dict[Any, Any] = {}

    def size(self) -> int:
        return len(self._entries)

    def find(self, keys: np.ndarray, default: np.ndarray) -> np.ndarray:
        other = default if self.value_shape else default.item()
        with self.changed:
            find = self._entries.get
            values = list(map(find, listed(keys), repeat(other)))
        return self._together(values, self.found_shape(keys))

    def insert(self, keys: np.ndarray, values: np.ndarray) -> None:
        entries = zip(listed(keys), self._apart(values), strict=True)
        with self.changed:
            self._entries.update(entries)

    def remove(self, keys: np.ndarray) -> None:
        with self.changed:
            for key in listed(keys):
                self._entries.pop(key, None)

    def fill(self, keys: np.ndarray, values: np.ndarray) -> None:
        entries = dict(zip(listed(keys), self._apart(values), strict=True))
        with self.changed:
            self._entries = entries

    def export(self) -> tuple[np.ndarray, np.ndarray]:
        with self.changed:
            keys, values = list(self._entries), list(self._entries.values())
        shape = (len(keys),)
        return arranged(keys, self.key_dtype, shape), self._together(
            values, shape + self.value_shape
        )

    def _apart(self, values: np.ndarray) -> list[Any]:
        if not self.value_shape:
            return listed(values)
        return list(np.array(values).reshape(-1, *self.value_shape))

    def _together(self, values: list[Any], shape: Shape) -> np.ndarray:
        if self.value_shape and values:
            return np.stack(values).reshape(shape)
        return arranged(values, self.value_dtype, shape)


def _distinct(entries: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """All of `entries`; fails for a key that has two values."""
    found: dict[Any, Any] = {}
    for key, value in entries:
        before = found.setdefault(key, value)
        if before != value:
            raise FailedPreconditionError(
                None,
                None,
                f"HashTable has different value for same key. Key {as_str_any(key)} has "
                f"{as_str_any(before)} and trying to add value {as_str_any(value)}",
            )
    return found


def _cannot(what: str) -> NoReturn:
    raise UnimplementedError(
        None, None, f"{what} not supported by InitializableLookupTable implementations"
    )


def _names(key: DType, between: str, value: DType) -> str:
    return f"{key.runtime_name}{between}{value.runtime_name}"
