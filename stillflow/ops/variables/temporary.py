"""Variables that last for a run: `TemporaryVariable` and what ends it."""

from __future__ import annotations

from stillflow.declare import shapes
from stillflow.declare.expanding import Body
from stillflow.declare.opdef import op
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import NotFoundError
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array.filling import zeros
from stillflow.ops.control.ordering import identity_op, placeholder
from stillflow.ops.variables.state import assign_op, variable_v2


def _variable_of_zeros(operation: Operation) -> Body:
    """A variable that each run begins by assigning: TensorFlow leaves its memory as it is."""
    shape, dtype = operation.attrs["shape"], operation.attrs["dtype"]
    with Graph().as_default() as graph:
        variable = variable_v2(shape=shape, dtype=dtype)
        begun = assign_op(variable, zeros(shape, dtype))
    return Body(graph.get_operations(), [], [begun])


@op(
    "TemporaryVariable",
    "-> ref: ref dtype",
    shape=shapes.from_attr("shape"),
    stateful=True,
    expands=_variable_of_zeros,
)
def temporary_variable_op(xp, *, shape: TensorShape, dtype: DType, var_name: str = ""):
    """A variable that each run makes anew, by the name `var_name` or that of the node."""
    raise AssertionError("a variable stands in its place")


def _last_value(operation: Operation) -> Body:
    _check_name(operation)
    with Graph().as_default() as graph:
        ref = placeholder(operation.attrs["T"])
        value = identity_op(ref)
    return Body(graph.get_operations(), [ref], [value])


def _check_name(operation: Operation) -> None:
    """NotFoundError unless the variable behind the input has the name that is asked for."""
    made = operation.inputs[0].op
    while made.defn is not temporary_variable_op and made.inputs:
        made = made.inputs[0].op
    name = operation.attrs["var_name"]
    if made.defn is not temporary_variable_op or name != (made.attrs["var_name"] or made.name):
        raise NotFoundError(
            None,
            operation,
            f"Resource {name} does not exist.\n  Give the `var_name` of the TemporaryVariable "
            f"that is destroyed, or the name of its node: {made.name!r}.",
        )


@op(
    "DestroyTemporaryVariable",
    "ref: ref T -> value: T",
    shape=shapes.same,
    expands=_last_value,
)
def destroy_temporary_variable_op(xp, ref, *, var_name: str):
    """ref, of a TemporaryVariable -> its last value"""
    raise AssertionError("the value stands in its place")
