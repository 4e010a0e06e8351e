"""Which operations a new one must wait for, and which branch or loop it is in. Knows no op type."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Operation

_ORDER = "Leave blocks of control_dependencies in the reverse order of entering them."


class ControlDependencies:
    """A `with tf.control_dependencies(...)` block: what it waits for, and what was built in it.

    A block that clears the outer ones leaves branches and loops, too.
    """

    def __init__(self, graph: Any, inputs: list[Operation] | None):
        self._graph = graph
        self._clears = inputs is None
        self.inputs = inputs or []
        self._built: set[Operation] = set()
        self._outer: list[ControlDependencies] = []
        self._outer_flow: Any = None

    def __enter__(self) -> None:
        stacks = self._graph.stacks
        if self._clears:
            self._outer, stacks.control = stacks.control, []
            self._outer_flow, stacks.flow = stacks.flow, None
        else:
            stacks.control = [*stacks.control, self]

    def __exit__(self, *_: object) -> None:
        stacks = self._graph.stacks
        if self._clears:
            stacks.control, stacks.flow = self._outer, self._outer_flow
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


def take_into_context(op: Operation) -> None:
    """Tells the branch or loop that a new operation is in, which may change its inputs.

    Raises:
      ValueError: it takes what is inside a loop that it is not in.
    """
    own = op._control_flow_context
    for tensor in op.inputs:
        theirs = tensor.op._control_flow_context
        if theirs is not None and theirs is not own:
            theirs.check_reached_from(op, tensor.op)
    if own is not None:
        own.AddOp(op)
