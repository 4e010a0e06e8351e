"""What tapes are told of the choices and loops of functions: that they make tensors of others.

Their nodes one by one would not lead a tape through: those of a loop go in a circle, and what one
takes from outside comes to it after its beginning. So a tape knows a choice or a loop as one step,
and leaves what it is to differentiate behind such a step to the walk over the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import Any

from stillflow.graph import context, nest
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.recording import Record, record
from stillflow.ops.control.carried import as_carried
from stillflow.ops.control.nodes import is_containing


class ControlFlow(Record):
    """A choice or a loop, or the gradient of such, in the graph of a function."""

    __slots__ = ()

    def __init__(self, inputs: Iterable[Tensor], outputs: Iterable[Tensor]):
        super().__init__("ControlFlow", tuple(inputs), list(outputs), _left_to_the_graph)


def _left_to_the_graph(*grads: Any) -> Any:
    raise AssertionError("the walk over the graph differentiates choices and loops")


def told_to_tapes(build: Callable[[], Any], sources: Iterable[Tensor] = ()) -> Any:
    """What `build`, which builds a choice or a loop, gives; tapes get to know that it made it.

    `sources`: what the result may depend on besides what `build` takes.
    """
    graph: Any = get_default_graph()
    if not graph.building_function:
        return build()
    before = graph._last_id
    result = build()
    if any(getattr(tape, "producers", None) for tape in context.graphs.tapes):
        built = list(takewhile(lambda op: op._id > before, reversed(graph._ops.values())))
        taken = _taken_by(built, before, graph) | dict.fromkeys(sources)
        leaves = map(as_carried, nest.flatten(result, expand_composites=True))
        outputs = dict.fromkeys(leaf for leaf in leaves if isinstance(leaf, Tensor))
        outputs.update(dict.fromkeys(t for op in built for t in op.outputs if is_around(t, graph)))
        record(ControlFlow(taken, outputs))
    return result


def _taken_by(ops: list[Operation], before: int, graph: Any) -> dict[Tensor, None]:
    """What `ops`, which are numbered above `before`, take of others.

    Of what the function takes from outside both the argument and what it stands for: a tape knows
    the argument only if it recorded when that was made.
    """
    outside = dict(zip(graph.extra_args, graph.extra_inputs, strict=True))
    taken = {
        tensor: None
        for op in reversed(ops)
        for tensor in op.inputs
        if tensor.op._id <= before or tensor in outside
    }
    return taken | dict.fromkeys(outside[tensor] for tensor in taken if tensor in outside)


def is_around(tensor: Tensor, graph: Any) -> bool:
    """Whether a tensor is in no choice or loop, or in one that `graph` is building in."""
    if tensor._is_eager or tensor.graph is not graph:
        return True
    inner = tensor.op._control_flow_context
    return inner is None or is_containing(graph._get_control_flow_context(), inner)
