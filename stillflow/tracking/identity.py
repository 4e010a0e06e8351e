"""Sets and dicts that tell objects apart by being, not by equality, and do not keep them alive."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any


class WeakIdentitySet:
    """Objects, each once, as long as something else holds them."""

    def __init__(self) -> None:
        self._references: dict[int, weakref.ref] = {}

    def add(self, item: Any) -> None:
        key = id(item)
        self._references[key] = weakref.ref(item, _forgetting(self, key))

    def _forget(self, key: int) -> None:
        self._references.pop(key, None)

    def __iter__(self) -> Iterator[Any]:
        alive = (reference() for reference in list(self._references.values()))
        return (item for item in alive if item is not None)


class WeakIdentityDict:
    """Values of objects, as long as something else holds these."""

    def __init__(self) -> None:
        self._values: dict[int, tuple[weakref.ref, Any]] = {}

    def setdefault(self, key: Any, default: Any) -> Any:
        number, values = id(key), self._values
        if number not in values:
            values[number] = weakref.ref(key, _forgetting(self, number)), default
        return values[number][1]

    def _forget(self, number: int) -> None:
        self._values.pop(number, None)

    def items(self) -> list[tuple[Any, Any]]:
        alive = ((reference(), value) for reference, value in list(self._values.values()))
        return [(key, value) for key, value in alive if key is not None]

    def __len__(self) -> int:
        return len(self.items())


def _forgetting(owner: Any, key: int) -> Callable[[Any], None]:
    """What is called when an object is gone; it holds `owner` weakly, so that no cycle is made."""
    weak_owner = weakref.ref(owner)

    def forget(_: Any) -> None:
        owner = weak_owner()
        if owner is not None:
            owner._forget(key)

    return forget


def without(items: Iterable[Any], others: Iterable[Any]) -> list[Any]:
    """Those of `items` that are none of `others`."""
    known = {id(other) for other in others}
    return [item for item in items if id(item) not in known]
