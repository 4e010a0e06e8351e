"""Structures of values as protos: nests of numbers, strings, types, shapes and TypeSpecs."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.nest import is_namedtuple
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.type_spec import TypeSpec


class NotEncodableError(Exception):
    """A value, or a proto, that no structure has."""


class StructureCoder:
    """From structures to StructuredValue protos, and back."""

    def encode_structure(self, nested_structure: Any) -> Any:
        """Returns the proto of a structure; NotEncodableError where it holds something else."""
        return _encoded(nested_structure)

    def can_encode(self, nested_structure: Any) -> bool:
        try:
            _encoded(nested_structure)
        except NotEncodableError:
            return False
        return True

    def decode_proto(self, proto: Any) -> Any:
        """Returns the structure of a proto.

        Raises:
          NotEncodableError: there is nothing in it.
          ValueError: a TypeSpec of another kind.
        """
        return _decoded(proto)


def _encoded(value: Any) -> Any:
    from tensorboard.compat.proto import struct_pb2

    proto = struct_pb2.StructuredValue()
    if isinstance(value, list):
        proto.list_value.SetInParent()
        proto.list_value.values.extend(map(_encoded, value))
    elif is_namedtuple(value):
        proto.named_tuple_value.name = type(value).__name__
        for name in value._fields:
            pair = proto.named_tuple_value.values.add(key=name)
            pair.value.CopyFrom(_encoded(getattr(value, name)))
    elif isinstance(value, tuple):
        proto.tuple_value.SetInParent()
        proto.tuple_value.values.extend(map(_encoded, value))
    elif isinstance(value, Mapping):
        proto.dict_value.SetInParent()
        for key, item in value.items():
            proto.dict_value.fields[key].CopyFrom(_encoded(item))
    else:
        _encode_leaf(value, proto)
    return proto


def _encode_leaf(value: Any, proto: Any) -> None:
    if value is None:
        proto.none_value.SetInParent()
    elif isinstance(value, bool):
        proto.bool_value = value
    elif isinstance(value, float):
        proto.float64_value = value
    elif isinstance(value, (int, np.integer)):
        proto.int64_value = int(value)
    elif isinstance(value, str):
        proto.string_value = value
    elif isinstance(value, TensorShape):
        proto.tensor_shape_value.CopyFrom(value.as_proto())
    elif isinstance(value, dtypes.DType):
        proto.tensor_dtype_value = value.as_datatype_enum
    elif type(value) is TensorSpec:
        spec = proto.tensor_spec_value
        spec.shape.CopyFrom(value.shape.as_proto())
        spec.dtype, spec.name = value.dtype.as_datatype_enum, value.name or ""
    elif isinstance(value, TypeSpec) and type(value).__name__ in _CODES:
        spec = proto.type_spec_value
        spec.type_spec_class = _CODES[type(value).__name__]
        spec.type_spec_class_name = type(value).__name__
        spec.type_state.CopyFrom(_encoded(value._serialize()))
    else:
        raise NotEncodableError(f"No encoder for object [{value}] of type [{type(value)}].")


# By the classes' names: those of datasets belong to what stands on this.
_CODES = {
    "SparseTensorSpec": 1,
    "IndexedSlicesSpec": 2,
    "RaggedTensorSpec": 3,
    "TensorArraySpec": 4,
    "DatasetSpec": 5,
    "IteratorSpec": 6,
    "OptionalSpec": 7,
}


def _decoded(proto: Any) -> Any:
    kind = proto.WhichOneof("kind")
    if kind is None:
        raise NotEncodableError(f"No encoder for object [{proto}] of type [{type(proto)}].")
    value = getattr(proto, kind)
    if kind == "none_value":
        return None
    if kind == "list_value":
        return [_decoded(item) for item in value.values]
    if kind == "tuple_value":
        return tuple(_decoded(item) for item in value.values)
    if kind == "dict_value":
        return {key: _decoded(item) for key, item in value.fields.items()}
    if kind == "named_tuple_value":
        fields = {pair.key: _decoded(pair.value) for pair in value.values}
        return namedtuple(value.name, fields)(**fields)
    if kind == "tensor_shape_value":
        return TensorShape(value)
    if kind == "tensor_dtype_value":
        return dtypes.as_dtype(value)
    if kind == "tensor_spec_value":
        return TensorSpec(
            TensorShape(value.shape), dtypes.as_dtype(value.dtype), value.name or None
        )
    return _decoded_spec(value) if kind == "type_spec_value" else value


def _decoded_spec(proto: Any) -> TypeSpec:
    import stillflow.ops.ragged.ragged_tensor  # so that their TypeSpecs are there
    import stillflow.ops.sparse.sparse_tensor  # noqa: F401

    for spec_class in TypeSpec.__subclasses__():
        if _CODES.get(spec_class.__name__) == proto.type_spec_class:
            return spec_class._deserialize(_decoded(proto.type_state))
    raise ValueError(
        f"The type '{proto.type_spec_class_name}' is not supported by this version of TensorFlow. "
        "(The object you are loading must have been created with a newer version of TensorFlow.)"
    )
