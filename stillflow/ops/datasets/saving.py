"""Iterators in checkpoints: where they are, as TensorFlow stores it."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Handle
from stillflow.declare.storable import Storable
from stillflow.graph import dtypes
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.protos.tensor_proto import content_proto_of, make_ndarray
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.iterators import iterator_of
from stillflow.ops.datasets.windows import ListDataset
from stillflow.ops.sparse.serializing import Held

_TYPE = "tensorflow::Iterator"
_TENSOR = "tensorflow::Tensor"
_WINDOW = "stillflow::Window"  # TensorFlow stores nothing of a window, and cannot restore it
_DELIMITER = "@@"


def _encoded(entries: dict[str, Any]) -> bytes:
    """Tensors by their keys -> a VariantTensorDataProto"""
    from tensorboard.compat.proto.tensor_pb2 import VariantTensorDataProto

    proto = VariantTensorDataProto(type_name=_TYPE)
    proto.metadata = "".join(_DELIMITER + key for key in entries).encode()
    proto.tensors.extend(map(_tensor_proto, entries.values()))
    return proto.SerializeToString(deterministic=True)


def _tensor_proto(value: Any) -> Any:
    from tensorboard.compat.proto.tensor_pb2 import TensorProto

    array: np.ndarray = np.asarray(value, object if isinstance(value, Handle) else None)
    is_variant = array.dtype == object and any(isinstance(item, Handle) for item in array.flat)
    if not is_variant:
        kind = dtypes.string if array.dtype == object else dtypes.as_dtype(array.dtype)
        return content_proto_of(array, kind)
    proto = TensorProto(dtype=dtypes.variant.as_datatype_enum)
    proto.tensor_shape.CopyFrom(TensorShape(array.shape).as_proto())
    for item in array.flat:
        _put_variant(proto.variant_val.add(), item)
    return proto


def _put_variant(proto: Any, value: Any) -> None:
    if isinstance(value, Held):
        proto.type_name = _TENSOR
        proto.tensors.add().CopyFrom(_tensor_proto(value.array))
    elif isinstance(value, Storable):
        proto.MergeFromString(value.stored)
    elif isinstance(value, ListDataset):
        proto.type_name = _WINDOW
        proto.metadata = str(len(value.elements)).encode()
        for element in value.elements:
            proto.tensors.extend(map(_tensor_proto, element))
        for dtype, shape in zip(value.types, value.shapes, strict=True):
            like = proto.tensors.add(dtype=dtype.as_datatype_enum)
            like.tensor_shape.CopyFrom(shape.as_proto())
    else:
        raise UnimplementedError(
            None, None, f"{type(value).__name__} as an element is not saved with an iterator."
        )


def _decoded(stored: bytes) -> dict[str, Any]:
    from tensorboard.compat.proto.tensor_pb2 import VariantTensorDataProto

    proto = VariantTensorDataProto.FromString(stored)
    if proto.type_name != _TYPE:
        refuse("DeserializeIteratorOp: Unable to parse variant tensor.")
    keys = [key for key in proto.metadata.decode().split(_DELIMITER) if key]
    return {key: _value(tensor) for key, tensor in zip(keys, proto.tensors, strict=True)}


def _value(proto: Any) -> Any:
    if proto.dtype != dtypes.variant.as_datatype_enum:
        return make_ndarray(proto)
    items: np.ndarray = np.empty(len(proto.variant_val), object)
    for number, variant in enumerate(proto.variant_val):
        items[number] = _variant(variant)
    shape = [size.size for size in proto.tensor_shape.dim]
    return items.reshape(shape) if shape else items.item()


def _variant(proto: Any) -> Any:
    if proto.type_name == _TENSOR:
        return Held(_value(proto.tensors[0]))
    if proto.type_name != _WINDOW:
        return Storable(proto.SerializeToString(deterministic=True))
    count = int(proto.metadata)
    width = len(proto.tensors) // (count + 1)
    rows = [proto.tensors[row * width : (row + 1) * width] for row in range(count + 1)]
    return ListDataset(
        [tuple(map(_value, row)) for row in rows[:-1]],
        [dtypes.as_dtype(like.dtype) for like in rows[-1]],
        [TensorShape(like.tensor_shape) for like in rows[-1]],
    )


@op(
    "SerializeIterator",
    "resource_handle: resource -> serialized: variant",
    shape=shapes.scalar,
    host=True,
    stateful=True,
    waits=True,
)
def serialize_iterator_op(xp, resource_handle):
    """-> variant[], where the iterator is"""
    return Storable(_encoded(iterator_of(resource_handle).save()))


@op(
    "DeserializeIterator",
    "resource_handle: resource, serialized: variant ->",
    host=True,
    stateful=True,
    waits=True,
)
def deserialize_iterator_op(xp, resource_handle, serialized):
    """Has the iterator go on from where it was; it is of the same pipeline."""
    state = serialized.item() if isinstance(serialized, np.ndarray) else serialized
    if not isinstance(state, Storable):
        refuse("DeserializeIteratorOp: Unable to parse variant tensor.")
    iterator_of(resource_handle).restore(_decoded(state.stored))
    return ()


for _declared in (serialize_iterator_op, deserialize_iterator_op):
    _declared.not_differentiable()
