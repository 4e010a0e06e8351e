"""Layers that apply a function to each number, or a loss to all of them."""

from __future__ import annotations

from typing import Any

from stillflow.layers import identifiers, regularizers
from stillflow.layers.base_layer import Layer


class Activation(Layer):
    """Applies an activation: a function of a tensor, or its name."""

    _described: tuple[str, ...] = ("activation",)

    def __init__(self, activation: Any, **kwargs: Any):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.activation = identifiers.activation_of(activation)

    def call(self, inputs: Any) -> Any:
        return self.activation(inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


class ActivityRegularization(Layer):
    """Gives its inputs, of which it adds a loss: l1 times their sizes, l2 times their squares."""

    _described: tuple[str, ...] = ("l1", "l2")

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any):
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.supports_masking = True
        self.l1 = l1
        self.l2 = l2

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape
