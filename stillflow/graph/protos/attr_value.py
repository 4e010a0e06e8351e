"""Attribute values as AttrValue protos. A value's Python type tells its kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.function_library import FunctionName
from stillflow.graph.protos.tensor_proto import compact_tensor_proto_of
from stillflow.graph.tensor_shape import TensorShape


def attr_value_of(value: Any, elements: DType | None = None):
    """Returns `value` as an AttrValue; an array's numbers are `elements` where that is quantized.

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
    if isinstance(value, np.ndarray):
        dtype = dtypes.as_dtype(value.dtype)
        if elements is not None and elements.is_quantized:
            dtype = elements
        return AttrValue(tensor=compact_tensor_proto_of(value, dtype))
    field, plain = _field_and_value(value)
    return AttrValue(**{field: plain})


def python_value_of(attr: Any) -> Any:
    """What `Operation.get_attr` gives for an AttrValue: DTypes, else what the proto holds."""
    field = attr.WhichOneof("value")
    if field == "type":
        return dtypes.as_dtype(attr.type)
    if field != "list":
        return getattr(attr, field)
    held = [(descriptor.name, items) for descriptor, items in attr.list.ListFields()]
    if not held:
        return []
    name, items = held[0]
    return [dtypes.as_dtype(item) for item in items] if name == "type" else list(items)


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
    if isinstance(value, FunctionName):
        return "func", _name_attr_list(value)
    raise TypeError(f"An attribute of a GraphDef cannot be {value!r} of type {type(value)}.")


def _name_attr_list(function: FunctionName) -> Any:
    from tensorboard.compat.proto.attr_value_pb2 import NameAttrList

    attrs = {name: attr_value_of(value) for name, value in function.attrs.items()}
    return NameAttrList(name=function.name, attr=attrs)
