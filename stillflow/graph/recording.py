"""Who watches operations as they are built or carried out: the tapes of a thread.

A tape has `record(op)`, which is called with each Operation or EagerOperation, and `watch(tensor)`
and `variable_accessed(variable)`. The innermost tape is the last in `context.graphs.tapes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.graph import context


class Record:
    """Something that made tensors of others and differentiates itself, as an Operation would be.

    backward: takes a gradient for each output, and gives one for each input, or None.
    """

    __slots__ = ("__weakref__", "backward", "inputs", "outputs", "type")

    def __init__(
        self, type: str, inputs: tuple[Any, ...], outputs: list[Any], backward: Callable[..., Any]
    ):
        self.type = type
        self.inputs = inputs
        self.outputs = outputs
        self.backward = backward


def is_recording() -> bool:
    """Whether a tape of this thread records."""
    return bool(context.graphs.tapes)


def record(op: Any) -> None:
    """Hands an operation to the tapes of this thread."""
    for tape in context.graphs.tapes:
        tape.record(op)


def record_operation(op_type: str, outputs: Any, inputs: Any, backward: Callable[..., Any]) -> None:
    """Tells the tapes that `outputs` were made of `inputs`, and how to differentiate that."""
    if context.graphs.tapes:
        record(Record(op_type, tuple(inputs), list(outputs), backward))


def variable_accessed(variable: Any) -> None:
    """Tells the tapes of this thread that a variable's value is taken."""
    for tape in context.graphs.tapes:
        tape.variable_accessed(variable)


@contextmanager
def stopped() -> Iterator[None]:
    """A `with` block in which this thread records nothing."""
    graphs = context.graphs
    outer, graphs.tapes = graphs.tapes, []
    try:
        yield
    finally:
        graphs.tapes = outer
