"""Biases that start with a forget gate of 1: an LSTM forgets little before it has learned to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.ops.array.joining import concat
from stillflow.ops.variables import initializers


def forgets_little(initializer: Any, units: int, before: int = 1) -> Callable[..., Tensor]:
    """An initializer of 1 for the forget gate's `units`, and of `initializer` for the others.

    Args:
      before: the number of gates before that one; two are behind it.
    """

    def initial(_: Any, *args: Any, **kwargs: Any) -> Tensor:
        parts = [
            initializer((before * units,), *args, **kwargs),
            initializers.Ones()((units,), *args, **kwargs),
            initializer((2 * units,), *args, **kwargs),
        ]
        return concat(parts, 0)

    return initial
