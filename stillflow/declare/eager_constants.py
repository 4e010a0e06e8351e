"""Python and NumPy values as eager tensors, and what TensorFlow says of those that are none."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from stillflow.declare.arrays import as_array, narrowed
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.eager_tensor import EagerTensor, eager_tensor, register_conversion
from stillflow.graph.tensor_shape import Dimension


def constant(value: Any, dtype: DType | None, shape: Any) -> EagerTensor:
    """`value` as a tensor; one element fills up a shape.

    Raises:
      TypeError: `value` does not fit `dtype`, or has not as many elements as `shape`.
      ValueError: it is no value of any type.
    """
    kind = type(value)
    if kind is EagerTensor:
        return _checked(value, dtype)
    if (kind is int or kind is tuple or (kind is float and value)) and shape is None:
        return _number(kind, value, dtype)
    if shape is None:
        return _made(value, dtype)
    array = _shaped(_array(value, dtype), tuple(int(size) for size in shape))
    return eager_tensor(array, dtype or dtypes.as_dtype(array.dtype))


# Numbers that programs have used: (array, type). Arrays are never changed.
_numbers: dict[tuple, tuple[np.ndarray, DType]] = {}
_MOST_NUMBERS = 1000


def _number(kind: type, value: Any, dtype: DType | None) -> EagerTensor:
    """A number, or a tuple of some; not 0.0, whose sign would be lost."""
    key = kind, value, None if dtype is None else dtype._number
    try:
        known = _numbers.get(key)
    except TypeError:  # what is in the tuple is no number
        return _made(value, dtype)
    if known is None and kind is tuple and not all(type(part) is int for part in value):
        return _made(value, dtype)
    if known is None:
        array = _array(value, dtype)
        known = array, dtype or dtypes.as_dtype(array.dtype)
        if len(_numbers) < _MOST_NUMBERS:
            _numbers[key] = known
    return eager_tensor(*known)


def _made(value: Any, dtype: DType | None) -> EagerTensor:
    array = _array(value, dtype)
    return eager_tensor(array, dtype or dtypes.as_dtype(array.dtype))


def _checked(value: EagerTensor, dtype: DType | None) -> EagerTensor:
    if dtype is not None and value.dtype is not dtype:
        raise TypeError(
            f"Expected tensor with type {dtype!r} not {value.dtype!r}\n  Convert it with tf.cast."
        )
    return value


def _shaped(array: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
    total = math.prod(sizes)
    if array.size == total:
        return array.reshape(sizes)
    if array.size == 1:
        return np.full(sizes, array.ravel()[0], array.dtype)
    raise TypeError(
        "Eager execution of tf.constant with unsupported shape (value has "
        f"{array.size} elements, shape is {sizes} with {total} elements)."
    )


def _array(value: Any, dtype: DType | None) -> np.ndarray:
    try:
        first = _first_leaf(value)
        if isinstance(first, (np.ndarray, np.generic)) and first is not value:
            return _of_numpy(value, first.dtype, dtype)
        return as_array(_without_dimensions(value), dtype)
    except (TypeError, ValueError, OverflowError) as error:
        if (
            isinstance(value, bool)
            and dtype is not None
            and (dtype.is_integer or dtype.is_floating)
        ):
            return np.asarray(value, dtype.stored_as)
        raise _refused(value, dtype, error) from None


def _first_leaf(value: Any) -> Any:
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return value


def _of_numpy(value: Any, first: np.dtype, dtype: DType | None) -> np.ndarray:
    """An array of a list that begins with an array or a NumPy scalar, of type `first`.

    TensorFlow goes through arrays in lists as through lists: their floats keep the type of the
    first, ints are Python's.

    Raises:
      ValueError: it is ragged, or numbers and others are mixed.
      TypeError: its numbers do not fit `dtype`.
    """
    kinds = {part.dtype.kind for part in map(np.asarray, _leaves(value))}
    if kinds & _NO_NUMBERS:
        if len(kinds) > 1 and kinds & _NUMBERS:
            raise ValueError("numbers are mixed with others")
        return as_array(_as_lists(value), dtype)
    array = np.array(value)
    kind = array.dtype.kind
    if dtype is not None:
        if not _is_of_kind(kind, dtype):
            raise TypeError(f"{array.dtype} is no {dtype}")
        return as_array(array, dtype)
    if first.kind == "f" and kind != "c":
        return array.astype(first)
    return narrowed(array.astype({"c": np.complex128, "f": np.float64}.get(kind, np.int64)))


_NUMBERS, _NO_NUMBERS = frozenset("iufc"), frozenset("bSUO")


def _is_of_kind(kind: str, dtype: DType) -> bool:
    """Whether numbers of NumPy's kind may be of a type."""
    is_float = dtype.is_floating or dtype.is_complex
    return {"f": is_float, "c": dtype.is_complex}.get(kind, is_float or dtype.is_integer)


def _as_lists(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_as_lists(part) for part in value]
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def _without_dimensions(value: Any) -> Any:
    """`value`, in whose list dimensions are numbers."""
    if isinstance(value, (list, tuple)) and any(isinstance(part, Dimension) for part in value):
        return [part.value if isinstance(part, Dimension) else part for part in value]
    return value


def _refused(value: Any, dtype: DType | None, error: Exception) -> Exception:
    """The error of a value that is no tensor, in TensorFlow's words."""
    if value is None or not isinstance(value, (bool, int, float, complex, str, bytes, list, tuple)):
        return ValueError(
            f"Attempt to convert a value ({value!r}) with an unsupported type ({type(value)}) to "
            "a Tensor."
        )
    if isinstance(value, (list, tuple)) and _is_ragged(value):
        return ValueError("Can't convert non-rectangular Python sequence to Tensor.")
    if isinstance(error, OverflowError) or any(_is_too_large(leaf) for leaf in _leaves(value)):
        return ValueError("Can't convert Python sequence with out-of-range integer to Tensor.")
    if dtype is not None:
        return TypeError(f"Cannot convert {value!r} to EagerTensor of dtype {dtype.runtime_name}")
    return ValueError("Can't convert Python sequence with mixed types to Tensor.")


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _leaves(part)
    else:
        yield value


def _is_too_large(number: Any) -> bool:
    return isinstance(number, int) and not -(1 << 63) <= number < 1 << 63


def _is_ragged(value: Any) -> bool:
    """Whether lists or arrays that the first of a list shows to be alike differ in length."""
    if not isinstance(value, (list, tuple)) or not value:
        return False
    lengths = [len(part) if _has_length(part) else -1 for part in value]
    return lengths[0] >= 0 and (len(set(lengths)) > 1 or any(map(_is_ragged, value)))


def _has_length(part: Any) -> bool:
    return isinstance(part, (list, tuple)) or bool(getattr(part, "ndim", 0))


def _converted(value: Any, dtype: Any) -> tuple[Any, DType]:
    try:
        dtype = dtypes.as_dtype(dtype) if dtype else None
    except TypeError:
        if isinstance(value, np.ndarray):
            raise TypeError(f"Invalid dtype argument value {dtype}") from None
        raise TypeError(
            f"Cannot convert {value!r} to EagerTensor of dtype unknown dtype enum ({dtype})"
        ) from None
    tensor = constant(value, dtype, None)
    return tensor._value, tensor._dtype


register_conversion(_converted)
