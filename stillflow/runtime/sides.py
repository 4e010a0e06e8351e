"""Which side of a choice operations are on, and that those of the side not taken do not run.

A switch gives its value on one side and a dead one on the other. By the graph alone it is known
which operations are behind a switch; only those are guarded, and no merge's followers are, since
one of the two sides is always taken. Knows no op by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.dead import dead, is_dead
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Operation, Tensor

# Of each choice that an operation depends on: its condition, and the number of the side.
Side = frozenset[tuple[Tensor, int]]
_NO_SIDE: Side = frozenset()


class Sides:
    """The sides that operations are on, told one after another in the order of a run."""

    def __init__(self, ops: Sequence[Operation], fed: frozenset[Tensor]):
        self._fed = fed
        self._of: dict[Operation, Side] = {}
        if any(op.defn.splits for op in ops):
            for op in ops:
                self._of[op] = self._side(op)

    def of(self, op: Operation) -> Side:
        return self._of.get(op, _NO_SIDE)

    def _side(self, op: Operation) -> Side:
        inputs = [self.of_tensor(tensor) for tensor in op.inputs]
        if op.defn.joins and inputs:
            return frozenset.intersection(*inputs)
        return _NO_SIDE.union(*inputs, *(self.of(other) for other in op._control_inputs))

    def of_tensor(self, tensor: Tensor) -> Side:
        if tensor in self._fed:
            return _NO_SIDE
        side = self.of(tensor.op)
        if not tensor.op.defn.splits:
            return side
        return side | {(_source(tensor.op.inputs[-1]), tensor.value_index)}


def _source(tensor: Tensor) -> Tensor:
    """A condition by its first name."""
    while tensor.op.defn.forwards:
        tensor = tensor.op.inputs[0]
    return tensor


def unless_dead(op: Operation, guards: int) -> Callable[..., Any]:
    """The function of an op on one side; its last `guards` inputs only tell whether it runs."""
    fn = op.defn.fn

    def run(xp: Any, *values: Any, **attrs: Any) -> Any:
        if any(map(is_dead, values)):
            nothing = tuple(map(_dead_output, op.outputs))
            return nothing[0] if len(nothing) == 1 else nothing
        return fn(xp, *values[: len(values) - guards], **attrs)

    return run


def _dead_output(tensor: Tensor) -> Any:
    has_elements = tensor.dtype.is_numpy_compatible  # else it is a handle
    return dead(tensor.dtype.stored_as if has_elements else bool)


def check_alive(fetched: Sequence[tuple[Operation, int]], slots: Any) -> None:
    """InvalidArgumentError when what is fetched is on a side that was not taken."""
    for op, slot in fetched:
        if is_dead(slots[slot]):
            raise InvalidArgumentError(
                None,
                op,
                f"Retval[0] does not have value\n  {op.name!r} is on the side of a choice that this"
                " run did not take.",
            )
