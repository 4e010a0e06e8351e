"""Values of variant tensors that can be added: gradients of them are sums, or zeros."""

from __future__ import annotations

from typing import Any, Self

from stillflow.declare.resources import Handle


class Additive(Handle):
    """Base of what a variant tensor holds that has zeros and sums."""

    def zeros(self, zeros_like: Any) -> Self:
        """Zeros like the values: never `self`, which would say that it is passed on in every
        run."""
        raise NotImplementedError

    def plus(self, other: Self) -> Self:
        """The sums of the values."""
        raise NotImplementedError


def zeros(value: Any, zeros_like: Any) -> Any:
    """Zeros like one component."""
    return value.zeros(zeros_like) if isinstance(value, Additive) else zeros_like(value)


def total(a: Any, b: Any) -> Any:
    """The sum of two components."""
    return a.plus(b) if isinstance(a, Additive) else a + b
