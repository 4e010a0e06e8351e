"""On which sides of choices the values of a backward loop are.

What is built for a choice in a loop says so by its context. The gradient of a choice is of switches
that are in no context: the sides of its values follow from what they are made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.control.nodes import (
    is_loop_enter,
    is_loop_merge,
    is_loop_switch,
    is_merge,
    is_switch,
    while_context_of,
)


class Side(NamedTuple):
    """What runs where `pred` is `branch`, 0 or 1."""

    pred: Tensor
    branch: int


class SidesInLoop:
    """The sides of the values in a loop."""

    def __init__(self, loop: Any):
        self._loop = loop
        self._known: dict[Operation, tuple[Side, ...]] = {}

    def innermost(self, value: Tensor) -> Side | None:
        """The innermost side that `value` is on, which implies those around it, or None."""
        self._find(value.op)
        sides = self._of(value)
        return sides[-1] if sides else None

    def left_by(self, op: Operation, tensor: Tensor) -> list[Side]:
        """The sides that `op` is on and its input `tensor` is not, the innermost first."""
        if is_switch(op) or is_merge(op):
            return []
        self._find(op)
        return list(self._known[op][len(self._of(tensor)) :][::-1])

    def _is_inside(self, op: Operation) -> bool:
        if is_loop_enter(op) or is_loop_switch(op) or is_loop_merge(op):
            return False
        return while_context_of(op) is self._loop

    def _find(self, op: Operation) -> None:
        waiting = [op]
        while waiting:
            op = waiting[-1]
            before = [t.op for t in op.inputs if self._is_inside(op) and t.op not in self._known]
            waiting += before
            if not before:
                self._known[waiting.pop()] = self._by_inputs(op)

    def _by_inputs(self, op: Operation) -> tuple[Side, ...]:
        sides = [self._of(tensor) for tensor in op.inputs] if self._is_inside(op) else []
        if is_merge(op) and sides:
            return _common(sides)
        return max(sides, key=len, default=())

    def _of(self, tensor: Tensor) -> tuple[Side, ...]:
        op = tensor.op
        sides = self._known.get(op, ())  # of what is outside: none
        if is_switch(op) and self._is_inside(op):
            return (*sides, Side(op.inputs[1], tensor.value_index))
        return sides


def _common(sides: Sequence[tuple[Side, ...]]) -> tuple[Side, ...]:
    """The sides that a merge of values on `sides` is on."""
    first, *others = sides
    count = 0
    for parts in zip(first, *others, strict=False):
        if any(part != parts[0] for part in parts):
            break
        count += 1
    return first[:count]
