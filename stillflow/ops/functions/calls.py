"""Ops that call a function which an attribute names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.expanding import Body
from stillflow.declare.opdef import OpDef, op
from stillflow.graph import context
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import NotFoundError
from stillflow.graph.function_library import FunctionName
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.array import filling
from stillflow.ops.functions.shapes_of_calls import shapes_for


def declare_calls(
    name: str,
    inputs: Iterable[tuple[str, str]],
    outputs: Iterable[tuple[str, str]],
    stateful: bool,
    body: Callable[[], Body],
    rule: Callable[..., Any] | None = None,
) -> OpDef:
    """The declaration of the op type of a function's calls, which is the function's name.

    Args:
      inputs, outputs: names and types.
      rule: differentiates a call; a SymbolicGradient does so by default.
    """
    takes, gives = (", ".join(map(": ".join, arguments)) for arguments in (inputs, outputs))
    defn = OpDef(
        name, f"{takes} -> {gives}", _never_run, stateful=stateful, expands=lambda op: body()
    )
    defn.gradient(rule or gradient_of_call)
    return defn


def _never_run(xp, *inputs):
    """A call of a function: what its body gives for these arguments."""
    raise AssertionError("a function's body runs in place of a call")


def function_named(op: Operation, attr: str = "f") -> Any:
    """The function of the graph that an attribute of `op` names; NotFoundError without one."""
    return function_called(op, op.attrs[attr].name)


def function_called(op: Operation, name: str) -> Any:
    """The function of that name in the graph of `op`; NotFoundError without one."""
    function = op.graph._get_function(name)
    if function is None:
        raise NotFoundError(None, op, f"Function {name} is not defined.")
    return function


def _body_of_function(op: Operation) -> Body:
    return function_named(op).body.body()


def _shapes_through_body(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    """What the body's operations give for arguments of the inputs' shapes."""
    function = context.get_default_graph()._get_function(ctx.attrs["f"].name)
    if function is None:
        return [None] * len(ctx.attrs["Tout"])
    pairs = zip(ctx.inputs, function.body.inputs, strict=True)
    if function.is_of_one_shape and not any(_says_more(*pair) for pair in pairs):
        return [tensor.shape.sizes for tensor in function.body.outputs]
    return [shape.sizes for shape in shapes_for(function.body.body(), ctx.inputs)]


def _says_more(given: Tensor, argument: Tensor) -> bool:
    """Whether more is known of a call's input than of the argument."""
    return given.shape.sizes != argument.shape.sizes and not argument.shape.is_fully_defined()


_CALL: dict[str, Any] = {"shape": _shapes_through_body, "expands": _body_of_function}
_SIGNATURE = "args: [Tin] -> output: [Tout]"


@op("PartitionedCall", _SIGNATURE, **_CALL)
def partitioned_call_op(
    xp,
    *args,
    Tout: list[DType],
    f: FunctionName,
    config: str = "",
    config_proto: bytes = b"",
    executor_type: str = "",
):
    """What function `f` gives for `args`."""
    _never_run(xp, *args)


@op("StatefulPartitionedCall", _SIGNATURE, stateful=True, **_CALL)
def stateful_partitioned_call_op(
    xp,
    *args,
    Tout: list[DType],
    f: FunctionName,
    config: str = "",
    config_proto: bytes = b"",
    executor_type: str = "",
):
    """What function `f`, which has effects, gives for `args`."""
    _never_run(xp, *args)


@partitioned_call_op.gradient
@stateful_partitioned_call_op.gradient
def gradient_of_partitioned_call(op, *grads):
    rule = function_named(op).python_grad_func
    if rule is not None:
        return rule(op, *grads)
    known = [
        filling.zeros_like(tensor) if grad is None else grad
        for tensor, grad in zip(op.outputs, grads, strict=True)
    ]
    return gradient_of_call(op, *known)


def gradient_of_call(op: Operation, *grads: Tensor) -> Any:
    """The gradients of a call's inputs, by a SymbolicGradient of the function that is called."""
    name = op.attrs["f"].name if "f" in op.attrs else op.type
    types = [tensor.dtype.base_dtype for tensor in op.inputs]
    function = FunctionName(name, dict(op.attrs))
    return symbolic_gradient_op([*op.inputs, *grads], Tout=types, f=function)


def _body_of_gradient(op: Operation) -> Body:
    return context.gradient_of_function(function_named(op))


@op(
    "SymbolicGradient",
    "input: [Tin] -> output: [Tout]",
    shape=lambda ctx: ctx.shapes(0, len(ctx.attrs["Tout"])),
    limits={"Tout": 1},
    expands=_body_of_gradient,
)
def symbolic_gradient_op(xp, *inputs, Tout: list[DType], f: FunctionName):
    """The gradients of f's inputs, given these and the gradients of its outputs."""
    _never_run(xp, *inputs)
