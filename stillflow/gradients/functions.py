"""The gradient of a function: what runs in place of a SymbolicGradient."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.emitting import emit
from stillflow.declare.expanding import Body
from stillflow.gradients.walk import gradients
from stillflow.gradients.zeros import zeros_like_value
from stillflow.graph.errors import InvalidArgumentError
from stillflow.ops.control.ordering import placeholder


def gradient_body(function: Any) -> Body:
    """The gradients of a function's inputs, of these and the gradients of its outputs.

    They are nodes in the graph of the function's body, behind its own; its own gradient function,
    if it has one, is called there.
    """
    body = function.body
    if body.gradient is None:
        graph = body.whole
        before = len(graph.get_operations())
        with graph.as_default(), graph.name_scope("gradient_of_function"):
            dys = [placeholder(tensor.dtype.base_dtype, tensor.shape) for tensor in body.outputs]
            if function.grad_func is None:
                found = gradients(body.outputs, body.inputs, dys)
            else:
                declared = function.grad_func
                found = emit(declared.defn, [*body.inputs, *dys], declared.call_attrs, "g").outputs
            if len(found) != len(body.inputs):
                raise InvalidArgumentError(
                    None,
                    None,
                    f"SymGrad expects to return {len(body.inputs)} tensor(s), but get "
                    f"{len(found)} tensor(s) instead.",
                )
            outputs = [
                zeros_like_value(tensor) if grad is None else convert_to_tensor(grad)
                for tensor, grad in zip(body.inputs, found, strict=True)
            ]
        own = graph.get_operations()[before:]
        graph.derived.update(own)
        body.gradient = Body([*body.operations, *own], [*body.inputs, *dys], outputs)
    return body.gradient
