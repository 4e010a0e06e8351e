"""Functions as FunctionDef protos, and a graph's functions as the library of its GraphDef."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.protos.attr_value import attr_value_of
from stillflow.graph.protos.function_names import DefinitionNames
from stillflow.graph.protos.graph_def import Node, op_def_of


def library_of(functions: dict[str, Any]):
    """Returns the FunctionDefLibrary of a graph's functions."""
    from tensorboard.compat.proto.function_pb2 import FunctionDefLibrary, GradientDef

    gradients = [
        GradientDef(function_name=name, gradient_func=function.grad_func_name)
        for name, function in functions.items()
        if function.grad_func_name
    ]
    definitions = [function.definition for function in functions.values()]
    return FunctionDefLibrary(function=definitions, gradient=gradients)


def function_def_of(function: Any):
    """Returns the FunctionDef of a function."""
    from tensorboard.compat.proto.function_pb2 import FunctionDef

    body = function.body
    names = DefinitionNames(body, function.out_names)
    references = _References(body, names)
    signature = op_def_of(function.defn)
    signature.description = function.description
    definition = FunctionDef(
        signature=signature,
        node_def=map(references.node_def, names.written),
        ret={
            name: references.of(tensor)
            for name, tensor in zip(names.outputs, body.outputs, strict=True)
        },
    )
    # What runs although nothing that is returned may need it.
    effects = [names.nodes[op] for op in getattr(body, "control_outputs", ())]
    definition.signature.control_output.extend(effects)
    for name in effects:
        definition.control_ret[name] = name
    for name, value in function.call_attrs.items():
        definition.attr[name].CopyFrom(attr_value_of(value))
    for index in range(len(body.inputs)):
        definition.arg_attr[index].SetInParent()
    return definition


class _References:
    """What the tensors of a body are called in its definition."""

    def __init__(self, body: Any, names: DefinitionNames):
        self._arguments = dict(zip(body.inputs, names.inputs, strict=True))
        self._nodes = names.nodes

    def of(self, tensor: Tensor) -> str:
        """`argument`, or `node:output:index`."""
        if tensor in self._arguments:
            return self._arguments[tensor]
        name, index = _place(tensor)
        return f"{self._nodes[tensor.op]}:{name}:{index}"

    def node_def(self, node: Node) -> Any:
        proto = node.proto()
        proto.name = self._nodes[node.op]
        del proto.input[:]
        proto.input.extend(self.of(tensor) for tensor in node.inputs)
        proto.input.extend(
            f"^{self._nodes[other]}" for other in node.control_inputs if other in self._nodes
        )
        return proto


def _place(tensor: Tensor) -> tuple[str, int]:
    """The name of the output argument that a tensor is of, and its number there."""
    start = 0
    for arg in tensor.op.defn.signature.outputs:
        length = arg.length(tensor.op.attrs)
        if tensor.value_index < start + length:
            return arg.name, tensor.value_index - start
        start += length
    raise AssertionError(f"{tensor} is no output of its operation")
