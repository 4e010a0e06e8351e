"""A model of a subclass built for a shape, by a call on placeholders."""

from __future__ import annotations

from typing import Any

from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.tensor_shape import TensorShape
from stillflow.layers.keras_graph import in_graph
from stillflow.layers.settings import floatx
from stillflow.ops.control.ordering import placeholder
from stillflow.platform.decorators import getfullargspec


def build(model: Any, input_shape: Any) -> None:
    """Calls the model on placeholders of a shape, or of a list of shapes.

    Raises:
      ValueError: another kind of shape, or `call` takes more than inputs, or other types.
    """
    if input_shape is None:
        raise ValueError(
            "Input shape must be defined when calling build on a model subclass network."
        )
    if not isinstance(input_shape, (tuple, list, TensorShape)):
        raise ValueError(
            "Specified input shape is not one of the valid types. Please specify a batch input "
            "shape of type tuple or list of input shapes. User provided input type: "
            f"{type(input_shape)}"
        )
    if input_shape and not model.inputs:
        arguments = _arguments(model)
        with in_graph():
            _call_on_placeholders(model, input_shape, arguments)
    if model._layers:
        model._track_layers(model._layers)


def _call_on_placeholders(model: Any, input_shape: Any, arguments: dict[str, Any]) -> None:
    if isinstance(input_shape, list):
        inputs: Any = [placeholder(floatx(), shape=shape) for shape in input_shape]
    else:
        inputs = placeholder(floatx(), shape=input_shape)
    try:
        model.call(inputs, **arguments)
    except (InvalidArgumentError, TypeError) as error:
        raise ValueError(
            "You cannot build your model by calling `build` if your layers do not support "
            "float type inputs. Instead, in order to instantiate and build your model, `call` "
            "your model on real tensor data (of the correct dtype)."
        ) from error


def _arguments(model: Any) -> dict[str, Any]:
    """What `call` must be given besides the inputs."""
    spec = getfullargspec(model.call)
    if len(spec.args) < 2:
        raise ValueError(
            "You can only call `build` on a model if its `call` method accepts an `inputs` "
            "argument."
        )
    needed = spec.args[2 : len(spec.args) - len(spec.defaults or ())]
    for name in needed:
        if name != "training":
            raise ValueError(
                "Currently, you cannot build your model if it has positional or keyword arguments "
                "that are not inputs to the model, but are required for its `call` method. "
                "Instead, in order to instantiate and build your model, `call` your model on real "
                "tensor data with all expected call arguments."
            )
    return dict.fromkeys(needed, False)
