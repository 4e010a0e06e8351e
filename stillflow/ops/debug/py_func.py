"""Python functions as operations: they get NumPy values in a run and return some.

A node names its function by a token, as TensorFlow's does; the function lives as long as the graph.
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
from stillflow.graph import dtypes, errors, nest, nest_above
from stillflow.graph.context import executing_eagerly
from stillflow.graph.dtypes import DType
from stillflow.graph.scopes import graph_of
from stillflow.graph.tensor_shape import as_shape

_ERRORS: tuple[tuple[type[BaseException], Callable[..., errors.OpError]], ...] = (
    (ValueError, errors.InvalidArgumentError),
    (TypeError, errors.InvalidArgumentError),
    (StopIteration, errors.OutOfRangeError),
    (MemoryError, errors.ResourceExhaustedError),
    (NotImplementedError, errors.UnimplementedError),
    (Exception, errors.UnknownError),
)
_C_NAMES = {"float32": "float", "float64": "double", "float16": "half"}


class _Function:
    """A function that the tokens table refers to, but does not keep alive."""

    def __init__(self, call: Callable[..., Any]):
        self.call = call


_functions: weakref.WeakValueDictionary[str, _Function] = weakref.WeakValueDictionary()
_numbers = itertools.count()


def _call(inputs: Sequence[Any], token: str, types: Sequence[DType]) -> tuple[np.ndarray, ...]:
    """inputs: n[...] each -> what the function gives, one array for each of `types`."""
    function = _functions.get(token)
    if function is None:
        raise errors.UnknownError(
            None, None, f"callback {token} is not found\n  The graph that it was made in is gone."
        )
    try:
        result = function.call(*(_as_argument(value) for value in inputs))
    except Exception as error:
        raise as_tensorflow_error(error) from error
    values = _as_values(result)
    if len(values) != len(types):
        refuse(f"{token} returns {len(values)} values, but expects to see {len(types)} values.")
    return tuple(_checked(*given, token) for given in zip(values, types, itertools.count()))


def as_tensorflow_error(error: Exception) -> errors.OpError:
    """The error of a run in which the program's function failed."""
    if isinstance(error, errors.OpError):
        return error
    cls = next(cls for kind, cls in _ERRORS if isinstance(error, kind))
    return cls(None, None, f"{type(error).__name__}: {error}")


def _as_argument(value: Any) -> Any:
    """Arrays as they are, the caller's own; the element of a scalar."""
    return np.array(value) if np.ndim(value) else np.asarray(value)[()]


def _as_values(result: Any) -> Sequence[Any]:
    if result is None:
        return ()
    return result if isinstance(result, (list, tuple)) else (result,)


def _checked(value: Any, dtype: DType, index: int, token: str) -> np.ndarray:
    array = np.asarray(value)
    is_text = array.dtype.kind in "SUO"
    if is_text:
        array = _as_strings(array)
    given = dtypes.string if is_text else dtypes.as_dtype(array.dtype)
    if given is not dtype:
        got, wanted = (_C_NAMES.get(d.name, d.name) for d in (given, dtype))
        refuse(f"{index}-th value returned by {token} is {got}, but expects {wanted}")
    return array if is_text else array.astype(array.dtype.newbyteorder("="), copy=False)


def _as_strings(given: np.ndarray) -> np.ndarray:
    """Text or bytes -> bytes, as objects."""
    given = given.astype(np.object_)
    result: np.ndarray = np.empty(given.shape, np.object_)
    result.ravel()[:] = [_as_bytes(item) for item in given.ravel()]
    return result


def _as_bytes(item: Any) -> bytes:
    if isinstance(item, (str, bytes)):
        return item.encode() if isinstance(item, str) else item
    raise errors.InternalError(None, None, f"Unsupported object type {type(item).__name__}")


def _outputs(values: tuple[np.ndarray, ...]) -> Any:
    return values[0] if len(values) == 1 else values


@op("PyFunc", "input: [Tin] -> output: [Tout]", host=True, waits=True, stateful=True)
def py_func_op(xp, *inputs, token: str, Tout: list[DType]):
    """inputs: n[...] each -> what the function `token` makes of them, of the types `Tout`."""
    return _outputs(_call(inputs, token, Tout))


@op("PyFuncStateless", "input: [Tin] -> output: [Tout]", host=True, waits=True)
def py_func_stateless_op(xp, *inputs, token: str, Tout: list[DType]):
    """PyFunc of a function whose results depend on its arguments alone."""
    return _outputs(_call(inputs, token, Tout))


py_func_op.not_differentiable()
py_func_stateless_op.not_differentiable()


def py_func(
    func: Callable[..., Any], inp: Sequence[Any], Tout: Any, stateful: bool = True, name: Any = None
) -> Any:
    """Returns what `func` makes of the values of `inp` in a run: tensors of the types `Tout`.

    `func` gets an array for each of `inp` (a NumPy scalar for a scalar) and returns an array, or
    several as a list or tuple. With a list of types there is a list of tensors; with an empty one,
    the operation. In eager mode the function is called at once.
    """
    if executing_eagerly():
        return _at_once(func, inp)
    several = isinstance(Tout, (list, tuple))
    types = [dtypes.as_dtype(dtype) for dtype in (Tout if several else [Tout])]
    function = _Function(func)
    token = f"pyfunc_{next(_numbers)}"
    _functions[token] = function
    vars(graph_of(inp)).setdefault("_py_funcs_used_in_graph", []).append(function)
    build = py_func_op if stateful else py_func_stateless_op
    result = build(list(inp), token=token, Tout=types, name=name)
    return result if several or not isinstance(result, list) else result[0]


def _at_once(func: Callable[..., Any], inp: Sequence[Any]) -> Any:
    """What `func` gives, as tensors of the types that it gives."""
    tensors_in: list[Any] = [convert_to_tensor(x) for x in inp]
    result = nest.flatten(func(*[x.numpy() for x in tensors_in]))
    tensors = [None if value is None else convert_to_tensor(value) for value in result]
    return tensors[0] if len(tensors) == 1 else tensors


def numpy_function(
    func: Callable[..., Any], inp: Sequence[Any], Tout: Any, name: str | None = None
) -> Any:
    """Returns what `func` makes of the values of `inp` in a run, as py_func does."""
    return py_func(func, inp, Tout, stateful=True, name=name)


def structured_py_func(
    func: Callable[..., Any],
    args: Sequence[Any] = (),
    kwargs: dict[str, Any] | None = None,
    output_types: Any = None,
    output_shapes: Any = None,
    stateful: bool = True,
    name: str | None = None,
) -> Any:
    """`py_func` of a function that takes and gives structures, as contrib.framework has it.

    `output_types`, and `output_shapes` where they are known, are structures as `func` gives one, or
    functions of the arguments that give them.
    """
    kwargs = {} if kwargs is None else kwargs
    if not isinstance(args, (list, tuple)):
        raise TypeError(f"args must be list and not {type(args)}. args: {args}")
    if not isinstance(kwargs, dict):
        raise TypeError(f"kwargs must be dict and not {type(kwargs)}. args: {kwargs}")
    if callable(output_types):
        output_types = output_types(*args, **kwargs)
    if callable(output_shapes):
        output_shapes = output_shapes(*args, **kwargs)
    given = (args, kwargs)

    def flat(*values: Any) -> list[Any]:
        positional, named = nest.pack_sequence_as(given, values)
        result = func(*positional, **named)
        nest_above.assert_shallow_structure(output_types, result)
        return nest.flatten(result)

    found = py_func(flat, nest.flatten(given), nest.flatten(output_types), stateful, name)
    if output_shapes is not None:
        shapes = nest_above.map_structure_up_to(output_types, as_shape, output_shapes)
        for tensor, shape in zip(found, nest.flatten(shapes), strict=False):
            tensor.set_shape(shape)
    return nest.pack_sequence_as(output_types, found)
