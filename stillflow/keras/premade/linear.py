"""`tf.keras.experimental.LinearModel`."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.keras.engine.model import Model
from stillflow.layers import configs, identifiers
from stillflow.layers.core import Dense
from stillflow.ops.nn.bias import bias_add


class LinearModel(Model):
    """activation(sum of each input times a kernel of its own + bias).

    Args:
      units: the number of outputs.
      All others are as for `tf.keras.layers.Dense`.

    Raises:
      ValueError: in a call: not as many inputs as it was built for.
    """

    _described: tuple[str, ...] = (
        "units",
        "activation",
        "use_bias",
        "kernel_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "bias_regularizer",
    )

    def __init__(
        self,
        units: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.units = units
        self.activation = identifiers.activation_of(activation)
        self.use_bias = use_bias
        self.kernel_initializer = identifiers.initializer_of(kernel_initializer)
        self.bias_initializer = identifiers.initializer_of(bias_initializer)
        self.kernel_regularizer = identifiers.regularizer_of(kernel_regularizer)
        self.bias_regularizer = identifiers.regularizer_of(bias_regularizer)

    def build(self, input_shape: Any) -> None:
        shapes = input_shape if isinstance(input_shape, list) else [input_shape]
        self.dense_layers = [
            Dense(
                self.units,
                use_bias=False,
                kernel_initializer=self.kernel_initializer,
                kernel_regularizer=self.kernel_regularizer,
                input_shape=shape,
            )
            for shape in shapes
        ]
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                shape=self.units,
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                dtype=self.dtype,
                trainable=True,
            )

    def call(self, inputs: Any) -> Tensor:  # type: ignore[override]
        inputs = list(inputs) if isinstance(inputs, (tuple, list)) else [inputs]
        if len(inputs) != len(self.dense_layers):
            raise ValueError(
                f"Expected {len(self.dense_layers)} inputs, but got {len(inputs)} inputs"
            )
        first, *others = (
            layer(each) for layer, each in zip(self.dense_layers, inputs, strict=True)
        )
        result = sum(others, first)
        if self.bias is not None:
            result = bias_add(result, self.bias)
        return self.activation(result)

    def get_config(self) -> dict[str, Any]:
        return configs.of_layer(self)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        return cls(**config)
