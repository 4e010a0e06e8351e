"""A layer that masks steps of sequences."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.keras.backend.reducing import any_
from stillflow.layers.base_layer import Layer
from stillflow.ops.array import reshaping
from stillflow.ops.math import casts, comparison


class Masking(Layer):
    """Masks the steps of f[n, steps, ...] whose features are all `mask_value`."""

    _described: tuple[str, ...] = ("mask_value",)

    def __init__(self, mask_value: Any = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.mask_value = mask_value
        self._compute_output_and_mask_jointly = True

    def compute_mask(self, inputs: Any, mask: Any = None) -> Tensor:
        return any_(comparison.not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs: Any) -> Tensor:
        kept = any_(comparison.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        outputs: Any = inputs * casts.cast(kept, inputs.dtype)
        outputs._keras_mask = reshaping.squeeze(kept, [-1])
        return outputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape
