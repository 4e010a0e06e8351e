"""A function that a graph holds, and calls of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.opdef import OpDef
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.protos.function_names import argument_names, hashed_name
from stillflow.ops.functions.body import FuncGraph, body_of
from stillflow.ops.functions.callable import GraphFunction, attributes_of_call
from stillflow.ops.functions.calls import declare_calls
from stillflow.platform.decorators import get_func_name


class DefinedFunction(GraphFunction):
    """A function that a Python function defines; its body is built when it is first needed."""

    def __init__(
        self,
        func: Callable[..., Any],
        argnames: Sequence[str],
        input_types: Sequence[Any],
        func_name: str | None = None,
        grad_func: GraphFunction | None = None,
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
        self.python_grad_func = python_grad_func
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
    def declared_input_types(self) -> tuple:
        return tuple(self._input_types)

    @property
    def captured_inputs(self) -> list[Tensor]:
        """What the body takes from outside, which each call hands over after its arguments."""
        return self.body.extra_inputs


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
