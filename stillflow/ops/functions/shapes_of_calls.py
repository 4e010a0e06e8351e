"""The shapes that a function gives for arguments of certain shapes."""

from __future__ import annotations

from collections.abc import Sequence

from stillflow.declare.expanding import Body
from stillflow.declare.inference import infer
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import TensorShape


def shapes_for(body: Body, inputs: Sequence[Tensor]) -> list[TensorShape]:
    """The shapes of the outputs, by the shapes of the inputs; ValueError where they do not fit."""
    known = copied(body, inputs, Graph())
    return [known[tensor].shape for tensor in body.outputs]


def copied(body: Body, inputs: Sequence[Tensor], scratch: Graph) -> dict[Tensor, Tensor]:
    """Copies a body into an empty graph, for arguments of the inputs' shapes: {tensor: its copy}.

    A copy is of use for its shapes alone: operations without outputs, and what waits for them, are
    not in it.
    """
    known: dict[Tensor, Tensor] = {}
    for argument, tensor in zip(body.inputs, inputs, strict=True):
        stand_in = scratch.add_operation(
            argument.op.defn,
            (),
            argument.op.attrs,
            [(argument.dtype, tensor.shape)],
            argument.op.name,
        )
        known[argument] = stand_in.outputs[0]
    copies: dict[Operation, Operation] = {}
    for op in body.ops:
        if not op.outputs or not all(tensor in known for tensor in op.outputs):
            copies[op] = _copy(op, scratch, known)
            waited = [copies[before] for before in op.control_inputs if before in copies]
            copies[op]._add_control_inputs(waited)
    return known


def _copy(op: Operation, scratch: Graph, known: dict[Tensor, Tensor]) -> Operation:
    """Infers anew what is known of the outputs, unless an input comes from behind, as in a loop."""
    outputs = [(tensor.dtype, tensor.shape) for tensor in op.outputs]
    inputs = tuple(known[tensor] for tensor in op.inputs if tensor in known)
    with scratch.as_default():
        if len(inputs) == len(op.inputs):
            inferred = infer(op.defn, inputs, op.attrs, op.name)
            outputs = [
                (dtype, shape.merge_with(own))
                for (dtype, shape), (_, own) in zip(inferred, outputs, strict=True)
            ]
        copy = scratch.add_operation(op.defn, inputs, dict(op.attrs), outputs, op.name)
    known.update(zip(op.outputs, copy.outputs, strict=True))
    return copy
