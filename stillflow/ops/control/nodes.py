"""Questions about the nodes of choices and loops, and about where operations are."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Operation, Tensor

_PASSING = {"Switch", "RefSwitch", "Identity", "RefIdentity"}
_LEADING_IN = {*_PASSING, "Enter", "RefEnter"}

Context = Any  # a ControlFlowContext, or None outside of all: see `contexts`


def is_call(op: Operation) -> bool:
    """Whether it calls a function, some of whose operations may take nothing from the call."""
    return op.graph._is_function(op.type) or op.type == "SymbolicGradient"


def is_switch(op: Operation) -> bool:
    return op.defn.splits


def is_merge(op: Operation) -> bool:
    return op.defn.joins


def is_loop_enter(op: Operation) -> bool:
    return op.defn.frame == "enter"


def is_loop_exit(op: Operation) -> bool:
    return op.defn.frame == "exit"


def is_constant_enter(op: Operation) -> bool:
    """Whether it takes a value into a loop that is the same in each iteration."""
    return is_loop_enter(op) and op.attrs["is_constant"]


def is_cond_switch(op: Operation) -> bool:
    """Whether it is a switch of a choice: then all who take its outputs are on sides of choices.

    The switch itself belongs to what is around the choice.
    """
    users = (user for tensor in op.outputs for user in tensor._consumers)
    return is_switch(op) and all(_is_cond(_input_context(user)) for user in users)


def is_cond_merge(op: Operation) -> bool:
    """Whether it is the merge of a choice: then all its inputs come from sides of choices."""
    return is_merge(op) and all(_is_cond(output_context(tensor.op)) for tensor in op.inputs)


def _input_context(op: Operation) -> Context:
    """Where the inputs are: those of an Enter are outside its loop."""
    context = op._control_flow_context
    return context.outer_context if context is not None and is_loop_enter(op) else context


def _is_cond(context: Context) -> bool:
    return context is not None and context.IsCondContext()


def _is_while(context: Context) -> bool:
    return context is not None and context.IsWhileContext()


def is_loop_switch(op: Operation) -> bool:
    """Whether it is the switch of a loop variable, which the loop's condition decides."""
    is_decided = is_switch(op) and op.inputs[1].op.defn.frame == "condition"
    return is_decided and _is_while(op._control_flow_context)


def is_loop_merge(op: Operation) -> bool:
    """Whether it is the merge of a loop variable, which begins with what enters the loop."""
    return is_merge(op) and _is_while(op._control_flow_context) and is_loop_enter(op.inputs[0].op)


def constant_enter_of(tensor: Tensor) -> Operation | None:
    """The Enter that `tensor` is the value of, if it is the same in each iteration of a loop."""
    op = tensor.op
    while op.type in _PASSING:
        op = op.inputs[0].op
    return op if is_constant_enter(op) else None


def entered(tensor: Tensor) -> Tensor:
    """What `tensor` was before it was led into loops and choices, if it was."""
    while tensor.op.type in _LEADING_IN:
        tensor = tensor.op.inputs[0]
    return tensor


def output_context(op: Operation) -> Context:
    """Where the outputs are: those of an Exit are outside its loop."""
    context = op._control_flow_context
    return context.outer_context if context is not None and is_loop_exit(op) else context


def containing_while_context(context: Context, stop: Context = None) -> Context:
    """The innermost loop around `context`, which may be it, or `stop` where that is met first."""
    while context is not None and not context.IsWhileContext() and context is not stop:
        context = context.outer_context
    return context


def containing_cond_context(context: Context) -> Context:
    """The innermost side of a choice around `context`, which may be it."""
    while context is not None and not context.IsCondContext():
        context = context.outer_context
    return context


def containing_xla_context(context: Context) -> Context:
    """The innermost part for XLA around `context`, which may be it."""
    while context is not None and not context.IsXLAContext():
        context = context.outer_context
    return context


def is_in_xla_context(op: Operation) -> bool:
    """Whether TensorFlow would compile it as a part of something."""
    if op.attrs.get("_XlaCompile"):
        return True
    return containing_xla_context(op._control_flow_context) is not None


def is_containing(context: Context, around: Context) -> bool:
    """Whether `around` is `context` or contains it; None contains all."""
    while context is not around:
        if context is None:
            return False
        context = context.outer_context
    return True


def op_in_context(op: Operation, context: Context) -> bool:
    return is_containing(op._control_flow_context, context)


def tensor_in_context(tensor: Tensor, context: Context) -> bool:
    return op_in_context(tensor.op, context)


def while_context_of(op: Operation) -> Context:
    """The innermost loop that `op` is in."""
    context = op._control_flow_context
    return None if context is None else context.GetWhileContext()


def is_in_while_loop(op: Operation) -> bool:
    return containing_while_context(op._control_flow_context) is not None


def is_in_cond(op: Operation) -> bool:
    return containing_cond_context(op._control_flow_context) is not None


#: Whether choices and loops are built as functions; they never are.
ENABLE_CONTROL_FLOW_V2 = False


def is_graph_in_xla_context(graph: Any) -> bool:
    """Whether what is built in a graph now is for XLA as TensorFlow 1.15 calls it."""
    return containing_xla_context(graph.stacks.flow) is not None
