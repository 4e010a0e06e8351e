"""Dicts whose values are dependencies, named by their keys."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, NoReturn

from stillflow.tracking.assigning import (
    NoDependency,
    sticky_attribute_assignment,
    wrap_or_unwrap,
)
from stillflow.tracking.containers import TrackableDataStructure
from stillflow.tracking.lists import UNWRAPPING
from stillflow.tracking.trackable import Trackable


class TrackableMapping(TrackableDataStructure, Mapping):
    """A dict that only grows, from strings to trackable objects.

    Raises:
      TypeError: a key is no string.
      ValueError: a value cannot be tracked, or would replace another.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__()
        self._storage: dict[str, Any] = {}
        self.update(*args, **kwargs)

    @property
    def _values(self) -> list[Any]:
        return [value for _, value in sorted(self._storage.items(), key=lambda item: item[0])]

    def __copy__(self) -> Any:
        return type(self)(copy.copy(self._storage))

    def __deepcopy__(self, memo: dict) -> Any:
        return type(self)(copy.deepcopy(self._storage, memo))

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(f"Mapping accepts only string keys, but got a key {key!r}.")
        value = self._track_value(value, name=key)
        before = self._storage.setdefault(key, value)
        if before is not value:
            raise ValueError(
                "Mappings are an append-only data structure. Tried to overwrite the key "
                f"'{key}' with value {value}, but it already contains {before}"
            )

    def update(self, *args: Any, **kwargs: Any) -> None:
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def __getitem__(self, key: str) -> Any:
        return self._storage[key]

    def __len__(self) -> int:
        return len(self._storage)

    def __iter__(self) -> Iterator[str]:
        return iter(self._storage)

    def __repr__(self) -> str:
        return f"Mapping({self._storage!r})"


_ADict: Any = dict  # which it is to those who ask; the elements are in `__wrapped__`


class DictWrapper(TrackableDataStructure, MutableMapping, _ADict):
    """What a dict becomes that is set to an attribute: the dict, whose values are dependencies.

    Keys and values of any kind are allowed. A trackable value of a key that is no string, and a
    change of the dict itself, past the wrapper, let the next save fail.
    """

    def __init__(self, wrapped_dict: Any = None):
        super().__init__()
        wrapped: Any = {} if wrapped_dict is None else wrapped_dict
        if not isinstance(wrapped, Mapping):
            wrapped = dict(wrapped)
        self.__wrapped__: Any = wrapped
        self._non_string_key = False
        self._external_modification = False
        self.__wrapped__.update(
            {key: self._track_value(value, key) for key, value in self.__wrapped__.items()}
        )
        self._snapshot: dict | None = None
        self._update_snapshot()

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # of an OrderedDict too
        return type(self.__wrapped__)

    @property
    def _values(self) -> list[Any]:
        return [value for _, value in sorted(self.__wrapped__.items(), key=lambda item: item[0])]

    def _track_value(self, value: Any, name: Any) -> Any:
        is_named = isinstance(name, str)
        try:
            tracked = super()._track_value(value, name if is_named else "-non_string_key")
        except ValueError:
            return sticky_attribute_assignment(trackable=self, value=value, name=name)
        if not is_named and not isinstance(value, NoDependency):
            self._non_string_key = True
        return tracked

    def _copied(self, wrapped: Any) -> DictWrapper:
        copied = DictWrapper(wrapped)
        copied._external_modification = self._external_modification
        copied._non_string_key = self._non_string_key
        return copied

    def copy(self) -> DictWrapper:
        return self._copied(copy.copy(self.__wrapped__))

    def __copy__(self) -> DictWrapper:
        return self.copy()

    def __deepcopy__(self, memo: dict) -> DictWrapper:
        return self._copied(copy.deepcopy(self.__wrapped__, memo))

    def __reduce_ex__(self, protocol: Any) -> tuple:
        return DictWrapper, (self.__wrapped__,)

    # What cannot be restored ----------------------------------------------------------------------

    @property
    def _checkpoint_dependencies(self) -> list[Any]:
        """ValueError where a restore could not follow."""
        self._check_external_modification()
        if self._non_string_key:
            self._refuse(
                "The wrapped dictionary contains a non-string key which maps to a trackable object "
                "or mutable data structure."
            )
        if self._external_modification:
            self._refuse(
                "The wrapped dictionary was modified outside the wrapper (its final value was "
                f"{self}, its value when a checkpoint dependency was added was "
                f"{self._snapshot}), which breaks restoration on object creation."
            )
        return super()._checkpoint_dependencies

    def _refuse(self, why: str) -> NoReturn:
        raise ValueError(
            f"Unable to save the object {self} (a dictionary wrapper constructed automatically on "
            f"attribute assignment). {why}{UNWRAPPING.format('dictionary')}"
        )

    def _check_external_modification(self) -> None:
        if not self._is_spoilt() and self.__wrapped__ != self._snapshot:
            self._external_modification = True

    def _update_snapshot(self) -> None:
        if not self._is_spoilt():
            self._snapshot = dict(self.__wrapped__)

    def _is_spoilt(self) -> bool:
        return self._external_modification or self._non_string_key

    # As a dict ------------------------------------------------------------------------------------

    def __setitem__(self, key: Any, value: Any) -> None:
        self._check_external_modification()
        if isinstance(key, str):
            kept = self._track_value(value, key)
        else:
            kept = wrap_or_unwrap(value)
            if isinstance(kept, Trackable) and not isinstance(value, NoDependency):
                self._non_string_key = True
        self.__wrapped__[key] = kept
        self._update_snapshot()

    def __delitem__(self, key: Any) -> None:
        self._check_external_modification()
        del self.__wrapped__[key]
        self._update_snapshot()

    # As in TensorFlow these change the dict past the wrapper.

    def pop(self, *args: Any) -> Any:
        return self.__wrapped__.pop(*args)

    def popitem(self) -> tuple[Any, Any]:
        item: tuple[Any, Any] = self.__wrapped__.popitem()
        return item

    def clear(self) -> None:
        self.__wrapped__.clear()

    def __getitem__(self, key: Any) -> Any:
        return self.__wrapped__[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.__wrapped__)

    def __len__(self) -> int:
        return len(self.__wrapped__)

    def __contains__(self, key: Any) -> bool:
        return key in self.__wrapped__

    def __getattr__(self, name: str) -> Any:
        """Methods that the dict alone has, as an OrderedDict's."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.__wrapped__, name)

    def __eq__(self, other: object) -> bool:
        return self.__wrapped__ == (other.__wrapped__ if type(other) is DictWrapper else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        raise TypeError("unhashable type: 'DictWrapper'")

    def __str__(self) -> str:
        return str(self.__wrapped__)

    def __repr__(self) -> str:
        return f"DictWrapper({self.__wrapped__!r})"
