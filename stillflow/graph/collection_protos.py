"""How a program's own objects in collections are stored in meta graphs, as it has registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class _Stored:
    proto_type: Any
    to_proto: Callable[..., Any] | None
    from_proto: Callable[..., Any] | None


_registered: dict[str, _Stored] = {}
_NOT_STORED = _Stored(None, None, None)


def register_proto_function(
    collection_name: str,
    proto_type: Any = None,
    to_proto: Callable[..., Any] | None = None,
    from_proto: Callable[..., Any] | None = None,
) -> None:
    """Tells how the objects of a collection are stored.

    Args:
      proto_type: the class of messages.
      to_proto: `to_proto(object, export_scope=...)` gives a message, or None to leave it out.
      from_proto: `from_proto(message, import_scope=...)` gives an object.

    Raises:
      TypeError: a function cannot be called.
      KeyError: it is told already.
    """
    for name, function in (("to_proto", to_proto), ("from_proto", from_proto)):
        if function and not callable(function):
            raise TypeError(f"{name} must be callable.")
    if collection_name in _registered:
        raise KeyError(
            f"Registering two proto_functions with name '{collection_name}'!\n"
            "  Each collection has one form in which it is stored."
        )
    _registered[collection_name] = _Stored(proto_type, to_proto, from_proto)


def get_collection_proto_type(collection_name: str) -> Any:
    """Returns the class of messages that was registered, or None."""
    return _registered.get(collection_name, _NOT_STORED).proto_type


def get_to_proto_function(collection_name: str) -> Callable[..., Any] | None:
    return _registered.get(collection_name, _NOT_STORED).to_proto


def get_from_proto_function(collection_name: str) -> Callable[..., Any] | None:
    return _registered.get(collection_name, _NOT_STORED).from_proto
