"""What layers take as objects or by name: activations, initializers, regularizers, constraints.

A description is a name, or {"class_name": its name, "config": its arguments}. Names that a program
gave to `tf.keras.utils.get_custom_objects()` are known too.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from stillflow.layers import activations, constraints, initializers, regularizers
from stillflow.layers.custom_objects import deserialize_keras_object, serialize_keras_object

serialize_initializer = serialize_keras_object
serialize_regularizer = serialize_keras_object
serialize_constraint = serialize_keras_object


def serialize_activation(activation: Any) -> Any:
    """The name of an activation, or its configuration; "softmax" of `tf.nn.softmax`, too."""
    if getattr(activation, "__name__", None) == "softmax_v2":
        return "softmax"
    return serialize_keras_object(activation)


def deserialize_activation(name: Any, custom_objects: Any = None) -> Any:
    """The activation that is described; ValueError where there is none of that name."""
    return deserialize_keras_object(
        name, activations.BY_NAME, custom_objects, "activation function"
    )


def deserialize_initializer(config: Any, custom_objects: Any = None) -> Any:
    """The initializer that is described; ValueError where there is none of that name."""
    return deserialize_keras_object(config, initializers.BY_NAME, custom_objects, "initializer")


def deserialize_regularizer(config: Any, custom_objects: Any = None) -> Any:
    """The regularizer that is described; ValueError where there is none of that name."""
    return deserialize_keras_object(config, regularizers.BY_NAME, custom_objects, "regularizer")


def deserialize_constraint(config: Any, custom_objects: Any = None) -> Any:
    """The constraint that is described; ValueError where there is none of that name."""
    return deserialize_keras_object(config, constraints.BY_NAME, custom_objects, "constraint")


def activation_of(identifier: Any) -> Callable[[Any], Any]:
    """Returns the function; `linear` for None.

    Raises:
      ValueError: there is none of that name.
      TypeError: it is neither a function nor a description.
    """
    if identifier is None:
        return activations.linear
    if isinstance(identifier, str):
        return deserialize_activation(identifier)
    if callable(identifier):
        return identifier
    if isinstance(identifier, dict):
        return deserialize_keras_object(identifier, printable_module_name="activation")
    raise TypeError(
        f"Could not interpret activation function identifier: {identifier!r}\n"
        '  Pass a function of a tensor, or the name of one such as "relu".'
    )


def initializer_of(identifier: Any) -> Any:
    """Returns the initializer; None for None. ValueError when it is none, nor the name of one."""
    return _made(identifier, deserialize_initializer, initializers.BY_NAME, "initializer")


def regularizer_of(identifier: Any) -> Any:
    """Returns the function of a variable; None for None. ValueError when it is none."""
    return _made(identifier, deserialize_regularizer, regularizers.BY_NAME, "regularizer")


def constraint_of(identifier: Any) -> Any:
    """Returns the function of a new value; None for None. ValueError when it is none."""
    return _made(identifier, deserialize_constraint, constraints.BY_NAME, "constraint")


def _made(
    identifier: Any, deserialize: Callable[[Any], Any], known: Mapping[str, Any], kind: str
) -> Any:
    if isinstance(identifier, str):
        makes_one = inspect.isfunction(known.get(identifier))  # such as l2, of which l2() is one
        return deserialize(
            {"class_name": identifier, "config": {}} if makes_one else str(identifier)
        )
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if identifier is None or callable(identifier):
        return identifier
    raise ValueError(f"Could not interpret {kind} identifier: {identifier}")
