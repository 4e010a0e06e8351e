"""Constants: the `Const` op, and how Python and NumPy values become one."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import register_tensor_conversion_function
from stillflow.declare.opdef import op
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import Dimension, TensorShape, as_shape

_INT32 = np.iinfo(np.int32)


@op("Const", "-> output: dtype", shape=lambda ctx: ctx.attrs["value"].shape, is_constant=True)
def const(xp, *, value: np.ndarray, dtype: DType):
    """The array `value`, of type `dtype`."""
    return value


def constant(
    value: Any,
    dtype: Any = None,
    shape: Any = None,
    name: str = "Const",
    verify_shape: bool = False,
) -> Tensor:
    """Returns a tensor that holds `value` in every run.

    With `shape`, a value of fewer elements is filled up with its last one; `verify_shape` demands
    that it has that shape already.

    Raises:
      TypeError: `value` does not fit `dtype`, or with `verify_shape` not `shape`.
      ValueError: more elements than `shape` holds.
    """
    return _constant(value, dtype, shape, name, verify_shape)


def _constant(value: Any, dtype: Any, shape: Any, name: str | None, verify_shape: bool) -> Tensor:
    array = as_array(value, None if dtype is None else dtypes.as_dtype(dtype).base_dtype)
    if shape is not None:
        array = shaped(array, as_shape(shape), verify_shape)
    array.flags.writeable = False
    return const(value=array, dtype=_dtype_of(array), name=name)


def _dtype_of(array: np.ndarray) -> DType:
    return dtypes.as_dtype(array.dtype)


def as_array(value: Any, dtype: DType | None = None) -> np.ndarray:
    """Returns a new array of `value` as TensorFlow would type it.

    Python floats become float32 and Python ints int32 (int64 when they need it); arrays and NumPy
    scalars keep their type. With `dtype`, Python values must fit it, arrays are cast.

    Raises:
      TypeError: a Python value that does not fit `dtype`: 1.5 for int32, say.
      ValueError: None, or a ragged list.
    """
    if isinstance(value, (np.ndarray, np.generic)):
        return _from_numpy(np.asarray(value), dtype)
    if value is None:
        raise ValueError("None values not supported.")
    if isinstance(value, (Tensor, list, tuple)) and _holds_tensor(value):
        raise TypeError(
            "List of Tensors when single Tensor expected\n"
            "  A constant is made of Python and NumPy values; tf.stack joins tensors."
        )
    if dtype is not None:
        _check_fits(value, dtype)
        if dtype is dtypes.string:
            return _strings(np.array(value, dtype=object))
        return _numpy_array(value, dtype.as_numpy_dtype)
    array = _numpy_array(value, None)
    if array.dtype.kind in "SUO":
        return _strings_of(value)
    if array.dtype == np.float64 and not isinstance(value, np.ndarray):
        return array.astype(np.float32)
    if array.dtype == np.int64:
        fits = array.size == 0 or (array.min() >= _INT32.min and array.max() <= _INT32.max)
        return array.astype(np.int32) if fits else array
    return array


def _from_numpy(array: np.ndarray, dtype: DType | None) -> np.ndarray:
    if array.dtype.kind in "SUO":
        if dtype not in (None, dtypes.string):
            raise TypeError(f"Expected {dtype.name}, got an array of {array.dtype} instead.")
        return _strings(array.astype(object))
    wanted = dtypes.as_dtype(array.dtype) if dtype is None else dtype
    return np.array(array, dtype=wanted.as_numpy_dtype, order="C")


def _numpy_array(value: Any, numpy_dtype: type | None) -> np.ndarray:
    try:
        return np.array(_plain(value), dtype=numpy_dtype, order="C")
    except ValueError as error:
        if "inhomogeneous" not in str(error):
            raise
        got, wanted = _common_sizes([value]), _first_sizes(value)
        raise ValueError(
            f"Argument must be a dense tensor: {_shown(value)} - got shape {got}, but wanted "
            f"{wanted}.\n  Lists within a list must have one length."
        ) from None


def _first_sizes(value: Any) -> list[int]:
    """The shape that a nested list would have if all its lists were as long as the first ones."""
    sizes = []
    while isinstance(value, (list, tuple)):
        sizes.append(len(value))
        value = value[0] if value else None
    return sizes


def _common_sizes(values: list[Any]) -> list[int]:
    """The sizes of nested lists as far as all of a level agree."""
    if not all(isinstance(value, (list, tuple)) for value in values):
        return []
    sizes = {len(value) for value in values}
    if len(sizes) != 1:
        return []
    return [*sizes, *_common_sizes([item for value in values for item in value])]


def _plain(value: Any) -> Any:
    """`value` with Dimensions and shapes as ints, all the way down."""
    if isinstance(value, Dimension):
        return value.value
    if isinstance(value, TensorShape):
        return value.as_list()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _strings_of(value: Any) -> np.ndarray:
    """What `_strings` makes of a value that NumPy takes for objects; TypeError for other ones."""
    try:
        return _strings(np.array(value, dtype=object))
    except TypeError:
        raise TypeError(
            f"Failed to convert object of type {type(value)} to Tensor. Contents: {_shown(value)}. "
            "Consider casting elements to a supported type."
        ) from None


def _strings(array: np.ndarray) -> np.ndarray:
    """An object array of bytes, as a string tensor holds; TypeError for other objects."""
    flat = [_bytes(item) for item in array.ravel()]
    strings = np.empty(len(flat), dtype=object)
    strings[:] = flat
    return strings.reshape(array.shape)


def _bytes(item: Any) -> bytes:
    if isinstance(item, (str, bytes)):
        return item.encode() if isinstance(item, str) else bytes(item)
    raise TypeError(f"Expected binary or unicode string, got {item!r}")


def _check_fits(value: Any, dtype: DType) -> None:
    """TypeError for the first Python value in `value` that `dtype` cannot hold without loss."""
    if isinstance(value, (list, tuple)):
        for item in value:
            _check_fits(item, dtype)
        return
    if isinstance(value, (TensorShape, np.ndarray)):
        return
    if not _fits(value, dtype):
        raise TypeError(
            f"Expected {dtype.name}, got {_shown(value)} of type '{type(value).__name__}' instead."
        )


def _fits(value: Any, dtype: DType) -> bool:
    if dtype is dtypes.string:
        return isinstance(value, (str, bytes))
    if dtype.is_bool:
        return isinstance(value, (bool, np.bool_))
    if isinstance(value, (bool, np.bool_, str, bytes)) or value is None:
        return False
    if dtype.is_integer or dtype.is_quantized:
        return isinstance(value, (int, np.integer, Dimension))
    if dtype.is_floating:
        return isinstance(value, (int, float, np.integer, np.floating, Dimension))
    return isinstance(value, (int, float, complex, np.number))


def _holds_tensor(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_holds_tensor(item) for item in value)
    return isinstance(value, Tensor)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def shaped(array: np.ndarray, shape: TensorShape, verify: bool) -> np.ndarray:
    """Returns `array` in `shape`, filled up with its last element unless `verify` forbids that."""
    shape.assert_is_fully_defined()
    sizes: tuple[int, ...] = tuple(shape.as_list())  # type: ignore[arg-type]
    if verify and sizes != array.shape:
        raise TypeError(
            f"Expected Tensor's shape: {sizes}, got {array.shape}.\n"
            "  Without verify_shape=True the value would be filled up to that shape."
        )
    total = shape.num_elements() or 0
    if array.size > total:
        raise ValueError(
            f"Too many elements provided. Needed at most {total}, but received {array.size}"
        )
    if array.size == total:
        return array.reshape(sizes)
    if array.size == 0:
        raise ValueError(f"A constant of shape {shape} cannot be filled up from no element.")
    flat = np.empty(total, dtype=array.dtype)
    flat[: array.size] = array.ravel()
    flat[array.size :] = array.ravel()[-1]
    return flat.reshape(sizes)


def _convert(value: Any, dtype: DType | None = None, name: str | None = None, as_ref: bool = False):
    del as_ref  # a constant has no reference
    return _constant(value, dtype, None, name or "Const", False)


def _convert_shape(
    value: TensorShape, dtype: DType | None = None, name: str | None = None, as_ref: bool = False
):
    if not value.is_fully_defined():
        raise ValueError(f"Cannot convert a partially known TensorShape to a Tensor: {value}")
    wanted = dtype or dtypes.int32
    if wanted not in (dtypes.int32, dtypes.int64):
        raise TypeError(f"Cannot convert a TensorShape to dtype: {wanted.name}")
    return _convert(value.as_list(), wanted, name or "shape_as_tensor", as_ref)


def _convert_dimension(
    value: Dimension, dtype: DType | None = None, name: str | None = None, as_ref: bool = False
):
    if value.value is None:
        raise ValueError(f"Cannot convert an unknown Dimension to a Tensor: {value}")
    wanted = dtype or dtypes.int32
    if wanted not in (dtypes.int32, dtypes.int64):
        raise TypeError(f"Cannot convert a TensorShape to dtype: {wanted.name}")
    return _convert(value.value, wanted, name or "shape_as_tensor", as_ref)


register_tensor_conversion_function(TensorShape, _convert_shape, 100)
register_tensor_conversion_function(Dimension, _convert_dimension, 100)
register_tensor_conversion_function(object, _convert, 200)
