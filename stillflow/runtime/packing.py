"""Small variables that a compiled run updates, side by side in one buffer.

Calling compiled code costs about as much per argument as a small step's arithmetic: with fourteen
variables of a few numbers each, one buffer is five times as fast as fourteen. Compiled code takes
the buffer apart and puts it together again, which fuses with the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import numpy as np

from stillflow.graph.operation import Operation
from stillflow.runtime import platforms
from stillflow.runtime.variables import declared_dtype, declared_shape


class Pack:
    """The layout of some variables of one type, and the buffer that holds them between runs."""

    def __init__(self, shapes: dict[int, tuple[int, ...]]):
        """`shapes` of the variables, by their slots in the plan."""
        self.slots = list(shapes)
        self.buffer: Any = None
        self._frozen: Frozen | None = None
        self.values: list[PackedValue] = []
        start = 0
        for shape in shapes.values():
            value = PackedValue(self, start, shape)
            self.values.append(value)
            start = value.stop

    def take(self, slots: Sequence[Any]) -> Any:
        """The buffer with the values in `slots`: the kept one, unless another run wrote some."""
        return self.buffer if self.holds(slots) else self._assembled(slots)

    def holds(self, slots: Sequence[Any]) -> bool:
        """Whether the kept buffer has the values in `slots`."""
        for slot, value in zip(self.slots, self.values, strict=True):
            if slots[slot] is not value:
                return False
        return True

    def frozen(self) -> Frozen:
        """The buffer as it is now, which whoever uses it keeps from being given up."""
        if self._frozen is None or self._frozen.buffer is not self.buffer:
            self._frozen = Frozen(self.buffer, self.values)
        return self._frozen

    def _assembled(self, slots: Sequence[Any]) -> np.ndarray:
        arrays = [np.asarray(slots[slot]) for slot in self.slots]
        return np.concatenate([np.ravel(array) for array in arrays])

    def keep(self, buffer: Any, slots: list[Any]) -> None:
        """Has `slots` hold the values in `buffer`, which the next run may `take`."""
        self.buffer = buffer
        for slot, value in zip(self.slots, self.values, strict=True):
            slots[slot] = value


class Frozen:
    """A buffer of a `Pack` at one moment."""

    def __init__(self, buffer: Any, values: Sequence[PackedValue]):
        self.buffer = buffer
        self._places = tuple((value.start, value.stop, value.shape) for value in values)
        self._parts: dict[int, Any] = {}

    def frozen(self) -> Frozen:
        return self

    def part(self, value: PackedValue, cut: Callable[[Any, Hashable], list[Any]]) -> Any:
        """`value` as an array of its own: one of those that `cut(buffer, places)` gives."""
        if not self._parts:
            starts = (start for start, *_ in self._places)
            self._parts = dict(zip(starts, cut(self.buffer, self._places), strict=True))
        return self._parts[value.start]


class PackedValue:
    """A variable's value inside the buffer of a `Pack`; `np.asarray` copies it out."""

    __slots__ = ("pack", "shape", "start", "stop")

    def __init__(self, pack: Pack | Frozen, start: int, shape: tuple[int, ...]):
        self.pack = pack
        self.start = start
        self.stop = start + int(np.prod(shape, dtype=np.int64))
        self.shape = shape

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        values = np.asarray(self.pack.buffer)[self.start : self.stop]
        return values.reshape(self.shape).astype(dtype or values.dtype, copy=True)


def packs(variables: Iterable[tuple[int, Operation]]) -> list[Pack]:
    """Packs for those of `variables`, given with their slots, that are small: one for each type."""
    most = platforms.current().packed_elements
    by_type: dict[Any, dict[int, tuple[int, ...]]] = {}
    for slot, variable in variables:
        shape = declared_shape(variable)
        elements = shape.num_elements()
        if elements is not None and elements <= most:
            sizes = tuple(size or 0 for size in shape.as_list())
            by_type.setdefault(declared_dtype(variable), {})[slot] = sizes
    return [Pack(shapes) for shapes in by_type.values() if len(shapes) > 1]
