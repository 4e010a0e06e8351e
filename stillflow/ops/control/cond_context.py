"""`CondContext`: one side of a choice, as it is being built."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import to_tensor
from stillflow.declare.handles import is_handle
from stillflow.graph import nest
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.control import effects
from stillflow.ops.control.carried import as_carried
from stillflow.ops.control.contexts import ControlFlowContext
from stillflow.ops.control.nodes import is_call, is_loop_exit, op_in_context
from stillflow.ops.control.ordering import identity, with_dependencies
from stillflow.ops.control.summarized import with_summaries
from stillflow.ops.control.switch import merge, switch_ref_or_tensor


class CondContext(ControlFlowContext):
    """What runs if `pred` is `branch`, 1 or 0. What it takes from outside comes through switches.

    `pivot` is alive on this side alone; operations without inputs wait for it.
    """

    def __init__(
        self,
        pred: Any = None,
        pivot: Any = None,
        branch: Any = None,
        name: str = "cond_text",
        context_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        own_name = get_default_graph().unique_name(name)
        if context_def is not None:
            from stillflow.ops.control.context_protos import read_cond

            read_cond(self, context_def, import_scope)
            return
        super().__init__()
        self._name = own_name
        self._pred: Tensor = pred
        self._pivot: Tensor = pivot
        self._branch: int = branch
        self._values |= {pred.name, pivot.name}
        self._external_values[pred.name] = pred
        pivot.op._set_control_flow_context(self)

    @property
    def pred(self) -> Tensor:
        return self._pred

    @property
    def pivot(self) -> Tensor:
        return self._pivot

    @property
    def branch(self) -> int:
        return self._branch

    @property
    def grad_state(self) -> Any:
        loop = self.GetWhileContext()
        return None if loop is None else loop.grad_state

    @property
    def back_prop(self) -> bool:
        return False

    def IsCondContext(self) -> bool:
        return True

    def GetControlPivot(self) -> Tensor:
        return self._pivot

    # Taking in --------------------------------------------------------------------------------

    def AddValue(self, val: Tensor) -> Tensor:
        if val.name in self._values:
            return self._external_values.get(val.name, val)
        self._values.add(val.name)
        outside = self._known_outside(val)
        with control_dependencies(None):
            inside = self._switched(outside)
            if self._outer_context is not None:
                self._outer_context.AddInnerOp(inside.op)
        inside.graph.prevent_fetching(inside.op)
        inside.op._set_control_flow_context(self)
        self._make_known([inside])
        self._external_values[val.name] = inside
        return inside

    def _known_outside(self, val: Tensor) -> Tensor:
        if self._outer_context is None:
            return val
        outside = self._outer_context.AddValue(val)
        self._values.add(outside.name)
        self._external_values[outside.name] = outside
        return outside

    def _switched(self, val: Tensor) -> Tensor:
        return switch_ref_or_tensor(val, self._pred)[self._branch]

    def _make_known(self, tensors: list[Tensor]) -> None:
        """Makes tensors of this side known here and all around."""
        names = [tensor.name for tensor in tensors]
        context: ControlFlowContext | None = self
        while context is not None:
            context._values.update(names)
            context = context._outer_context

    def AddOp(self, op: Operation) -> None:
        self.take_in(op)

    def take_in(self, op: Operation) -> None:
        if op.inputs:
            for index, tensor in enumerate(op.inputs):
                if not _is_back_edge(op, tensor):
                    inside = self.AddValue(tensor)
                    if inside is not tensor:
                        op._update_input(index, inside)
            self._RemoveExternalControlEdges(op)
            if is_call(op):
                op._add_control_input(self._pivot.op)
        else:
            self._RemoveExternalControlEdges(op)
            if not any(op_in_context(other, self) for other in op.control_inputs):
                op._add_control_input(self._pivot.op)
        self._make_known(op.outputs)
        if self._outer_context is not None or not is_loop_exit(op):
            op.graph.prevent_fetching(op)
        if self._outer_context is not None:
            self._outer_context.AddInnerOp(op)

    # The side itself --------------------------------------------------------------------------

    def BuildCondBranch(self, fn: Callable[[], Any]) -> tuple[Any, Any]:
        """(what `fn` returned, the same as tensors of this side), or two None for None.

        The second is a structure, in a list where it is a single tensor.
        """
        since = effects.count()
        original = with_summaries(fn, _again)
        if original is None:
            return None, None
        result = nest.map_structure(self._as_result, original, expand_composites=True)
        parts = result if isinstance(result, (list, tuple)) else [result]
        return original, effects.waiting(parts, since, self)

    def _as_result(self, value: Any) -> Tensor:
        if isinstance(value, Operation):
            return with_dependencies([value], self._pivot)
        return self._leaving(to_tensor(as_carried(value)))

    def _leaving(self, val: Tensor) -> Tensor:
        """`val`, returned from this side; through a switch if it comes from outside."""
        if val.name in self._values:
            return self._external_values.get(val.name, val)
        self._values.add(val.name)
        inside = self._switched(self._known_outside(val))
        self._external_values[val.name] = inside
        return inside

    # Gradients --------------------------------------------------------------------------------

    def switch_gradient(self, op: Operation, *grads: Any) -> tuple[Any, None]:
        """That of what a Switch leads to this side; on the other one the gradient is zero."""
        if grads[1 - self._branch] is None:  # of a type that has no gradient
            own = grads[self._branch]
            if not is_handle(op.inputs[0]):
                return None, None
            return merge([own, own], name="cond_resource_grad")[0], None
        return merge(grads, name="cond_grad")[0], None

    def merge_gradient(self, grad: Any) -> Any:
        """Those of the two sides' results."""
        inside = get_default_graph()._get_control_flow_context()
        pred = self._pred
        if inside is not None and inside.grad_state is not None:
            pred = inside.grad_state.condition_of(pred)
        return switch_ref_or_tensor(grad, pred, name="cond_grad")

    def enter_gradient(self, op: Operation, grad: Any) -> Any:
        """That of what the loop around this side takes in, asked for in this side."""
        return grad

    # Protos -----------------------------------------------------------------------------------

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The CondContextDef; None where this is not in `export_scope`."""
        from stillflow.ops.control.context_protos import cond_def

        return cond_def(self, export_scope)

    def to_control_flow_context_def(self, context_def: Any, export_scope: str | None = None):
        context_def.cond_ctxt.CopyFrom(self.to_proto(export_scope))

    @staticmethod
    def from_proto(context_def: Any, import_scope: str | None = None) -> CondContext:
        """The side that a CondContextDef describes, of nodes that are in the graph."""
        from stillflow.ops.control.context_protos import read_nested

        context = CondContext(context_def=context_def, import_scope=import_scope)
        return read_nested(context, context_def, import_scope)


def _is_back_edge(op: Operation, tensor: Tensor) -> bool:
    """Whether `tensor` comes from the next iteration of a loop that is being imported."""
    return op.defn.joins and tensor.op.defn.frame == "next"


def _again(result: Any) -> Any:
    """The same results as nodes of their own, which wait for what is open; None is nothing."""
    return None if result is None else nest.map_structure(identity, result, expand_composites=True)
