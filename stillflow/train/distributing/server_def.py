"""`tf.train.ServerDef`: what a server is to be, a protocol buffer that no kept package ships."""

from __future__ import annotations

from typing import Any


def _message_class() -> Any:
    from google.protobuf import descriptor_pb2, descriptor_pool
    from google.protobuf.message_factory import GetMessageClass
    from tensorboard.compat.proto.cluster_pb2 import ClusterDef
    from tensorboard.compat.proto.config_pb2 import ConfigProto

    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="stillflow/tensorflow_server.proto", package="stillflow", syntax="proto3"
    )
    message = file.message_type.add(name="ServerDef")
    for name, number, kind in (
        ("job_name", 2, field.TYPE_STRING),
        ("task_index", 3, field.TYPE_INT32),
        ("protocol", 5, field.TYPE_STRING),
    ):
        message.field.add(name=name, number=number, type=kind, label=field.LABEL_OPTIONAL)
    for name, number, part in (
        ("cluster", 1, ClusterDef.DESCRIPTOR),
        ("default_session_config", 4, ConfigProto.DESCRIPTOR),
    ):
        added = message.field.add(name=name, number=number, label=field.LABEL_OPTIONAL)
        added.type, added.type_name = field.TYPE_MESSAGE, f".{part.full_name}"
        file.dependency.append(part.file.name)
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    found = GetMessageClass(pool.FindMessageTypeByName("stillflow.ServerDef"))
    found.__module__ = "tensorflow.core.protobuf.tensorflow_server_pb2"  # as TensorFlow's
    return found


ServerDef: Any = _message_class()
