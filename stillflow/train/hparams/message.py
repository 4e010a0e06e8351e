"""The HParamDef proto, which no kept package ships: hyper-parameters by name."""

from __future__ import annotations

from functools import cache
from typing import Any

_PACKAGE = "stillflow"
_KINDS = ("int64", "float", "bytes")


@cache
def hparam_def_class() -> Any:
    """The class of HParamDef messages."""
    from google.protobuf import descriptor_pb2, descriptor_pool
    from google.protobuf.message_factory import GetMessageClass

    file = descriptor_pb2.FileDescriptorProto(
        name=f"{_PACKAGE}/hparam.proto", package=_PACKAGE, syntax="proto3"
    )
    message = file.message_type.add(name="HParamDef")
    # TensorFlow added bool last, so that its numbers do not follow those of the others.
    numbers = {**{kind: (at, at + 3) for at, kind in enumerate(_KINDS, 1)}, "bool": (7, 8)}
    either = message.nested_type.add(name="HParamType")
    either.oneof_decl.add(name="kind")
    for kind, (value_number, list_number) in numbers.items():
        of_lists = message.nested_type.add(name=f"{kind.capitalize()}List")
        values = of_lists.field.add(name="value", number=1)
        _set_type(values, kind, repeated=True)
        value = either.field.add(name=f"{kind}_value", number=value_number, oneof_index=0)
        _set_type(value, kind)
        many = either.field.add(name=f"{kind}_list", number=list_number, oneof_index=0)
        _set_message(many, of_lists.name)
    entry = message.nested_type.add(name="HparamEntry")
    entry.options.map_entry = True
    _set_type(entry.field.add(name="key", number=1), "string")
    _set_message(entry.field.add(name="value", number=2), either.name)
    by_name = message.field.add(name="hparam", number=1)
    _set_message(by_name, entry.name, repeated=True)
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.HParamDef"))


def _set_type(field: Any, kind: str, repeated: bool = False) -> None:
    field.type = getattr(field, f"TYPE_{kind.upper()}")
    field.label = field.LABEL_REPEATED if repeated else field.LABEL_OPTIONAL


def _set_message(field: Any, name: str, repeated: bool = False) -> None:
    field.type, field.type_name = field.TYPE_MESSAGE, f".{_PACKAGE}.HParamDef.{name}"
    field.label = field.LABEL_REPEATED if repeated else field.LABEL_OPTIONAL
