"""The protocol buffers of checkpoint files that no kept package ships, built at first use.

The wire format needs only names, numbers and types, so an enum is declared as the int32 that it
is on the wire. The messages live in a pool of their own: a real TensorFlow in the same process,
which registers the same names, is not disturbed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

# message: {field: (number, type)}; a leading "*" means repeated, a capital letter a message.
_SCHEMA: dict[str, dict[str, tuple[int, str]]] = {
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
    from google.protobuf.message_factory import GetMessageClass

    return GetMessageClass(_pool().FindMessageTypeByName(f"tensorflow.{name}"))


@cache
def _pool() -> Any:
    from google.protobuf import descriptor_pb2, descriptor_pool

    file = descriptor_pb2.FileDescriptorProto(
        name="checkpoint.proto", package="tensorflow", syntax="proto3"
    )
    for name, fields in _SCHEMA.items():
        message = file.message_type.add(name=name)
        for field_name, (number, type_name) in fields.items():
            field = message.field.add(name=field_name, number=number)
            _set_type(field, type_name)
            if oneof := _IN_ONEOF.get((name, field_name)):
                message.oneof_decl.add(name=oneof)
                field.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool


def _set_type(field: Any, type_name: str) -> None:
    repeated = type_name.startswith("*")
    type_name = type_name.removeprefix("*")
    field.label = field.LABEL_REPEATED if repeated else field.LABEL_OPTIONAL
    if type_name[0].isupper():
        field.type = field.TYPE_MESSAGE
        field.type_name = f".tensorflow.{type_name}"
    else:
        field.type = getattr(field, f"TYPE_{type_name.upper()}")
