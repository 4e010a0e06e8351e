"""What a layer was made with, as plain data: `get_config`, and the way back from it.

Initializers and their like are told as {"class_name": ..., "config": ...}, functions by their name.
A function that a cell's wrapper was given is told by itself, where TensorFlow writes its byte code:
what a configuration holds is never run as code.
"""

from __future__ import annotations

import types
from typing import Any

from stillflow.layers import custom_objects, identifiers
from stillflow.layers.defaults import is_default
from stillflow.platform.decorators import getfullargspec


def of_layer(layer: Any) -> dict[str, Any]:
    """The arguments of a layer: those of all layers, then what its classes name in `_described`."""
    config = {"name": layer.name, "trainable": layer.trainable}
    if hasattr(layer, "_batch_input_shape"):
        config["batch_input_shape"] = layer._batch_input_shape
    config["dtype"] = layer.dtype
    if layer.dynamic:
        config["dynamic"] = True
    for owner in reversed(type(layer).__mro__):
        for name in vars(owner).get("_described", ()):
            held = name if hasattr(layer, name) else "_" + name
            config[name] = described(getattr(layer, held))
    return config


def check_all_told(layer: Any) -> None:
    """NotImplementedError where a layer has arguments that nothing tells of."""
    told = {"self", "name", "trainable", "batch_input_shape", "dtype", "dynamic"}
    arguments = getfullargspec(layer.__init__).args
    if layer._described or not is_default(layer.get_config) or not set(arguments) - told:
        return
    raise NotImplementedError("Layers with arguments in `__init__` must override `get_config`.")


def described(value: Any) -> Any:
    """An argument as plain data."""
    is_object = hasattr(value, "get_config") or callable(value)
    return identifiers.serialize_activation(value) if is_object else value


def of_function(name: str, function: Any, module_key: str) -> dict[str, Any]:
    """The entries of a configuration that tell a function.

    Args:
      name: the key of what tells it; `name + "_type"` says how.
      module_key: the key of the name of its module.
    """
    own = isinstance(function, types.FunctionType)
    return {
        name: function if own else function.__name__,
        name + "_type": "lambda" if own else "function",
        module_key: function.__module__,
    }


def take_function(
    config: dict[str, Any],
    name: str,
    module_key: str,
    known: Any = None,
    kind_of_function: str = "function in wrapper",
) -> Any:
    """The function that `of_function` told; its entries leave `config`.

    Args:
      known: {name: object}, a program's own: functions by their names, or by that of the layer.
      kind_of_function: what messages call it.

    Raises:
      TypeError: the entry that says how the function is told says neither way.
      ValueError: it is told by a name that is not known, or by byte code.
    """
    kind, told = config.pop(name + "_type"), config.pop(name)
    config.pop(module_key, None)
    if kind not in ("lambda", "function"):
        raise TypeError("Unknown function type:", kind)
    if callable(told):
        return told
    objects = {**custom_objects.get_custom_objects(), **(known or {})}
    for key in (told, config.get("name")):
        if isinstance(key, str) and key in objects:
            return objects[key]
    raise ValueError(
        f"Unknown {kind_of_function}:{told if isinstance(told, str) else '<byte code>'}\n"
        "  What a file says is never run as code. Pass the function in `custom_objects`, by its "
        f"name or as {config.get('name')!r}, the name of the layer."
    )
