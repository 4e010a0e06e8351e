"""The protocol buffers of checkpoint files that no kept package ships, built at first use."""

from __future__ import annotations

from functools import cache
from typing import Any

from stillflow.checkpoint.slices import Shape, Slice
from stillflow.graph.protos import schema

_SCHEMA: schema.Schema = {
    "BundleHeaderProto": {
        "num_shards": (1, "int32"),
        "endianness": (2, "int32"),  # 0: little, 1: big
        "version": (3, "VersionDef"),
    },
    "VersionDef": {
        "producer": (1, "int32"),
        "min_consumer": (2, "int32"),
        "bad_consumers": (3, "*int32"),
    },
    "BundleEntryProto": {
        "dtype": (1, "int32"),
        "shape": (2, "TensorShapeProto"),
        "shard_id": (3, "int32"),
        "offset": (4, "int64"),
        "size": (5, "int64"),
        "crc32c": (6, "fixed32"),
        "slices": (7, "*TensorSliceProto"),
    },
    "TensorShapeProto": {"dim": (2, "*Dim"), "unknown_rank": (3, "bool")},
    "Dim": {"size": (1, "int64"), "name": (2, "string")},
    "TensorSliceProto": {"extent": (1, "*Extent")},
    "Extent": {"start": (1, "int64"), "length": (2, "int64")},
    "SavedTensorSlices": {"meta": (1, "SavedTensorSliceMeta"), "data": (2, "SavedSlice")},
    "SavedTensorSliceMeta": {"tensor": (1, "*SavedSliceMeta"), "versions": (2, "VersionDef")},
    "SavedSliceMeta": {
        "name": (1, "bytes"),
        "shape": (2, "TensorShapeProto"),
        "type": (3, "int32"),
        "slice": (4, "*TensorSliceProto"),
    },
    "SavedSlice": {
        "name": (1, "bytes"),
        "slice": (2, "TensorSliceProto"),
        "data": (3, "TensorProto"),
    },
    "TensorProto": {  # its values; the other fields are not set in checkpoints
        "float_val": (5, "*float"),
        "double_val": (6, "*double"),
        "int_val": (7, "*int32"),
        "string_val": (8, "*bytes"),
        "scomplex_val": (9, "*float"),
        "int64_val": (10, "*int64"),
        "bool_val": (11, "*bool"),
        "dcomplex_val": (12, "*double"),
        "half_val": (13, "*int32"),
    },
    "CheckpointState": {
        "model_checkpoint_path": (1, "string"),
        "all_model_checkpoint_paths": (2, "*string"),
        "all_model_checkpoint_timestamps": (3, "*double"),
        "last_preserved_timestamp": (4, "double"),
    },
}
_IN_ONEOF = {("Extent", "length"): "has_length"}  # so that an absent length differs from 0


@cache
def message_class(name: str) -> Any:
    """Returns the class of the message that TensorFlow calls `name`."""
    return schema.message_class(_pool(), f"tensorflow.{name}")


def parse(name: str, data: bytes) -> Any:
    """Returns the message `name` that `data` holds; ValueError when it holds none."""
    from google.protobuf.message import DecodeError

    try:
        return message_class(name).FromString(data)
    except DecodeError as error:
        raise ValueError(f"malformed {name}: {error}") from None


def shape_of(entry: Any) -> Shape:
    """Returns the shape that a BundleEntryProto or a SavedSliceMeta tells."""
    return tuple(dim.size for dim in entry.shape.dim)


def slice_of(message: Any) -> Slice:
    """Returns the part of a tensor that a TensorSliceProto tells."""
    return tuple(
        (extent.start, extent.length if extent.HasField("length") else None)
        for extent in message.extent
    )


def set_slice(message: Any, part: Slice) -> None:
    """Makes an empty TensorSliceProto tell a part; it is then present, also without axes."""
    message.SetInParent()
    for start, length in part:
        message.extent.add(**({} if length is None else {"start": start, "length": length}))


def __getattr__(name: str) -> Any:
    """`CheckpointState` is built when it is first named."""
    if name in _SCHEMA:
        return message_class(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _pool() -> Any:
    return schema.pool_of(_SCHEMA, "tensorflow", _IN_ONEOF)
