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


def take_function(config: dict[str, Any], name: str, module_key: str, known: Any = None) -> Any:
    """The function that `of_function` told; its entries leave `config`.

    Args:
      known: {name: object}, a program's own.

    Raises:
      TypeError: the entry that says how the function is told says neither way.
      ValueError: it is told by a name that is not known.
    """
    kind, told = config.pop(name + "_type"), config.pop(name)
    config.pop(module_key, None)
    if kind == "lambda":
        return told
    if kind != "function":
        raise TypeError("Unknown function type:", kind)
    return _named(told, {**custom_objects.get_custom_objects(), **(known or {})})


def _named(name: str, known: dict[str, Any]) -> Any:
    if name not in known:
        raise ValueError(
            f"Unknown function in wrapper:{name}\n  Pass it in `custom_objects`, by its name."
        )
    return known[name]
