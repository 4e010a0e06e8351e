"""The TrackableObjectGraph of a checkpoint of objects: who is in it, and under which keys.

TensorBoard's copy is of a later TensorFlow and lacks the field `optional_restore` of version 1.15.
"""

from __future__ import annotations

import functools
from typing import Any


@functools.cache
def object_graph_class() -> Any:
    """The class of TrackableObjectGraph messages, in a pool of its own."""
    from google.protobuf import descriptor_pb2, descriptor_pool
    from tensorboard.compat.proto import trackable_object_graph_pb2

    from stillflow.graph.protos.schema import message_class

    file = descriptor_pb2.FileDescriptorProto()
    trackable_object_graph_pb2.DESCRIPTOR.CopyToProto(file)
    file.package = "tensorflow"
    del file.dependency[:]
    del file.message_type[1:]  # what only the later fields need
    (node,) = file.message_type[0].nested_type
    for number in reversed(range(len(node.field))):
        if node.field[number].number > 3:
            del node.field[number]
    for message in (file.message_type[0], node):
        for field in message.field:
            field.type_name = field.type_name.replace(".tensorboard.", ".tensorflow.")
    (tensor,) = (message for message in node.nested_type if message.name == "SerializedTensor")
    del tensor.reserved_range[:]
    del tensor.reserved_name[:]
    tensor.field.add(
        name="optional_restore",
        number=4,
        label=descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL,
        type=descriptor_pb2.FieldDescriptorProto.TYPE_BOOL,
    )
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    made = message_class(pool, "tensorflow.TrackableObjectGraph")
    made.__module__ = __name__
    return made


def __getattr__(name: str) -> Any:
    """`TrackableObjectGraph` is built when it is first named."""
    if name == "TrackableObjectGraph":
        return object_graph_class()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
