"""Control dependencies: which operations a new one must wait for. Knows no op type."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Operation

_ORDER = "Leave blocks of control_dependencies in the reverse order of entering them."


class ControlDependencies:
    """A `with tf.control_dependencies(...)` block: what it waits for, and what was built in it."""

    def __init__(self, graph: Any, inputs: list[Operation] | None):
        self._graph = graph
        self._clears = inputs is None
        self.inputs = inputs or []
        self._built: set[Operation] = set()
        self._outer: list[ControlDependencies] = []

    def __enter__(self) -> None:
        stacks = self._graph.stacks
        if self._clears:
            self._outer, stacks.control = stacks.control, []
        else:
            stacks.control = [*stacks.control, self]

    def __exit__(self, *_: object) -> None:
        stacks = self._graph.stacks
        if self._clears:
            stacks.control = self._outer
        else:
            *outer, innermost = stacks.control or [None]
            if innermost is not self:
                raise AssertionError(_ORDER)
            stacks.control = outer

    def add(self, op: Operation) -> None:
        self._built.add(op)

    def implied_by(self, ops: set[Operation]) -> bool:
        """An op whose input was built in this block waits already, through that input."""
        return not self._built.isdisjoint(ops)


def control_inputs_for(
    blocks: list[ControlDependencies], inputs: set[Operation]
) -> list[Operation]:
    """The operations that an op with these data inputs must wait for, by the open blocks."""
    waits: dict[Operation, None] = {}
    for block in blocks:
        if not block.implied_by(inputs):
            waits.update(dict.fromkeys(op for op in block.inputs if op not in inputs))
    return list(waits)
