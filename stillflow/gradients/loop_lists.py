"""Gradients of gradients of loops: what a loop leaves for its backward one, as lists.

A stack hands values from a loop to its backward loop beside the edges of the graph. Where the
backward loop is differentiated in turn, each stack gets a list that goes the same way, as one more
variable of both loops: pushed to in the one, popped from in the other. The rules of these lead a
walk from the backward loop to the loop. Without choices in a loop, no run computes the lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, NoReturn

from stillflow.gradients.loop_sides import SidesInLoop
from stillflow.gradients.walk import is_trainable, operations_behind, operations_between
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.control import frames
from stillflow.ops.control.contexts import within
from stillflow.ops.control.nodes import entered, is_loop_exit, while_context_of
from stillflow.ops.control.switch import merge, switch
from stillflow.ops.tensor_array import stacks
from stillflow.ops.tensor_list import changing, making
from stillflow.ops.tensor_list import gradients as _gradients  # noqa: F401  declares the rules

Step = Callable[[Tensor], Tensor]


class Lists(NamedTuple):
    """The lists of some backward loops.

    Attributes:
      instead: of what was popped from a stack, the same element of the list.
      left: by each list as a backward loop leaves it, what makes its gradient: both are empty.
    """

    instead: dict[Tensor, Tensor]
    left: dict[Tensor, Callable[[], Tensor]]


def no_lists() -> Lists:
    return Lists({}, {})


def with_lists(
    ys: list[Tensor], xs: list[Tensor], between: dict[Operation, None], graph: Any
) -> tuple[Lists, dict[Operation, None]]:
    """(lists, the ops between that they, too, lead through); no lists without backward loops.

    Args:
      between: the ops on paths along the edges of `graph`, which is a function's.

    Raises:
      TypeError: a loop leaves lists to its backward one.
    """
    lists, done = no_lists(), set[Any]()
    while loops := _backward_loops(operations_behind([*ys, *lists.left], lists.instead)) - done:
        done |= loops
        for pop in _pops_in(loops, graph):
            if is_trainable(pop.outputs[0]) and pop.outputs[0] not in lists.instead:
                with control_dependencies(None):
                    _add_list(pop, lists)
    if lists.instead:
        between = operations_between([*ys, *lists.left], xs, lists.instead)
    return lists, between


def _backward_loops(ops: Iterable[Operation]) -> set[Any]:
    """The backward loops that end in `ops`, and those that they are the backward loops of."""
    found = set()
    for op in filter(is_loop_exit, ops):
        loop = while_context_of(op)
        while loop is not None and loop.grad_state is not None:
            found.add(loop)
            loop = loop.grad_state.forward_context
    return found


def _pops_in(loops: set[Any], graph: Any) -> list[Operation]:
    """What pops values that are used in `loops`, or in loops in them."""
    pops = [op for op in graph.get_operations() if op.defn is stacks.stack_pop_v2]
    return [op for op in pops if op.outputs[0]._consumers and loops.intersection(_around(op))]


def _around(op: Operation, end: Any = None) -> list[Any]:
    """The contexts that an operation is in, the outermost, which is in `end`, first."""
    context, found = op._control_flow_context, []
    while context is not end:
        found.append(context)
        context = context.outer_context
    return found[::-1]


def _add_list(pop: Operation, lists: Lists) -> None:
    popped = pop.outputs[0]
    if popped.dtype is dtypes.variant:
        _refuse(popped, "a list is an element of a stack")
    stack = entered(pop.inputs[0]).op
    push = _push_onto(stack.outputs[0])
    value, end = push.inputs[1], stack._control_flow_context
    contexts = _around(push, end)
    _check_choices(contexts, pop, value)
    loops = [loop for loop in _around(pop, end) if loop.IsWhileContext()]
    backward = {loop.grad_state.forward_context: loop for loop in loops}
    sizes = making.build_element_shape(popped.shape)
    dtype = popped.dtype.base_dtype

    def pushed(tensors: Tensor) -> Tensor:
        added: Tensor = changing.tensor_list_push_back(tensors, value)
        return added

    def taken(tensors: Tensor) -> Tensor:
        rest, lists.instead[popped] = changing.tensor_list_pop_back_op(
            tensors, element_shape=sizes, element_dtype=dtype
        )
        return rest

    def none() -> Tensor:
        made: Tensor = making.empty_tensor_list_op(sizes, -1, element_dtype=dtype)
        return made

    with within(end):
        filled = _through(contexts, {}, none(), pushed)
        lists.left[_through(contexts, backward, filled, taken)] = none


def _check_choices(contexts: list[Any], pop: Operation, value: Tensor) -> None:
    """TypeError for choices on whose sides a list cannot be followed."""
    kinds = [context.IsCondContext() for context in contexts]
    if any(kinds) and any(not inner for inner in kinds[kinds.index(True) :]):
        _refuse(pop.outputs[0], "a loop is on a side of a choice")
    loop = while_context_of(pop).grad_state.forward_context
    if loop.grad_state is not None and SidesInLoop(loop).innermost(value):
        _refuse(pop.outputs[0], "it is one of a third order, with a choice in the loop")


def _refuse(tensor: Tensor, why: str) -> NoReturn:
    raise TypeError(
        f"Second-order gradient for while loops not supported.\n  That of {tensor.name!r} is "
        f"out of reach: {why}. Unroll the loop, or differentiate eagerly."
    )


def _push_onto(stack: Tensor) -> Operation:
    """The only operation that pushes onto a stack of a gradient's."""
    waiting = list(stack._consumers)
    for op in waiting:
        if op.defn is stacks.stack_push_v2:
            return op
        if op.outputs and op.outputs[0].dtype is dtypes.resource:
            waiting += [consumer for tensor in op.outputs for consumer in tensor._consumers]
    raise AssertionError("a stack that is popped from was pushed onto")


def _through(
    contexts: list[Any], backward: Mapping[Any, Any], start: Tensor, step: Step, state: Any = None
) -> Tensor:
    """What `step` makes of a list within `contexts`, some of them replaced by `backward` loops."""
    if not contexts:
        return step(start)
    context, *inner = contexts
    loop = backward.get(context, context)
    if loop.IsWhileContext():
        own = loop.grad_state if backward else None
        return _through_loop(loop, start, lambda x: _through(inner, backward, x, step, own))
    pred = context.pred if state is None else state.condition_of(context.pred)
    sides = switch(start, pred)
    there = _through(inner, backward, sides[context.branch], step, state)
    return merge([there, sides[1 - context.branch]])[0]


def _through_loop(context: Any, start: Tensor, step: Step) -> Tensor:
    """A further variable of a loop, which `step` gives its next value."""
    with within(context):
        context.AddName(start.name)
        first = context.enter(start)
        context.loop_enters.append(first)
        merged = merge([first, first])[0]
        done, going_on = switch(merged, context.pivot)
        merged.op._update_input(1, frames.next_iteration(step(going_on)))
        result: Tensor = frames.exit_(done)
        context.loop_exits.append(result)
        context.ExitResult([result])
    return result
