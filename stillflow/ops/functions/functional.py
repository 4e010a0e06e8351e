"""Choices between functions that attributes name: `functional_ops.If`, and gradients by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.expanding import Body
from stillflow.declare.opdef import op
from stillflow.graph import context
from stillflow.graph.dtypes import DType
from stillflow.graph.function_library import FunctionName
from stillflow.graph.operation import Operation
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.control.cond import cond
from stillflow.ops.functions.callable import GraphFunction
from stillflow.ops.functions.calls import symbolic_gradient_op
from stillflow.ops.functions.lowering import Lowering, as_condition


def _choice(operation: Operation) -> Body:
    lowering = Lowering(operation)
    with lowering.graph.as_default():
        pred, *inputs = lowering.inputs
        outputs = cond(
            as_condition(pred),
            lambda: lowering.call(operation.attrs["then_branch"], inputs),
            lambda: lowering.call(operation.attrs["else_branch"], inputs),
        )
    return lowering.body(outputs)


def declared_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    """What the attribute `output_shapes` says, if anything."""
    declared = [shape.sizes for shape in ctx.attrs["output_shapes"]]
    return declared or [None] * len(ctx.attrs["Tout"])


UNDECLARED: Any = []
_CHOICE: dict[str, Any] = {"shape": declared_shapes, "expands": _choice}
_CHOICE_SIGNATURE = "cond: Tcond, input: [Tin] -> output: [Tout]"


@op("If", _CHOICE_SIGNATURE, stateful=True, **_CHOICE)
def if_op(
    xp,
    cond,
    *inputs,
    Tout: list[DType],
    then_branch: FunctionName,
    else_branch: FunctionName,
    output_shapes: list[TensorShape] = UNDECLARED,
):
    """What one of two functions gives for `inputs`."""
    raise AssertionError("a choice runs in its place")


@op("StatelessIf", _CHOICE_SIGNATURE, **_CHOICE)
def stateless_if_op(
    xp,
    cond,
    *inputs,
    Tout: list[DType],
    then_branch: FunctionName,
    else_branch: FunctionName,
    output_shapes: list[TensorShape] = UNDECLARED,
):
    """What one of two functions without effects gives for `inputs`."""
    raise AssertionError("a choice runs in its place")


@if_op.gradient
@stateless_if_op.gradient
def gradient_of_choice(op, *grads):
    return context.gradient_of_choice(op, grads)


def if_(
    cond: Any,
    inputs: Sequence[Any],
    then_branch: GraphFunction,
    else_branch: GraphFunction,
    name: str | None = None,
) -> Any:
    """`functional_ops.If`: then_branch(*inputs) where `cond` holds, else else_branch(*inputs).

    A number holds when it is not 0, a string when it is not empty. Gives a list of tensors.
    """
    types = [tensor.dtype.base_dtype for tensor in then_branch.body.outputs]
    return if_op(
        cond, inputs, Tout=types, then_branch=then_branch, else_branch=else_branch, name=name
    )


def gradient(inputs: Sequence[Any], f: GraphFunction, name: str | None = None) -> Any:
    """`functional_ops.Gradient`: the gradients of f's inputs.

    `inputs` are these and the gradients of its outputs.
    """
    types = [tensor.dtype.base_dtype for tensor in f.body.inputs]
    return symbolic_gradient_op(inputs, Tout=types, f=f, name=name)
