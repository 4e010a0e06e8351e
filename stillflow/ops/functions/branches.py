"""The functions that a choice chooses from: built of Python functions, given one signature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import OpDef
from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.context import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.protos.function_names import argument_names
from stillflow.graph.scopes import control_dependencies
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.control.carried import as_before, as_carried
from stillflow.ops.control.ordering import identity
from stillflow.ops.functions.body import FuncGraph
from stillflow.ops.functions.callable import GraphFunction
from stillflow.ops.functions.calls import declare_calls


class BranchGraph(FuncGraph):
    """The graph of a branch: what it takes from outside becomes its arguments.

    Attributes:
      result: the nest of what the Python function returned.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._collections = self.outer_graph._collections
        self._creator_stack = self.outer_graph._creator_stack
        self.seed = self.outer_graph.seed
        self.result: Any = None
        self._is_taken = True  # by operations here, and not by another branch alone

    def build(self, func: Callable[[], Any], stands_for_operation: Tensor | None = None) -> None:
        """Builds what `func` builds, and returns.

        Args:
          stands_for_operation: the value of a result that is an operation.
        """

        def converted(value: Any) -> Any:
            if isinstance(value, Operation) and stands_for_operation is not None:
                with control_dependencies([value]):
                    return identity(stands_for_operation)
            is_made = value is None or isinstance(value, CompositeTensor)
            return value if is_made else convert_to_tensor(value)

        with self.as_default():
            returned = func()
            leaves = nest.flatten(returned)
            tensors = [converted(as_carried(leaf)) for leaf in leaves]
            self.result = nest.pack_sequence_as(
                returned, [as_before(*pair) for pair in zip(leaves, tensors, strict=True)]
            )
            self.give(tensors)

    def give(self, results: Sequence[Any]) -> None:
        """Makes tensors and composite tensors its outputs; None is none."""
        with self.as_default():
            parts = nest.flatten(list(results), expand_composites=True)
            self.outputs = [self.capture(part) for part in parts if part is not None]
        self.operations = self.get_operations()

    def _first_use(self, argument: Tensor, tensor: Tensor) -> Tensor:
        return argument

    def _argument_name(self, tensor: Tensor) -> str:
        return tensor.op.name if self._is_taken and not tensor._is_eager else "Placeholder"

    def rearrange(self, taken: Sequence[Tensor]) -> None:
        """Makes `taken`, tensors of the graph around, its arguments, in this order."""
        arguments = dict(zip(self.extra_inputs, self.extra_args, strict=True))
        self._is_taken = False
        for tensor in taken:
            if tensor not in arguments:
                arguments[tensor] = self._argument_for(tensor)
        self.extra_inputs = list(taken)
        self.extra_args = [arguments[tensor] for tensor in taken]
        self.inputs = list(self.extra_args)
        self.operations = self.get_operations()


class BranchFunction(GraphFunction):
    """The function of a body that is built."""

    def __init__(self, name: str, body: FuncGraph):
        self._name = name
        self._body = body
        self._defn: OpDef | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def body(self) -> FuncGraph:
        return self._body

    @property
    def defn(self) -> OpDef:
        if self._defn is None:
            inputs, outputs = argument_names(self._body, self.out_names)
            self._defn = declare_calls(
                self._name,
                zip(inputs, map(_type_name, self._body.inputs), strict=True),
                zip(outputs, map(_type_name, self._body.outputs), strict=True),
                has_effects(self._body),
                self._body.body,
            )
        return self._defn

    @property
    def definition(self) -> Any:
        from stillflow.graph.protos.function_def import function_def_of

        return function_def_of(self)

    @property
    def declared_input_types(self) -> tuple:
        return tuple(tensor.dtype for tensor in self._body.inputs)

    # What definitions have besides.
    description = ""
    out_names: Sequence[str] = ()
    call_attrs: dict[str, Any] = {}  # noqa: RUF012  nobody changes it


def _type_name(tensor: Tensor) -> str:
    dtype = tensor.dtype
    return f"ref {dtype.base_dtype.name}" if dtype._is_ref_dtype else dtype.name


def has_effects(body: FuncGraph) -> bool:
    arguments = {tensor.op for tensor in body.inputs}
    return any(op.defn.stateful for op in body.operations if op not in arguments)


def function_name(graph: Any, base: str) -> str:
    """`base` with a number that no function has in the graph, nor around it."""
    while graph.building_function:
        graph = graph.outer_graph
    names = (f"{base.replace('/', '_')}_{number}" for number in graph._function_numbers)
    return next(name for name in names if name not in graph._functions)


def agree_on_inputs(graphs: Sequence[BranchGraph], taken: Sequence[Sequence[Tensor]]) -> list:
    """Gives branches the same arguments; returns what is handed to these.

    Args:
      taken: what stands for each branch's `extra_inputs` in the default graph.
    """
    union = list(dict.fromkeys(tensor for each in taken for tensor in each))
    for graph, own in zip(graphs, taken, strict=True):
        graph.extra_inputs = list(own)
        graph.rearrange(union)
    return union


def common_shapes(graphs: Sequence[FuncGraph]) -> list[TensorShape]:
    """What the shapes of the branches' outputs have in common."""
    shapes = []
    for outputs in zip(*(graph.outputs for graph in graphs), strict=True):
        shape = outputs[0].shape
        for other in outputs[1:]:
            shape = shape.most_specific_compatible_shape(other.shape)
        shapes.append(shape)
    return shapes


def functions_of(graphs: Sequence[BranchGraph]) -> list[BranchFunction]:
    """The branches as functions that the default graph holds."""
    functions = [BranchFunction(graph.name, graph) for graph in graphs]
    for function in functions:
        add_function(function, get_default_graph())
    return functions


def add_function(function: BranchFunction, graph: Any) -> None:
    """Makes a graph hold a function, and, where it is itself a function's, those around it."""
    function.add_to_graph(graph)
    while graph.building_function:
        graph = graph.outer_graph
        function.add_to_graph(graph)
