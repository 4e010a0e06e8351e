"""What a body computes for the first value of a variable, computed outside of the body.

And which operations of a graph a part of it needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from stillflow.declare.emitting import emit
from stillflow.graph.context import executing_eagerly
from stillflow.graph.eager_tensor import EagerTensor, eager_tensor
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
                raise UnliftableError(_unliftable(tensor, op, _path(tensor.op, op)))
            inputs = [known[source] for source in op.inputs]
            known.update(zip(op.outputs, _again(op, inputs).outputs, strict=True))
    return known[tensor]


def needed_by(ends: Iterable[Operation], arguments: Iterable[Tensor]) -> set[Operation]:
    """The operations that give `ends` from the arguments.

    Raises:
      UnliftableError: one is a placeholder, and no argument.
    """
    given = set(arguments)
    cut = {argument.op for argument in given}
    asked_by: dict[Operation, Operation | None] = dict.fromkeys(ends)
    waiting = list(asked_by)
    while waiting:
        op = waiting.pop()
        if op.defn.is_placeholder:
            raise UnliftableError(_depends(asked_by, op))
        before = [source.op for source in op.inputs if source not in given]
        for other in (*before, *(other for other in op.control_inputs if other not in cut)):
            if other not in asked_by:
                asked_by[other] = op
                waiting.append(other)
    return set(asked_by)


def _depends(asked_by: dict[Operation, Operation | None], source: Operation) -> str:
    """That an end comes from `source`, and by which way."""
    way = [source]
    while (after := asked_by[way[0]]) is not None:
        way.insert(0, after)
    return _unliftable((way[0].outputs or way)[0], source, way)


def _unliftable(end: Any, source: Operation, way: Iterable[Operation]) -> str:
    path = " <- ".join(f"{step.name} ({step.type})" for step in way)
    return (
        f"Unable to lift tensor {end!r} because it depends transitively on placeholder {source!r} "
        f"via at least one path, e.g.: {path}"
    )


def _path(op: Operation, source: Operation) -> list[Operation]:
    """The operations from one back to another that it comes from."""
    ways, seen = [[op]], {op}
    for way in ways:
        if way[-1] is source:
            return way
        new = [
            before for before in dict.fromkeys(t.op for t in way[-1].inputs) if before not in seen
        ]
        seen.update(new)
        ways += [[*way, before] for before in new]
    raise AssertionError(f"{op} does not come from {source}")


def _again(op: Operation, inputs: list[Any]) -> Any:
    """A copy of an operation in the default graph, or what eager mode makes of it."""
    if not executing_eagerly():
        return emit(op.defn, inputs, dict(op.attrs), op.name)
    if op.defn.is_constant:
        return _Made([eager_tensor(op.attrs["value"], op.attrs["dtype"])])
    from stillflow.runtime.eager.dispatch import run

    return run(op.defn, inputs, dict(op.attrs), op.name)


class _Made(NamedTuple):
    outputs: list[EagerTensor]


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
