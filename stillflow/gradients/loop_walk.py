"""The backward walk where loops are on the way: it builds one backward loop for each.

A gradient enters the backward loop of its loop at an Exit and leaves it at an Enter. All Exits of a
loop are gone through together, since its variables depend on each other: those that nothing used
get zeros, unless none was used.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from stillflow.gradients.aggregating import Gradient
from stillflow.gradients.loop_lists import no_lists, with_lists
from stillflow.gradients.loop_state import LoopState
from stillflow.gradients.loop_zeros import (
    close_open_loops,
    with_zeros_elsewhere,
    zeros_for_exit,
    zeros_in_loop,
)
from stillflow.gradients.walk import How, Walk, is_trainable, taken_by
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.control.contexts import within
from stillflow.ops.control.nodes import (
    is_loop_exit,
    is_loop_switch,
    output_context,
    while_context_of,
)


class _Exits:
    """The Exits of one loop: how many are to come, which wait for those, which nothing used."""

    def __init__(self, count: int) -> None:
        self.missing = count
        self.waiting: list[Tensor] = []
        self.unused: list[Tensor] = []


class LoopWalk(Walk):
    """A walk through loops."""

    def __init__(
        self,
        ys: list[Tensor],
        xs: list[Tensor],
        stops: list[Tensor],
        between: dict[Operation, None],
        how: How,
    ):
        self._lists = no_lists()
        graph: Any = get_default_graph()
        if graph.building_function:
            self._lists, between = with_lists(ys, xs, between, graph)
        ys = [*ys, *self._lists.left]
        self._states = _states_of_loops(between, how)
        self._exits = {loop: _Exits(len(state.exits)) for loop, state in self._states.items()}
        reached = set(between)
        for state in self._states.values():
            between.update(dict.fromkeys(tensor.op for tensor in state.exits))
        super().__init__(ys, xs, stops, between, how)
        self._ready = deque(op for op in self._ready if op in reached)

    def _taken_by(self, op: Operation) -> Sequence[Tensor]:
        return taken_by(op, self._lists.instead)

    def run(self, ys: list[Tensor], grads: list[Gradient]) -> None:
        for tensor, gradient in self._lists.left.items():
            around = output_context(tensor.op)
            with within(self._backward(None if around is None else around.GetWhileContext())):
                self._add(tensor, gradient())
        super().run(ys, grads)

    def finish(self) -> None:
        close_open_loops(self._states.values())

    def _start(self) -> None:
        """Goes through the Exits of loops none of whose Exits is still to come."""
        first = set(self._ready)
        ready: list[Tensor] = []
        for loop, state in self._states.items():
            exits = self._exits[loop]
            for tensor in state.exits:
                if self._pending[tensor.op] == 0:
                    exits.missing -= 1
                    if tensor.op not in first:
                        exits.unused.append(tensor)
                    if exits.missing == 0:
                        ready += exits.unused
            # A loop variable that is on no way is gone through as well.
            for tensor in state.forward_context.loop_enters:
                self._pending[tensor.op] = self._pending.get(tensor.op) or 1
        for tensor in filter(is_trainable, ready):
            self._go_through_with_zeros(tensor)
        super()._start()

    def _go_through_with_zeros(self, tensor: Tensor) -> None:
        if is_trainable(tensor):
            self._add(tensor, zeros_for_exit(tensor, self._states))
        self._ready.append(tensor.op)

    def _count_down(self, op: Operation) -> None:
        for tensor in self._taken_by(op):
            source = tensor.op
            if source not in self._pending:
                continue
            self._pending[source] -= 1
            left = self._pending[source]
            # A loop variable is gone through from behind the loop, and from the body.
            if left == 0 or (left > 0 and is_loop_switch(source)):
                if is_loop_exit(source):
                    self._exit_is_ready(tensor)
                else:
                    self._ready.append(source)

    def _exit_is_ready(self, tensor: Tensor) -> None:
        """Goes through the Exits of a loop when the last of them is ready."""
        exits = self._exits[while_context_of(tensor.op)]
        exits.waiting.append(tensor)
        exits.missing -= 1
        if exits.missing:
            return
        used = [one for one in exits.waiting if any(self._parts.get(one.op, ()))]
        exits.unused += [one for one in exits.waiting if one not in used]
        self._ready.extend(one.op for one in used)
        for one in exits.unused:
            if used:
                self._go_through_with_zeros(one)
            else:
                self._ready.append(one.op)

    # One operation ------------------------------------------------------------------------------

    def _arrived(self, op: Operation) -> list[Gradient | None]:
        outside = output_context(op)
        with within(self._backward(None if outside is None else outside.GetWhileContext())):
            grads = super()._arrived(op)
        if is_loop_switch(op) and grads:  # which is visited again
            self._parts[op] = [[] if grad is None else [grad] for grad in grads]
        return grads

    def _pass_on(self, op: Operation, grads: list[Gradient | None]) -> None:
        with within(self._backward(while_context_of(op))):
            super()._pass_on(op, grads)

    def _leaving(self, op: Operation, tensor: Tensor, grad: Gradient) -> Gradient:
        state = self._states.get(while_context_of(op))
        if state is None or state.forward_context.grad_state is None:
            return grad
        return with_zeros_elsewhere(grad, op, tensor, state)

    def _backward(self, loop: Any) -> Any:
        """The backward loop of a loop, None where it is not differentiated."""
        state = self._states.get(loop)
        return None if state is None else state.grad_context

    def _zeros(self, op: Operation, index: int) -> Tensor | None:
        state = self._states.get(while_context_of(op))
        if is_loop_switch(op):
            return None
        return super()._zeros(op, index) if state is None else zeros_in_loop(op, index, state)


def _states_of_loops(between: dict[Operation, None], how: How) -> dict[Any, LoopState]:
    """A state, with a backward loop, for each loop that is on the way; those around come first.

    Raises:
      ValueError: it is not known what is in a loop.
    """
    ends: dict[Any, Operation] = {}
    for op in filter(is_loop_exit, between):
        loop = while_context_of(op)
        if loop is None:
            raise ValueError(
                "Failed to call gradients on a while loop without properly serializing graph via "
                f"MetaGraphDef\n  {op.name!r} is the end of a loop of which only the nodes were "
                "imported: tf.train.import_meta_graph takes up what is in it, too."
            )
        ends.setdefault(loop, op)
    states: dict[Any, LoopState] = {}
    for loop in ends:
        _add_state(loop, ends, states, how)
    return states


def _add_state(
    loop: Any, ends: dict[Any, Operation], states: dict[Any, LoopState], how: How
) -> LoopState | None:
    """The state of a loop, behind those of the loops around it; None where it is on no way."""
    if loop not in ends:
        return None
    if loop not in states:
        around = None if loop.outer_context is None else loop.outer_context.GetWhileContext()
        outer = _add_state(around, ends, states, how)
        with how.beside(ends[loop]):
            states[loop] = LoopState(loop, outer)
    return states[loop]
