"""What a tape keeps: which operations made which tensors, as far as gradients may flow to them.

A tape holds the operations, these hold their tensors, and no tensor holds its operation: without a
tape a tensor keeps nothing alive. `gradients.tape_walk` goes backwards over a tape.
"""

from __future__ import annotations

from typing import Any

from stillflow.graph import context, dtypes

_PASSING = frozenset(
    {
        dtypes.float16,
        dtypes.bfloat16,
        dtypes.float32,
        dtypes.float64,
        dtypes.complex64,
        dtypes.complex128,
        dtypes.resource,
        dtypes.variant,
    }
)


class Tape:
    """A record of operations.

    producers: by the id of a tensor, the operation that gave it; None for one that is watched.
      The tape keeps both alive, so that no id is used twice.
    """

    __slots__ = ("_kept", "_variables", "producers", "watches_variables")

    def __init__(self, watches_variables: bool = True):
        self.watches_variables = watches_variables
        self.producers: dict[int, Any] = {}
        self._kept: list[Any] = []
        self._variables: dict[int, Any] = {}

    def record(self, op: Any) -> None:
        """Notes an operation if a gradient may flow through it to what is watched."""
        producers = self.producers
        for tensor in op.inputs:
            if id(tensor) in producers:
                break
        else:
            return
        outputs = op.outputs
        for tensor in outputs:
            if tensor._dtype in _PASSING:
                producers[id(tensor)] = op

    def watch(self, tensor: Any) -> None:
        if id(tensor) not in self.producers:
            self.producers[id(tensor)] = None
            self._kept.append(tensor)

    def watch_variable(self, variable: Any) -> None:
        self._variables.setdefault(id(variable.handle), variable)
        self.watch(variable.handle)

    def variable_accessed(self, variable: Any) -> None:
        if self.watches_variables and variable.trainable:
            self.watch_variable(variable)

    def watched_variables(self) -> tuple[Any, ...]:
        """The variables, in the order in which they were made."""
        return tuple(sorted(self._variables.values(), key=_order))


def _order(variable: Any) -> int:
    order: int = getattr(variable, "_order", 0)
    return order


def push(tape: Tape) -> None:
    """Has what this thread does from here on be recorded."""
    # A new list: one that is being gone through does not change.
    context.graphs.tapes = [*context.graphs.tapes, tape]


def pop(tape: Tape) -> None:
    context.graphs.tapes = [other for other in context.graphs.tapes if other is not tape]
