"""How protocol buffers print, as TensorFlow's users saw them: the keys of a map in order, and
floats as Python shows them.

Protobuf's own classes print the keys of a map backwards today, and 1.0 as 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from stillflow.environment.on_import import when_imported

_COPIES = "tensorboard.compat.proto"
_MODULES = (
    *("attr_value", "cluster", "config", "event", "function", "graph", "histogram", "meta_graph"),
    *("node_def", "op_def", "saver", "step_stats", "summary", "tensor", "tensor_shape", "versions"),
)


def install() -> None:
    """Has the messages print so, now or once their module is imported. Twice is as once."""
    for name in _MODULES:
        when_imported(f"{_COPIES}.{name}_pb2", _reprint)


def _reprint(module: ModuleType) -> None:
    for name in module.DESCRIPTOR.message_types_by_name:
        _reprint_class(getattr(module, name))


def _reprint_class(message: Any) -> None:
    message.__str__ = message.__repr__ = text
    for name, descriptor in message.DESCRIPTOR.nested_types_by_name.items():
        if not descriptor.GetOptions().map_entry:
            _reprint_class(getattr(message, name))


def text(message: Any) -> str:
    """The text form of a message, which `text_format.Parse` reads."""
    return "".join(f"{line}\n" for line in _lines(message))


def _lines(message: Any) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.message_type and field.message_type.GetOptions().map_entry:
            of = field.message_type.fields_by_name
            for key in sorted(value):
                entry = [*_field(of["key"], key), *_field(of["value"], value[key])]
                yield from _block(field.name, entry)
        elif field.is_repeated:
            for item in value:
                yield from _field(field, item)
        else:
            yield from _field(field, value)


def _field(field: Any, value: Any) -> Iterator[str]:
    if field.message_type:
        yield from _block(field.name, _lines(value))
    else:
        yield f"{field.name}: {_scalar(field, value)}"


def _block(name: str, lines: Any) -> Iterator[str]:
    yield f"{name} {{"
    for line in lines:
        yield f"  {line}"
    yield "}"


def _scalar(field: Any, value: Any) -> str:
    if field.enum_type:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known else str(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, bytes)):
        from google.protobuf.text_encoding import CEscape

        return f'"{CEscape(value, as_utf8=False)}"'
    return str(value)
