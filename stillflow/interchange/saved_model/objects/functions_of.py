"""The functions of an object: what a SavedModel has of its methods."""

from __future__ import annotations

from typing import Any

from stillflow.functions.concrete import ConcreteFunction
from stillflow.functions.decorated import Function, function
from stillflow.interchange.saved_model.objects.revived import (
    Initializer,
    RestoredResource,
    SignatureMap,
)
from stillflow.ops.tables.interface import InitializableLookupTableBase
from stillflow.tracking.auto import AutoTrackable
from stillflow.tracking.dicts import DictWrapper
from stillflow.tracking.lists import ListWrapper

_FUNCTIONS = (Function, ConcreteFunction)


def is_resource(obj: Any) -> bool:
    """Whether functions of its own make and fill it."""
    return isinstance(obj, (InitializableLookupTableBase, RestoredResource, Initializer))


def functions_of(obj: Any, cache: Any) -> dict[str, Any]:
    """The functions of an object by the names of their attributes.

    Args:
      cache: a dict, in which what is to be saved together keeps what it knows of each other.
    """
    own = getattr(obj, "_list_functions_for_serialization", None)
    if own is not None:
        found: dict[str, Any] = own(cache)
        return found
    if isinstance(obj, SignatureMap):
        return dict(obj)
    if isinstance(obj, RestoredResource):
        return {"_create_resource": obj._create_resource, "_initialize": obj._initialize}
    if is_resource(obj):
        return _functions_of_resource(obj)
    if isinstance(obj, DictWrapper):
        return {key: each for key, each in obj.items() if isinstance(each, _FUNCTIONS)}
    if isinstance(obj, ListWrapper):
        return {str(i): each for i, each in enumerate(obj) if isinstance(each, Function)}
    return functions_in_attributes(obj) if isinstance(obj, AutoTrackable) else {}


def functions_in_attributes(obj: Any, computed: bool = True) -> dict[str, Any]:
    """The functions among the attributes of an object.

    Args:
      computed: whether properties are asked for theirs.
    """
    found = {}
    for name in dir(obj):
        if not computed and isinstance(getattr(type(obj), name, None), property):
            continue
        try:
            value = getattr(obj, name, None)
        except Exception:
            continue
        if isinstance(value, _FUNCTIONS):
            found[name] = value
    return found


def _functions_of_resource(obj: Any) -> dict[str, Any]:
    def _creator() -> Any:
        return obj._create_resource()

    def _initializer() -> int:
        obj._initialize()
        return 1  # since calls of functions without results are not waited for

    return {
        "_create_resource": function(_creator, input_signature=[], autograph=False),
        "_initialize": function(_initializer, input_signature=[], autograph=False),
    }


def traces_of(item: Any) -> list[ConcreteFunction]:
    """The traces of a function; a ConcreteFunction is one."""
    if isinstance(item, Function):
        return item._list_all_concrete_functions_for_serialization()
    return [item]
