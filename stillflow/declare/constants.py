"""Constants: the `Const` op, and how Python and NumPy values become one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.declare import eager_constants
from stillflow.declare.arrays import as_array, is_array_like
from stillflow.declare.convert import register_tensor_conversion_function
from stillflow.declare.opdef import op
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import Dimension, TensorShape, as_shape

_INT32_MAX = 2**31 - 1


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


def constant_v2(value: Any, dtype: Any = None, shape: Any = None, name: str = "Const") -> Tensor:
    """`constant` of TensorFlow's own modules: only one element is filled up with.

    Raises:
      TypeError: `value` does not fit `dtype`; it has several elements, and not as many as `shape`.
    """
    if shape is not None:
        given = np.shape(typed(value, None if dtype is None else dtypes.as_dtype(dtype), shape))
        sizes = sizes_of(shape)
        if given not in ((), (1,)) and math.prod(given) != math.prod(sizes):
            raise TypeError(
                f"Expected Tensor's shape: {sizes}, got {given}.\n  tf.constant fills up with the "
                "last element."
            )
    return constant(value, dtype, shape, name)


def _constant(value: Any, dtype: Any, shape: Any, name: str | None, verify_shape: bool) -> Tensor:
    wanted = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
    if executing_eagerly():
        return eager_constants.constant(value, wanted, shape)
    array = typed(value, wanted, shape)
    if shape is not None:
        sizes = sizes_of(shape)
        check_fills(array, sizes, verify_shape)
        array = _filled(array, sizes)
    array.flags.writeable = False
    return const(value=array, dtype=wanted or dtypes.as_dtype(array.dtype), name=name)


def typed(value: Any, dtype: DType | None, shape: Any) -> np.ndarray:
    """`value` as an array of `dtype`; an empty `shape` makes any Python value an empty one."""
    if shape is not None and not is_array_like(value) and value is not None:
        sizes = sizes_of(shape)
        if 0 in sizes:
            return np.empty(sizes, dtypes.float32.stored_as if dtype is None else dtype.stored_as)
    return as_array(value, dtype)


def sizes_of(shape: Any) -> tuple[int, ...]:
    """The sizes of a shape all of whose sizes are known."""
    if isinstance(shape, Tensor):
        raise NotImplementedError(
            f"Cannot convert a symbolic Tensor ({shape.name}) to a numpy array.\n"
            "  A constant's shape is known while the graph is built; tf.fill takes a tensor."
        )
    return tuple(int(size) for size in shape)


def check_fills(array: np.ndarray, sizes: tuple[int, ...], verify: bool) -> None:
    """Checks that `array` can be brought into the shape `sizes`.

    Raises:
      TypeError: `verify`, and the array does not have that shape already.
      ValueError: more elements than it holds, or a negative size.
    """
    if verify and sizes != array.shape:
        raise TypeError(
            f"Expected Tensor's shape: {sizes}, got {array.shape}.\n"
            "  Without verify_shape=True the value would be filled up to that shape."
        )
    total = math.prod(sizes)
    if array.size > total:
        raise ValueError(
            f"Too many elements provided. Needed at most {total}, but received {array.size}"
        )
    as_shape(sizes)


def _filled(array: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
    """`array` in the shape `sizes`, filled up with its last element, or zero when it has none."""
    total = math.prod(sizes)
    if array.size == total:
        return array.reshape(sizes)
    nothing = b"" if array.dtype.kind == "O" else 0
    filled = np.full(total, array.ravel()[-1] if array.size else nothing, array.dtype)
    filled[: array.size] = array.ravel()
    return filled.reshape(sizes)


def _convert(value: Any, dtype: DType | None = None, name: str | None = None, as_ref: bool = False):
    del as_ref  # a constant has no reference
    return _constant(value, dtype, None, name or "Const", False)


def _convert_shape(
    value: TensorShape, dtype: DType | None = None, name: str | None = None, as_ref: bool = False
):
    if not value.is_fully_defined():
        raise ValueError(f"Cannot convert a partially known TensorShape to a Tensor: {value}")
    sizes = value.as_list()
    large = next((size for size in sizes if size > _INT32_MAX), None)  # type: ignore[operator]
    wanted = _shape_dtype(dtype) or (dtypes.int32 if large is None else dtypes.int64)
    if large is not None and wanted is dtypes.int32:
        raise ValueError(
            f"Cannot convert a TensorShape to dtype int32; a dimension is too large ({large})"
        )
    return _convert(sizes, wanted, name or "shape_as_tensor", as_ref)


def _convert_dimension(
    value: Dimension, dtype: DType | None = None, name: str | None = None, as_ref: bool = False
):
    if value.value is None:
        raise ValueError(f"Cannot convert an unknown Dimension to a Tensor: {value}")
    wanted = _shape_dtype(dtype) or dtypes.int32
    return _convert(value.value, wanted, name or "shape_as_tensor", as_ref)


def _shape_dtype(dtype: DType | None) -> DType | None:
    if dtype not in (None, dtypes.int32, dtypes.int64):
        raise TypeError(f"Cannot convert a TensorShape to dtype: {dtype}")
    return dtype


def _refuse_operation(
    value: Operation, dtype: DType | None = None, name: str | None = None, as_ref: bool = False
):
    raise TypeError(
        f"Can't convert Operation '{value.name}' to Tensor (target dtype={dtype!r}, "
        f"name={name!r}, as_ref={as_ref!r})\n"
        "  An operation is run for what it does; its results are its `outputs`."
    )


register_tensor_conversion_function(Operation, _refuse_operation, 100)
register_tensor_conversion_function(TensorShape, _convert_shape, 100)
register_tensor_conversion_function(Dimension, _convert_dimension, 100)
register_tensor_conversion_function(object, _convert, 200)
