"""The gradient of what a loop takes from outside: the sum of what each iteration adds to it."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import filling, shape_of
from stillflow.ops.array.joining import concat
from stillflow.ops.control import frames
from stillflow.ops.control.contexts import within
from stillflow.ops.control.switch import merge, switch
from stillflow.ops.control.while_context import WhileContext
from stillflow.ops.math.arithmetic import add, maximum


def over_iterations(context: WhileContext, op: Operation, grad: Any) -> Any:
    """The sum of `grad` over all iterations of a backward loop, which is being built.

    `op` is the Enter by which the forward loop takes in what has this gradient.
    """
    if isinstance(grad, IndexedSlices):
        return _joined(context, op, grad)
    return _summed(context, op, grad)


def _summed(context: WhileContext, op: Operation, grad: Tensor) -> Tensor:
    context.Exit()
    zeros = _zeros(context, op, grad)
    context.Enter()
    context.AddName(zeros.name)
    first = context.enter(zeros, name="b_acc")
    context.loop_enters.append(first)
    merged = merge([first, first], name="b_acc")[0]
    total, so_far = switch(merged, context.pivot)
    merged.op._update_input(1, frames.next_iteration(add(so_far, grad)))
    result = frames.exit_(total, name="b_acc")
    context.loop_exits.append(result)
    context.ExitResult([result])
    return result


def _zeros(context: WhileContext, op: Operation, grad: Tensor) -> Tensor:
    """Zeros like `grad`, outside of the backward loop; of a shape from a run if need be."""
    if grad.shape.is_fully_defined():
        with within(context.outer_context):
            return constant(0, grad.dtype, shape=grad.shape.as_list(), name="b_acc")
    value, around = op.inputs[0], context.outer_context
    if around is None or not around.IsWhileContext() or around.grad_state is None:
        with within(around):
            sizes = shape_of.shape_internal(value, optimize=False)
            return filling.zeros(sizes, grad.dtype)
    # Within a loop that goes back itself: the shape is the one from its iteration.
    state = context.grad_state
    with within(state.forward_context.outer_context):
        sizes = shape_of.shape_internal(value, optimize=False)
    history = state.around.store(sizes)
    with within(around):
        return filling.zeros(state.around.restored(history, sizes), grad.dtype)


def _joined(context: WhileContext, op: Operation, grad: IndexedSlices) -> IndexedSlices:
    """The rows of all iterations."""
    context.Exit()
    none = _no_rows(context, op, grad)
    context.Enter()
    for tensor in none:
        context.AddName(tensor.name)
    enters = [context.enter(tensor, keeps_shape=False, name="b_acc") for tensor in none]
    enters[0].set_shape([None])
    if none[1].shape.ndims is not None:
        enters[1].set_shape([None, *none[1].shape.as_list()[1:]])
    context.loop_enters.extend(enters)
    merged = [merge([tensor, tensor], name="b_acc")[0] for tensor in enters]
    sides = [switch(tensor, context.pivot) for tensor in merged]
    rows = (grad.indices, grad.values)
    following = [concat([so_far, own], 0) for (_, so_far), own in zip(sides, rows, strict=False)]
    if grad.dense_shape is not None:
        following.append(maximum(grad.dense_shape, sides[2][1]))
    nexts = [frames.next_iteration(tensor) for tensor in following]
    for variable, tensor in zip(merged, nexts, strict=True):
        variable.op._update_input(1, tensor)
    exits = [frames.exit_(total, name="b_acc") for total, _ in sides]
    context.loop_exits.extend(exits)
    context.ExitResult(exits)
    return IndexedSlices(exits[1], exits[0], *exits[2:])


def _no_rows(context: WhileContext, op: Operation, grad: IndexedSlices) -> list[Tensor]:
    """Indices, values and shape to start from: one row of zeros, outside of the backward loop."""
    around = context.outer_context
    with within(around):
        if grad.values.shape.is_fully_defined():
            row = [1, *grad.values.shape.as_list()[1:]]
            values = constant(0, grad.values.dtype, shape=row, name="b_acc")
        else:
            sizes = concat([[1], _sizes(op.inputs[0])[1:]], 0)
            values = filling.zeros(sizes, grad.values.dtype)
        indices = constant([0], grad.indices.dtype)
        if grad.dense_shape is None:
            return [indices, values]
        return [indices, values, _no_shape(op, grad.dense_shape)]


def _sizes(value: Tensor) -> Any:
    """The shape of a value, or of the variable that a handle stands for."""
    if value.dtype.base_dtype.name != "resource":
        return shape_of.shape_internal(value, optimize=False)
    op = value.op
    while op.inputs:
        op = op.inputs[0].op
    return op.attrs["shape"].as_list()


def _no_shape(op: Operation, dense_shape: Tensor) -> Tensor:
    rank: TensorShape = dense_shape.shape
    if rank.is_fully_defined():
        return constant(0, dense_shape.dtype, shape=rank.as_list())
    sizes = shape_of.shape_internal(op.inputs[0], optimize=False, out_type=dense_shape.dtype)
    return filling.zeros_like(sizes, optimize=False)
