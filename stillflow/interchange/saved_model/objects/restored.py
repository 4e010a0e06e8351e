"""Functions of Python, of which a SavedModel has the traces only: a call takes one that fits."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.functions.concrete import ConcreteFunction
from stillflow.functions.decorated import Function
from stillflow.functions.func_graph import FuncGraph
from stillflow.graph import nest
from stillflow.graph.nest_above import flatten_up_to
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.type_spec import TypeSpec
from stillflow.interchange.saved_model.structures import StructureCoder
from stillflow.ops.variables.resource_variable import BaseResourceVariable
from stillflow.platform.decorators import make_decorator

_decoded = StructureCoder().decode_proto
_TYPED = (Tensor, TensorSpec, BaseResourceVariable)


class RestoredFunction(Function):
    """A `tf.function` whose Python function chooses among traces.

    Attributes:
      concrete_functions: the traces.
    """

    def __init__(self, body: Any, concrete_functions: Sequence[ConcreteFunction], signature: Any):
        super().__init__(body, "restored_function_body", signature, autograph=False)
        self.concrete_functions = list(concrete_functions)

    def _list_all_concrete_functions_for_serialization(self) -> list[ConcreteFunction]:
        return self.concrete_functions


def restored_function(spec: Any, concrete_functions: Sequence[ConcreteFunction]) -> Any:
    """The function of a FunctionSpec proto and its traces."""

    def restored_function_body(*args: Any, **kwargs: Any) -> Any:
        inputs = (args, kwargs)
        for may_convert in (False, True):
            for function in concrete_functions:
                if _fits(function, inputs, may_convert):
                    return _called(function, inputs)
        raise ValueError(_no_match(args, kwargs, concrete_functions))

    argspec = _argspec(spec)
    body = make_decorator(restored_function_body, restored_function_body, decorator_argspec=argspec)
    signature = _decoded(spec.input_signature) if spec.HasField("input_signature") else None
    restored = RestoredFunction(body, concrete_functions, signature)
    return make_decorator(restored_function_body, restored, decorator_argspec=argspec)


def _argspec(spec: Any) -> inspect.FullArgSpec:
    """The parameters, without the object that a method is of."""
    said = _decoded(spec.fullargspec)
    if spec.is_method and not said.args:
        raise NotImplementedError(
            "Missing support to deserialize a method function without a named 'self' argument."
        )
    defaults = None if said.defaults is None else tuple(said.defaults)
    return inspect.FullArgSpec(
        list(said.args[spec.is_method :]),
        said.varargs,
        said.varkw,
        defaults,
        list(said.kwonlyargs or ()),
        said.kwonlydefaults,
        {},
    )


def _pairs(function: ConcreteFunction, inputs: Any) -> Iterator[tuple[Any, Any]]:
    """Each part of the arguments, and what the trace has in its place.

    Raises:
      TypeError, ValueError: they have not the same structure.
    """
    structure = function.structured_input_signature
    expected = nest.flatten(structure)
    parts = flatten_up_to(structure, inputs)
    nest.assert_same_structure(inputs, nest.pack_sequence_as(structure, parts), check_types=False)
    return zip(parts, expected, strict=True)


def _fits(function: ConcreteFunction, inputs: Any, may_convert: bool) -> bool:
    try:
        return all(
            _is_as(part, expected, may_convert) for part, expected in _pairs(function, inputs)
        )
    except (TypeError, ValueError):
        return False


def _is_as(part: Any, expected: Any, may_convert: bool) -> bool:
    if isinstance(expected, TensorSpec):
        if may_convert and not isinstance(part, _TYPED):
            with FuncGraph("guess_conversion").as_default():
                part = convert_to_tensor(part, preferred_dtype=expected.dtype)
        is_typed = isinstance(part, _TYPED) and part.dtype == expected.dtype
        return is_typed and expected.shape.is_compatible_with(part.shape)
    if isinstance(expected, TypeSpec):
        return expected.is_compatible_with(part)
    return not isinstance(part, Tensor) and bool(part == expected)


def _called(function: ConcreteFunction, inputs: Any) -> Any:
    tensors: list[Any] = []
    for part, expected in _pairs(function, inputs):
        if isinstance(expected, TensorSpec):
            tensors.append(convert_to_tensor(part, preferred_dtype=expected.dtype))
        elif isinstance(expected, TypeSpec):
            tensors += nest.flatten(part, expand_composites=True)
    result = function._call_flat(tensors, function.captured_inputs)
    return None if isinstance(result, Operation) else result


def _no_match(args: tuple, kwargs: Any, functions: Sequence[ConcreteFunction]) -> str:
    options = "\n\n".join(
        f"Option {number}:\n  {_shown(function.structured_input_signature)}"
        for number, function in enumerate(functions, 1)
    )
    return (
        "Could not find matching function to call loaded from the SavedModel. Got:\n  "
        f"{_shown((args, kwargs))}\n\nExpected these arguments to match one of the following "
        f"{len(functions)} option(s):\n\n{options}"
    )


def _shown(signature: Any) -> str:
    positional, words = signature
    lines = "\n    * ".join(map(str, positional))
    return (
        f"Positional arguments ({len(positional)} total):\n    * {lines}\n"
        f"  Keyword arguments: {words}"
    )
