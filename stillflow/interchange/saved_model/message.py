"""The SavedModel proto, which no kept package ships: a version and MetaGraphDefs."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def saved_model_class() -> Any:
    """Returns the message class. Its MetaGraphDefs are those of TensorBoard's protos."""
    from google.protobuf import descriptor_pb2, descriptor_pool
    from google.protobuf.message_factory import GetMessageClass
    from tensorboard.compat.proto.meta_graph_pb2 import DESCRIPTOR, MetaGraphDef

    file = descriptor_pb2.FileDescriptorProto(
        name="stillflow/saved_model.proto", package="stillflow", syntax="proto3"
    )
    file.dependency.append(DESCRIPTOR.name)
    message = file.message_type.add(name="SavedModel")
    message.field.add(
        name="saved_model_schema_version",
        number=1,
        type=descriptor_pb2.FieldDescriptorProto.TYPE_INT64,
        label=descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL,
    )
    message.field.add(
        name="meta_graphs",
        number=2,
        type=descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE,
        type_name=f".{MetaGraphDef.DESCRIPTOR.full_name}",
        label=descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED,
    )
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return GetMessageClass(pool.FindMessageTypeByName("stillflow.SavedModel"))
