"""The elements of a tensor as a checkpoint of the first format (V1) holds them: a TensorProto."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from stillflow.checkpoint import tensors
from stillflow.checkpoint.messages import message_class
from stillflow.graph import dtypes

LEAST_SIZE = 1  # bytes that an element takes in a file, of whatever type

# The field of a type, and as what NumPy type its numbers are read.
_FIELDS: dict[dtypes.DType, tuple[str, Any]] = {
    dtypes.float16: ("half_val", np.uint16),  # the bits
    dtypes.float32: ("float_val", np.float32),
    dtypes.float64: ("double_val", np.float64),
    dtypes.complex64: ("scomplex_val", np.float32),  # real, imaginary, real, ...
    dtypes.complex128: ("dcomplex_val", np.float64),
    dtypes.bool: ("bool_val", np.bool_),
    dtypes.int64: ("int64_val", np.int64),
    dtypes.string: ("string_val", np.object_),
} | {
    dtype: ("int_val", dtype.stored_as)
    for dtype in (
        *(dtypes.int8, dtypes.int16, dtypes.int32, dtypes.uint8, dtypes.uint16),
        *(dtypes.qint8, dtypes.quint8, dtypes.qint32),
    )
}


def holds(dtype: dtypes.DType) -> bool:
    """Tells whether the format has this type."""
    return dtype in _FIELDS


def encode(array: np.ndarray, dtype: dtypes.DType) -> Any:
    """Returns the TensorProto of an array, whose elements are of `dtype`."""
    field, numbers = _FIELDS[dtype]
    if dtype is dtypes.string:
        values = [tensors.as_bytes(element) for element in array.flat]
    else:
        flat: np.ndarray = np.ascontiguousarray(array, dtype.stored_as).reshape(-1)
        values = flat.view(numbers).tolist()
    return message_class("TensorProto")(**{field: values})


def decode(proto: Any, dtype: dtypes.DType, shape: Sequence[int]) -> np.ndarray:
    """Returns the array of `shape` that a TensorProto holds.

    Raises:
      ValueError: it has more or fewer elements, or the format has no such type.
    """
    if not holds(dtype):
        raise ValueError(f"the first checkpoint format has no elements of type {dtype.name}")
    field, numbers = _FIELDS[dtype]
    values = getattr(proto, field)
    per_element = 2 if dtype.is_complex else 1
    if len(values) != prod(shape) * per_element:
        raise ValueError(f"{len(values)} values of type {dtype.name} for shape {list(shape)}")
    if dtype is dtypes.string:
        array: np.ndarray = np.empty(len(values), np.object_)
        array[:] = list(values)
    else:
        # Signed integers may be stored as the unsigned ones of the same bits.
        wide = np.int64 if field in ("int_val", "half_val") else numbers
        array = np.fromiter(values, wide, len(values)).astype(numbers).view(dtype.stored_as)
    return array.reshape(shape)
