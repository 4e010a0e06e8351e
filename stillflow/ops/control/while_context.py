"""`WhileContext`: a loop as it is being built: what is carried in, and what is carried around."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph import nest
from stillflow.graph.control import control_inputs_for
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.control import frames
from stillflow.ops.control.contexts import ControlFlowContext, grad_loop_context, within
from stillflow.ops.control.nodes import (
    is_call,
    is_constant_enter,
    is_in_xla_context,
    is_loop_exit,
    output_context,
    while_context_of,
)
from stillflow.ops.control.ordering import identity
from stillflow.ops.control.switch import merge, switch_ref_or_tensor

_OF_SHAPE = ("Shape", "Size", "Rank")


class WhileContext(ControlFlowContext):
    """What runs once an iteration. What it takes from outside comes through constant Enters.

    Attributes:
      pivot: the LoopCond.
      pivot_for_pred, pivot_for_body: what operations without inputs wait for in the condition, in
        the body.
      loop_enters, loop_exits: of the loop variables, those of a gradient's own among them.
    """

    def __init__(
        self,
        maximum_iterations: Tensor | None = None,
        parallel_iterations: int = 10,
        back_prop: bool = True,
        swap_memory: bool = False,
        name: str = "while_context",
        grad_state: Any = None,
        context_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        self._grad_state = grad_state
        if context_def is not None:
            from stillflow.ops.control.context_protos import read_while

            read_while(self, context_def, import_scope)
            return
        super().__init__()
        if not isinstance(parallel_iterations, int) or parallel_iterations <= 0:
            raise ValueError(
                f"`parallel_iterations` must be a positive integer: {parallel_iterations}"
            )
        self._graph = get_default_graph()
        self._name = self._graph.unique_name(name)
        self._maximum_iterations = maximum_iterations
        self._parallel_iterations = parallel_iterations
        self._back_prop = back_prop
        self._swap_memory = swap_memory
        self._pivot_for_pred: Tensor | None = None
        self._pivot_for_body: Tensor | None = None
        self._pivot: Tensor | None = None
        self._loop_exits: list[Tensor] = []
        self._loop_enters: list[Tensor] = []

    @property
    def maximum_iterations(self) -> Tensor | None:
        return self._maximum_iterations

    @property
    def parallel_iterations(self) -> int:
        return self._parallel_iterations

    @property
    def back_prop(self) -> bool:
        return self._back_prop

    @property
    def swap_memory(self) -> bool:
        return self._swap_memory

    @property
    def pivot(self) -> Any:
        return self._pivot

    @property
    def pivot_for_pred(self) -> Any:
        return self._pivot_for_pred

    @property
    def pivot_for_body(self) -> Any:
        return self._pivot_for_body

    @property
    def loop_enters(self) -> list[Tensor]:
        return self._loop_enters

    @property
    def loop_exits(self) -> list[Tensor]:
        return self._loop_exits

    @property
    def grad_state(self) -> Any:
        return self._grad_state

    def IsWhileContext(self) -> bool:
        return True

    def GetWhileContext(self) -> WhileContext:
        return self

    def GetControlPivot(self) -> Tensor | None:
        return self._pivot_for_pred if self._pivot_for_body is None else self._pivot_for_body

    # Taking in --------------------------------------------------------------------------------

    def AddValue(self, val: Tensor) -> Tensor:
        if val.name in self._values or val.op._control_flow_context is self:
            return self._external_values.get(val.name, val)
        self._values.add(val.name)
        inside = self._remembered(val)
        if inside is None:
            inside = self._entered(val)
            self._values.add(inside.name)
        self._external_values[val.name] = inside
        return inside

    def _remembered(self, val: Tensor) -> Tensor | None:
        """In a backward loop, what `val` of the forward one was in this iteration, else None."""
        building = grad_loop_context()
        if building is None:
            return None
        loop = output_context(val.op)
        loop = None if loop is None else loop.GetWhileContext()
        if loop is not building.grad_state.forward_context:
            return None
        return building.grad_state.real_value(val)

    def _entered(self, val: Tensor) -> Tensor:
        """`val`, from outside, the same in every iteration."""
        outside = val if self._outer_context is None else self._outer_context.AddValue(val)
        with control_dependencies(None):
            inside = self.enter(outside, is_constant=True)
            inside.graph.prevent_feeding(inside)
            if self._outer_context is not None:
                self._outer_context.AddInnerOp(inside.op)
        self.own([inside])
        return inside

    def enter(
        self,
        data: Any,
        is_constant: bool = False,
        keeps_shape: bool = True,
        name: str | None = None,
    ) -> Any:
        """`data`, from outside, by an Enter of this loop's frame."""
        parallel = self._parallel_iterations
        return frames.enter(data, self._name, is_constant, parallel, keeps_shape, name)

    def own(self, enters: Sequence[Tensor]) -> None:
        """Takes Enters into the loop; of open control dependencies they get those around it."""
        graph = get_default_graph()
        for tensor in enters:
            op = tensor.op
            waits = control_inputs_for(graph.stacks.control, {op.inputs[0].op})
            op._set_control_flow_context(self)
            op._add_control_inputs([other for other in waits if self._is_just_around(other)])
            for block in graph.stacks.control:
                block.add(op)

    def _is_just_around(self, op: Operation) -> bool:
        """Whether `op` is outside of the loop, and within the loop around it."""
        theirs, around = output_context(op), self._outer_context
        loop = None if around is None else around.GetWhileContext()
        while around is not theirs:
            if around is None or around is loop:
                return False
            around = around.outer_context
        return True

    def AddOp(self, op: Operation) -> None:
        # Of a value of the forward loop the shape is stored rather than the value.
        building = grad_loop_context() if op.type in _OF_SHAPE else None
        if building is not None and not is_in_xla_context(op):
            source = op.inputs[0].op
            if while_context_of(source) is building.grad_state.forward_context:
                context = source._get_control_flow_context()
                op._set_control_flow_context(context)
                context.take_in(op)
                return
        self.take_in(op)

    def take_in(self, op: Operation) -> None:
        if op.inputs:
            for index, tensor in enumerate(op.inputs):
                inside = self.AddValue(tensor)
                if inside is not tensor:
                    op._update_input(index, inside)
            _, outside = self._RemoveExternalControlEdges(op)
            is_early = is_call(op) or all(is_constant_enter(t.op) for t in op.inputs)
            if not op.control_inputs and is_early:
                self._wait_for_pivot(op)  # else it would run before the first iteration
        else:
            kept, outside = self._RemoveExternalControlEdges(op)
            if not kept:
                self._wait_for_pivot(op)
        self._values.update(tensor.name for tensor in op.outputs)
        if outside:
            op._add_control_inputs(self._led_in(outside))
        if self._outer_context is not None or not is_loop_exit(op):
            op.graph.prevent_fetching(op)
            for tensor in op.outputs:
                op.graph.prevent_feeding(tensor)
        if self._outer_context is not None:
            self._outer_context.AddInnerOp(op)

    def _wait_for_pivot(self, op: Operation) -> None:
        pivot = self.GetControlPivot()
        assert pivot is not None
        op._add_control_input(pivot.op)

    def _led_in(self, ops: Sequence[Operation]) -> list[Operation]:
        """Operations in the loop that run after `ops`, which are outside, as far as those give."""
        with control_dependencies(None):
            self.Enter()
            inside = [identity(op.outputs[0]).op for op in ops if op.outputs]
            self.Exit()
        return inside

    # Gradients --------------------------------------------------------------------------------

    def switch_gradient(self, op: Operation, after_loop: Any, in_loop: Any) -> tuple[Any, None]:
        """That of a loop variable, which itself is a variable of the backward loop.

        The walk comes here twice: from behind the loop, whose gradient is the first value, and from
        the body, whose gradient is the value in the next iteration.
        """
        context: Any = get_default_graph()._get_control_flow_context()
        merges = context.grad_state.switch_map
        if op in merges:
            if in_loop is not None:
                frames.add_back_edge(merges[op], in_loop, check_shape=False)
            return None, None
        if after_loop is None:
            return None, None
        merges[op] = merge([after_loop, after_loop], name="b_switch")[0]
        return merges[op], None

    def merge_gradient(self, grad: Any) -> Any:
        """That of the value before the loop, and that of the value from the last iteration."""
        context: Any = get_default_graph()._get_control_flow_context()
        return switch_ref_or_tensor(grad, context.pivot)

    def enter_gradient(self, op: Operation, grad: Any) -> Any:
        """That of what an Enter takes in; this context is where it is built."""
        if not self._back_prop or self._grad_state is None:
            return grad
        if op.attrs["is_constant"]:
            from stillflow.ops.control import accumulators

            return accumulators.over_iterations(self, op, grad)
        result = frames.exit_(grad)
        self._loop_exits.append(result)
        self.ExitResult([result])
        return result

    def exit_gradient(self, op: Operation, grad: Any) -> Any:
        """That of a loop variable, in this loop, which is the backward one.

        Raises:
          TypeError: the forward loop is a backward one itself, and in no function.
        """
        if not self._back_prop:
            return None
        if op._control_flow_context.grad_state is not None and not self._graph.building_function:
            raise TypeError(
                "Second-order gradient for while loops not supported.\n  TensorFlow 1.15 has them "
                "in functions alone: differentiate in a tf.function, or unroll the loop."
            )
        for tensor in nest.flatten(grad, expand_composites=True):
            self.AddName(tensor.name)
        with within(self):
            result = self.enter(grad, name="b_exit")
            self._loop_enters.append(result)
        return result

    # Protos -----------------------------------------------------------------------------------

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The WhileContextDef; None where this is not in `export_scope`."""
        from stillflow.ops.control.context_protos import while_def

        return while_def(self, export_scope)

    def to_control_flow_context_def(self, context_def: Any, export_scope: str | None = None):
        context_def.while_ctxt.CopyFrom(self.to_proto(export_scope))

    @staticmethod
    def from_proto(context_def: Any, import_scope: str | None = None) -> WhileContext:
        """The loop that a WhileContextDef describes, of nodes that are in the graph."""
        from stillflow.ops.control.context_protos import read_nested

        context = WhileContext(context_def=context_def, import_scope=import_scope)
        return read_nested(context, context_def, import_scope)
