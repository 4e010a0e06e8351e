"""What kinds of objects are, or stand for, tensors of a graph."""

from __future__ import annotations

from typing import Any


class TensorLike:
    """Base of Tensor, SparseTensor and IndexedSlices, for programs that ask by `isinstance`."""

    __slots__ = ()

    @property
    def _shown_name(self) -> str:
        """What errors call it."""
        name: str = self.name  # type: ignore[attr-defined]
        return name


def stood_for(obj: Any) -> Any:
    """The tensor or operation that `obj` says to stand for, as a variable does; None of others."""
    convert = getattr(obj, "_as_graph_element", None)
    return None if convert is None else convert()
