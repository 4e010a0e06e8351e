"""What stands for a tensor or a variable where it is compared and hashed by identity."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Reference(Generic[T]):
    """`tensor.experimental_ref()`: two are equal that stand for one and the same object."""

    def __init__(self, wrapped: T):
        self._wrapped = wrapped

    def deref(self) -> T:
        """What it stands for."""
        return self._wrapped

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Reference):
            raise TypeError("Cannot compare wrapped object with unwrapped object")
        return self._wrapped is other._wrapped

    def __hash__(self) -> int:
        return id(self._wrapped)

    def __repr__(self) -> str:
        return f"<Reference wrapping {self._wrapped!r}>"
