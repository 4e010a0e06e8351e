"""Collections that compare by identity: TensorFlow's `python.util.object_identity`.

They hold what has no hash, and tell apart what is equal.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, MutableMapping, MutableSet
from typing import Any


class IdentityWrapper:
    """Stands for an object: equal to what stands for the same one."""

    def __init__(self, wrapped: Any):
        self._wrapped = wrapped

    @property
    def unwrapped(self) -> Any:
        return self._wrapped

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, IdentityWrapper):
            raise TypeError("Cannot compare wrapped object with unwrapped object")
        return self._wrapped is other._wrapped

    def __hash__(self) -> int:
        return id(self._wrapped)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} wrapping {self._wrapped!r}>"


class WeakIdentityWrapper(IdentityWrapper):
    """Does not keep its object alive; `unwrapped` is None when that is gone."""

    def __init__(self, wrapped: Any):
        super().__init__(weakref.ref(wrapped))

    @property
    def unwrapped(self) -> Any:
        return self._wrapped()


class Reference(IdentityWrapper):
    """A reference to an object, which has a hash whatever the object is."""

    unwrapped = property()

    def deref(self) -> Any:
        """Returns the object."""
        return self._wrapped


class ObjectIdentityDictionary(MutableMapping):
    """A dict whose keys are compared with `is`."""

    _wrapper: type[IdentityWrapper] = IdentityWrapper

    def __init__(self) -> None:
        self._storage: dict[IdentityWrapper, Any] = {}

    def __getitem__(self, key: Any) -> Any:
        return self._storage[self._wrapper(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._storage[self._wrapper(key)] = value

    def __delitem__(self, key: Any) -> None:
        del self._storage[self._wrapper(key)]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Any]:
        return _living(self._storage)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._storage!r})"


class ObjectIdentityWeakKeyDictionary(ObjectIdentityDictionary):
    """One that does not keep its keys alive, and forgets those that are gone."""

    _wrapper = WeakIdentityWrapper

    def __iter__(self) -> Iterator[Any]:
        _drop_dead(self._storage, self._storage.__delitem__)
        return super().__iter__()


class ObjectIdentitySet(MutableSet):
    """A set whose elements are compared with `is`."""

    _wrapper: type[IdentityWrapper] = IdentityWrapper

    def __init__(self, items: Iterable[Any] = ()):
        self._storage = self._wrapped(items)

    def _wrapped(self, items: Iterable[Any]) -> set[IdentityWrapper]:
        return {self._wrapper(item) for item in items}

    def __contains__(self, key: Any) -> bool:
        return self._wrapper(key) in self._storage

    def add(self, value: Any) -> None:
        self._storage.add(self._wrapper(value))

    def discard(self, value: Any) -> None:
        self._storage.discard(self._wrapper(value))

    def update(self, items: Iterable[Any]) -> None:
        self._storage |= self._wrapped(items)

    def intersection(self, items: Iterable[Any]) -> set[IdentityWrapper]:
        """What is in both, still wrapped, as TensorFlow's gives it."""
        return self._storage & self._wrapped(items)

    def difference(self, items: Iterable[Any]) -> ObjectIdentitySet:
        result = ObjectIdentitySet()
        result._storage = self._storage - self._wrapped(items)
        return result

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Any]:
        return _living(self._storage)


class ObjectIdentityWeakSet(ObjectIdentitySet):
    """One that does not keep its elements alive, and forgets those that are gone."""

    _wrapper = WeakIdentityWrapper

    def __iter__(self) -> Iterator[Any]:
        _drop_dead(self._storage, self._storage.discard)
        return super().__iter__()


def _living(storage: Iterable[IdentityWrapper]) -> Iterator[Any]:
    return (wrapper.unwrapped for wrapper in list(storage))


def _drop_dead(storage: Iterable[IdentityWrapper], drop: Any) -> None:
    for wrapper in list(storage):
        if wrapper.unwrapped is None:
            drop(wrapper)
