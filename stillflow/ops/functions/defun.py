"""`Defun`: the decorator that makes a Python function one of the graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.ops.functions.body import FuncGraph
from stillflow.ops.functions.defined import DefinedFunction
from stillflow.platform.decorators import getargspec, ismethod

_SHORT: dict[DType, str] = {
    dtypes.as_dtype(name): short
    for name, short in {
        **{"float16": "f16", "float32": "f32", "float64": "f64", "bfloat16": "b16"},
        **{"int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64"},
        **{"uint8": "i8", "uint16": "u16", "uint32": "u32", "uint64": "u64"},
        **{"string": "s", "bool": "b", "complex64": "c64", "complex128": "c128"},
        **{"qint8": "qi8", "quint8": "qu8", "qint16": "qi16", "quint16": "qu16", "qint32": "qi32"},
    }.items()
}


class Defun:
    """`@Defun(tf.float32, tf.float32)` makes a function of tensors one that the graph holds.

    Without types there is one for each list of types that it is called with.

    Args:
      input_types: the types of the arguments.
      func_name: its name in the graph; by default the function's own and a hash of the body.
      grad_func: another such function, which gives the gradients of the inputs for the inputs and
        the outputs' gradients.
      python_grad_func: a gradient rule, as `tf.RegisterGradient` takes, instead.
      out_names: the names of the outputs in the definition.
      shape_func: gives the outputs' shapes for a call.
      capture_by_value: copies what the body takes from outside, instead of making arguments of it.

    Raises:
      ValueError: the function has defaults or keyword arguments, or not as many as there are types.
    """

    def __init__(self, *input_types: Any, **kwargs: Any):
        self._input_types = [dtypes.as_dtype(dtype) for dtype in input_types]
        self._options = kwargs

    def __call__(self, func: Callable[..., Any]) -> Any:
        if not callable(func):
            raise ValueError(f"function {func} must be callable")
        spec = getargspec(func)
        if spec.keywords or spec.defaults:
            raise ValueError(
                "function with argument defaults or keywords arguments are not supported. "
                f"{func} has defaults {spec.defaults} and keywords {spec.keywords}."
            )
        names = spec.args[1:] if ismethod(func) else spec.args
        count = len(self._input_types)
        if self._input_types:
            if count < len(names) or (count > len(names) and not spec.varargs):
                raise ValueError(
                    "The function has fewer arguments than the number of specified input types."
                )
            return DefinedFunction(func, names, self._input_types, **self._options)
        if not names and not spec.varargs:
            return DefinedFunction(func, [], [], **self._options)
        return OverloadedFunction(func, names, **self._options)


class OverloadedFunction:
    """A function that is defined anew for each list of types that it is called with."""

    def __init__(
        self,
        func: Callable[..., Any],
        argnames: Sequence[str],
        func_name: str | None = None,
        grad_func: OverloadedFunction | None = None,
        **options: Any,
    ):
        assert grad_func is None or isinstance(grad_func, OverloadedFunction)
        self._func = func
        self._argnames = argnames
        self._func_name = func_name
        self._grad_func = grad_func
        self._options = options
        self._overloads: dict[str, DefinedFunction] = {}

    def instantiate(self, input_types: Sequence[DType]) -> DefinedFunction:
        """The function for arguments of these types."""
        key = _type_list_to_str(input_types)
        if key not in self._overloads:
            name = None if self._func_name is None else f"{self._func_name}_{key}"
            defined = DefinedFunction(
                self._func, self._argnames, input_types, name, **self._options
            )
            if self._grad_func is not None:
                output_types = [tensor.dtype for tensor in defined.body.outputs]
                gradient = self._grad_func.instantiate([*input_types, *output_types])
                defined.set_grad_func(gradient)
            self._overloads[key] = defined
        return self._overloads[key]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        tensors = [convert_to_tensor(arg) for arg in args]
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                raise ValueError("Expect a Tensor but get ", tensor)
        types = [tensor.dtype.base_dtype for tensor in tensors]
        return self.instantiate(types)(*tensors, **kwargs)


def _type_list_to_str(types: Sequence[DType]) -> str:
    if any(dtype not in _SHORT for dtype in types):
        raise ValueError(f"Unsupported dtypes: {types}")
    return "".join(_SHORT[dtype] for dtype in types)


def get_extra_vars() -> list:
    """The variables that the body being built has made or found so far."""
    graph = get_default_graph()
    return graph.extra_vars if isinstance(graph, FuncGraph) else []


def get_extra_inputs() -> list[Tensor]:
    """What the body being built has taken from outside so far."""
    graph = get_default_graph()
    return graph.extra_inputs if isinstance(graph, FuncGraph) else []


def get_extra_args() -> list[Tensor]:
    """The arguments that stand for what the body being built has taken from outside so far."""
    graph = get_default_graph()
    return graph.extra_args if isinstance(graph, FuncGraph) else []
