"""What functions of a graph have in common, defined in Python or read from a file: calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.emitting import emit
from stillflow.declare.opdef import OPS, OpDef
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.functions.body import FuncGraph


class GraphFunction:
    """A function of tensors. Calling it adds a node, whose op type is the function's name.

    Attributes:
      python_grad_func: a gradient rule for calls of it.
      is_of_one_shape: its results always have the shapes that its body's outputs have.
    """

    python_grad_func: Callable[..., Any] | None = None
    _grad_func: GraphFunction | None = None
    is_of_one_shape = False
    _shape_func: Callable[[Operation], Sequence[Any]] | None = None

    @property
    def name(self) -> str:
        """Its name in graphs."""
        raise NotImplementedError

    @property
    def body(self) -> FuncGraph:
        """The graph of it, with `inputs` and `outputs`."""
        raise NotImplementedError

    @property
    def defn(self) -> OpDef:
        """The declaration of the op type that its calls have."""
        raise NotImplementedError

    @property
    def definition(self) -> Any:
        """The FunctionDef proto."""
        raise NotImplementedError

    @property
    def declared_input_types(self) -> tuple:
        """The types of its arguments, without what it takes from outside."""
        raise NotImplementedError

    @property
    def captured_inputs(self) -> list[Tensor]:
        """What it takes from outside, which each call hands over after its arguments."""
        return []

    @property
    def _signature(self) -> Any:
        """The OpDef proto of its calls."""
        return self.definition.signature

    @property
    def grad_func(self) -> GraphFunction | None:
        """The function that gives its gradient, of its inputs and its outputs' gradients."""
        return self._grad_func

    def set_grad_func(self, grad_func: GraphFunction) -> None:
        assert self._grad_func is None
        assert isinstance(grad_func, GraphFunction)
        self._grad_func = grad_func

    @property
    def grad_func_name(self) -> str | None:
        return self._grad_func.name if self._grad_func else None

    @property
    def stateful_ops(self) -> list[tuple[str, str]]:
        """The names and types of operations in the body that have effects."""
        return [(op.name, op.type) for op in self.body.operations if op.defn.stateful]

    def add_to_graph(self, graph: Graph) -> None:
        """Makes the graph hold it, with the functions that it calls and its gradient.

        Raises:
          InvalidArgumentError: there is another function, or an op type, of one's name.
        """
        if self.name in OPS:
            raise InvalidArgumentError(
                None,
                None,
                f"Cannot add function '{self.name}' because an op with the same name already "
                "exists.",
            )
        graph._add_function(self)
        for function in self._called():
            if function.name not in graph._functions:
                function.add_to_graph(graph)
        if self._grad_func is not None and self._grad_func.name not in graph._functions:
            self._grad_func.add_to_graph(graph)

    def _called(self) -> list[GraphFunction]:
        """The functions that the body calls."""
        return list(self.body._functions.values())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Adds a call to the default graph.

        Returns:
          A tensor, a tuple of several, or the operation when the function returns nothing.

        Raises:
          ValueError: another number of arguments, or an unknown option.
        """
        self.add_to_graph(get_default_graph())
        inputs = [convert_to_tensor(arg) for arg in args] + self.captured_inputs
        wanted = len(self.defn.signature.inputs)
        if len(inputs) != wanted:
            raise ValueError(f"Expected number of arguments: {wanted}, received: {len(inputs)}")
        name = kwargs.pop("name", None) or self.name
        op = emit(self.defn, inputs, attributes_of_call(kwargs), name)
        if self._shape_func is not None:
            _set_shapes(op, self._shape_func(op))
        if not op.outputs:
            return op
        return op.outputs[0] if len(op.outputs) == 1 else tuple(op.outputs)


def _set_shapes(op: Operation, shapes: Sequence[Any]) -> None:
    if len(shapes) != len(op.outputs):
        raise ValueError(f"shape_func produced {len(shapes)} shapes for {len(op.outputs)} outputs")
    for tensor, shape in zip(op.outputs, shapes, strict=True):
        tensor.set_shape(shape)


def attributes_of_call(options: dict[str, Any]) -> dict[str, Any]:
    """The attributes of a call with these options; ValueError for one that is unknown."""
    options = dict(options)
    attrs: dict[str, Any] = {}
    noinline = options.pop("noinline", None)
    if noinline is not None:
        attrs["_noinline"] = bool(noinline)
    attrs["_disable_call_shape_inference"] = True
    compiled = options.pop("compiled", None)
    separately = options.pop("separate_compiled_gradients", None)
    if compiled is not None:
        attrs["_XlaCompile"] = bool(compiled)
        attrs["_XlaSeparateCompiledGradients"] = bool(separately)
    for key in list(options):
        if key.startswith("experimental_") or key in ("_implements", "_reference"):
            attrs[key] = options.pop(key)
            if not isinstance(attrs[key], (bool, int, float, str)):
                kind = type(attrs[key])
                raise ValueError(f"Unsupported attribute type for {key} with type {kind}")
    if options:
        raise ValueError(f"Unknown keyword arguments: {options.keys()}")
    return attrs
