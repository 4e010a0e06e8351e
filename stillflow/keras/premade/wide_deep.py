"""`tf.keras.experimental.WideDeepModel`."""

from __future__ import annotations

from typing import Any

from stillflow.keras.engine.model import Model
from stillflow.keras.layers.serialization import deserialize
from stillflow.layers import configs, identifiers
from stillflow.layers.custom_objects import custom_object_scope


class WideDeepModel(Model):
    """activation(the mean of what a linear model and a deep one give).

    It may be compiled with two optimizers: for the linear model and for the deep one.
    Source: Cheng et al., 2016, "Wide & Deep Learning" (arXiv:1606.07792).

    Args:
      linear_model, dnn_model: models with inputs of the same form, or of two: [for one, for other].
    """

    _described: tuple[str, ...] = ("linear_model", "dnn_model", "activation")

    def __init__(self, linear_model: Any, dnn_model: Any, activation: Any = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.linear_model = linear_model
        self.dnn_model = dnn_model
        self.activation = identifiers.activation_of(activation)

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        are_two = isinstance(inputs, (tuple, list)) and len(inputs) == 2
        linear_inputs, dnn_inputs = inputs if are_two else (inputs, inputs)
        linear = self.linear_model(linear_inputs)
        return self.activation(0.5 * (linear + self.dnn_model(dnn_inputs)))

    def _check_optimizer(self) -> None:
        """One is for both, two are for one each."""

    def _optimized(self) -> list[tuple[Any, Any]]:
        """Each optimizer, and the weights that it is for."""
        several = isinstance(self.optimizer, (tuple, list))
        optimizers = self.optimizer if several else (self.optimizer, self.optimizer)
        models = (self.linear_model, self.dnn_model)
        return list(zip(optimizers, [m._unique_trainable_weights for m in models], strict=True))

    def _optimizer_updates(self) -> list[Any]:
        updates = []
        for optimizer, weights in self._optimized():
            updates += optimizer.get_updates(params=weights, loss=self.total_loss)
        return updates

    def _backwards(self, tape: Any, loss: Any) -> None:
        """A step where batches run eagerly."""
        optimized = self._optimized()
        gradients = tape.gradient(loss, [weights for _, weights in optimized])
        for (optimizer, weights), grads in zip(optimized, gradients, strict=True):
            optimizer.apply_gradients(list(zip(grads, weights, strict=True)))

    def get_config(self) -> dict[str, Any]:
        return configs.of_layer(self)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        with custom_object_scope(custom_objects or {}):
            parts = {name: deserialize(config[name]) for name in ("linear_model", "dnn_model")}
            return cls(**{**config, **parts})
