"""What makes items of a record."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import Any


class DataDecoder(metaclass=abc.ABCMeta):
    """Base of decoders."""

    @abc.abstractmethod
    def decode(self, data: Any, items: Sequence[str]) -> Sequence[Any]:
        """Returns a tensor for each of `items`, of a record, string[]."""

    @abc.abstractmethod
    def list_items(self) -> Sequence[str]:
        """Returns the names of all items."""
