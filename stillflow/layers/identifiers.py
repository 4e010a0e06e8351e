"""What layers take as objects or by name: activations, initializers, regularizers, constraints.

A description is a name, or {"class_name": its name, "config": its arguments}. Names that a program
gave to `tf.keras.utils.get_custom_objects()` are known too.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from stillflow.graph.version_behavior import is_at_2
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
    return deserialize_keras_object(config, _initializers(), custom_objects, "initializer")


def _initializers() -> dict[str, Any]:
    """Initializers by name, those of TensorFlow 2 where all is as there."""
    if not is_at_2():
        return initializers.BY_NAME
    from stillflow.layers import initializers_v2  # that few programs need

    return initializers_v2.BY_NAME


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
    if _is_described(identifier):
        return deserialize_initializer(_of_function(identifier, _initializers()))
    return _checked(identifier, f"Could not interpret initializer identifier: {identifier}")


def regularizer_of(identifier: Any) -> Any:
    """Returns the function of a variable; None for None. ValueError when it is none."""
    if _is_described(identifier):
        return deserialize_regularizer(_of_function(identifier, regularizers.BY_NAME))
    return _checked(identifier, "Could not interpret regularizer identifier:", identifier)


def constraint_of(identifier: Any) -> Any:
    """Returns the function of a new value; None for None. ValueError when it is none."""
    if isinstance(identifier, str):
        identifier = {"class_name": identifier, "config": {}}
    if _is_described(identifier):
        return deserialize_constraint(identifier)
    return _checked(identifier, f"Could not interpret constraint identifier: {identifier}")


def _is_described(identifier: Any) -> bool:
    return isinstance(identifier, (str, dict))


def _of_function(identifier: Any, known: Mapping[str, Any]) -> Any:
    """The description of what a function makes that is named, such as "l2", which l2() is."""
    makes_one = isinstance(identifier, str) and inspect.isfunction(known.get(identifier))
    return {"class_name": identifier, "config": {}} if makes_one else identifier


def _checked(identifier: Any, *refusal: Any) -> Any:
    if identifier is None or callable(identifier):
        return identifier
    raise ValueError(*refusal)
