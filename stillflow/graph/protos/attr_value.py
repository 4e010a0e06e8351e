"""Attribute values as AttrValue protos. A value's Python type tells its kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.protos.tensor_proto import tensor_proto_of
from stillflow.graph.tensor_shape import TensorShape


def attr_value_of(value: Any):
    """Returns `value` as an AttrValue.

    Raises:
      TypeError: a value that no attribute of a GraphDef can have.
    """
    from tensorboard.compat.proto.attr_value_pb2 import AttrValue

    if isinstance(value, (list, tuple)):
        attr = AttrValue(list=AttrValue.ListValue())
        for item in value:
            field, plain = _field_and_value(item)
            getattr(attr.list, field).append(plain)
        return attr
    field, plain = _field_and_value(value)
    return AttrValue(**{field: plain})


def _field_and_value(value: Any) -> tuple[str, Any]:
    """The field of AttrValue that holds `value`, and what it holds."""
    if isinstance(value, (bool, np.bool_)):
        return "b", bool(value)
    if isinstance(value, (int, np.integer)):
        return "i", int(value)
    if isinstance(value, (float, np.floating)):
        return "f", float(value)
    if isinstance(value, (str, bytes)):
        return "s", value.encode() if isinstance(value, str) else value
    if isinstance(value, DType):
        return "type", value.as_datatype_enum
    if isinstance(value, TensorShape):
        return "shape", value.as_proto()
    if isinstance(value, np.ndarray):
        return "tensor", tensor_proto_of(value, dtypes.as_dtype(value.dtype))
    raise TypeError(f"An attribute of a GraphDef cannot be {value!r} of type {type(value)}.")
