"""Choices whose sides are functions that attributes name: `functional_ops.If`, and gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.emitting import emit
from stillflow.declare.expanding import Body
from stillflow.declare.opdef import op
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.function_library import FunctionName
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array.shape_of import size
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.functions.body import FuncGraph
from stillflow.ops.functions.callable import GraphFunction
from stillflow.ops.functions.calls import function_named, symbolic_gradient_op
from stillflow.ops.math.comparison import greater, not_equal


class Lowering:
    """The graph of what runs in place of an operation that calls functions."""

    def __init__(self, operation: Operation):
        self._operation = operation
        with operation.graph.as_default():
            self.graph = FuncGraph(operation.name)
        self.graph._functions = operation.graph._functions
        with self.graph.as_default():
            self.inputs = [placeholder(tensor.dtype) for tensor in operation.inputs]

    def call(self, attr: str, inputs: Sequence[Tensor]) -> list[Tensor] | Operation:
        """What the function that an attribute names gives."""
        function = function_named(self._operation, attr)
        called = emit(function.defn, list(inputs), function.call_attrs, function.name)
        return called.outputs or called

    def body(self, outputs: Any) -> Body:
        given = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        tensors = list(given) if self._operation.outputs else []
        return Body(self.graph.get_operations(), self.inputs, tensors)


def as_condition(tensor: Tensor) -> Tensor:
    """bool[]: whether a scalar is not zero, a string not empty, any other tensor has elements."""
    if tensor.dtype.base_dtype is dtypes.bool:
        return tensor
    if tensor.dtype.base_dtype is dtypes.string:
        return not_equal(tensor, "")
    if tensor.shape.ndims in (0, None):
        return not_equal(tensor, 0)
    return greater(size(tensor), 0)


def _choice(operation: Operation) -> Body:
    lowering = Lowering(operation)
    with lowering.graph.as_default():
        pred, *inputs = lowering.inputs
        outputs = cond(
            as_condition(pred),
            lambda: lowering.call("then_branch", inputs),
            lambda: lowering.call("else_branch", inputs),
        )
    return lowering.body(outputs)


def _declared_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    """What the attribute `output_shapes` says, if anything."""
    declared = [shape.sizes for shape in ctx.attrs["output_shapes"]]
    return declared or [None] * len(ctx.attrs["Tout"])


_CHOICE: dict[str, Any] = {"shape": _declared_shapes, "expands": _choice}
_UNDECLARED: Any = []
_CHOICE_SIGNATURE = "cond: Tcond, input: [Tin] -> output: [Tout]"


@op("If", _CHOICE_SIGNATURE, stateful=True, **_CHOICE)
def if_op(
    xp,
    cond,
    *inputs,
    Tout: list[DType],
    then_branch: FunctionName,
    else_branch: FunctionName,
    output_shapes: list[TensorShape] = _UNDECLARED,
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
    output_shapes: list[TensorShape] = _UNDECLARED,
):
    """What one of two functions without effects gives for `inputs`."""
    raise AssertionError("a choice runs in its place")


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
