"""The gradient of a function: what runs in place of a SymbolicGradient."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.emitting import emit
from stillflow.declare.expanding import Body
from stillflow.gradients.walk import gradients
from stillflow.graph.errors import InvalidArgumentError
from stillflow.ops.array import filling
from stillflow.ops.control.ordering import placeholder


def gradient_body(function: Any) -> Body:
    """The gradients of a function's inputs, of these and the gradients of its outputs.

    They are nodes in the graph of the function's body, behind its own; its own gradient function,
    if it has one, is called there.
    """
    graph = function.body
    if graph.gradient is None:
        with graph.as_default(), graph.name_scope("gradient_of_function"):
            dys = [placeholder(tensor.dtype.base_dtype, tensor.shape) for tensor in graph.outputs]
            if function.grad_func is None:
                found = gradients(graph.outputs, graph.inputs, dys)
            else:
                declared = function.grad_func
                found = emit(declared.defn, [*graph.inputs, *dys], declared.call_attrs, "g").outputs
            if len(found) != len(graph.inputs):
                raise InvalidArgumentError(
                    None,
                    None,
                    f"SymGrad expects to return {len(graph.inputs)} tensor(s), but get "
                    f"{len(found)} tensor(s) instead.",
                )
            outputs = [
                filling.zeros_like(tensor) if grad is None else convert_to_tensor(grad)
                for tensor, grad in zip(graph.inputs, found, strict=True)
            ]
        graph.gradient = Body(graph.get_operations(), [*graph.inputs, *dys], outputs)
    return graph.gradient
