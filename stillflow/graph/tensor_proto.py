"""Arrays as TensorProtos and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType

# The field that holds elements one by one; the other types are in `int_val`.
_FIELDS = {
    "float16": "half_val",
    "bfloat16": "half_val",
    "float32": "float_val",
    "float64": "double_val",
    "string": "string_val",
    "complex64": "scomplex_val",
    "complex128": "dcomplex_val",
    "int64": "int64_val",
    "bool": "bool_val",
    "uint32": "uint32_val",
    "uint64": "uint64_val",
}
_HELD_AS_BYTES = {
    *("float32", "float64", "int8", "int16", "int32", "int64"),
    *("uint8", "uint32", "uint64"),
}


def tensor_proto_of(array: np.ndarray, dtype: DType):
    """Returns `array`, whose elements are of type `dtype`, as a TensorProto.

    One element, or one that fills the whole tensor, is held as a number; more are held as bytes
    where TensorFlow holds them so.
    """
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in array.shape])
    proto = TensorProto(dtype=dtype.as_datatype_enum, tensor_shape=shape)
    flat = array.ravel()
    if _is_uniform(flat):
        flat = flat[:1]
    if flat.size > 1 and dtype.name in _HELD_AS_BYTES:
        proto.tensor_content = flat.tobytes()
    else:
        getattr(proto, _field(dtype)).extend(_elements(flat, dtype))
    return proto


def _is_uniform(flat: np.ndarray) -> bool:
    """Whether all elements have the same bits."""
    if flat.dtype == object:
        return False
    return flat.tobytes() == flat[:1].tobytes() * flat.size


def make_ndarray(tensor: Any) -> np.ndarray:
    """Returns the array that a TensorProto holds; the last of too few elements fills it up."""
    dtype = dtypes.as_dtype(tensor.dtype).base_dtype
    shape = tuple(dim.size for dim in tensor.tensor_shape.dim)
    if tensor.tensor_content:
        content: np.ndarray = np.frombuffer(tensor.tensor_content, dtype.as_numpy_dtype)
        return content.copy().reshape(shape)
    elements = _array_of(getattr(tensor, _field(dtype)), dtype)
    array: np.ndarray = np.zeros(int(np.prod(shape, dtype=np.int64)), dtype.as_numpy_dtype)
    if len(elements):
        array[: len(elements)] = elements
        array[len(elements) :] = elements[-1]
    elif dtype is dtypes.string:
        array[:] = b""
    return array.reshape(shape)


def _field(dtype: DType) -> str:
    return _FIELDS.get(dtype.name, "int_val")


def _elements(flat: np.ndarray, dtype: DType) -> list:
    """The elements as the proto's field holds them."""
    if dtype.is_complex:
        return [part for item in flat.tolist() for part in (item.real, item.imag)]
    return flat.view(np.uint16).tolist() if _field(dtype) == "half_val" else flat.tolist()


def _array_of(values: Any, dtype: DType) -> np.ndarray:
    """The inverse of `_elements`."""
    if _field(dtype) == "half_val":
        return np.array(values, np.uint16).view(dtype.as_numpy_dtype)
    if dtype.is_complex:
        parts: np.ndarray = np.array(values, dtype.real_dtype.as_numpy_dtype)
        return parts.view(dtype.as_numpy_dtype)
    return np.array(values, dtype.as_numpy_dtype)
