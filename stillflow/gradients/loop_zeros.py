"""Zeros as gradients in and around loops, where nothing used a value or nothing depends on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.handles import is_handle, value_dtype, value_sizes
from stillflow.gradients.loop_state import LoopState
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import filling, shape_of
from stillflow.ops.control import frames
from stillflow.ops.control.contexts import outside_of, within
from stillflow.ops.control.switch import switch_ref_or_tensor


def zeros_for_exit(tensor: Tensor, states: Mapping[Any, LoopState]) -> Tensor:
    """Zeros like an Exit that nothing used, of a loop another Exit of which was."""
    around = tensor.op._control_flow_context.outer_context
    state = None if around is None else states.get(around.GetWhileContext())
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


def zeros_in_loop(op: Operation, index: int, state: LoopState) -> Tensor:
    """Zeros like output `index` of `op`, which is in a loop; built in the backward loop."""
    output, context = op.outputs[index], op._control_flow_context
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
