"""How a node comes to be once its inputs are tensors.

As a rule it is added to the default graph. What a thread builds inside `through(hook)` goes to the
hook instead, which may change the inputs and add the node, or carry the op out at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, Any

from stillflow.declare.inference import infer
from stillflow.graph import context
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor

if TYPE_CHECKING:
    from stillflow.declare.opdef import OpDef

# `emit(defn, inputs, attrs, name)`; a name that ends in '/' is taken as it is.
Emit = Callable[["OpDef", Sequence[Tensor], dict[str, Any], str], Operation]

_hooks = context.DefaultStack()


def through(hook: Emit) -> AbstractContextManager[Emit]:
    """A `with` block in which `hook` makes the nodes that this thread builds."""
    return _hooks.entered(hook)


def emit(defn: OpDef, inputs: Sequence[Tensor], attrs: dict[str, Any], name: str) -> Operation:
    """Makes the node, as the current context does."""
    hook = _hooks.innermost()
    return (into_graph if hook is None else hook)(defn, inputs, attrs, name)


def into_graph(
    defn: OpDef, inputs: Sequence[Tensor], attrs: dict[str, Any], name: str
) -> Operation:
    """Adds the node to the default graph; ValueError when the inputs' shapes do not fit."""
    graph = context.get_default_graph()
    if graph.building_function:
        inputs = [graph.capture(tensor) for tensor in inputs]
    outputs = infer(defn, inputs, attrs, name)
    attrs = _shared(attrs)
    if defn.takes_references:
        with _beside_references(graph, defn, inputs):
            op = graph.add_operation(defn, tuple(inputs), attrs, outputs, name)
    else:
        op = graph.add_operation(defn, tuple(inputs), attrs, outputs, name)
    for tape in context.graphs.tapes:
        tape.record(op)
    return op


# Attributes that are types and flags alone, so that nodes which have the same share one dict.
_kept: dict[tuple, dict[str, Any]] = {}


def _shared(attrs: dict[str, Any]) -> dict[str, Any]:
    """`attrs`, or an equal dict of another node: a graph holds many, and few that differ."""
    for value in attrs.values():
        if not isinstance(value, (DType, bool)):
            return attrs
    return _kept.setdefault(tuple(attrs.items()), attrs)


def _beside_references(graph: Any, defn: OpDef, inputs: Sequence[Tensor]) -> ExitStack:
    """A block in which what is built is colocated with the variables that `inputs` refer to."""
    block = ExitStack()
    # References come first in every op, so that no list input shifts them.
    for arg, tensor in zip(defn.signature.inputs, inputs, strict=False):
        if arg.is_ref:
            block.enter_context(graph.colocate_with(tensor))
    return block
