"""A loop that is differentiated and its backward loop: what the one leaves for the other.

Values of the forward loop that the backward one needs are pushed onto stacks, one for each value,
and popped in reverse. Pushes run before the counter of the forward loop goes on, pops before that
of the backward one, so that no iteration's are mixed with another's.
"""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.gradients.loop_limits import most_iterations
from stillflow.gradients.loop_sides import Side, SidesInLoop
from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies
from stillflow.ops.control.contexts import outside_of, within
from stillflow.ops.control.frames import control_trigger_op
from stillflow.ops.control.loop_counters import count_backward, count_forward
from stillflow.ops.control.nodes import constant_enter_of, is_in_xla_context, output_context
from stillflow.ops.control.switch import switch_ref_or_tensor
from stillflow.ops.control.while_context import WhileContext
from stillflow.ops.tensor_array import stacks


class LoopState:
    """One forward loop and its backward one.

    Attributes:
      around: the state of the loop around, if that is differentiated too.
      forward_context, grad_context: the two loops.
      switch_map: the merge in the backward loop of each loop variable's Switch.
      history_map: the values of the forward loop, by name, as the backward loop has them.
      sides: of what is in the forward loop, where that is a backward one itself.
      exits: those of the forward loop before it was differentiated.
    """

    def __init__(self, forward: WhileContext, around: LoopState | None) -> None:
        self.around = around
        self.forward_context = forward
        self.switch_map: dict[Operation, Any] = {}
        self.history_map: dict[str, Tensor] = {}
        self.exits = list(forward.loop_exits)
        self.sides = SidesInLoop(forward)
        self._forward_sync: Operation | None = None
        self._backward_sync: Operation | None = None
        outside = forward.outer_context if around is None else around.forward_context
        with within(outside):
            total, self._forward_index = count_forward(forward, around)
        if around is None:
            with within(outside):
                self._go_back(total)
        else:
            around.forward_context.AddName(total.name)
            history = around.store(total)
            with within(around.grad_context):
                self._go_back(total, history)

    def _go_back(self, total: Tensor, history: Tensor | None = None) -> None:
        """Builds the backward loop; in that of `around` it has the total from `history`."""
        forward = self.forward_context
        self.grad_context = WhileContext(
            forward.maximum_iterations,
            forward.parallel_iterations,
            forward.back_prop,
            forward.swap_memory,
            forward.name,
            grad_state=self,
        )
        if history is not None:
            assert self.around is not None
            total = self.around.restored(history, total)
        self._backward_index = count_backward(self.grad_context, total, self.around)

    # The order of pushes and of pops ------------------------------------------------------------

    @property
    def forward_count(self) -> Operation:
        """What adds one to the forward loop's counter."""
        return self._forward_index.op.inputs[0].op

    @property
    def forward_sync(self) -> Operation:
        """The forward loop goes on after it; it waits for pushes that may be dead."""
        if self._forward_sync is None:
            with control_dependencies(None):
                self._forward_sync = _trigger("f_sync")
            self._forward_sync._set_control_flow_context(self.forward_context)
            self._forward_index.op._add_control_input(self._forward_sync)
        return self._forward_sync

    @property
    def backward_sync(self) -> Operation:
        """The backward loop goes on after it; it waits for pops."""
        if self._backward_sync is None:
            with control_dependencies(None):
                self._backward_sync = _trigger("b_sync")
            self._backward_sync._set_control_flow_context(self.grad_context)
            self._backward_index.op._add_control_input(self._backward_sync)
            if self.grad_context.outer_context is not None:
                self.grad_context.outer_context.AddInnerOp(self._backward_sync)
        return self._backward_sync

    # Storing and restoring -----------------------------------------------------------------------

    def store(self, value: Tensor, on_other_side: bool = False) -> Tensor:
        """A stack onto which the forward loop pushes `value` in each iteration.

        `on_other_side`: it is alive on the other side of the choice whose context it is in.
        """
        asked_in = get_default_graph()._get_control_flow_context()
        with control_dependencies(None):
            stack = _stack_for(value, self.forward_context, asked_in)
            inside = self.forward_context.AddValue(stack)
            context = output_context(value.op)
            if context is self.forward_context and self._side_within(value) is None:
                push = self._pushed(context, inside, value)
                self._forward_index.op._add_control_input(push)
            else:
                is_own = context is self.forward_context
                if not is_own and (context is None or not context.IsCondContext()):
                    raise TypeError(f"value_ctxt is not a CondContext: {context}")
                pushed_in = context.outer_context if on_other_side else context
                push = self._pushed(pushed_in, inside, value)
                if on_other_side:
                    push._set_control_flow_context(context)
                self.forward_sync._add_control_input(push)
            push._add_control_input(self.forward_count)
        return stack

    def _pushed(self, context: Any, stack: Tensor, value: Tensor) -> Operation:
        swap = self.forward_context.swap_memory
        with within(context):
            return stacks.stack_push_v2(stack, value, swap_memory=swap).op

    def restored(self, stack: Tensor, value: Tensor, on_other_side: bool = False) -> Tensor:
        """In the backward loop, what `value` was, popped from its stack."""
        side = self._side_of(value, stack)
        if isinstance(side, Side):
            self.condition_of(side.pred)
        with control_dependencies(None), within(self.grad_context):
            if side is not None:
                branch = 1 - side.branch if on_other_side else side.branch
                stack = switch_ref_or_tensor(stack, self._known_condition(side.pred))[branch]
            popped = stacks.stack_pop_v2(stack, elem_type=value.dtype.base_dtype)
            popped.set_shape(value.shape)
        if self.grad_context.parallel_iterations > 1:
            self.backward_sync._add_control_input(popped.op)
        return popped

    def _known_condition(self, pred: Tensor) -> Tensor:
        """`pred` as this backward loop, or one around it, has it already."""
        state: LoopState | None = self
        while state is not None:
            if pred.name in state.history_map:
                return state.history_map[pred.name]
            state = state.around
        return pred

    def _side_of(self, value: Tensor, stack: Tensor) -> Any:
        """The innermost side of a choice that `value` is on and its stack is not, or None."""
        return _side_between(value, stack) or self._side_within(value)

    def _side_within(self, value: Tensor) -> Side | None:
        """The innermost side that `value` is on without being in its context."""
        return self.sides.innermost(value) if value.graph.building_function else None

    def condition_of(self, pred: Tensor) -> Tensor:
        """In the backward loop, what the condition of a choice in the forward one was."""
        known = self.history_map.get(pred.name)
        if known is None:
            with outside_of(self.grad_context):
                stack = self.store(pred)
            known = self.history_map[pred.name] = self.restored(stack, pred)
        return known

    def real_value(self, value: Tensor) -> Tensor:
        """In the backward loop, which is being built, what `value` was in the forward one."""
        known = self.history_map.get(value.name)
        if known is None:
            known = self.history_map[value.name] = self._real_value(value)
        return known

    def _real_value(self, value: Tensor) -> Tensor:
        state: LoopState = self
        while (enter := constant_enter_of(value)) is not None:
            value = enter.inputs[0]
            if state.around is None:  # the same in all iterations of all loops
                return self.grad_context.AddValue(value)
            state = state.around
        if value.op.defn.is_constant:
            return constant(value.op.attrs["value"], dtype=value.dtype)
        with outside_of(self.grad_context):
            stack = state.store(value)
        restored = state.restored(stack, value)
        return restored if state is self else self.grad_context.AddValue(restored)


def _stack_for(value: Tensor, loop: WhileContext, context: Any) -> Tensor:
    """An empty stack for what `value` will be, in the context that tf.gradients was called in."""
    with within(context), colocate_with(value):
        is_limited = is_in_xla_context(value.op)
        limit = most_iterations(value, loop) if is_limited else constant(-1, dtypes.int32)
        return stacks.stack_v2(limit, elem_type=value.dtype.base_dtype, name="f_acc")


def _trigger(name: str) -> Operation:
    trigger: Any = control_trigger_op(name=name)
    return trigger


def _side_between(value: Tensor, stack: Tensor) -> Any:
    """The innermost side of a choice that `value` is in and its stack is not, or None."""
    context, outside = value.op._control_flow_context, stack.op._control_flow_context
    while context is not None and context is not outside:
        if context.IsCondContext():
            return context
        context = context.outer_context
    return None
