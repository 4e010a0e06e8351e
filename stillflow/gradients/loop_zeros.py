"""Zeros as gradients in and around loops, where nothing used a value or nothing depends on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.handles import is_handle, value_dtype, value_sizes
from stillflow.gradients.aggregating import Gradient
from stillflow.gradients.loop_state import LoopState
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import filling, shape_of
from stillflow.ops.control import frames
from stillflow.ops.control.contexts import outside_of, within
from stillflow.ops.control.switch import merge, switch_ref_or_tensor


def zeros_for_exit(tensor: Tensor, states: Mapping[Any, LoopState]) -> Tensor:
    """Zeros like an Exit that nothing used, of a loop another Exit of which was."""
    around = tensor.op._control_flow_context.outer_context
    state = None if around is None else states.get(around.GetWhileContext())
    if tensor.dtype.base_dtype is dtypes.variant:
        return _zeros_of_lists(tensor, state)
    is_known = tensor.shape.is_fully_defined()
    if state is None:
        if is_known:
            return filling.zeros(tensor.shape, tensor.dtype)
        return filling.zeros_like(tensor, optimize=False)
    if is_known:
        with within(state.grad_context):
            return filling.zeros(tensor.shape, tensor.dtype)
    with within(around):
        sizes = shape_of.shape_internal(tensor, optimize=False)
    stack = state.store(sizes)
    with within(state.grad_context):
        return filling.zeros(state.restored(stack, sizes), tensor.dtype)


def _zeros_of_lists(tensor: Tensor, state: LoopState | None) -> Tensor:
    if state is None:
        return filling.zeros_like(tensor, optimize=False)
    stack = state.store(tensor)
    with within(state.grad_context):
        return filling.zeros_like(state.restored(stack, tensor), optimize=False)


def zeros_in_loop(op: Operation, index: int, state: LoopState) -> Tensor:
    """Zeros like output `index` of `op`, which is in a loop; built in the backward loop."""
    output, context = op.outputs[index], op._control_flow_context
    if op.defn.splits and context.IsWhileContext():
        return _zeros_of_side(op, index, state)
    on_other_side = op.defn.splits
    known, dtype = TensorShape.of(value_sizes(output)), output.dtype.base_dtype
    if is_handle(output):  # of which TensorFlow 1.15 can make no zeros in a loop
        dtype = value_dtype(output)
    if known.is_fully_defined():
        zeros = constant(0, dtype, shape=known.as_list())
        if not on_other_side:
            return zeros
        pred = state.history_map[context.pred.name]
        return switch_ref_or_tensor(zeros, pred)[1 - context.branch]
    if on_other_side:
        with within(context.outer_context):
            unused = switch_ref_or_tensor(op.inputs[0], context.pred)[1 - context.branch]
            sizes = shape_of.shape_internal(unused, optimize=False)
        unused.op._set_control_flow_context(context)
        sizes.op._set_control_flow_context(context)
    else:
        with within(context):
            sizes = shape_of.shape_internal(output, optimize=False)
    with outside_of(state.grad_context):
        stack = state.store(sizes, on_other_side)
    return filling.zeros(state.restored(stack, sizes, on_other_side), dtype)


def _zeros_of_side(op: Operation, index: int, state: LoopState) -> Tensor:
    """Zeros like an output of a switch that a gradient has put into a loop."""
    data, pred = op.inputs
    return switch_ref_or_tensor(_zeros_like(data, state), state.real_value(pred))[index]


def with_zeros_elsewhere(grad: Gradient, op: Operation, tensor: Tensor, state: LoopState) -> Any:
    """The gradient of `tensor`, which `op` takes on a side of a choice: zeros on the other one."""
    for side in state.sides.left_by(op, tensor):
        zeros = _zeros_like(tensor, state)
        elsewhere = switch_ref_or_tensor(zeros, state.condition_of(side.pred))[1 - side.branch]
        grad = merge([convert_to_tensor(grad), elsewhere])[0]
    return grad


def _zeros_like(tensor: Tensor, state: LoopState) -> Tensor:
    """Zeros like a value of the forward loop, in the backward one."""
    if tensor.dtype.base_dtype is not dtypes.variant and tensor.shape.is_fully_defined():
        return constant(0, tensor.dtype.base_dtype, shape=tensor.shape.as_list())
    return filling.zeros_like(state.real_value(tensor), optimize=False)


def close_open_loops(states: Iterable[LoopState]) -> None:
    """Gives zeros to loop variables whose next value does not depend on them."""
    for state in states:
        for merged in state.switch_map.values():
            if merged.op.inputs[0] is merged.op.inputs[1]:
                merged.op._update_input(1, _next_zeros(state.grad_context, merged))


def _next_zeros(context: Any, merged: Any) -> Tensor:
    entered = merged.op.inputs[0]
    if entered.shape.is_fully_defined():
        with within(context):
            zeros = constant(0, entered.dtype.base_dtype, shape=entered.shape.as_list())
            return frames.next_iteration(zeros)
    with within(context.outer_context):
        sizes = shape_of.shape_internal(entered.op.inputs[0], optimize=False)
        zeros = filling.zeros(sizes, entered.dtype)
    with within(context):
        return frames.next_iteration(zeros)
