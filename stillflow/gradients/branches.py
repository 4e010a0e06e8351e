"""The gradient of a choice among functions: a choice among their gradients.

A gradient of a branch takes what the branch took and gave. What else it needs of the branch, this
gives as an optional value, which is absent where another branch was taken: the choice gets outputs
for them, and functions that give them. A branch with loops is gone through again instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.handles import is_handle, value_dtype
from stillflow.gradients.walk import gradients, is_trainable
from stillflow.gradients.zeros import zeros_like_value
from stillflow.graph import dtypes, nest
from stillflow.graph.context import get_default_graph
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.function_library import FunctionName
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import filling
from stillflow.ops.array.indexed_slices import as_slices
from stillflow.ops.functions import branches, switch_case
from stillflow.ops.functions.body import FuncGraph
from stillflow.ops.functions.calls import function_called, symbolic_gradient_op
from stillflow.ops.functions.functional import if_op, stateless_if_op
from stillflow.ops.functions.optionals import (
    optional_from_value,
    optional_get_value,
    optional_none,
)
from stillflow.ops.functions.shapes_of_calls import copied


def gradient_of_choice(op: Operation, grads: Sequence[Any]) -> list:
    """The gradients of the inputs of an If or a Case, by those of its outputs."""
    forward = [_Forward(op, name) for name in _names_of_branches(op)]
    backward = [_Backward(branch, grads) for branch in forward]
    if any(branch.wrapped for branch in backward):
        _give_what_is_needed(op, forward, backward)
    _make_sparse_alike(backward)
    taken = [branch.taken() for branch in backward]
    if "branches" in op.attrs:
        outputs = switch_case.choice_by_number(op.inputs[0], backward, taken, "gradient")
    else:
        outputs = _either(op.inputs[0], backward, taken)
    return [None, *nest.pack_sequence_as(backward[0].result, outputs, expand_composites=True)]


def _names_of_branches(op: Operation) -> list[FunctionName]:
    if "branches" in op.attrs:
        return op.attrs["branches"]
    return [op.attrs["then_branch"], op.attrs["else_branch"]]


def _either(
    pred: Tensor, graphs: Sequence[branches.BranchGraph], taken: Sequence[Sequence[Tensor]]
) -> list[Tensor]:
    """An If of two branches."""
    inputs = branches.agree_on_inputs(graphs, taken)
    has_effects = any(branches.has_effects(graph) for graph in graphs)
    then_branch, else_branch = branches.functions_of(graphs)
    outputs = (if_op if has_effects else stateless_if_op)(
        pred,
        inputs,
        Tout=[tensor.dtype for tensor in graphs[0].outputs],
        then_branch=then_branch,
        else_branch=else_branch,
        output_shapes=branches.common_shapes(graphs),
    )
    return switch_case.led_out(outputs)


class _Forward:
    """A branch of `op` whose gradient is built, behind its operations in its own graph."""

    def __init__(self, op: Operation, name: FunctionName):
        self.op = op
        self.name = name.name
        self.body = _with_shapes(function_called(op, name.name).body, op.inputs[1:])

    def place_of(self, tensor: Tensor) -> Tensor | None:
        """The output or input of `op` that a result or an argument of the branch is, if it is."""
        if tensor in self.body.outputs:
            return self.op.outputs[self.body.outputs.index(tensor)]
        if tensor in self.body.inputs:
            return self.op.inputs[1 + self.body.inputs.index(tensor)]
        return None


def _with_shapes(body: FuncGraph, inputs: Sequence[Tensor]) -> FuncGraph:
    """`body`, or, where more is known of the inputs' shapes, a copy of it that knows it."""
    is_known = all(a.shape.sizes == b.shape.sizes for a, b in zip(body.inputs, inputs, strict=True))
    if is_known or any(op._control_flow_context is not None for op in body.operations):
        return body
    graph = FuncGraph(body.name)
    known = copied(body.body(), inputs, graph)
    graph._functions = body._functions
    graph.inputs = [known[tensor] for tensor in body.inputs]
    graph.outputs = [known[tensor] for tensor in body.outputs]
    graph.operations = graph.get_operations()
    return graph


class _Backward(branches.BranchGraph):
    """The gradient of a branch.

    Attributes:
      wrapped: optional values that the branch is to give, of what is not a result of it yet.
    """

    def __init__(self, forward: _Forward, grads: Sequence[Any]):
        super().__init__(branches.function_name(get_default_graph(), f"{forward.name}_grad"))
        self._forward = forward
        self._unwrapped: dict[Tensor, Tensor] = {}
        self.wrapped: list[Tensor] = []
        self.build(lambda: self._gradients(grads))

    def _gradients(self, grads: Sequence[Any]) -> list:
        body = self._forward.body
        pairs = [
            (y, grad)
            for y, grad in zip(body.outputs, grads, strict=True)
            if grad is not None and is_trainable(y)
        ]
        if any(op.defn.frame for op in body.operations):
            return self._of_call(dict(pairs))
        found = gradients([y for y, _ in pairs], body.inputs, [grad for _, grad in pairs])
        return [
            zeros_like_value(x) if grad is None else grad
            for x, grad in zip(body.inputs, found, strict=True)
        ]

    def _of_call(self, grads: dict[Tensor, Any]) -> list:
        """The gradients of a branch with loops, which goes through its loops again.

        What a loop pushes onto stacks is none of its results, and so no optional value.
        """
        body, op = self._forward.body, self._forward.op
        _check_repeatable(body, op)
        results = [y for y in body.outputs if y.dtype is not dtypes.variant]
        name = branches.function_name(op.graph, f"{self._forward.name}_again")
        branches.add_function(branches.BranchFunction(name, body.giving(results)), self)
        taken = [self.capture(tensor) for tensor in body.inputs]
        weights = [
            filling.zeros_like(self.capture(y)) if y not in grads else convert_to_tensor(grads[y])
            for y in results
        ]
        types = [value_dtype(x) if is_handle(x) else x.dtype for x in body.inputs]
        return list(symbolic_gradient_op([*taken, *weights], Tout=types, f=FunctionName(name)))

    def capture(self, tensor: Tensor, name: str | None = None) -> Tensor:
        if tensor.graph is not self._forward.body.whole:
            return super().capture(tensor, name)
        if tensor.dtype is dtypes.resource:
            tensor = _argument_behind(tensor)
        if tensor in self._captured:
            return self._captured[tensor]
        place = self._forward.place_of(tensor)
        if place is not None:
            if place not in self._captured:
                self._captured[place] = self._argument_for(place)
            return self._captured[place]
        if tensor not in self._unwrapped:
            self._unwrapped[tensor] = self._unwrap(tensor)
        return self._unwrapped[tensor]

    def _unwrap(self, tensor: Tensor) -> Tensor:
        (value,) = optional_get_value(
            self.capture(self._wrapped(tensor)),
            output_types=[tensor.dtype],
            output_shapes=[tensor.shape],
        )
        return value

    def _wrapped(self, tensor: Tensor) -> Tensor:
        """The optional value of a tensor of the branch, which may give it for another gradient."""
        body = self._forward.body
        for consumer in tensor._consumers:
            if consumer.defn is optional_from_value and consumer.outputs[0] in body.outputs:
                return consumer.outputs[0]
        with body.whole.as_default():
            self.wrapped.append(optional_from_value([tensor]))
        self._captured[self.wrapped[-1]] = self._argument_for(self.wrapped[-1])
        return self.wrapped[-1]

    def taken(self) -> list[Any]:
        """What it takes, which is there once the choice gives optional values."""
        places = [(self._forward.place_of(tensor), tensor) for tensor in self.extra_inputs]
        return [tensor if place is None else place for place, tensor in places]


def _check_repeatable(body: FuncGraph, op: Operation) -> None:
    """UnimplementedError where operations of the body may do another thing the second time."""
    for inner in body.operations:
        defn = inner.defn
        if defn.takes_state or defn.writes or defn.waits:
            raise UnimplementedError(
                None,
                op,
                "A gradient of a function with a loop is not yet in Stillflow where "
                f"{inner.name}, a {inner.type}, runs in it.\n  Take it out of "
                "the function, or write tf.cond.",
            )


def _argument_behind(handle: Tensor) -> Tensor:
    while not handle.op.defn.is_placeholder:
        handle = handle.op.inputs[0]
    return handle


def _give_what_is_needed(
    op: Operation, forward: Sequence[_Forward], backward: Sequence[_Backward]
) -> None:
    """Gives the choice an output for each optional value that a gradient takes."""
    count = max(len(branch.wrapped) for branch in backward)
    names = []
    for branch, gradient in zip(forward, backward, strict=True):
        with branch.body.whole.as_default():
            absent = [optional_none() for _ in range(count - len(gradient.wrapped))]
        outputs = [*branch.body.outputs, *gradient.wrapped, *absent]
        branch.body = branch.body.giving(outputs)
        name = branches.function_name(op.graph, f"{branch.name}_rewritten")
        branches.add_function(branches.BranchFunction(name, branch.body), op.graph)
        names.append(FunctionName(name))
    if "branches" in op.attrs:
        op._set_attr("branches", names)
    else:
        op._set_attr("then_branch", names[0])
        op._set_attr("else_branch", names[1])
    op._add_outputs([(dtypes.variant, TensorShape([]))] * count)
    op._set_attr("Tout", [tensor.dtype for tensor in op.outputs])
    op._set_attr("output_shapes", branches.common_shapes([branch.body for branch in forward]))


def _make_sparse_alike(graphs: Sequence[_Backward]) -> None:
    """Where one branch gives IndexedSlices, the others do."""
    for index, results in enumerate(zip(*(graph.result for graph in graphs), strict=True)):
        if not any(isinstance(result, IndexedSlices) for result in results):
            continue
        for graph in graphs:
            if isinstance(graph.result[index], Tensor):
                with graph.as_default():
                    graph.result[index] = as_slices(graph.result[index])
    for graph in graphs:
        graph.give(graph.result)
