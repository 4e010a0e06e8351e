"""Differentiates by a tape where choices or loops of a function's graph are on the way.

The walk over the graph knows how to go backwards through these; the tape says where it is to end:
at what the tape did not record, and at what is watched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from stillflow.gradients.tape import Tape
from stillflow.gradients.walk import gradients
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.recording import Record
from stillflow.ops.control.taped import ControlFlow, is_around


def meets_control_flow(ops: Iterable[Any]) -> bool:
    """Whether one of `ops`, which a tape recorded, is a choice or a loop of a function's graph."""
    if executing_eagerly() or not get_default_graph().building_function:
        return False
    return any(type(op) is ControlFlow or _is_node_of_control_flow(op) for op in ops)


def _is_node_of_control_flow(op: Any) -> bool:
    """Such as what leads in what a loop takes from outside."""
    return not isinstance(op, Record) and bool(op.defn.splits or op.defn.joins or op.defn.frame)


def gradients_in_function(
    tape: Tape,
    ops: Iterable[Any],
    targets: Sequence[Tensor],
    sources: Sequence[Tensor],
    weights: Sequence[Any],
) -> list[Any]:
    """The gradient of the sum of `targets` with respect to each of `sources`, or None.

    ops: what the tape recorded between them.
    """
    pairs = zip(targets, weights, strict=True)
    recorded = [(y, weight) for y, weight in pairs if id(y) in tape.producers]
    known = {id(y) for y in targets}.union(id(tensor) for op in ops for tensor in op.inputs)
    reached = {id(x): x for x in sources if id(x) in known and id(x) in tape.producers}
    if not recorded or not reached:
        return [None] * len(sources)
    ys = [y for y, _ in recorded]
    grads = gradients(
        ys,
        list(reached.values()),
        [weight for _, weight in recorded],
        stop_gradients=_ends(tape, ops),
    )
    found = dict(zip(reached, grads, strict=True))
    return [found.get(id(x)) for x in sources]


def _ends(tape: Tape, ops: Iterable[Any]) -> list[Tensor]:
    """What counts as constant, and what is watched itself; of loops only what they begin with."""
    graph = get_default_graph()
    nodes = (op for op in ops if type(op) is ControlFlow or not isinstance(op, Record))
    taken = dict.fromkeys(x for op in nodes for x in op.inputs if not x._is_eager)
    return [x for x in taken if tape.producers.get(id(x)) is None and is_around(x, graph)]
