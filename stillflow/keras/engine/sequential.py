"""`tf.keras.Sequential`: a stack of layers."""

from __future__ import annotations

import copy
from typing import Any

from stillflow.graph import nest
from stillflow.keras.engine.input_layer import Input, InputLayer
from stillflow.keras.engine.model import Model
from stillflow.keras.engine.validating import check_no_legacy_layers, input_shape_and_dtype
from stillflow.keras.layers.serialization import deserialize
from stillflow.keras.utils.source_inputs import get_source_inputs
from stillflow.layers.base_layer import Layer
from stillflow.layers.call_signature import call_signature
from stillflow.layers.connections import mask_of
from stillflow.layers.defaults import default
from stillflow.platform import logging
from stillflow.tracking.trackable import no_automatic_dependency_tracking


class Sequential(Model):
    """A model whose layers take each what the one before gives.

    It is built as soon as its first layer says what it takes (`input_shape`, or an `InputLayer`);
    else at the first call, or by `build`.

    Args:
      layers: a list of layers, or one.
      name: a name is made of the class's when there is none.

    Raises:
      TypeError: something in `layers` is no layer, or gives several tensors.
    """

    @no_automatic_dependency_tracking
    def __init__(self, layers: Any = None, name: str | None = None):
        super().__init__(name=name)
        self.supports_masking = True
        self._compute_output_and_mask_jointly = True
        self._build_input_shape: Any = None
        if layers:
            given = layers if isinstance(layers, (list, tuple)) else [layers]
            check_no_legacy_layers(given)
            for layer in given:
                self.add(layer)

    @property
    def layers(self) -> list[Any]:
        """The layers, without the one that gives the input."""
        layers = super().layers
        return layers[1:] if layers and isinstance(layers[0], InputLayer) else layers

    @property
    def dynamic(self) -> bool:
        return any(layer.dynamic for layer in self.layers)

    @no_automatic_dependency_tracking
    def add(self, layer: Any) -> None:
        """Puts a layer, or an `Input`, on top.

        Raises:
          TypeError: it is no layer, or gives several tensors.
          ValueError: it is the first one, and gives several tensors.
        """
        if isinstance(getattr(layer, "_keras_history", (None,))[0], InputLayer):
            layer = layer._keras_history.layer
        if not isinstance(layer, Layer):
            raise TypeError(f"The added layer must be an instance of class Layer. Found: {layer}")
        check_no_legacy_layers([layer])
        self.built = False
        is_start = not self._layers and self._start(layer)
        if self.outputs and not is_start:
            output = layer(self.outputs[0])
            if len(nest.flatten(output)) != 1:
                raise TypeError(
                    "All layers in a Sequential model should have a single output tensor. For "
                    "multi-output layers, use the functional API."
                )
            self.outputs = [output]
        if self.outputs:
            self.built = True
        if is_start or self._is_graph_network:
            self._init_graph_network(self.inputs, self.outputs, name=self.name)
        else:
            self._layers.append(layer)
            self._track_layers(self._layers)

    def _start(self, layer: Any) -> bool:
        """Takes inputs and outputs from a first layer; whether it says what they are."""
        if not isinstance(layer, InputLayer):
            batch_shape, dtype = input_shape_and_dtype(layer)
            if not batch_shape:
                return False
            layer(Input(batch_shape=batch_shape, dtype=dtype, name=layer.name + "_input"))
        outputs = nest.flatten(layer._inbound_nodes[-1].output_tensors)
        if len(outputs) != 1:
            raise ValueError(
                "All layers in a Sequential model should have a single output tensor. For "
                "multi-output layers, use the functional API."
            )
        self.outputs = outputs
        self.inputs = get_source_inputs(outputs[0])
        return True

    @no_automatic_dependency_tracking
    def pop(self) -> None:
        """Removes the layer on top. TypeError where there is none."""
        if not self.layers:
            raise TypeError("There are no layers in the model.")
        self._layers.pop()
        if not self.layers:
            self.outputs = self.inputs = None
            self.built = False
        elif self._is_graph_network:
            top = self.layers[-1]
            top._outbound_nodes = []
            self.outputs = [top.output]
            self._init_graph_network(self.inputs, self.outputs, name=self.name)
            self.built = True

    @default
    def build(self, input_shape: Any = None) -> None:
        """Makes the variables for inputs of a shape, unless the layers told it."""
        if self._is_graph_network:
            self._init_graph_network(self.inputs, self.outputs, name=self.name)
        elif input_shape is None:
            raise ValueError("You must provide an `input_shape` argument.")
        else:
            self._build_input_shape = tuple(input_shape)
            super().build(self._build_input_shape)
        self.built = True

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        if self._is_graph_network:
            if not self.built:
                self._init_graph_network(self.inputs, self.outputs, name=self.name)
            return super().call(inputs, training=training, mask=mask)
        outputs = inputs
        for layer in self.layers:
            taken = call_signature(layer.call).arguments
            given = {"mask": mask, "training": training}
            outputs = layer(outputs, **{name: given[name] for name in given if name in taken})
            mask = mask_of(outputs)
        return outputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = input_shape
        for layer in self.layers:
            shape = layer.compute_output_shape(shape)
        return shape

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return mask_of(self.call(inputs, mask=mask))

    def predict_proba(self, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
        """Returns what `predict` does, and warns where that cannot be probabilities."""
        found = self.predict(x, batch_size, verbose)
        if found.min() < 0.0 or found.max() > 1.0:
            logging.warning(
                "Network returning invalid probability values. The last layer might not normalize "
                "predictions into probabilities (like softmax or sigmoid would)."
            )
        return found

    def predict_classes(self, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
        """Returns the most probable class; of a single output, whether it is above 0.5."""
        found = self.predict(x, batch_size=batch_size, verbose=verbose)
        return found.argmax(axis=-1) if found.shape[-1] > 1 else (found > 0.5).astype("int32")

    def get_config(self) -> dict[str, Any]:
        layers = [
            {"class_name": type(layer).__name__, "config": layer.get_config()}
            for layer in self.layers
        ]
        first = self._layers[0] if self._layers else None
        if self._is_graph_network and layers and isinstance(first, InputLayer):
            layers[0]["config"].setdefault("batch_input_shape", first._batch_input_shape)
        config = {"name": self.name, "layers": copy.deepcopy(layers)}
        if self._build_input_shape:
            config["build_input_shape"] = self._build_input_shape
        return config

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        if "name" not in config:  # the older form: the layers alone
            config = {"name": None, "layers": config}
        model = cls(name=config["name"])
        for told in config["layers"]:
            model.add(deserialize(told, custom_objects))
        if not model.inputs and config.get("build_input_shape"):
            model.build(config["build_input_shape"])
        return model

    @property  # type: ignore[misc]
    def input_spec(self) -> Any:
        """That of the first layer."""
        return getattr(self.layers[0], "input_spec", None) if self.layers else None

    @property
    def _object_identifier(self) -> str:
        return "_tf_keras_sequential"
