"""Patterns of operations: what feeds what."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from stillflow.graph.operation import Operation, Tensor

Found = dict[Any, tuple[Operation, Tensor | None]]


class Op:
    """An operation of one of the types in "A|B" ("*" is any), fed by what `inputs` match.

    Without `inputs` anything may feed it; `in_order` says whether only in that order.
    """

    def __init__(self, types: str, inputs: Sequence[Any] = (), in_order: bool = True) -> None:
        self.types = None if types == "*" else frozenset(types.split("|"))
        self.inputs = [Op(i) if isinstance(i, str) else i for i in inputs]
        self.in_order = in_order

    def match(self, op: Operation, tensor: Tensor | None = None) -> Found | None:
        """{pattern: (operation, its output that was taken)}, of this and what it holds."""
        if self.types is not None and op.type not in self.types:
            return None
        own: Found = {self: (op, tensor)}
        if not self.inputs:
            return own
        if len(op.inputs) != len(self.inputs):
            return None
        orders = [self.inputs] if self.in_order else itertools.permutations(self.inputs)
        for order in orders:
            # What a failed order found remains, as in TensorFlow.
            if _match_all(order, op, own):
                return own
        return None


class OneOf:
    """The first of several patterns that matches."""

    def __init__(self, *patterns: Any) -> None:
        self.patterns = patterns

    def match(self, op: Operation, tensor: Tensor | None = None) -> Found | None:
        matches = (pattern.match(op, tensor) for pattern in self.patterns)
        return next((found for found in matches if found is not None), None)


def _match_all(patterns: Sequence[Any], op: Operation, own: Found) -> bool:
    for tensor, pattern in zip(op.inputs, patterns, strict=True):
        found = pattern.match(tensor.op, tensor)
        if found is None:
            return False
        own.update(found)
    return True


def matches(pattern: Any, graph: Any) -> Iterator[Found]:
    """What `pattern` finds at each operation of the graph, in their order."""
    for op in graph.get_operations():
        found = pattern.match(op)
        if found is not None:
            yield found


def op_of(found: Found, pattern: Any) -> Operation | None:
    return found[pattern][0] if pattern in found else None


def tensor_of(found: Found, *patterns: Any) -> Tensor | None:
    """What the first of the patterns that matched gave."""
    return next((found[pattern][1] for pattern in patterns if pattern in found), None)
