"""Functions as `tf.function` and tf.data build them: effects come in the order of the code.

What a body takes from outside becomes an argument named after it. What it returns waits for all
that has effects, so that nothing is left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.ops.control.effects import order_returning
from stillflow.ops.control.ordering import identity
from stillflow.ops.functions.body import _SHARED_KEYS, FuncGraph
from stillflow.ops.functions.branches import BranchFunction
from stillflow.ops.variables.scope import get_variable_scope

_numbers = itertools.count(1)


class TracedGraph(FuncGraph):
    """The graph of such a function's body."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        outer = self.outer_graph
        self.seed = outer.seed
        self.orders_effects = True
        for key, items in outer._collections.items():
            self._collections[key] = items if key in _SHARED_KEYS else list(items)

    def _from_around(self, tensor: Tensor) -> Tensor:
        """`tensor` itself: the function around takes it when the call of this one is built."""
        return tensor

    def _first_use(self, argument: Tensor, tensor: Tensor) -> Tensor:
        return argument

    def _argument_name(self, tensor: Tensor) -> str:
        return "captured" if tensor._is_eager else tensor.op.name

    def build(self, func: Callable[..., Sequence[Any]], specs: Sequence[TensorSpec]) -> None:
        """Builds what `func`, which returns tensors, builds for arguments of these types."""
        with self.as_default():
            scope = get_variable_scope()
            uses_resources = scope.use_resource
            scope.set_use_resource(True)
            try:
                for number, spec in enumerate(specs):
                    self.inputs.append(self._declared(spec, number))
                count = len(self.get_operations())
                returned = [identity(tensor) for tensor in func(*self.inputs)]
            finally:
                scope.set_use_resource(uses_resources)
            order_returning(self.get_operations()[count:], returned)
            self.outputs = [self.capture(tensor) for tensor in returned]
        self.operations = self.get_operations()

    def _declared(self, spec: TensorSpec, number: int) -> Tensor:
        return self._placeholder(spec, f"args_{number}")  # type: ignore[arg-type]


class TracedFunction(BranchFunction):
    """The function of a body that is built, with a name that no other has.

    Attributes:
      graph: its body.
      call_attrs: what its definition says besides.
      keeper: keeps the graph, where something takes that apart when nobody needs it any more.
    """

    keeper: Any = None

    def __init__(self, name: str, body: FuncGraph, attributes: dict[str, Any]):
        super().__init__(f"__inference_{name}_{next(_numbers)}", body)
        self.call_attrs = attributes

    @property
    def graph(self) -> FuncGraph:
        return self._body

    @property
    def captured_inputs(self) -> list[Tensor]:
        return self._body.extra_inputs


def traced(
    func: Callable[..., Sequence[Any]],
    name: str,
    specs: Sequence[TensorSpec],
    attributes: dict[str, Any],
) -> TracedFunction:
    """The function of what `func` builds for arguments of these types."""
    graph = TracedGraph(name)
    graph.build(func, specs)
    return TracedFunction(name, graph, attributes)
