"""The named collections of a graph: lists of what a program wants to find again."""

from __future__ import annotations

import re
from typing import Any


class Collections:
    """The part of a graph that knows nothing of operations."""

    def __init__(self) -> None:
        super().__init__()
        self._collections: dict[Any, list] = {}

    def _check_not_finalized(self) -> None:
        """RuntimeError when nothing may be added any more."""
        raise NotImplementedError

    def add_to_collection(self, name: Any, value: Any) -> None:
        self._check_not_finalized()
        self._collections.setdefault(name, []).append(value)

    def add_to_collections(self, names: Any, value: Any) -> None:
        """Adds `value` once to each collection in `names`, which may be a single name."""
        for name in dict.fromkeys((names,) if isinstance(names, str) else names):
            self.add_to_collection(name, value)

    def get_collection_ref(self, name: Any) -> list:
        """Returns the collection itself: changing the list changes the graph."""
        return self._collections.setdefault(name, [])

    def get_collection(self, name: Any, scope: str | None = None) -> list:
        """Returns a copy; with the regex `scope`, only of what has a name that it matches."""
        items = self._collections.get(name, [])
        if scope is None:
            return list(items)
        starts = re.compile(scope)
        return [item for item in items if hasattr(item, "name") and starts.match(item.name)]

    def get_all_collection_keys(self) -> list:
        return [key for key in self._collections if isinstance(key, str)]

    @property
    def collections(self) -> list:
        return self.get_all_collection_keys()

    def clear_collection(self, name: Any) -> None:
        self._check_not_finalized()
        self._collections.pop(name, None)
