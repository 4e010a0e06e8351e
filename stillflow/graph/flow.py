"""What a graph knows of choices and loops: the one that is being built, and what is inside of some.

What is inside may not be fed or fetched, since it has no one value in a run.
"""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.stacks import Stacks


class Flow:
    """The part of a graph that contexts (see `ops.control.contexts`) tell of themselves."""

    stacks: Stacks
    rewirings: int

    def __init__(self) -> None:
        super().__init__()
        self._has_flow = False  # whether anything was ever built in a branch or a loop
        self._unfeedable: set[Tensor] = set()
        self._unfetchable: set[Operation] = set()

    def _get_control_flow_context(self) -> Any:
        """The branch or loop that operations are built in now, or None."""
        return self.stacks.flow

    def _set_control_flow_context(self, context: Any) -> None:
        self.stacks.flow = context
        self._has_flow |= context is not None

    def prevent_feeding(self, tensor: Tensor) -> None:
        self._unfeedable.add(tensor)
        self.rewirings += 1  # a session that has fed it asks again

    def is_feedable(self, tensor: Tensor) -> bool:
        return tensor not in self._unfeedable

    def prevent_fetching(self, op: Operation) -> None:
        self._unfetchable.add(op)

    def is_fetchable(self, tensor_or_op: Any) -> bool:
        op = tensor_or_op.op if isinstance(tensor_or_op, Tensor) else tensor_or_op
        return op not in self._unfetchable
