"""What the parts of a static shape are: `Dimension`s, as in TensorFlow 1, or Python's numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from stillflow.graph.own_code import is_asked_by_own_code
from stillflow.graph.tensor_shape import Dimension, TensorShape

_NAMES = "__iter__", "__getitem__", "__repr__", "__str__"
_of_dimensions = [getattr(TensorShape, name) for name in _NAMES]


def enable_v2_tensorshape() -> None:
    """From here on `shape[0]` and `for size in shape` give an int, or None where it is unknown."""
    _give([_iter, _getitem, _repr, _str])


def disable_v2_tensorshape() -> None:
    """From here on `shape[0]` and `for size in shape` give Dimensions."""
    _give(_of_dimensions)


def is_v2_tensorshape_enabled() -> bool:
    """Whether programs get sizes as numbers."""
    return TensorShape.__getitem__ is _getitem


def _give(methods: list[Callable]) -> None:
    for name, method in zip(_NAMES, methods, strict=True):
        setattr(TensorShape, name, method)


def _iter(self: TensorShape) -> Iterator[Any]:
    iterator = _of_dimensions[0](self)
    if is_asked_by_own_code():
        return iterator
    return (dimension.value for dimension in iterator)


def _getitem(self: TensorShape, key: Any) -> Any:
    found = _of_dimensions[1](self, key)
    is_number = isinstance(found, Dimension) and not is_asked_by_own_code()
    return found.value if is_number else found


def _repr(self: TensorShape) -> str:
    return f"TensorShape({None if self.sizes is None else list(self.sizes)})"


def _str(self: TensorShape) -> str:
    return "<unknown>" if self.sizes is None else str(self.sizes)
