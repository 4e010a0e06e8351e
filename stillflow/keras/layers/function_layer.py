"""`tf.keras.layers.Lambda`: a function of a program as a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.graph import nest
from stillflow.graph.graph import Graph
from stillflow.graph.tensor_shape import TensorShape
from stillflow.keras.backend.tensors import placeholder
from stillflow.keras.utils.nests import convert_shapes
from stillflow.layers import configs
from stillflow.layers.base_layer import Layer
from stillflow.layers.default_session import track_variable
from stillflow.layers.settings import floatx
from stillflow.ops.variables.creators import variable_creator_scope
from stillflow.platform.decorators import getfullargspec

# Where the configuration tells the module of each function.
_MODULES = {"function": "module", "output_shape": "output_shape_module", "mask": "mask_module"}


class Lambda(Layer):
    """Applies a function. Variables that it makes are the layer's, made once, told by their names.

    Args:
      function: takes the inputs, and `mask` and `training` if it has such arguments.
      output_shape: the shape of the outputs without the batch, or a function from the inputs'
        shape to the outputs'; found by a trial where it is None.
      mask: the mask of the outputs, or a function of inputs and masks that gives it.
      arguments: {name: value}, what `function` gets besides.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.function = function
        self.arguments = arguments if arguments else {}
        self.supports_masking = mask is not None
        self.mask = mask
        self._output_shape = output_shape
        self._variable_dict: dict[str, Any] = {}
        taken = getfullargspec(function).args
        self._fn_expects_training_arg = "training" in taken
        self._fn_expects_mask_arg = "mask" in taken

    def call(self, inputs: Any, mask: Any = None, training: Any = None) -> Any:
        arguments = dict(self.arguments)
        if self._fn_expects_mask_arg:
            arguments["mask"] = mask
        if self._fn_expects_training_arg:
            arguments["training"] = training
        with variable_creator_scope(self._variable_creator):
            return self.function(inputs, **arguments)

    def _variable_creator(self, next_creator: Callable[..., Any], **kwargs: Any) -> Any:
        name = kwargs["name"]
        if name not in self._variable_dict:
            variable = self._variable_dict[name] = next_creator(**kwargs)
            own = self._trainable_weights if variable.trainable else self._non_trainable_weights
            own.append(variable)
            track_variable(variable)
        return self._variable_dict[name]

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self._output_shape is None:
            return self._tried_shape(input_shape)
        if callable(self._output_shape):
            found = self._output_shape(convert_shapes(input_shape, to_tuples=True))
            return convert_shapes(found, to_tuples=False)
        given = nest.flatten(convert_shapes(input_shape, to_tuples=False))
        batch = given[0][0] if input_shape else None

        def with_batch(shape: TensorShape) -> TensorShape:
            return TensorShape([batch, *shape.as_list()])

        return nest.map_structure(with_batch, convert_shapes(self._output_shape, to_tuples=False))

    def _tried_shape(self, input_shape: Any) -> Any:
        """The shape of what the function gives for placeholders, in a graph of their own."""
        trial = Lambda(self.function, arguments=self.arguments, name=self.name)
        options = {"training": False} if self._fn_expects_training_arg else {}
        with Graph().as_default():
            dtype = self.dtype or floatx()
            shapes = convert_shapes(input_shape, to_tuples=False)
            inputs = nest.map_structure(lambda s: placeholder(shape=s, dtype=dtype), shapes)
            try:
                outputs = trial(inputs, **options)
            except TypeError:
                raise NotImplementedError(
                    "We could not automatically infer the shape of the Lambda's output. Please "
                    "specify `output_shape` for this Lambda."
                ) from None
        return nest.map_structure(lambda each: each.shape, outputs)

    def get_config(self) -> dict[str, Any]:
        """As every layer's. A function that has no byte code is told by name; others by themselves.

        Raises:
          ValueError: the mask is a tensor.
        """
        told = dict(super().get_config())
        for name in ("function", "output_shape", "mask"):
            value = self._output_shape if name == "output_shape" else getattr(self, name)
            if name != "mask" or value is not None:
                told |= _told(name, value)
        return {**told, "arguments": self.arguments}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Lambda:
        """Makes the layer that `get_config` told.

        Args:
          custom_objects: {name: function}: functions by their names, or by that of the layer.

        Raises:
          ValueError: a file tells a function, by its name or by byte code, that is not there.
        """
        own = dict(config)
        taken = {name: _taken(name, own, custom_objects) for name in ("function", "output_shape")}
        taken["mask"] = _taken("mask", own, custom_objects) if "mask" in own else None
        own["arguments"] = {
            name: _argument(value) for name, value in (own.get("arguments") or {}).items()
        }
        return cls(**{**own, **taken})


def _told(name: str, value: Any) -> dict[str, Any]:
    if callable(value):
        return configs.of_function(name, value, _MODULES[name])
    if name == "output_shape":
        return {name: value, f"{name}_type": "raw", _MODULES[name]: None}
    raise ValueError(
        f"Invalid input for serialization, type: {type(value)} \n  Only a function can be told."
    )


def _taken(name: str, config: dict[str, Any], custom_objects: Any) -> Any:
    """What a configuration tells under a name, which leaves it."""
    if config.get(f"{name}_type") == "raw":
        del config[f"{name}_type"]
        config.pop(_MODULES[name], None)
        return config.pop(name)
    return configs.take_function(
        config, name, _MODULES[name], custom_objects, "function in Lambda layer"
    )


def _argument(value: Any) -> Any:
    """An argument as it was: a file tells an array by its numbers."""
    is_array = isinstance(value, dict) and value.get("type") == "ndarray"
    return np.array(value["value"]) if is_array else value
