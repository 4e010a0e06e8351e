"""A function that a graph holds, and calls of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.emitting import emit
from stillflow.declare.opdef import OpDef
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.protos.function_names import argument_names, hashed_name
from stillflow.ops.functions.body import FuncGraph, body_of
from stillflow.ops.functions.calls import declare_calls
from stillflow.platform.decorators import get_func_name


class DefinedFunction:
    """A function of tensors, whose body is built when it is first needed.

    Calling it adds a node, whose op type is the function's name, to the default graph.

    Attributes:
      grad_func: the function that gives its gradient, of its inputs and its outputs' gradients.
      python_grad_func: a gradient rule for calls of it instead.
    """

    def __init__(
        self,
        func: Callable[..., Any],
        argnames: Sequence[str],
        input_types: Sequence[Any],
        func_name: str | None = None,
        grad_func: DefinedFunction | None = None,
        python_grad_func: Callable[..., Any] | None = None,
        out_names: Sequence[str] | None = None,
        shape_func: Callable[[Operation], Sequence[Any]] | None = None,
        capture_by_value: bool = False,
        whitelisted_stateful_ops: Any = None,
        capture_resource_var_by_value: bool = True,
        **call_options: Any,
    ):
        self._func = func
        self._input_types = input_types
        self._func_name = func_name
        self._grad_func = grad_func
        self._python_grad_func = python_grad_func
        self._out_names = out_names
        self._shape_func = shape_func
        self._by_value = capture_by_value
        self._copied_ops = whitelisted_stateful_ops or ()
        self._resource_by_value = capture_resource_var_by_value
        self._call_options = call_options
        self._arg_names = [
            argnames[i] if i < len(argnames) else f"arg{i}" for i in range(len(input_types))
        ]
        devices = get_default_graph().stacks.devices
        self._caller_device = devices[-1] if devices else None
        self._body: FuncGraph | None = None
        self._defn: OpDef | None = None

    # What it is -----------------------------------------------------------------------------------

    @property
    def body(self) -> FuncGraph:
        """The graph of it, with `inputs` and `outputs`."""
        if self._body is None:
            name = self._func_name or get_func_name(self._func)
            self._body = body_of(
                self._func,
                name,
                self._arg_names,
                self._input_types,
                self._by_value,
                self._copied_ops,
                self._caller_device,
                self._resource_by_value,
            )
            if self._func_name is None:
                base = name if self._grad_func is None else f"{name}_{self._grad_func.name}"
                self._func_name = hashed_name(base, self._body)
        return self._body

    @property
    def name(self) -> str:
        body = self.body
        return self._func_name or body.name

    @property
    def defn(self) -> OpDef:
        """The declaration of the op type that its calls have."""
        if self._defn is None:
            self._defn = _declaration(self)
        return self._defn

    @property
    def definition(self) -> Any:
        """The FunctionDef proto."""
        from stillflow.graph.protos.function_def import function_def_of

        return function_def_of(self)

    @property
    def description(self) -> str:
        return getattr(self._func, "__doc__", None) or ""

    @property
    def out_names(self) -> Sequence[str]:
        return self._out_names or ()

    @property
    def call_attrs(self) -> dict[str, Any]:
        """The attributes that the definition has, and each call."""
        return attributes_of_call(self._call_options)

    @property
    def grad_func(self) -> DefinedFunction | None:
        return self._grad_func

    def set_grad_func(self, grad_func: DefinedFunction) -> None:
        assert self._grad_func is None
        assert isinstance(grad_func, DefinedFunction)
        self._grad_func = grad_func

    @property
    def grad_func_name(self) -> str | None:
        return self._grad_func.name if self._grad_func else None

    @property
    def python_grad_func(self) -> Callable[..., Any] | None:
        return self._python_grad_func

    @property
    def declared_input_types(self) -> Sequence[Any]:
        return self._input_types

    @property
    def captured_inputs(self) -> list[Tensor]:
        """What the body takes from outside, which each call hands over after its arguments."""
        return self.body.extra_inputs

    @property
    def stateful_ops(self) -> list[tuple[str, str]]:
        """The names and types of operations in the body that have effects."""
        return [(op.name, op.type) for op in self.body.operations if op.defn.stateful]

    # Calling --------------------------------------------------------------------------------------

    def add_to_graph(self, graph: Graph) -> None:
        """Makes the graph hold it, with the functions that it calls and its gradient."""
        graph._add_function(self)
        for function in self.body._functions.values():
            if function is not self:
                function.add_to_graph(graph)
        if self._grad_func is not None:
            self._grad_func.add_to_graph(graph)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Adds a call to the default graph.

        Returns:
          A tensor, a tuple of several, or the operation when the function returns nothing.

        Raises:
          ValueError: another number of arguments, or an unknown option.
        """
        graph = get_default_graph()
        self.add_to_graph(graph)
        inputs = [convert_to_tensor(arg) for arg in args] + self.captured_inputs
        wanted = len(self.body.inputs)
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


def _declaration(function: DefinedFunction) -> OpDef:
    body = function.body
    inputs, outputs = argument_names(body, function.out_names)
    return declare_calls(
        function.name,
        zip(inputs, map(_spelled, body.inputs), strict=True),
        zip(outputs, map(_spelled, body.outputs), strict=True),
        any(op.defn.stateful for op in body.operations if not _is_argument(body, op)),
        body.body,
        function.python_grad_func,
    )


def _is_argument(body: FuncGraph, op: Operation) -> bool:
    return op.defn.is_placeholder and op.outputs[0] in body.inputs


def _spelled(tensor: Tensor) -> str:
    dtype = tensor.dtype
    return f"ref {dtype.base_dtype.name}" if dtype._is_ref_dtype else dtype.name
