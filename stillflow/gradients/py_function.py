"""`tf.py_function`: a Python function of eager tensors as an operation that has a gradient.

In a graph the operation runs the function eagerly, and its gradient asks the tape of that call.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.gradients.gradient_tape import GradientTape
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.dtypes import DType
from stillflow.graph.eager_graph import eager_mode
from stillflow.graph.eager_tensor import EagerTensor, eager_tensor
from stillflow.graph.errors import UnknownError
from stillflow.graph.scopes import graph_of
from stillflow.ops.debug.py_func import as_tensorflow_error

_numbers = itertools.count()


class _Function:
    """A function and what its last call left for its gradient; its graph keeps it alive."""

    def __init__(self, call: Callable[..., Any]):
        self.call = call
        self.left: tuple[GradientTape, list, list] | None = None


_functions: weakref.WeakValueDictionary[str, _Function] = weakref.WeakValueDictionary()


def _named(token: str) -> _Function:
    function = _functions.get(token)
    if function is None:
        raise UnknownError(
            None, None, f"callback {token} is not found\n  The graph that it was made in is gone."
        )
    return function


@op("EagerPyFunc", "input: [Tin] -> output: [Tout]", host=True, waits=True, stateful=True)
def eager_py_func_op(xp, *inputs, token: str, Tout: list[DType]):
    """inputs: n[...] each -> what the function `token` makes of them eagerly."""
    function = _named(token)
    with eager_mode(), GradientTape(persistent=True) as tape:
        tensors = [_tensor(value) for value in inputs]
        tape.watch([t for t in tensors if t.dtype.is_floating])
        outputs = _called(function.call, tensors, Tout, token)
    function.left = tape, tensors, outputs
    return _values(outputs)


@op("EagerPyFuncGradient", "input: [Tin] -> output: [Tout]", host=True, waits=True, stateful=True)
def eager_py_func_gradient_op(xp, *inputs, token: str, Tout: list[DType]):
    """Gradients by the outputs of the last call of `token` -> gradients by its inputs."""
    function = _named(token)
    if function.left is None:
        refuse(f"{token} was not called in this run, so it has no gradient.")
    tape, tensors, outputs = function.left
    with eager_mode():
        given = [_tensor(value) for value in inputs]
        grads = tape.gradient(outputs, tensors, given, "zero")
        return _values(
            [convert_to_tensor(grad, dtype) for grad, dtype in zip(grads, Tout, strict=True)]
        )


@eager_py_func_op.gradient
def eager_py_func_gradient(op, *dys):
    types = [tensor.dtype for tensor in op.inputs]
    return eager_py_func_gradient_op(list(dys), token=op.attrs["token"], Tout=types)


def _tensor(value: Any) -> EagerTensor:
    array = np.asarray(value)
    return eager_tensor(array, dtypes.as_dtype(array.dtype))


def _values(tensors: Sequence[Any]) -> Any:
    arrays = tuple(np.asarray(tensor._value) for tensor in tensors)
    return arrays[0] if len(arrays) == 1 else arrays


def _called(
    func: Callable[..., Any], tensors: Sequence[Any], types: Sequence[DType], token: str
) -> list[Any]:
    try:
        result = func(*tensors)
        values = () if result is None else result
        values = values if isinstance(values, (list, tuple)) else (values,)
        if len(values) != len(types):
            refuse(f"{token} returns {len(values)} values, but expects to see {len(types)} values.")
        return [convert_to_tensor(v, dtype) for v, dtype in zip(values, types, strict=True)]
    except Exception as error:
        raise as_tensorflow_error(error) from error


def py_function(
    func: Callable[..., Any] | None = None,
    inp: Sequence[Any] | None = None,
    Tout: Any = None,
    name: str | None = None,
) -> Any:
    """Returns what `func` makes of eager tensors with the values of `inp`, in a run or at once.

    Gradients flow through what `func` computes.

    Args:
      func: takes an eager tensor for each of `inp`; returns tensors or what converts to the types.
      Tout: the type of the result, or a list of types; an empty one for a function without result.
    """
    assert func is not None
    several = isinstance(Tout, (list, tuple))
    types = [dtypes.as_dtype(dtype) for dtype in (Tout if several else [Tout])]
    if executing_eagerly():
        tensors = [convert_to_tensor(x) for x in inp or ()]
        outputs = _at_once(func, tensors, types)
        return outputs if several else outputs[0]
    function = _Function(func)
    token = f"pyfunc_{next(_numbers)}"
    _functions[token] = function
    vars(graph_of(inp)).setdefault("_py_funcs_used_in_graph", []).append(function)
    result: Any = eager_py_func_op(list(inp or ()), token=token, Tout=types, name=name)
    return result if several or not isinstance(result, list) else result[0]


def _at_once(func: Callable[..., Any], tensors: list, types: list[DType]) -> list[Any]:
    """The results in eager mode, where tapes have seen the function's own operations."""
    result = func(*tensors)
    if result is None:
        return []
    values = result if isinstance(result, (list, tuple)) else [result]
    return [convert_to_tensor(v, dtype) for v, dtype in zip(values, types, strict=False)]
