"""The gradient of a call: operations behind those of the function's body, in its graph.

They use what the body computed. In a run the body stands in place of the call, and these stand in
place of the call of the gradient, so that nothing is computed twice, whatever choices and loops are
in the body: see `Body.continues`. The gradient of such a gradient is one more of its kind.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.emitting import emit
from stillflow.declare.expanding import Body
from stillflow.declare.opdef import OpDef
from stillflow.declare.shapes import ShapeContext
from stillflow.functions.keeping import keeper_of
from stillflow.gradients.walk import gradients, is_trainable
from stillflow.graph import nest
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array import filling
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.functions.calls import gradient_of_call

_numbers = itertools.count()
_known: weakref.WeakValueDictionary[str, Derivative] = weakref.WeakValueDictionary()


class Derivative:
    """The gradients of some tensors of a graph by others, as a body that continues the graph's.

    Attributes:
      inputs: what the gradients are by; then the gradients of `of`, which they are made from.
      of: the indices of the tensors that have a gradient.
      gradients: for each of `inputs` but the last, a tensor, IndexedSlices or None.
    """

    def __init__(self, graph: Any, ys: Sequence[Tensor], xs: Sequence[Tensor]):
        self.name = f"derivative_{next(_numbers)}"
        _known[self.name] = self
        self._graph = graph = graph.whole  # of which a function may have a part
        self._keeper = keeper_of(graph)
        self.of = [place for place, y in enumerate(ys) if is_trainable(y)]
        chosen = [ys[place] for place in self.of]
        before = len(graph.get_operations())
        with graph.as_default(), graph.name_scope("gradients_of_call"):
            with control_dependencies(None):
                dys = [placeholder(y.dtype.base_dtype, y.shape) for y in chosen]
            self.gradients = gradients(chosen, list(xs), dys) if chosen else [None] * len(xs)
            self.gradients = nest.map_structure(
                lambda part: part if part is None else convert_to_tensor(part),
                self.gradients,
                expand_composites=True,
            )
        own = graph.get_operations()[before:]
        graph.derived.update(own)
        self.inputs = [*xs, *dys]
        parts = nest.flatten(self.gradients, expand_composites=True)
        self.outputs = [graph.capture(part) for part in parts if part is not None]
        self.body = Body(own, self.inputs, self.outputs, continues=True)
        self._next: Derivative | None = None

    @property
    def following(self) -> Derivative:
        """The gradients of the gradients."""
        if self._next is None:
            self._next = Derivative(self._graph, self.outputs, self.inputs)
        return self._next

    def call(self, op: Operation, inputs: Sequence[Any], grads: Sequence[Any]) -> list[Any]:
        """The gradients of a call's inputs, as a call that continues it.

        Args:
          op: the call, or the call of the gradient before.
          inputs: what it took.
          grads: of its outputs, or None.
        """
        given = [
            filling.zeros_like(op.outputs[place]) if grads[place] is None else grads[place]
            for place in self.of
        ]
        if not self.outputs:
            return [None] * len(inputs)
        dys = [convert_to_tensor(grad) for grad in given]
        tensors = [op.outputs[0], *inputs, *dys]
        attrs = {
            "A": op.outputs[0].dtype.base_dtype,
            "Tin": [tensor.dtype.base_dtype for tensor in tensors[1:]],
            "Tout": [tensor.dtype.base_dtype for tensor in self.outputs],
            "derivative": self.name,
        }
        with control_dependencies([op]):
            made = emit(_gradient_of_call_op, tensors, attrs, "FunctionGradient")
        made._derivative = self  # type: ignore[attr-defined]  # as long as the call is there
        return self.packed(made.outputs)

    def packed(self, outputs: Sequence[Any]) -> list[Any]:
        """The gradients, of what stands for `outputs`."""
        left = iter(outputs)
        leaves = [
            None if leaf is None else next(left)
            for leaf in nest.flatten(self.gradients, expand_composites=True)
        ]
        return nest.pack_sequence_as(self.gradients, leaves, expand_composites=True)


def _shapes(ctx: ShapeContext) -> list:
    outputs = _known[ctx.attrs["derivative"]].outputs
    return [output.shape.sizes for output in outputs]


def _body(op: Operation) -> Body:
    return _known[op.attrs["derivative"]].body


def _never_run(xp, anchor, *inputs, derivative: str, Tout: list[DType]):
    """The gradients that a derivative says."""
    raise AssertionError("the body of a gradient runs in place of its call")


_gradient_of_call_op = OpDef(
    "FunctionGradient",
    "anchor: A, input: [Tin] -> output: [Tout]",
    _never_run,
    shape=_shapes,
    expands=_body,
    is_own=True,
)


@_gradient_of_call_op.gradient
def _gradient_of_gradient(op: Operation, *grads: Any) -> list[Any]:
    following = _known[op.attrs["derivative"]].following
    return [None, *following.call(op, op.inputs[1:], grads)]


class Differentiation:
    """The gradients of a body's inputs by those of its outputs, made when they are asked for."""

    def __init__(self, graph: Any):
        self._graph = graph
        self._derivative: Derivative | None = None

    @property
    def derivative(self) -> Derivative:
        if self._derivative is None:
            graph = self._graph
            self._derivative = Derivative(graph, graph.outputs, graph.inputs)
        return self._derivative


def gradient_rule(differentiation: Differentiation) -> Any:
    """The gradient rule of a function's calls."""

    def rule(op: Operation, *grads: Any) -> Any:
        context = op._control_flow_context
        if context is not None and context.GetWhileContext() is not None:
            # In a loop the gradient cannot name the call of each iteration: it calls once more.
            known = [
                filling.zeros_like(tensor) if grad is None else grad
                for tensor, grad in zip(op.outputs, grads, strict=True)
            ]
            return gradient_of_call(op, *known)
        return differentiation.derivative.call(op, op.inputs, grads)

    return rule
