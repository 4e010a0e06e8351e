"""Layers and models of a SavedModel, whose `call` is a function of it."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.keras.engine.base_layer import Layer
from stillflow.keras.engine.model import Model
from stillflow.keras.engine.network import Network
from stillflow.keras.engine.sequential import Sequential
from stillflow.keras.saving.objects.calls import parameters, with_parameters
from stillflow.keras.saving.objects.telling import (
    COMMON_FUNCTIONS,
    COMMON_OBJECTS,
    KERAS_ATTRIBUTE,
)
from stillflow.keras.saving.objects.training_argument import TrainingArgument
from stillflow.layers.identifiers import regularizer_of
from stillflow.layers.input_spec import InputSpec
from stillflow.tracking.trackable import Trackable, no_automatic_dependency_tracking

_APART = (*COMMON_FUNCTIONS, *COMMON_OBJECTS, KERAS_ATTRIBUTE)


class RevivedLayer(Layer):
    """A layer of a file, of which the file has the functions and no code.

    Attributes:
      keras_api: an object with what the file holds of the layer besides its attributes.
    """

    _told: dict[str, Any]
    _apart: dict[str, Any]

    @no_automatic_dependency_tracking
    def take(self, told: dict[str, Any]) -> None:
        """Takes what the file says of it."""
        self._told, self._apart = told, {}
        self.built = True
        self._expects_training_arg = told["expects_training_arg"]
        self._is_feature_layer = told.get("_is_feature_layer", False)
        if told.get("activity_regularizer") is not None:
            self.activity_regularizer = regularizer_of(told["activity_regularizer"])

    def set_child(self, name: str, value: Any) -> None:
        """Takes an object of the file that belongs to this one."""
        if name not in _APART:
            setattr(self, name, value)
            return
        self._apart[name] = value
        if isinstance(value, Trackable):
            self._track_trackable(value, name=name)

    @no_automatic_dependency_tracking
    def wire(self) -> None:
        """Takes its functions, now that all objects are there."""
        function = self._saved("call_and_return_conditional_losses")
        if function is not None and function.concrete_functions:
            self._take_call(function)
        for loss in self._saved("layer_regularization_losses") or ():
            self.add_loss(loss)
        if self.activity_regularizer is None:
            self.activity_regularizer = self._saved("activity_regularizer_fn")
        for name in _APART:
            self._untrack(name)

    def _take_call(self, function: Any) -> None:
        self.call = _applied(self, function)  # type: ignore[method-assign]
        self._init_call_fn_args()
        self._expects_training_arg = self._told["expects_training_arg"]

    def _saved(self, name: str) -> Any:
        return getattr(self.keras_api, name, None)

    @property
    def keras_api(self) -> Any:
        return self._apart.get(KERAS_ATTRIBUTE)

    def get_config(self) -> Any:
        if self._told.get("config") is None:
            raise NotImplementedError(
                f"The file of layer {self.name} has no configuration of it: its class had none."
            )
        return self._told["config"]


class RevivedNetwork(RevivedLayer, Network):
    """A network of a file."""


class RevivedModel(RevivedLayer, Model):
    """A model of a file."""

    def set_child(self, name: str, value: Any) -> None:
        if name != "optimizer":  # of which the file has no code: `compile` makes one like it
            super().set_child(name, value)

    def _take_call(self, function: Any) -> None:
        super()._take_call(function)
        if not self.inputs:
            self._set_inputs(_specs_of_inputs(function))


class RevivedSequential(RevivedModel, Sequential):
    """A sequential model of a file: its layers, one after the other."""

    @no_automatic_dependency_tracking
    def _take_call(self, function: Any) -> None:
        self._layers = []
        for layer in self._saved("layers"):
            self.add(layer)
        if not self.inputs:
            self._set_inputs(_specs_of_inputs(function))


_KINDS = {
    "_tf_keras_layer": RevivedLayer,
    "_tf_keras_network": RevivedNetwork,
    "_tf_keras_model": RevivedModel,
    "_tf_keras_sequential": RevivedSequential,
}


def revived_layer(identifier: str, told: dict[str, Any]) -> RevivedLayer | None:
    """A layer of a file, whose class has the name of that which was saved; None for no layer.

    Args:
      identifier: of the object in the file.
      told: what the file says of it.
    """
    kind = _KINDS.get(identifier)
    if kind is None:
        return None
    options = {"name": told["name"]}
    if kind is RevivedLayer:
        more = ("trainable", "dtype", "batch_input_shape")
        options.update({name: told[name] for name in more if told.get(name) is not None})
    layer: Any = type(told["class_name"], (kind,), {})(**options)
    layer.trainable = told["trainable"]
    layer.take(told)
    if kind is RevivedLayer and told.get("input_spec") is not None:
        layer.input_spec = _input_spec(told["input_spec"])
    return layer


def _input_spec(told: Any) -> Any:
    if isinstance(told, list):
        return [_input_spec(each) for each in told]
    if "class_name" in told:
        return InputSpec.from_config(told["config"])
    return {name: _input_spec(each) for name, each in told.items()}


def _applied(layer: RevivedLayer, function: Any) -> Any:
    """The `call` of a layer: what a function of the file gives, whose losses the layer takes."""
    spec = parameters(function.python_function)
    training = TrainingArgument(spec)
    in_phases = "training" in (*spec.args, *spec.kwonlyargs)

    def call(inputs: Any, *args: Any, **kwargs: Any) -> Any:
        given = (inputs, *args)
        if in_phases:
            outputs, losses = training.call(function, given, kwargs)
        else:
            outputs, losses = function(*given, **kwargs)
        layer.add_loss(losses, inputs)
        return outputs

    return with_parameters(call, spec)


def _specs_of_inputs(function: Any) -> Any:
    """What is common to the inputs of all traces, which are in the first argument."""
    firsts = [trace.structured_input_signature[0][0] for trace in function.concrete_functions]
    common = firsts[0]
    for other in firsts[1:]:
        common = nest.map_structure(_common_spec, common, other)
    return common


def _common_spec(first: TensorSpec, second: TensorSpec) -> TensorSpec:
    shape = first.shape.most_specific_compatible_shape(second.shape)
    return TensorSpec(shape, first.dtype, first.name)
