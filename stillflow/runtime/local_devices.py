"""The devices of this machine, as TensorFlow's `device_lib` lists them."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from stillflow.graph.device import HOST_MEMORY_LIMIT
from stillflow.runtime.accelerators import take_options
from stillflow.runtime.devices import gpus

# {message: {number: (field, type)}}; LocalLinks.link is repeated.
_MESSAGES = {
    "InterconnectLink": {
        1: ("device_id", "int32"),
        2: ("type", "string"),
        3: ("strength", "int32"),
    },
    "LocalLinks": {1: ("link", "InterconnectLink")},
    "DeviceLocality": {
        1: ("bus_id", "int32"),
        2: ("numa_node", "int32"),
        3: ("links", "LocalLinks"),
    },
    "DeviceAttributes": {
        1: ("name", "string"),
        2: ("device_type", "string"),
        4: ("memory_limit", "int64"),
        5: ("locality", "DeviceLocality"),
        6: ("incarnation", "fixed64"),
        7: ("physical_device_desc", "string"),
    },
}


def list_local_devices(session_config: Any = None) -> list:
    """A DeviceAttributes message for the host, and for each GPU that JAX has, which it opens."""
    if session_config is not None:
        take_options(session_config.gpu_options)
    host = ("CPU", 0, HOST_MEMORY_LIMIT, "")
    return [_attributes(*host)] + [
        _attributes("GPU", gpu.number, gpu.memory, gpu.description) for gpu in gpus()
    ]


def _attributes(kind: str, number: int, memory: int, description: str) -> Any:
    return device_attributes_class()(
        name=f"/device:{kind}:{number}",
        device_type=kind,
        memory_limit=memory,
        locality={},
        incarnation=random.SystemRandom().getrandbits(63),
        physical_device_desc=description,
    )


@cache
def device_attributes_class() -> Any:
    """The class of DeviceAttributes messages, of which TensorBoard has no copy."""
    from google.protobuf import descriptor_pb2, descriptor_pool
    from google.protobuf.message_factory import GetMessageClass

    file = descriptor_pb2.FileDescriptorProto(
        name="stillflow/device_attributes.proto", package="stillflow", syntax="proto3"
    )
    for message_name, fields in _MESSAGES.items():
        message = file.message_type.add(name=message_name)
        for number, (name, kind) in fields.items():
            field = message.field.add(name=name, number=number, label="LABEL_OPTIONAL")
            if kind in _MESSAGES:
                field.type, field.type_name = field.TYPE_MESSAGE, f".stillflow.{kind}"
            else:
                field.type = getattr(field, f"TYPE_{kind.upper()}")
    file.message_type[1].field[0].label = file.message_type[1].field[0].LABEL_REPEATED
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return GetMessageClass(pool.FindMessageTypeByName("stillflow.DeviceAttributes"))
