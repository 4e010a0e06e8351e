"""`tf.keras.layers.Wrapper`: a layer around another."""

from __future__ import annotations

from typing import Any

from stillflow.keras.layers.serialization import deserialize
from stillflow.layers import configs
from stillflow.layers.base_layer import Layer


class Wrapper(Layer):
    """The base of layers around another, whose weights are theirs.

    Args:
      layer: the layer inside.
      Others by name as for `Layer`.

    Raises:
      AssertionError: `layer` is no layer.
    """

    def __init__(self, layer: Any, **kwargs: Any):
        assert isinstance(layer, Layer)
        self.layer = layer
        super().__init__(**kwargs)

    def build(self, input_shape: Any = None) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)
        self.built = True

    @property  # type: ignore[misc]  # it cannot be set
    def activity_regularizer(self) -> Any:
        """That of the layer inside."""
        return getattr(self.layer, "activity_regularizer", None)

    def get_config(self) -> dict[str, Any]:
        config = configs.of_layer(self)
        return {**config, "layer": configs.described(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        layer = deserialize(config.pop("layer"), custom_objects=custom_objects)
        return cls(layer, **config)
