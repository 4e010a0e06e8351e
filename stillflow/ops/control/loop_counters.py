"""The counters of a loop that is differentiated: how often it ran, and how often to go back."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph.operation import Tensor
from stillflow.ops.control import frames
from stillflow.ops.control.switch import merge, switch
from stillflow.ops.control.while_context import WhileContext
from stillflow.ops.math.arithmetic import add, subtract
from stillflow.ops.math.comparison import greater_equal


def count_forward(context: WhileContext, around: Any) -> tuple[Tensor, Tensor]:
    """Adds a variable that counts the iterations of a loop: n = 0; while (...) n = n + 1.

    `around` is the state of the loop around this one, None without one. What is pushed onto stacks
    is ordered by these counters.

    Returns:
      (how many iterations there were, the number of the next iteration)
    """
    zero = constant(0, name="f_count")
    if around is not None:
        zero.op._add_control_input(around.forward_count)
    context.Enter()
    context.AddName(zero.name)
    entered = context.enter(zero, name="f_count")
    context.loop_enters.append(entered)
    merged = merge([entered, entered])[0]
    so_far, going_on = switch(merged, context.pivot)
    following = frames.next_iteration(add(going_on, 1))
    merged.op._update_input(1, following)
    total = frames.exit_(so_far, name="f_count")
    context.loop_exits.append(total)
    context.ExitResult([total])
    context.Exit()
    return total, following


def count_backward(context: WhileContext, count: Tensor, around: Any) -> Tensor:
    """Makes a backward loop run `count` times: n = count; while (n >= 1) n = n - 1.

    Returns:
      the number of iterations that are left for the next one.
    """
    one = constant(1, name="b_count")
    context.Enter()
    context.AddName(count.name)
    entered = context.enter(count, name="b_count")
    context.loop_enters.append(entered)
    merged = merge([entered, entered])[0]
    context._pivot_for_pred = merged
    context._pivot = frames.loop_cond_op(greater_equal(merged, one), name="b_count")
    left, going_on = switch(merged, context._pivot)
    context._pivot_for_body = subtract(going_on, one)
    following = frames.next_iteration(context._pivot_for_body)
    merged.op._update_input(1, following)
    none_left = frames.exit_(left, name="b_count")
    context.loop_exits.append(none_left)
    if around is not None:
        around.backward_sync._add_control_input(none_left.op)
    context.ExitResult([none_left])
    context.Exit()
    return following
