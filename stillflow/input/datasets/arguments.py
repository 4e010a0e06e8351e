"""Arguments of datasets as tensors: numbers that may be left out, and shapes known in part."""

from __future__ import annotations

from typing import Any

from stillflow.declare import constants
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import as_shape


def optional_param_to_tensor(
    argument_name: str,
    argument_value: Any,
    argument_default: Any = 0,
    argument_dtype: DType = dtypes.int64,
) -> Tensor:
    """`argument_value`, or `argument_default` where that is None, as a tensor of that type."""
    if argument_value is not None:
        return convert_to_tensor(argument_value, dtype=argument_dtype, name=argument_name)
    return constants.constant(argument_default, dtype=argument_dtype, name=argument_name)


def partial_shape_to_tensor(shape_like: Any) -> Tensor:
    """A shape, or what says one, -> i64[rank]; unknown sizes are -1.

    Raises:
      ValueError: a tensor is not of rank 1.
      TypeError: it is not of int64.
    """
    try:
        sizes = as_shape(shape_like).as_list()
        return convert_to_tensor([-1 if n is None else n for n in sizes], dtype=dtypes.int64)
    except (TypeError, ValueError):
        pass
    tensor = convert_to_tensor(shape_like, preferred_dtype=dtypes.int64)
    wanted = f"The given shape {shape_like} must be a 1-D tensor of tf.int64 values, but the"
    if tensor.shape.ndims not in (None, 1):
        raise ValueError(f"{wanted} shape was {tensor.shape}.")
    if tensor.dtype != dtypes.int64:
        raise TypeError(f"{wanted} element type was {tensor.dtype.name}.")
    return tensor
