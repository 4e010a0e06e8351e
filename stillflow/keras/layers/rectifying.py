"""Activations as layers, some with weights of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import as_shape
from stillflow.keras.backend.activations import elu, relu, softmax
from stillflow.keras.backend.tensors import cast_to_floatx
from stillflow.keras.utils.nests import convert_shapes
from stillflow.layers import identifiers
from stillflow.layers.base_layer import Layer
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.settings import floatx
from stillflow.ops.math import casts, comparison


class _Rectifier(Layer):
    """A layer whose outputs are of the shape of its inputs."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_output_shape(self, input_shape: Any) -> Any:
        return convert_shapes(input_shape, to_tuples=False)


class LeakyReLU(_Rectifier):
    """x where it is positive, else alpha * x."""

    def __init__(self, alpha: Any = 0.3, **kwargs: Any):
        super().__init__(**kwargs)
        self.alpha = cast_to_floatx(alpha)

    def call(self, inputs: Any) -> Tensor:
        return relu(inputs, alpha=self.alpha)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "alpha": float(self.alpha)}


class PReLU(_Rectifier):
    """x where it is positive, else alpha * x, with an alpha for each feature that is learned.

    Source: He et al., 2015, "Delving Deep into Rectifiers" (arXiv:1502.01852).

    Args:
      alpha_initializer, alpha_regularizer, alpha_constraint: those of the weight.
      shared_axes: axes, counted from 1, along which alpha is the same.
    """

    _described: tuple[str, ...] = (
        "alpha_initializer",
        "alpha_regularizer",
        "alpha_constraint",
        "shared_axes",
    )

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.alpha_initializer = identifiers.initializer_of(alpha_initializer)
        self.alpha_regularizer = identifiers.regularizer_of(alpha_regularizer)
        self.alpha_constraint = identifiers.constraint_of(alpha_constraint)
        self.shared_axes: list[Any] | None = None
        if shared_axes is not None:
            several = isinstance(shared_axes, (list, tuple))
            self.shared_axes = list(shared_axes) if several else [shared_axes]  # type: ignore

    def build(self, input_shape: Any) -> None:
        sizes = as_shape(input_shape).as_list()
        shared = self.shared_axes or []
        shape = sizes[1:]
        for axis in shared:
            shape[axis - 1] = 1
        self.alpha = self.add_weight(
            "alpha",
            shape=shape,
            initializer=self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )
        own = {axis: sizes[axis] for axis in range(1, len(sizes)) if axis not in shared}
        self.input_spec = InputSpec(ndim=len(sizes), axes=own if shared else {})
        self.built = True

    def call(self, inputs: Any) -> Tensor:
        positive = relu(inputs)
        return positive + -self.alpha * relu(-inputs)


class ELU(_Rectifier):
    """x where it is positive, else alpha * (exp(x) - 1)."""

    def __init__(self, alpha: Any = 1.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.alpha = cast_to_floatx(alpha)

    def call(self, inputs: Any) -> Tensor:
        return elu(inputs, self.alpha)  # type: ignore[arg-type]  # a number as an array

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "alpha": float(self.alpha)}


class ThresholdedReLU(_Rectifier):
    """x where it is above theta, else 0."""

    def __init__(self, theta: Any = 1.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.theta = cast_to_floatx(theta)

    def call(self, inputs: Any) -> Tensor:
        return inputs * casts.cast(comparison.greater(inputs, self.theta), floatx())

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "theta": float(self.theta)}


class Softmax(_Rectifier):
    """exp(x), of which those along an axis sum up to one."""

    _described: tuple[str, ...] = ("axis",)

    def __init__(self, axis: int = -1, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any) -> Tensor:
        return softmax(inputs, axis=self.axis)


class ReLU(Layer):
    """x from `threshold` on, at most `max_value`; below it negative_slope * (x - threshold).

    Raises:
      ValueError: `max_value` or `negative_slope` is negative.
    """

    _described: tuple[str, ...] = ("max_value", "negative_slope", "threshold")

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0,
        threshold: float = 0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if max_value is not None and max_value < 0.0:
            raise ValueError(f"max_value of Relu layer cannot be negative value: {max_value}")
        if negative_slope < 0.0:
            raise ValueError(
                f"negative_slope of Relu layer cannot be negative value: {negative_slope}"
            )
        self.support_masking = True  # the name that TensorFlow has here: masks end at this layer
        self.max_value: Any = None if max_value is None else cast_to_floatx(max_value)
        self.negative_slope = cast_to_floatx(negative_slope)
        self.threshold: Any = cast_to_floatx(threshold)

    def call(self, inputs: Any) -> Tensor:
        return relu(
            inputs, alpha=self.negative_slope, max_value=self.max_value, threshold=self.threshold
        )

    def compute_output_shape(self, input_shape: Any) -> Any:
        return convert_shapes(input_shape, to_tuples=False)
