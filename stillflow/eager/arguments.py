"""What TensorFlow's generated code makes of arguments before it carries an operation out."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

from stillflow.declare.convert import to_tensor
from stillflow.graph import dtypes
from stillflow.graph.eager_tensor import EagerTensor, eager_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import as_shape


def sizes_along(tensors: Any, slice_dim: int) -> EagerTensor:
    """The size of each eager tensor along an axis.

    Returns:
      An eager tensor, i32[k], of k tensors.

    Raises:
      TypeError: `tensors` is no list or tuple, or holds something else.
      ValueError: the axis is negative.
      IndexError: a tensor has no such axis.
    """
    if not isinstance(tensors, (list, tuple)):
        raise TypeError(
            f'tensors argument must be a list or a tuple. Got "{type(tensors).__name__}"'
        )
    if slice_dim < 0:
        raise ValueError(f"Slice dimension must be non-negative. Got {slice_dim}")
    sizes = []
    for index, tensor in enumerate(tensors):
        if not isinstance(tensor, EagerTensor):
            raise TypeError(
                f"Expected a list of EagerTensors but element {index} has type "
                f'"{type(tensor).__name__}"'
            )
        if slice_dim >= tensor.ndim:
            raise IndexError(
                f"Slice dimension ({slice_dim}) must be smaller than rank of all tensors, but "
                f"tensor at index {index} has rank {tensor.ndim}"
            )
        sizes.append(tensor._shape_tuple()[slice_dim])
    return eager_tensor(np.array(sizes, np.int32), dtypes.int32)


def _unfit(kind: str, value: Any, arg_name: str) -> TypeError:
    return TypeError(f"Expected {kind} for argument '{arg_name}' not {value!r}.")


def make_float(v: Any, arg_name: str) -> float:
    """A number as a float; TypeError for what is none."""
    if not isinstance(v, Real):
        raise _unfit("float", v, arg_name)
    return float(v)


def make_int(v: Any, arg_name: str) -> int:
    """A number as an int; TypeError for what is none, or text."""
    try:
        if not isinstance(v, str):
            return int(v)
    except (ValueError, TypeError):
        pass
    raise _unfit("int", v, arg_name)


def make_str(v: Any, arg_name: str) -> bytes:
    """Text as bytes; TypeError for what is neither."""
    if not isinstance(v, (str, bytes)):
        raise _unfit("string", v, arg_name)
    return v.encode() if isinstance(v, str) else v


def make_bool(v: Any, arg_name: str) -> bool:
    """A bool itself; TypeError for what is none."""
    if not isinstance(v, bool):
        raise _unfit("bool", v, arg_name)
    return v


def make_type(v: Any, arg_name: str) -> int:
    """The number of a type in its enumeration; TypeError for what is none."""
    try:
        return dtypes.as_dtype(v).base_dtype.as_datatype_enum
    except TypeError:
        raise _unfit("DataType", v, arg_name) from None


def make_shape(v: Any, arg_name: str) -> list[int | None] | None:
    """The sizes of a shape, None where one is not known, or of which nothing is known."""
    try:
        shape = as_shape(v)
    except (TypeError, ValueError) as error:
        message = f"Error converting {arg_name} to a TensorShape: {error}."
        raise type(error)(message) from None
    return None if shape.ndims is None else shape.as_list()


def make_tensor(v: Any, arg_name: str) -> Any:
    """A TensorProto itself, or of its text form; TypeError for what is neither."""
    from google.protobuf import text_format
    from tensorboard.compat.proto.tensor_pb2 import TensorProto

    if isinstance(v, TensorProto):
        return v
    if isinstance(v, str):
        return text_format.Merge(v, TensorProto())
    raise TypeError(f"Don't know how to convert {v!r} to a TensorProto for argument '{arg_name}'.")


def args_to_matching_eager(
    l: Sequence[Any],  # noqa: E741  TensorFlow's name
    ctx: Any,
    default_dtype: Any = None,
) -> tuple[int, Sequence[Tensor]]:
    """(number of their type, tensors) of values that are of one type: that of the first tensor.

    Args:
      default_dtype: the type of values of Python's that may be of it.
    """
    del ctx
    dtype = next((value.dtype for value in l if isinstance(value, EagerTensor)), None)
    tensors = []
    for value in l:
        preferred = default_dtype if dtype is None else None
        tensors.append(to_tensor(value, dtype, preferred_dtype=preferred))
        dtype = tensors[-1].dtype
    assert dtype is not None
    return dtype.as_datatype_enum, tensors


def convert_to_mixed_eager_tensors(
    values: Sequence[Any], ctx: Any
) -> tuple[list[int], list[Tensor]]:
    """(numbers of their types, tensors) of values, each of its own type."""
    del ctx
    tensors = [to_tensor(value) for value in values]
    return [tensor.dtype.as_datatype_enum for tensor in tensors], tensors


def record_gradient(op_name: Any, inputs: Any, attrs: Any, results: Any, name: Any) -> None:
    """Nothing: what is carried out is recorded by the tapes that are open."""
