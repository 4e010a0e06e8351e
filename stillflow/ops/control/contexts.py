"""What is being built inside a side of a choice, or inside a loop: the contexts of a graph.

A graph has at most one context that is entered; operations that are built then belong to it. A new
operation is told to its context (`AddOp`), which leads its inputs in: what comes from outside is
taken through a switch, or through an Enter. Methods have TensorFlow's names, for programs may make
contexts of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from stillflow.graph import nest
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.control.nodes import (
    containing_while_context,
    is_containing,
    is_loop_enter,
    is_switch,
    output_context,
)


class ControlFlowContext:
    """A part of a graph that runs only sometimes, or many times.

    `_values` are the names of the tensors that are known inside; `_external_values` says by which
    tensor one from outside, called so, is known.
    """

    has_effects = False  # in a graph that orders them

    def __init__(self, values_def: Any = None, import_scope: str | None = None) -> None:
        self._nested_contexts: list[ControlFlowContext] = []
        self._outer_context: ControlFlowContext | None = (
            get_default_graph()._get_control_flow_context()
        )
        if self._outer_context is not None:
            self._outer_context._nested_contexts.append(self)
        self._context_stack: list[ControlFlowContext | None] = []
        self._values: set[str] = set()
        self._external_values: dict[str, Tensor] = {}
        self._name = ""
        if values_def is not None:
            from stillflow.ops.control.context_protos import read_values

            read_values(self, values_def, import_scope)

    @property
    def name(self) -> str:
        return self._name

    @property
    def outer_context(self) -> ControlFlowContext | None:
        return self._outer_context

    @property
    def grad_state(self) -> Any:
        """What a backward loop knows of its forward one; None elsewhere."""
        raise NotImplementedError("Abstract method")

    @property
    def back_prop(self) -> bool:
        raise NotImplementedError("Abstract method")

    def _to_values_def(self, export_scope: str | None = None) -> Any:
        from stillflow.ops.control.context_protos import values_def

        return values_def(self, export_scope)

    def to_control_flow_context_def(self, context_def: Any, export_scope: str | None = None):
        raise NotImplementedError("Abstract method")

    def IsWhileContext(self) -> bool:
        return False

    def IsCondContext(self) -> bool:
        return False

    def IsXLAContext(self) -> bool:
        return False

    def __str__(self) -> str:
        return self.name

    # Entering ---------------------------------------------------------------------------------

    def Enter(self) -> None:
        """From now on what is built belongs to this context."""
        graph = get_default_graph()
        self._context_stack.append(graph._get_control_flow_context())
        graph._set_control_flow_context(self)

    def Exit(self) -> None:
        """What is built belongs again to the context that this one was entered from."""
        get_default_graph()._set_control_flow_context(self._context_stack.pop())

    def ExitResult(self, result: Any) -> None:
        """Makes tensors known in the context around this one."""
        if self._outer_context is not None:
            for tensor in nest.flatten(result, expand_composites=True):
                self._outer_context.AddName(tensor.name)

    # Taking in --------------------------------------------------------------------------------

    def AddName(self, name: str) -> None:
        """Makes a tensor known in this context by its name."""
        self._values.add(name)

    def AddValue(self, val: Tensor) -> Tensor:
        """The tensor by which `val`, of any context, is known in this one."""
        raise NotImplementedError("Abstract method")

    def AddOp(self, op: Operation) -> None:
        """Takes in an operation that was just built in this context."""
        raise NotImplementedError("Abstract method")

    def AddInnerOp(self, op: Operation) -> None:
        """Is told of an operation that was taken into a context inside this one."""
        if self._outer_context is not None:
            self._outer_context.AddInnerOp(op)

    def GetWhileContext(self) -> Any:
        """The innermost loop around this context, which may be it."""
        return None if self._outer_context is None else self._outer_context.GetWhileContext()

    def GetControlPivot(self) -> Tensor | None:
        """What an operation without inputs waits for."""
        return None

    def EnterGradientColocation(self, op: Operation, gradient_uid: str) -> None:
        if self._outer_context is not None:
            self._outer_context.EnterGradientColocation(op, gradient_uid)

    def ExitGradientColocation(self, op: Operation, gradient_uid: str) -> None:
        if self._outer_context is not None:
            self._outer_context.ExitGradientColocation(op, gradient_uid)

    def _RemoveExternalControlEdges(self, op: Operation) -> tuple[list[Operation], list[Operation]]:
        """(control inputs that stay, those from outside the loop that `op` no longer has)"""
        loop = self.GetWhileContext()
        waits = op.control_inputs
        if loop is None:
            return waits, []
        inside = [w for w in waits if _loop_of_output(w) is loop]
        outside = [w for w in waits if w not in inside]
        if outside:
            op._remove_all_control_inputs()
            op._add_control_inputs(inside)
        return inside, outside

    def check_reached_from(self, op: Operation, source: Operation) -> None:
        """ValueError where `op` is where it cannot take outputs of `source`, which is in here."""
        if not _is_reachable(op, source):
            where = (
                "they are in different while loops"
                if containing_while_context(op._control_flow_context) is not None
                else f"'{source.name}' is in a while loop"
            )
            raise ValueError(
                f"Cannot use '{source.name}' as input to '{op.name}' because {where}. See info log "
                f"for more details.\n  '{source.name}' was {source.built_at}: return it from the "
                "loop's body as one more loop variable, and use what tf.while_loop returns."
            )


def _loop_of_output(op: Operation) -> Any:
    context = output_context(op)
    return None if context is None else context.GetWhileContext()


def _is_reachable(op: Operation, source: Operation) -> bool:
    """Whether `op` may take outputs of `source`, which is in another context."""
    source_context = output_context(source)
    if source_context is None:
        return True
    loop = containing_while_context(op._control_flow_context)
    source_loop = containing_while_context(source_context)
    if loop is None:
        # Switches and Enters are built outside of the contexts that they lead into.
        return source_loop is None or is_loop_enter(op) or is_switch(op)
    return is_containing(loop, source_loop) or _serves_gradient(loop, source_loop, source_context)


def _serves_gradient(loop: Any, source_loop: Any, source_context: Any) -> bool:
    """Whether one of two loops is the backward loop of the other, or near it."""
    if loop.grad_state is not None:
        forward = loop.grad_state.forward_context
        if is_containing(forward, source_loop) or forward is source_loop.outer_context:
            return True
    if source_loop.grad_state is None:
        return False
    forward = source_loop.grad_state.forward_context
    if forward is loop:
        return True
    # The gradient of a backward loop, on which TensorFlow gives up only later.
    forward = source_context.grad_state.forward_context
    return forward.grad_state is not None and forward.grad_state.forward_context is loop


class XLAControlFlowContext(ControlFlowContext):
    """A part that is compiled as one; programs make their own of it. It leads nothing in."""

    def __init__(self) -> None:
        super().__init__()
        self._name = "XLAControlFlowContext"

    def IsXLAContext(self) -> bool:
        return True

    def AddOp(self, op: Operation) -> None:
        pass

    def AddValue(self, val: Tensor) -> Tensor:
        return val


def within(context: ControlFlowContext | None) -> AbstractContextManager[None]:
    """A block in which what is built belongs to `context`; None changes nothing."""
    return nullcontext() if context is None else _entered(context)


@contextmanager
def _entered(context: ControlFlowContext) -> Iterator[None]:
    context.Enter()
    try:
        yield
    finally:
        context.Exit()


@contextmanager
def outside_of(context: ControlFlowContext) -> Iterator[None]:
    """A block in which what is built does not belong to `context`, which is entered."""
    context.Exit()
    try:
        yield
    finally:
        context.Enter()


def grad_loop_context() -> Any:
    """The backward loop that is being built, or None."""
    context = get_default_graph()._get_control_flow_context()
    loop = None if context is None else context.GetWhileContext()
    return loop if loop is not None and loop.grad_state is not None else None
