"""What a body computes for the first value of a variable, computed outside of the body."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.declare.emitting import emit
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import init_scope


class UnliftableError(Exception):
    """Something depends on the arguments of a function."""


def lifted(tensor: Tensor, arguments: Iterable[Tensor]) -> Tensor:
    """The same tensor as what is around functions computes it: copies of what it comes from.

    Raises:
      UnliftableError: it comes from one of `arguments`.
    """
    graph: Any = tensor.graph
    outside = dict(zip(graph.extra_args, graph.extra_inputs, strict=True))
    known: dict[Tensor, Any] = dict(outside)
    refused = {argument.op for argument in arguments} - {argument.op for argument in outside}
    with init_scope():
        for op in _in_order(tensor.op, known):
            if op in refused:
                raise UnliftableError(
                    f"Unable to lift tensor {tensor!r} because it depends transitively on "
                    f"placeholder {op!r} via at least one path, e.g.: {op.name}"
                )
            inputs = [known[source] for source in op.inputs]
            made = emit(op.defn, inputs, dict(op.attrs), op.name)
            known.update(zip(op.outputs, made.outputs, strict=True))
    return known[tensor]


def _in_order(op: Operation, known: dict[Tensor, Any]) -> list[Operation]:
    """The operations that `op` comes from, and itself, each behind what it takes."""
    done: dict[Operation, None] = {}
    waiting = [op]
    while waiting:
        current = waiting[-1]
        missing = [s.op for s in current.inputs if s not in known and s.op not in done]
        if missing:
            waiting += missing
        else:
            done.setdefault(waiting.pop(), None)
    return list(done)
