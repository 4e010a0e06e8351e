"""Turns what a program passes as an input into a Tensor. Knows no op; each kind of value registers.

`declare.constants` registers Python and NumPy values, `ops.variables` variables, `ops.array` lists
that hold tensors and IndexedSlices.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly, get_default_graph
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor

# (priority, types, function); a lower priority is asked first, an earlier one before a later.
_CONVERTERS: list[tuple[int, tuple[type, ...], Callable[..., Any]]] = []
_BY_TYPE: dict[type, tuple[Callable[..., Any], ...]] = {}
# The modules that register values which need none of them to exist. A program may convert such a
# value before it names anything that loads them.
_REGISTERING = (
    "stillflow.declare.constants",
    "stillflow.ops.array.stacking",
    "stillflow.ops.array.indexed_slices",
)


def register_tensor_conversion_function(
    base_type: type | tuple[type, ...],
    conversion_func: Callable[..., Any],
    priority: int = 100,
) -> None:
    """Makes `conversion_func(value, dtype=, name=, as_ref=)` convert values of `base_type`.

    It may return NotImplemented to leave a value to the next function.
    """
    types = base_type if isinstance(base_type, tuple) else (base_type,)
    if not all(isinstance(t, type) for t in types):
        raise TypeError("base_type must be a type or a tuple of types.")
    if not callable(conversion_func):
        raise TypeError("conversion_func must be callable.")
    _CONVERTERS.append((priority, types, conversion_func))
    _CONVERTERS.sort(key=lambda entry: entry[0])
    _BY_TYPE.clear()


def _converters_of(kind: type) -> tuple[Callable[..., Any], ...]:
    known = _BY_TYPE.get(kind)
    if known is None:
        for module in _REGISTERING:
            importlib.import_module(module)
        known = tuple(convert for _, types, convert in _CONVERTERS if issubclass(kind, types))
        _BY_TYPE[kind] = known
    return known


def convert_to_tensor(
    value: Any,
    dtype: Any = None,
    name: str | None = None,
    preferred_dtype: Any = None,
    dtype_hint: Any = None,
) -> Tensor:
    """Returns `value` as a Tensor, adding a node to the default graph when it is not one yet.

    Raises:
      TypeError: nothing converts a value of this type, or it does not fit `dtype`.
      ValueError: a tensor of another type than `dtype`.
    """
    preferred = dtype_hint if dtype_hint is not None else preferred_dtype
    return to_tensor(value, dtype, name, preferred, as_ref=False)


def to_tensor(
    value: Any,
    dtype: Any = None,
    name: str | None = None,
    preferred_dtype: Any = None,
    as_ref: bool = False,
) -> Tensor:
    """`convert_to_tensor`, which with `as_ref` leaves a variable its reference."""
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    if isinstance(value, Tensor):
        _check_dtype(value, wanted)
        if value._is_eager and not executing_eagerly():
            return captured(value, name)
        return value
    if wanted is None and preferred_dtype is not None:
        preferred = dtypes.as_dtype(preferred_dtype)
        try:
            converted = _convert(value, preferred, name, as_ref)
        except (TypeError, ValueError):
            converted = NotImplemented
        if converted is not NotImplemented and converted.dtype.base_dtype is preferred:
            return converted
    converted = _convert(value, wanted, name, as_ref)
    if converted is NotImplemented:
        raise TypeError(
            f"Cannot convert {value!r} with type {type(value)} to Tensor: "
            "no conversion function registered."
        )
    return converted


def captured(value: Tensor, name: str | None = None) -> Tensor:
    """What stands for an eager tensor in the function that is being built, under that name.

    Raises:
      RuntimeError: it is a graph that is no function's body.
    """
    graph = get_default_graph()
    if not graph.building_function:
        raise RuntimeError(
            "Attempting to capture an EagerTensor without building a function.\n"
            "  A graph takes its value: tf.constant(tensor.numpy())."
        )
    return graph.capture(value, name)


def _check_dtype(tensor: Tensor, wanted: DType | None) -> None:
    if wanted is not None and not wanted.is_compatible_with(tensor.dtype):
        raise ValueError(
            f"Tensor conversion requested dtype {wanted.name} for Tensor with dtype "
            f"{tensor.dtype.name}: {tensor!r}"
        )


def _convert(value: Any, dtype: DType | None, name: str | None, as_ref: bool) -> Any:
    for convert in _converters_of(type(value)):
        tensor = convert(value, dtype=dtype, name=name, as_ref=as_ref)
        if tensor is not NotImplemented:
            wrong = _wrong_result(tensor, dtype)
            if wrong:
                prefix = f"{name}: " if name else ""
                raise RuntimeError(
                    f"{prefix}Conversion function {convert!r} for type {type(value)} "
                    f"returned {wrong}"
                )
            return tensor
    return NotImplemented


def _wrong_result(tensor: Any, dtype: DType | None) -> str | None:
    """What is wrong with what a conversion function returned for `dtype`."""
    if not isinstance(tensor, Tensor):
        return f"non-Tensor: {tensor!r}"
    if dtype is None or dtype is tensor.dtype or dtype.is_compatible_with(tensor.dtype):
        return None
    return f"incompatible dtype: requested = {dtype.name}, actual = {tensor.dtype.name}"


def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor, a composite of some, or stands for a tensor as a variable does."""
    return (
        isinstance(x, (Tensor, *_tensor_like))
        or hasattr(x, "fetch_parts")
        or hasattr(x, "_as_graph_element")
    )


def is_no_ragged_tensor(x: Any) -> bool:
    """Whether `x` is a tensor as TensorFlow's `is_tensor` says it: a ragged one is none."""
    return is_tensor(x) and not getattr(x, "_is_ragged_tensor", False)


# Classes of programs whose objects stand for one tensor.
_tensor_like: list[type] = []


def register_dense_tensor_like_type(tensor_type: type) -> None:
    """Says that objects of a class stand for a tensor each: `tf.is_tensor` holds of them.

    Raises:
      TypeError: the class has no properties `name` and `dtype`.
    """
    for attribute in ("name", "dtype"):
        if not isinstance(getattr(tensor_type, attribute, None), property):
            raise TypeError(f"Type {tensor_type.__name__} does not define a `{attribute}` property")
    _tensor_like.append(tensor_type)


def is_dense_tensor_like(x: Any) -> bool:
    """`is_tensor` of what stands for one tensor."""
    return is_tensor(x) and not hasattr(x, "fetch_parts")


def convert_n_to_tensor(values: Any, dtype: Any = None, name: str | None = None) -> list[Tensor]:
    """Converts each of `values`; their names are `name_0`, `name_1`, ..."""
    return [
        to_tensor(value, dtype, None if name is None else f"{name}_{index}")
        for index, value in enumerate(values)
    ]
