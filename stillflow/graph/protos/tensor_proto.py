"""Arrays as TensorProtos and back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.protos.string_content import joined, parted

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
_MOST_FILLED = 1 << 26  # elements that a tensor may leave to be filled up from several
_HELD_AS_BYTES = {
    *("float32", "float64", "int8", "int16", "int32", "int64"),
    *("uint8", "uint32", "uint64"),
    *("qint8", "quint8", "qint16", "quint16", "qint32"),
}


def tensor_proto_of(array: np.ndarray, dtype: DType, sizes: tuple[int, ...] | None = None):
    """Returns `array`, whose elements are of type `dtype`, as a TensorProto.

    With `sizes`, that is the shape of the tensor; its last element fills a larger one. Several
    elements are held as bytes where TensorFlow holds them so.
    """
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

    sizes = array.shape if sizes is None else sizes
    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])
    proto = TensorProto(dtype=dtype.as_datatype_enum, tensor_shape=shape)
    flat = array.ravel()
    if dtype.name in _HELD_AS_BYTES and flat.size > 1 and flat.size == math.prod(sizes):
        proto.tensor_content = flat.tobytes()
    else:
        getattr(proto, _field(dtype)).extend(_elements(flat, dtype))
    return proto


def content_proto_of(array: np.ndarray, dtype: DType):
    """`tensor_proto_of` with all elements as bytes, as the tensors of a run are written."""
    proto = tensor_proto_of(array.ravel()[:0], dtype, array.shape)
    is_text = dtype is dtypes.string
    proto.tensor_content = joined(array.ravel().tolist()) if is_text else array.tobytes()
    return proto


def compact_tensor_proto_of(array: np.ndarray, dtype: DType):
    """`tensor_proto_of`, in which one element stands for all when all are alike."""
    flat = array.ravel()
    return tensor_proto_of(flat[:1] if _is_uniform(flat) else flat, dtype, array.shape)


def _is_uniform(flat: np.ndarray) -> bool:
    """Whether all elements have the same bits."""
    if flat.dtype == object:
        return False
    return flat.tobytes() == flat[:1].tobytes() * flat.size


def make_ndarray(tensor: Any) -> np.ndarray:
    """Returns the array that a TensorProto holds; the last of too few elements fills it up.

    Its type is the `as_numpy_dtype` of the tensor's.

    Raises:
      ValueError: its fields do not fit its shape or its type.
      TypeError: arrays have no such type.
    """
    array = np.array(constant_of(tensor))
    dtype = dtypes.as_dtype(tensor.dtype).base_dtype
    return array.view(dtype.as_numpy_dtype) if dtype.is_quantized else array


def constant_of(tensor: Any) -> np.ndarray:
    """`make_ndarray` for a tensor of a graph, which is only read.

    One element takes no memory for all places; quantized numbers are plain ints.
    """
    dtype = dtypes.as_dtype(tensor.dtype).base_dtype
    shape = _shape_of(tensor.tensor_shape)
    size = math.prod(shape)
    elements = _stored_elements(tensor, dtype)
    if len(elements) > size or (len(elements) != size and tensor.tensor_content):
        raise ValueError(f"A tensor of shape {shape} cannot hold {len(elements)} elements.")
    if len(elements) == size:
        return elements.reshape(shape)
    if len(elements) <= 1:
        fill = elements[0] if len(elements) else b"" if dtype is dtypes.string else 0
        return np.broadcast_to(np.array(fill, dtype.stored_as), shape)
    if size > _MOST_FILLED:
        raise ValueError(f"A tensor of shape {shape} cannot be filled up from its elements.")
    array: np.ndarray = np.empty(size, dtype.stored_as)
    array[: len(elements)] = elements
    array[len(elements) :] = elements[-1]
    return array.reshape(shape)


def _shape_of(proto: Any) -> tuple[int, ...]:
    shape = tuple(dim.size for dim in proto.dim)
    if proto.unknown_rank or any(size < 0 for size in shape):
        raise ValueError(f"A tensor cannot have the shape {'?' if proto.unknown_rank else shape}.")
    return shape


def _stored_elements(tensor: Any, dtype: DType) -> np.ndarray:
    """The elements that are written out, in a row."""
    if not tensor.tensor_content:
        try:
            return _array_of(getattr(tensor, _field(dtype)), dtype)
        except OverflowError as error:
            raise ValueError(f"A tensor of type {dtype.name} cannot hold this: {error}.") from None
    if dtype is dtypes.string:
        return parted(tensor.tensor_content, math.prod(_shape_of(tensor.tensor_shape)))
    if len(tensor.tensor_content) % dtype.size:
        raise ValueError(
            f"{len(tensor.tensor_content)} bytes are not the elements of a {dtype.name} tensor."
        )
    return np.frombuffer(tensor.tensor_content, dtype.stored_as)


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
        return np.array(values, np.uint16).view(dtype.stored_as)
    if dtype.is_complex:
        parts: np.ndarray = np.array(values, dtype.real_dtype.stored_as)
        return parts.view(dtype.stored_as)
    return np.array(values, dtype.stored_as)
