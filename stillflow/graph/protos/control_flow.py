"""The protos of choices and loops, which no kept package ships: TensorFlow's control_flow.proto."""

from __future__ import annotations

from functools import cache
from typing import Any

# {message: {field: (number, type)}}; "*" is repeated, a capital a message.
_SCHEMA: dict[str, dict[str, tuple[int, str]]] = {
    "ValuesDef": {"values": (1, "*string"), "external_values": (2, "*Entry")},
    "ControlFlowContextDef": {
        "cond_ctxt": (1, "CondContextDef"),
        "while_ctxt": (2, "WhileContextDef"),
    },
    "CondContextDef": {
        "context_name": (1, "string"),
        "pred_name": (2, "string"),
        "pivot_name": (3, "string"),
        "branch": (4, "int32"),
        "values_def": (5, "ValuesDef"),
        "nested_contexts": (6, "*ControlFlowContextDef"),
    },
    "WhileContextDef": {
        "context_name": (1, "string"),
        "parallel_iterations": (2, "int32"),
        "back_prop": (3, "bool"),
        "swap_memory": (4, "bool"),
        "pivot_name": (5, "string"),
        "pivot_for_pred_name": (6, "string"),
        "pivot_for_body_name": (7, "string"),
        "loop_exit_names": (8, "*string"),
        "values_def": (9, "ValuesDef"),
        "loop_enter_names": (10, "*string"),
        "maximum_iterations_name": (11, "string"),
        "nested_contexts": (12, "*ControlFlowContextDef"),
    },
}
MESSAGES = tuple(_SCHEMA)
_PACKAGE = "stillflow"
_ENTRY = "ExternalValuesEntry"


@cache
def message_class(name: str) -> Any:
    """The class of the messages called so, one of MESSAGES."""
    from google.protobuf.message_factory import GetMessageClass

    return GetMessageClass(_pool().FindMessageTypeByName(f"{_PACKAGE}.{name}"))


@cache
def _pool() -> Any:
    from google.protobuf import descriptor_pb2, descriptor_pool

    file = descriptor_pb2.FileDescriptorProto(
        name=f"{_PACKAGE}/control_flow.proto", package=_PACKAGE, syntax="proto3"
    )
    for name, fields in _SCHEMA.items():
        message = file.message_type.add(name=name)
        for field_name, (number, kind) in fields.items():
            _set_type(message.field.add(name=field_name, number=number), kind)
    values, either = file.message_type[0], file.message_type[1]
    entry = values.nested_type.add(name=_ENTRY)
    entry.options.map_entry = True
    for number, field_name in enumerate(("key", "value"), 1):
        _set_type(entry.field.add(name=field_name, number=number), "string")
    values.field[1].type_name = f".{_PACKAGE}.ValuesDef.{_ENTRY}"
    either.oneof_decl.add(name="ctxt")
    for field in either.field:
        field.oneof_index = 0
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return pool


def _set_type(field: Any, kind: str) -> None:
    field.label = field.LABEL_REPEATED if kind.startswith("*") else field.LABEL_OPTIONAL
    kind = kind.removeprefix("*")
    if kind[0].isupper():
        field.type, field.type_name = field.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
    else:
        field.type = getattr(field, f"TYPE_{kind.upper()}")
