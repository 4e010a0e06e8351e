"""What an op gives for many rows at once: its kernel, called once for all of them.

A rule in an op's declaration (`rows`) computes, from inputs of which some are stacked along a new
first axis, what the kernel would give for each row by itself, stacked: bit for bit the same, or
else the op has no such rule. It gives NotImplemented where it cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Rows:
    """A call of a kernel.

    fn: `fn(*inputs, **attrs)`, the kernel.
    inputs: arrays: those that are `stacked` have a new first axis, of `count`.
    attrs: its attributes.
    """

    fn: Callable[..., Any]
    inputs: Sequence[np.ndarray]
    stacked: Sequence[bool]
    count: int
    attrs: dict[str, Any]

    @property
    def only_first(self) -> bool:
        """Whether the first input is stacked and no other."""
        return self.stacked[0] and not any(self.stacked[1:])

    def repeated(self, index: int) -> np.ndarray:
        """An input with a first axis of `count`."""
        value = self.inputs[index]
        return value if self.stacked[index] else repeated(value, self.count)

    def call(self, *inputs: Any, **changed: Any) -> Any:
        """What the kernel gives for these inputs, with some attributes changed."""
        return self.fn(*inputs, **{**self.attrs, **changed})


Rule = Callable[[Rows], Any]


def elementwise(rows: Rows) -> Any:
    """For kernels that compute each element from those at its place, after broadcasting."""
    pairs = list(zip(rows.inputs, rows.stacked, strict=True))
    rank = max(value.ndim - stacked for value, stacked in pairs)
    return rows.call(*(_aligned(value, rank) if stacked else value for value, stacked in pairs))


def _aligned(value: np.ndarray, rank: int) -> np.ndarray:
    """Stacked rows as rows of at least `rank` axes."""
    missing = rank - (value.ndim - 1)
    if missing <= 0:
        return value
    return value.reshape(value.shape[0], *(1,) * missing, *value.shape[1:])


def of_shape(rows: Rows) -> Any:
    """For kernels that look at shapes only; what they give is the same for all rows."""
    first = [
        np.broadcast_to(np.zeros((), value.dtype), value.shape[1:]) if stacked else value
        for value, stacked in zip(rows.inputs, rows.stacked, strict=True)
    ]
    return repeated(rows.call(*first), rows.count)


def repeated(value: Any, count: int) -> np.ndarray:
    """n[...] -> n[count, ...]"""
    array = np.asarray(value)
    return np.broadcast_to(array, (count, *array.shape))
