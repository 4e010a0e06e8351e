"""What tests in eager mode get: values of tensors, and what stands for a session."""

from __future__ import annotations

from typing import Any

from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor


def value_of(item: Any) -> Any:
    """Tensors, variables and nests of them as arrays; what can be called as what it gives.

    Raises:
      ValueError: something has no value.
    """
    if item is None:
        return None
    if isinstance(item, (Tensor, IndexedSlices)) or hasattr(item, "_in_graph_mode"):
        return _fetched(item)
    if isinstance(item, dict):
        return type(item)((key, value_of(value)) for key, value in item.items())
    if isinstance(item, (list, tuple)):
        values = [value_of(part) for part in item]
        return type(item)(*values) if hasattr(item, "_fields") else type(item)(values)
    if hasattr(item, "fetch_parts"):
        return _fetched(item)
    if callable(item):
        return value_of(item())
    if hasattr(item, "numpy"):
        return item.numpy()
    raise ValueError(f"Unsupported type {type(item)}.")


def _fetched(item: Any) -> Any:
    """As a session gives it."""
    if hasattr(item, "fetch_parts"):
        return item.from_fetched([part.numpy() for part in item.fetch_parts()])
    return item.numpy()


class EagerSession:
    """Stands for a session in tests that run in both modes."""

    def __init__(self, test: Any):
        self._test = test

    def run(self, fetches: Any, feed_dict: dict | None = None) -> Any:
        """The values of `fetches`.

        Raises:
          ValueError: something is fed.
        """
        if feed_dict:
            raise NotImplementedError("Nothing can be fed when eager execution is enabled.")
        return value_of(fetches)

    def close(self) -> None:
        """Nothing to close."""
