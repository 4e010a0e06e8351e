"""What layers of a kernel, a bias and an activation share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers import identifiers
from stillflow.layers.base_layer import Layer
from stillflow.ops.nn import bias

# The arguments of every such layer, in the order in which it tells them.
ARGUMENTS = (
    "activation",
    "use_bias",
    "kernel_initializer",
    "bias_initializer",
    "kernel_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "bias_constraint",
)


class KernelLayer(Layer):
    """A layer that adds a bias to what its kernel makes of the inputs, and applies an activation.

    Args:
      activation: a function or its name; None for none.
      use_bias: whether something is added.
      kernel_initializer: by default that of the variable scope, else Glorot's uniform one.
      kernel_regularizer, bias_regularizer, activity_regularizer: functions of the variable, or of
        the output, that give a loss.
      kernel_constraint, bias_constraint: functions of a new value that give an allowed one.
    """

    def __init__(
        self,
        activation: Any,
        use_bias: bool,
        kernel_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        bias_regularizer: Any,
        activity_regularizer: Any,
        kernel_constraint: Any,
        bias_constraint: Any,
        **kwargs: Any,
    ):
        super().__init__(
            activity_regularizer=identifiers.regularizer_of(activity_regularizer),
            **kwargs,
        )
        self.activation = identifiers.activation_of(activation)
        self.use_bias = use_bias
        self.kernel_initializer = identifiers.initializer_of(kernel_initializer)
        self.bias_initializer = identifiers.initializer_of(bias_initializer)
        self.kernel_regularizer = identifiers.regularizer_of(kernel_regularizer)
        self.bias_regularizer = identifiers.regularizer_of(bias_regularizer)
        self.kernel_constraint = identifiers.constraint_of(kernel_constraint)
        self.bias_constraint = identifiers.constraint_of(bias_constraint)

    def _add_kernel(self, shape: Sequence[int]) -> None:
        self.kernel = self.add_weight(
            "kernel",
            shape=shape,
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            trainable=True,
            dtype=self.dtype,
        )

    def _add_bias(self, shape: int | Sequence[int]) -> None:
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                shape=(shape,) if isinstance(shape, int) else shape,
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                trainable=True,
                dtype=self.dtype,
            )

    def _with_bias(self, outputs: Tensor, data_format: str | None = None) -> Tensor:
        if self.bias is None:
            return outputs
        return bias.bias_add(outputs, self.bias, data_format=data_format)

    def _activated(self, outputs: Tensor) -> Any:
        return outputs if self.activation is None else self.activation(outputs)
