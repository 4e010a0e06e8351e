"""Layers that disturb their inputs in training, and give them as they are elsewhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.keras.backend.choosing import in_train_phase
from stillflow.keras.backend.random import random_normal, random_uniform
from stillflow.keras.utils.nests import convert_shapes
from stillflow.layers.base_layer import Layer
from stillflow.layers.settings import floatx
from stillflow.ops.array import shape_of
from stillflow.ops.math import casts, comparison

# Those of `selu`: what it makes of very small inputs is what is dropped to.
_ALPHA = 1.6732632423543772
_SCALE = 1.0507009873554805


class _Noise(Layer):
    """A layer whose outputs are of the shape of its inputs."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_output_shape(self, input_shape: Any) -> Any:
        return convert_shapes(input_shape, to_tuples=False)


class GaussianNoise(_Noise):
    """Adds normal numbers of a standard deviation of `stddev`."""

    _described: tuple[str, ...] = ("stddev",)

    def __init__(self, stddev: Any, **kwargs: Any):
        super().__init__(**kwargs)
        self.stddev = stddev

    def call(self, inputs: Any, training: Any = None) -> Tensor:
        def noised() -> Tensor:
            return inputs + random_normal(shape_of.shape(inputs), mean=0.0, stddev=self.stddev)

        return in_train_phase(noised, inputs, training=training)


class GaussianDropout(_Noise):
    """Multiplies by normal numbers about 1, which vary as much as a dropout of `rate` would."""

    _described: tuple[str, ...] = ("rate",)

    def __init__(self, rate: float, **kwargs: Any):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs: Any, training: Any = None) -> Any:
        if not 0 < self.rate < 1:
            return inputs
        stddev = math.sqrt(self.rate / (1.0 - self.rate))

        def noised() -> Tensor:
            return inputs * random_normal(shape_of.shape(inputs), mean=1.0, stddev=stddev)

        return in_train_phase(noised, inputs, training=training)


class AlphaDropout(_Noise):
    """Dropout that keeps mean and variance, for networks of `selu`.

    Source: Klambauer et al., 2017, "Self-Normalizing Neural Networks" (arXiv:1706.02515).

    Args:
      rate: the part that is dropped.
      noise_shape: sizes of what is chosen, which broadcasts; None for the size of the inputs.
    """

    _described: tuple[str, ...] = ("rate",)

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed

    def call(self, inputs: Any, training: Any = None) -> Any:
        if not 0.0 < self.rate < 1.0:
            return inputs
        shape = self.noise_shape if self.noise_shape else shape_of.shape(inputs)

        def dropped() -> Tensor:
            drawn = random_uniform(shape, seed=self.seed)
            kept = casts.cast(comparison.greater_equal(drawn, self.rate), floatx())
            lowest = -_ALPHA * _SCALE
            scale = ((1 - self.rate) * (1 + self.rate * lowest**2)) ** -0.5
            x = inputs * kept + lowest * (1 - kept)
            return scale * x + -scale * lowest * self.rate

        return in_train_phase(dropped, inputs, training=training)
