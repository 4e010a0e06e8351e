"""The value of a variant tensor: some tensors' values, or none."""

from __future__ import annotations

from typing import Any

from stillflow.declare.additive import Additive, total, zeros
from stillflow.declare.refusing import refuse


class Optional(Additive):
    """The values of tensors, which may be absent.

    Attributes:
      values: None where they are.
    """

    def __init__(self, values: tuple[Any, ...] | None):
        self.values = values

    def zeros(self, zeros_like: Any) -> Optional:
        """Zeros like the values, absent where these are."""
        if self.values is None:
            return Optional(None)
        return Optional(tuple(zeros(value, zeros_like) for value in self.values))

    def plus(self, other: Optional) -> Optional:
        """The sums of the values.

        InvalidArgumentError where one is absent and the other is not, or has more values.
        """
        if self.values is None and other.values is None:
            return Optional(None)
        if self.values is None or other.values is None:
            refuse("Cannot add optionals because one has a value and the other doesn't.")
        if len(self.values) != len(other.values):
            refuse(
                "Cannot add optionals because they have different numbers of components "
                f"({len(self.values)} vs. {len(other.values)})."
            )
        pairs = zip(self.values, other.values, strict=True)
        return Optional(tuple(total(a, b) for a, b in pairs))
