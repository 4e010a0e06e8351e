"""A program's own classes and functions by name, and how objects become plain data and come back.

Plain data is a name, or {"class_name": a name, "config": the arguments}.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.platform.decorators import getfullargspec, unwrap

_objects: dict[str, Any] = {}


def get_custom_objects() -> dict[str, Any]:
    """The table of a program's own classes by name; what is put in stays."""
    return _objects


class CustomObjectScope:
    """A block in which tables {name: object} join that of `get_custom_objects`."""

    def __init__(self, *args: Mapping[str, Any]):
        self.custom_objects = args
        self.backup: dict[str, Any] | None = None

    def __enter__(self) -> CustomObjectScope:
        self.backup = dict(_objects)
        for objects in self.custom_objects:
            _objects.update(objects)
        return self

    def __exit__(self, *error: object) -> None:
        _objects.clear()
        _objects.update(self.backup or {})


def custom_object_scope(*args: Mapping[str, Any]) -> CustomObjectScope:
    """A `CustomObjectScope` of the tables."""
    return CustomObjectScope(*args)


def is_sparse(tensor: Any) -> bool:
    """Whether `tensor` is a SparseTensor: parsers of records ask, and make it dense."""
    return isinstance(tensor, SparseTensor)


def serialize_keras_object(instance: Any) -> Any:
    """An object as plain data: by its configuration if it has one, else by its name.

    Raises:
      ValueError: it has neither.
    """
    _, instance = unwrap(instance)
    if instance is None:
        return None
    if hasattr(instance, "get_config"):
        return {"class_name": type(instance).__name__, "config": instance.get_config()}
    if hasattr(instance, "__name__"):
        return instance.__name__
    raise ValueError("Cannot serialize", instance)


def deserialize_keras_object(
    identifier: Any,
    module_objects: Mapping[str, Any] | None = None,
    custom_objects: Mapping[str, Any] | None = None,
    printable_module_name: str = "object",
) -> Any:
    """The object that plain data tells: an instance of a class, or a function itself.

    Args:
      identifier: None gives None.
      module_objects: {name: class or function}, what is known last.
      custom_objects: {name: class or function}, what is known first.
      printable_module_name: what messages call such objects.

    Raises:
      ValueError: it is no such data, or there is no object of that name.
    """
    if identifier is None:
        return None
    own, known = dict(custom_objects or {}), module_objects or {}
    if isinstance(identifier, str):
        found = _named(identifier, own, known, f"Unknown {printable_module_name}:{identifier}")
        return found() if inspect.isclass(found) else found
    if not isinstance(identifier, dict):
        raise ValueError(
            f"Could not interpret serialized {printable_module_name}: {identifier}\n"
            '  Pass a name, or {"class_name": a name, "config": {...}}.'
        )
    cls, config = class_and_config_for_serialized_keras_object(
        identifier, known, own, printable_module_name
    )
    return _of_config(cls, config, own)


def class_and_config_for_serialized_keras_object(
    config: Any,
    module_objects: Mapping[str, Any] | None = None,
    custom_objects: Mapping[str, Any] | None = None,
    printable_module_name: str = "object",
) -> tuple[Any, dict[str, Any]]:
    """The class that plain data names, and the arguments; ValueError as of the above."""
    if not isinstance(config, dict) or "class_name" not in config or "config" not in config:
        raise ValueError(
            f'Improper config format: {config}\n  It needs a "class_name" and a "config".'
        )
    name = config["class_name"]
    if inspect.isclass(name):  # a model's file has its metrics' classes found already
        return name, config["config"]
    refusal = f"Unknown {printable_module_name}: {name}"
    return _named(name, custom_objects or {}, module_objects or {}, refusal), config["config"]


def _of_config(cls: Any, config: dict[str, Any], own: dict[str, Any]) -> Any:
    with CustomObjectScope(own):
        if not hasattr(cls, "from_config"):
            return cls(**config)
        if "custom_objects" in getfullargspec(cls.from_config).args:
            return cls.from_config(config, custom_objects=dict(_objects))
        return cls.from_config(config)


def _named(name: str, own: Mapping[str, Any], known: Mapping[str, Any], refusal: str) -> Any:
    for table in (own, _objects, known):
        if table.get(name) is not None:
            return table[name]
    listed = f" Known by name: {', '.join(known)}." if known else ""
    raise ValueError(
        f"{refusal}\n  An object of your own is found by its name in `custom_objects`, or within "
        f"tf.keras.utils.custom_object_scope({{name: object}}).{listed}"
    )
