"""Random features of a kernel, so that what is linear behind them is a kernel machine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.layers.base_layer import Layer
from stillflow.layers.constraints import NonNeg
from stillflow.layers.identifiers import serialize_initializer
from stillflow.layers.input_spec import InputSpec
from stillflow.ops.linalg.products import matmul_op
from stillflow.ops.math import casts, trigonometric
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.variables import initializers

_KINDS = ["gaussian", "laplacian"]


class RandomFourierFeatures(Layer):
    """cos(inputs @ kernel / scale + bias): f[n, k] -> f32[n, output_dim].

    Source: Rahimi and Recht, 2007, "Random Features for Large-Scale Kernel Machines".

    Args:
      output_dim: the number of features.
      kernel_initializer: "gaussian" or "laplacian", the kernel that is approximated; or an
        initializer.
      scale: a positive number; what suits the kernel by default. It is learned where `trainable`.

    Raises:
      ValueError: an argument is of another form; in a call, no matrix, or one of unknown width.
    """

    def __init__(
        self,
        output_dim: int,
        kernel_initializer: Any = "gaussian",
        scale: float | None = None,
        trainable: bool = False,
        name: Any = None,
        **kwargs: Any,
    ):
        if output_dim <= 0:
            raise ValueError(f"`output_dim` should be a positive integer. Given: {output_dim}.")
        if isinstance(kernel_initializer, str) and kernel_initializer.lower() not in _KINDS:
            raise ValueError(
                f"Unsupported kernel type: '{kernel_initializer}'. Supported kernel types: "
                f"{_KINDS}."
            )
        if scale is not None and scale <= 0.0:
            raise ValueError(f"When provided, `scale` should be a positive float. Given: {scale}.")
        super().__init__(trainable=trainable, name=name, **kwargs)
        self.output_dim = output_dim
        self.kernel_initializer = kernel_initializer
        self.scale = scale

    def build(self, input_shape: Any) -> None:
        shape = as_shape(input_shape)
        if shape.ndims != 2:
            raise ValueError(
                f"The rank of the input tensor should be 2. Got {shape.ndims} instead."
            )
        features = shape.as_list()[1]
        if features is None:
            raise ValueError(
                "The last dimension of the inputs to `RandomFourierFeatures` should be defined. "
                "Found `None`."
            )
        self.input_spec = InputSpec(ndim=2, axes={1: features})
        unscaled = self._fixed(
            "unscaled_random_features", (features, self.output_dim), self._initializer(features)
        )
        phases = initializers.RandomUniform(0.0, 2 * math.pi, dtype=dtypes.float32)
        self.bias = self._fixed("random_features_bias", (self.output_dim,), phases)
        if self.scale is None:
            self.scale = math.sqrt(features / 2.0) if self._kind == "gaussian" else 1.0
        scale = self.add_weight(
            "random_features_scale",
            shape=(1,),
            dtype=dtypes.float32,
            initializer=initializers.Constant(self.scale),
            trainable=True,
            constraint=NonNeg(),
        )
        self.kernel = (1.0 / scale) * unscaled
        super().build(shape)

    def _fixed(self, name: str, shape: Sequence[int], initializer: Any) -> Any:
        return self.add_weight(
            name, shape=shape, dtype=dtypes.float32, initializer=initializer, trainable=False
        )

    @property
    def _kind(self) -> str | None:
        given = self.kernel_initializer
        return given.lower() if isinstance(given, str) else None

    def _initializer(self, features: int) -> Any:
        if self._kind == "gaussian":
            return initializers.RandomNormal(stddev=1.0)
        if self._kind == "laplacian":
            drawn = np.random.uniform(0.0, 1.0, (features, self.output_dim))
            return initializers.Constant(np.tan(np.pi * (drawn - 0.5)))
        return self.kernel_initializer

    def call(self, inputs: Any) -> Tensor:
        inputs = casts.cast_op(convert_to_tensor(inputs, dtype=self.dtype), DstT=dtypes.float32)
        outputs = bias_add(matmul_op(inputs, self.kernel), self.bias)
        return trigonometric.cos(outputs)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        shape = as_shape(input_shape).with_rank(2)
        examples, features = shape.as_list()
        if features is None:
            raise ValueError(
                f"The innermost dimension of input shape must be defined. Given: {shape}"
            )
        return TensorShape([examples, self.output_dim])

    def get_config(self) -> dict[str, Any]:
        given = self.kernel_initializer
        is_object = isinstance(given, initializers.Initializer)
        return {
            **super().get_config(),
            "output_dim": self.output_dim,
            "kernel_initializer": serialize_initializer(given) if is_object else given,
            "scale": self.scale,
        }
