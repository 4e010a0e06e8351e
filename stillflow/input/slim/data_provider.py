"""What gives the items of one example of a data set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class DataProvider:
    """Base of providers, which have a tensor for each item."""

    def __init__(self, items_to_tensors: Mapping[str, Any], num_samples: int | None):
        self._items_to_tensors = items_to_tensors
        self._num_samples = num_samples

    def get(self, items: Any) -> list[Any]:
        """Returns the tensors of items.

        Raises:
          ValueError: `items` is no list, or one of them is not there.
        """
        if not isinstance(items, (list, tuple)):
            raise ValueError("items must be a list or tuple")
        valid = self.list_items()
        for item in items:
            if item not in valid:
                raise ValueError(f"Item [{item}] is invalid. Valid entries include: {valid}")
        return [self._items_to_tensors[item] for item in items]

    def list_items(self) -> Iterable[str]:
        """Returns the names of all items."""
        return self._items_to_tensors.keys()

    def num_samples(self) -> int | None:
        """Returns how many examples there are."""
        return self._num_samples
