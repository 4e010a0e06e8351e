"""Normalisation of each example by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import as_shape
from stillflow.layers import identifiers
from stillflow.layers.base_layer import Layer
from stillflow.ops.array import reshaping
from stillflow.ops.nn import moments
from stillflow.ops.nn.normalization import batch_normalization


class LayerNormalization(Layer):
    """gamma * (inputs - mean) / sqrt(variance + epsilon) + beta, of moments along `axis`.

    Source: Ba et al., 2016, "Layer Normalization" (arXiv:1607.06450).

    Args:
      axis: an axis, or several.
      epsilon: what is added to the variance.
      center, scale: whether there is a beta, and a gamma.

    Raises:
      ValueError: `axis` is neither; in a call, an axis that is not there or twice.
    """

    _described: tuple[str, ...] = (
        "axis",
        "epsilon",
        "center",
        "scale",
        "beta_initializer",
        "gamma_initializer",
        "beta_regularizer",
        "gamma_regularizer",
        "beta_constraint",
        "gamma_constraint",
    )

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        trainable: bool = True,
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(name=name, trainable=trainable, **kwargs)
        if not isinstance(axis, (int, list, tuple)):
            raise ValueError(
                "Expected an int or a list/tuple of ints for the argument 'axis', but received "
                f"instead: {axis}"
            )
        self.axis: Any = axis if isinstance(axis, int) else axis[:]
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = identifiers.initializer_of(beta_initializer)
        self.gamma_initializer = identifiers.initializer_of(gamma_initializer)
        self.beta_regularizer = identifiers.regularizer_of(beta_regularizer)
        self.gamma_regularizer = identifiers.regularizer_of(gamma_regularizer)
        self.beta_constraint = identifiers.constraint_of(beta_constraint)
        self.gamma_constraint = identifiers.constraint_of(gamma_constraint)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        sizes: list[Any] = as_shape(input_shape).as_list()
        given = [self.axis] if isinstance(self.axis, int) else self.axis
        axes = [len(sizes) + axis if axis < 0 else axis for axis in given]
        for axis in axes:
            if not 0 <= axis < len(sizes):
                raise ValueError(f"Invalid axis: {axis}")
        if len(set(axes)) != len(axes):
            raise ValueError(f"Duplicate axis: {tuple(axes)}")
        self.axis = axes
        shape = [sizes[axis] for axis in axes]
        self.gamma = self._parameter("gamma", shape) if self.scale else None
        self.beta = self._parameter("beta", shape) if self.center else None
        self.built = True

    def _parameter(self, name: str, shape: Sequence[int]) -> Any:
        return self.add_weight(
            name,
            shape=shape,
            initializer=getattr(self, f"{name}_initializer"),
            regularizer=getattr(self, f"{name}_regularizer"),
            constraint=getattr(self, f"{name}_constraint"),
            trainable=True,
            experimental_autocast=False,
        )

    def call(self, inputs: Any) -> Tensor:
        mean, variance = moments.moments(inputs, self.axis, keep_dims=True)
        scale, offset = self._broadcast(self.gamma, inputs), self._broadcast(self.beta, inputs)
        outputs = batch_normalization(
            inputs, mean, variance, offset=offset, scale=scale, variance_epsilon=self.epsilon
        )
        outputs.set_shape(inputs.shape)
        return outputs

    def _broadcast(self, v: Any, inputs: Any) -> Any:
        """A parameter in a shape that broadcasts with the inputs'."""
        sizes = inputs.shape.as_list()
        rank = len(sizes)
        if v is None or v.shape.ndims == rank or self.axis == [rank - 1]:
            return v
        return reshaping.reshape(v, [n if axis in self.axis else 1 for axis, n in enumerate(sizes)])

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape
