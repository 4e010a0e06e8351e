"""`XLACompileContext`: what TensorFlow's XLA compiles as one, as it is being built."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import op as declare
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.control.contexts import XLAControlFlowContext, within
from stillflow.ops.control.nodes import is_containing
from stillflow.ops.control.ordering import identity
from stillflow.platform import logging

MARK = "_xla_compile_id"
_SHOWN = 5  # so many of the operations that XLA leaves out are named
_FAILING = {"Placeholder"}
_LEFT_OUT = {
    *("AudioSummary", "AudioSummaryV2", "HistogramSummary", "ImageSummary", "MergeSummary"),
    *("Print", "ScalarSummary", "TensorSummary", "TensorSummaryV2"),
}


@declare("XlaClusterOutput", "input: T -> outputs: T", shape=shapes.same)
def xla_cluster_output(xp, x):
    """x: n[...] -> n[...], which leaves what is compiled."""
    return x


@xla_cluster_output.gradient
def xla_cluster_output_gradient(op, dy):
    raise RuntimeError(
        "Gradient computation of graph in xla.compile() is prohibited because it can cause "
        "performance degradation.Please move gradient computation inside xla.compile().\n"
        f"  '{op.name}' is an output of it: call tf.gradients in the function that is compiled."
    )


class XLACompileContext(XLAControlFlowContext):
    """Marks what is built in it, by `_xla_compile_id`, as one cluster.

    Operations without inputs wait for `pivot`, so that they run where the cluster does.
    """

    def __init__(self, name: str, pivot: Operation) -> None:
        super().__init__()
        self._name = name
        self._pivot = pivot
        self._left_out: list[Operation] = []

    @property
    def grad_state(self) -> Any:
        return None

    @property
    def back_prop(self) -> bool:
        loop = self.GetWhileContext()
        return loop is not None and loop.back_prop

    def report_unsupported_operations(self) -> None:
        """Warns of operations that XLA would leave out."""
        if self._left_out:
            shown = "\n".join(f"  {op.type} ({op.name})" for op in self._left_out[:_SHOWN])
            logging.warning("%d unsupported operations found: \n%s", len(self._left_out), shown)
            if len(self._left_out) > _SHOWN:
                logging.warning("... and %d more", len(self._left_out) - _SHOWN)

    def AddOp(self, op: Operation) -> None:
        self._check(op)
        op._set_attr(MARK, _name_attribute(self._name))
        inside, outside = self._RemoveExternalControlEdges(op)
        if op.inputs:
            self._lead_in(op)
        elif not inside:
            op._add_control_input(self._pivot)
        if outside:
            op._add_control_inputs(self._led_in_controls(outside))
        itself: Any = op  # TensorFlow refuses to feed the operation, and so no tensor
        op.graph.prevent_feeding(itself)
        op.graph.prevent_fetching(op)
        self._make_known(op)
        if self._outer_context is not None:
            self._outer_context.AddInnerOp(op)

    def AddInnerOp(self, op: Operation) -> None:
        self.AddOp(op)
        if self._outer_context is not None:
            self._outer_context.AddInnerOp(op)

    def AddValue(self, val: Tensor) -> Tensor:
        if val.name in self._values:
            return self._external_values.get(val.name, val)
        result = val
        self._values.add(val.name)
        if self._outer_context is not None:
            result = self._outer_context.AddValue(val)
            self._values.add(result.name)
        self._external_values[val.name] = result
        return result

    def _check(self, op: Operation) -> None:
        if op.type in _FAILING:
            logging.error(
                "Operation of type %s (%s) is not supported in XLA. Execution will fail if this op "
                "is used in the graph. ",
                op.type,
                op.name,
            )
        if op.type in _LEFT_OUT:
            self._left_out.append(op)
        if any(tensor.dtype._is_ref_dtype for tensor in op.inputs):
            raise NotImplementedError(
                "Non-resource Variables are not supported inside XLA computations (operator name: "
                f"{op.name})\n  Make the variable with use_resource=True."
            )
        if MARK in op.attrs:
            raise ValueError(
                f"XLA compiled computations cannot be nested, (operator name: {op.name})\n"
                "  Call the inner function as it is: the outer one is compiled with it."
            )

    def _lead_in(self, op: Operation) -> None:
        for index, tensor in enumerate(op.inputs):
            known = self.AddValue(tensor)
            if known is not tensor:
                op._update_input(index, known)

    def _RemoveExternalControlEdges(self, op: Operation) -> tuple[list[Operation], list[Operation]]:
        waits = op.control_inputs
        inside = [w for w in waits if is_containing(w._control_flow_context, self)]
        outside = [w for w in waits if w not in inside]
        op._remove_all_control_inputs()
        op._add_control_inputs(inside)
        return inside, outside

    def _led_in_controls(self, outside: list[Operation]) -> list[Operation]:
        """Operations in here that take what `op` waits for; those that give nothing are lost."""
        with control_dependencies(None), within(self):
            return [identity(other.outputs[0]).op for other in outside if other.outputs]

    def _make_known(self, op: Operation) -> None:
        names = [tensor.name for tensor in op.outputs]
        context: Any = self
        while context is not None:
            context._values.update(names)
            context = context._outer_context


def _name_attribute(name: str) -> Any:
    from tensorboard.compat.proto.attr_value_pb2 import AttrValue

    return AttrValue(s=name.encode())
