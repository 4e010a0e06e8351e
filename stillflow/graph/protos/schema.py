"""Messages that no kept package ships, built from a table of their fields.

The wire format needs only names, numbers and types, so an enum is declared as the int32 that it is
on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# {message: {field: (number, type)}}: "*" is repeated, a capital a message, "<" a map from strings,
# "<int32:" one from such numbers.
Schema = Mapping[str, Mapping[str, tuple[int, str]]]


def pool_of(
    schema: Schema, package: str, oneofs: Mapping[tuple[str, str], str] | None = None
) -> Any:
    """A pool of its own with these messages: who registers the same names is not disturbed.

    Args:
      oneofs: {(message, field): the name of the oneof that the field is in}.
    """
    from google.protobuf import descriptor_pb2, descriptor_pool

    file = descriptor_pb2.FileDescriptorProto(
        name=f"{package}/messages.proto", package=package, syntax="proto3"
    )
    for name, fields in schema.items():
        message = file.message_type.add(name=name)
        names: list[str] = []
        for field_name, (number, kind) in fields.items():
            field = message.field.add(name=field_name, number=number)
            if kind.startswith("<"):
                kind = _entry(message, field_name, kind[1:], package)
            _set_type(field, kind, package)
            if oneof := (oneofs or {}).get((name, field_name)):
                if oneof not in names:
                    names.append(oneof)
                    message.oneof_decl.add(name=oneof)
                field.oneof_index = names.index(oneof)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return pool


def message_class(pool: Any, name: str) -> Any:
    """The class of the messages of that full name."""
    from google.protobuf.message_factory import GetMessageClass

    descriptor = pool.FindMessageTypeByName(name)
    made = GetMessageClass(descriptor)
    made.__module__ = made.__module__ or __name__  # a class of a pool of its own has none
    _held.extend(map(GetMessageClass, _parts_of(descriptor)))
    return made


# Classes of the parts of messages: protobuf makes one anew for each use while nobody holds it.
_held: list[Any] = []


def _parts_of(descriptor: Any) -> list[Any]:
    """The types of the messages that are in a message, and in these."""
    found: dict[str, Any] = {}
    waiting = [descriptor]
    while waiting:
        for field in waiting.pop().fields:
            part = field.message_type
            if part is not None and part.full_name not in found:
                found[part.full_name] = part
                waiting.append(part)
    return list(found.values())


def _entry(message: Any, field_name: str, kind: str, package: str) -> str:
    """Declares the pairs of a map, as `protoc` names them; returns their type."""
    name = "".join(part.capitalize() for part in field_name.split("_")) + "Entry"
    pair = message.nested_type.add(name=name)
    pair.options.map_entry = True
    key, _, kind = kind.rpartition(":")
    _set_type(pair.field.add(name="key", number=1), key or "string", package)
    _set_type(pair.field.add(name="value", number=2), kind, package)
    return f"*{message.name}.{name}"


def _set_type(field: Any, kind: str, package: str) -> None:
    field.label = field.LABEL_REPEATED if kind.startswith("*") else field.LABEL_OPTIONAL
    kind = kind.removeprefix("*")
    if kind[0].isupper():
        field.type, field.type_name = field.TYPE_MESSAGE, f".{package}.{kind}"
    else:
        field.type = getattr(field, f"TYPE_{kind.upper()}")
