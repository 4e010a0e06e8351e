"""`tf.layers.separable_conv1d`, `separable_conv2d`, and their classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers import base, separable
from stillflow.ops.variables import initializers
from stillflow.platform.deprecation import deprecated

_ZEROS = initializers.Zeros()
_Sizes = int | Sequence[int]


class SeparableConv1D(separable.SeparableConv1D, base.Layer):
    """`separable.SeparableConv1D` with the variables and the default initializer of its scope."""

    def __init__(
        self,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes = 1,
        padding: Any = "valid",
        data_format: str = "channels_last",
        dilation_rate: _Sizes = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = None,
        pointwise_initializer: Any = None,
        bias_initializer: Any = _ZEROS,
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: bool = True,
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            depth_multiplier,
            activation,
            use_bias,
            depthwise_initializer,
            pointwise_initializer,
            bias_initializer,
            depthwise_regularizer,
            pointwise_regularizer,
            bias_regularizer,
            activity_regularizer,
            depthwise_constraint,
            pointwise_constraint,
            bias_constraint,
            trainable=trainable,
            name=name,
            **kwargs,
        )


@deprecated(None, "Use `tf.keras.layers.SeparableConv1D` instead.")
def separable_conv1d(
    inputs: Any,
    filters: int,
    kernel_size: _Sizes,
    strides: _Sizes = 1,
    padding: Any = "valid",
    data_format: str = "channels_last",
    dilation_rate: _Sizes = 1,
    depth_multiplier: int = 1,
    activation: Any = None,
    use_bias: bool = True,
    depthwise_initializer: Any = None,
    pointwise_initializer: Any = None,
    bias_initializer: Any = _ZEROS,
    depthwise_regularizer: Any = None,
    pointwise_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    depthwise_constraint: Any = None,
    pointwise_constraint: Any = None,
    bias_constraint: Any = None,
    trainable: bool = True,
    name: Any = None,
    reuse: Any = None,
) -> Tensor:
    """Returns `SeparableConv1D(filters, kernel_size, ...)(inputs)`, for inputs f[n, w, c].

    Args:
      name: the variable scope, or its name.
      reuse: whether the variables are those of that scope, which exist already.
    """
    layer = SeparableConv1D(
        filters,
        kernel_size,
        strides,
        padding,
        data_format,
        dilation_rate,
        depth_multiplier,
        activation,
        use_bias,
        depthwise_initializer,
        pointwise_initializer,
        bias_initializer,
        depthwise_regularizer,
        pointwise_regularizer,
        bias_regularizer,
        activity_regularizer,
        depthwise_constraint,
        pointwise_constraint,
        bias_constraint,
        trainable,
        name,
        _scope=name,
        _reuse=reuse,
    )
    return layer.apply(inputs)


class SeparableConv2D(separable.SeparableConv2D, base.Layer):
    """`separable.SeparableConv2D` with the variables and the default initializer of its scope."""

    def __init__(
        self,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes = (1, 1),
        padding: Any = "valid",
        data_format: str = "channels_last",
        dilation_rate: _Sizes = (1, 1),
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = None,
        pointwise_initializer: Any = None,
        bias_initializer: Any = _ZEROS,
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: bool = True,
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            depth_multiplier,
            activation,
            use_bias,
            depthwise_initializer,
            pointwise_initializer,
            bias_initializer,
            depthwise_regularizer,
            pointwise_regularizer,
            bias_regularizer,
            activity_regularizer,
            depthwise_constraint,
            pointwise_constraint,
            bias_constraint,
            trainable=trainable,
            name=name,
            **kwargs,
        )


@deprecated(None, "Use `tf.keras.layers.SeparableConv2D` instead.")
def separable_conv2d(
    inputs: Any,
    filters: int,
    kernel_size: _Sizes,
    strides: _Sizes = (1, 1),
    padding: Any = "valid",
    data_format: str = "channels_last",
    dilation_rate: _Sizes = (1, 1),
    depth_multiplier: int = 1,
    activation: Any = None,
    use_bias: bool = True,
    depthwise_initializer: Any = None,
    pointwise_initializer: Any = None,
    bias_initializer: Any = _ZEROS,
    depthwise_regularizer: Any = None,
    pointwise_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    depthwise_constraint: Any = None,
    pointwise_constraint: Any = None,
    bias_constraint: Any = None,
    trainable: bool = True,
    name: Any = None,
    reuse: Any = None,
) -> Tensor:
    """Returns `SeparableConv2D(filters, kernel_size, ...)(inputs)`, for inputs f[n, h, w, c].

    Args:
      name: the variable scope, or its name.
      reuse: whether the variables are those of that scope, which exist already.
    """
    layer = SeparableConv2D(
        filters,
        kernel_size,
        strides,
        padding,
        data_format,
        dilation_rate,
        depth_multiplier,
        activation,
        use_bias,
        depthwise_initializer,
        pointwise_initializer,
        bias_initializer,
        depthwise_regularizer,
        pointwise_regularizer,
        bias_regularizer,
        activity_regularizer,
        depthwise_constraint,
        pointwise_constraint,
        bias_constraint,
        trainable,
        name,
        _scope=name,
        _reuse=reuse,
    )
    return layer.apply(inputs)
