"""Where an iterator is, as checkpoints hold it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Handle
from stillflow.declare.storable import Storable
from stillflow.graph import dtypes
from stillflow.graph.errors import DataLossError, UnimplementedError
from stillflow.graph.protos.tensor_proto import content_proto_of, make_ndarray
from stillflow.ops.datasets.iterators import iterator_of
from stillflow.ops.sparse.serializing import Held

_TYPE = "stillflow::IteratorState"


def _encoded(state: Any) -> bytes:
    """Lists of arrays, numbers, texts and None -> a VariantTensorDataProto, which holds arrays."""
    from tensorboard.compat.proto.tensor_pb2 import VariantTensorDataProto

    proto = VariantTensorDataProto(type_name=_TYPE)
    proto.metadata = json.dumps(_plain(state, proto.tensors)).encode()
    return proto.SerializeToString(deterministic=True)


def _plain(state: Any, tensors: Any) -> Any:
    """`state` as JSON: an array is {"tensor": its number among `tensors`}."""
    if isinstance(state, (list, tuple)):
        return [_plain(item, tensors) for item in state]
    if isinstance(state, Held):
        return {"held": _plain(state.array, tensors)}
    if isinstance(state, Handle):
        raise UnimplementedError(
            None, None, f"{type(state).__name__} as an element is not saved with an iterator."
        )
    if isinstance(state, (np.ndarray, np.generic)):
        array = np.asarray(state)
        if array.dtype == object and any(isinstance(item, Handle) for item in array.flat):
            return {"shape": list(array.shape), "items": _plain(array.ravel().tolist(), tensors)}
        kind = dtypes.string if array.dtype == object else dtypes.as_dtype(array.dtype)
        tensors.add().CopyFrom(content_proto_of(array, kind))
        return {"tensor": len(tensors) - 1}
    return state


def _decoded(stored: bytes) -> Any:
    from tensorboard.compat.proto.tensor_pb2 import VariantTensorDataProto

    proto = VariantTensorDataProto.FromString(stored)
    if proto.type_name != _TYPE:
        raise DataLossError(
            None,
            None,
            f"The state of an iterator is of type {proto.type_name!r}.\n"
            "  Stillflow restores iterators that it saved itself.",
        )
    arrays = [make_ndarray(tensor) for tensor in proto.tensors]
    return _with_arrays(json.loads(proto.metadata), arrays)


def _with_arrays(state: Any, arrays: list[np.ndarray]) -> Any:
    if isinstance(state, list):
        return [_with_arrays(item, arrays) for item in state]
    if not isinstance(state, dict):
        return state
    if "held" in state:
        return Held(_with_arrays(state["held"], arrays))
    if "items" in state:
        items: np.ndarray = np.empty(len(state["items"]), object)
        items[:] = _with_arrays(state["items"], arrays)
        return items.reshape(state["shape"])
    return arrays[state["tensor"]]


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
