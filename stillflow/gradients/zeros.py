"""The gradient of an output that nothing used, where another output of its operation was."""

from __future__ import annotations

from stillflow.declare.handles import is_handle, value_dtype
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array import filling, shape_of
from stillflow.ops.control.ordering import identity


def zeros_like_value(tensor: Tensor) -> Tensor:
    """Zeros like a tensor, or like the variable that it is the handle of."""
    if not is_handle(tensor):
        return filling.zeros_like(tensor)
    from stillflow.ops.variables.resource import variable_shape  # few programs have handles

    return filling.zeros(variable_shape(tensor), value_dtype(tensor))


def zeros_outside_loops(op: Operation, index: int) -> Tensor:
    """Zeros like output `index` of `op`, which is in no loop that is differentiated.

    The zeros for the side of a switch on which nothing was used are made on that side.
    """
    output, context = op.outputs[index], op._control_flow_context
    if not op.defn.splits or context is None:
        if is_handle(output):
            return zeros_like_value(output)
        return filling.zeros_like(output, optimize=False)
    from stillflow.ops.control.switch import switch

    unused = switch(op.inputs[0], context.pred)[1 - context.branch]
    pivot = identity(unused)
    if is_handle(output):
        with control_dependencies([pivot]):
            return zeros_like_value(unused)
    sizes = shape_of.shape_internal(unused, optimize=False)
    with control_dependencies([pivot]):
        return filling.zeros(sizes, dtype=output.dtype)
