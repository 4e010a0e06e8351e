"""`tf.layers.conv1d`, `conv2d`, `conv3d`, and their classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers import base, convolutional
from stillflow.ops.variables import initializers
from stillflow.platform.deprecation import deprecated

_ZEROS = initializers.Zeros()
_Sizes = int | Sequence[int]


class Conv1D(convolutional.Conv1D, base.Layer):
    """`convolutional.Conv1D` with the variables and the default initializer of its scope."""

    def __init__(
        self,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes = 1,
        padding: Any = "valid",
        data_format: str = "channels_last",
        dilation_rate: _Sizes = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = _ZEROS,
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
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
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            trainable=trainable,
            name=name,
            **kwargs,
        )


@deprecated(None, "Use `tf.keras.layers.Conv1D` instead.")
def conv1d(
    inputs: Any,
    filters: int,
    kernel_size: _Sizes,
    strides: _Sizes = 1,
    padding: Any = "valid",
    data_format: str = "channels_last",
    dilation_rate: _Sizes = 1,
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = None,
    bias_initializer: Any = _ZEROS,
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    trainable: bool = True,
    name: Any = None,
    reuse: Any = None,
) -> Tensor:
    """Returns `Conv1D(filters, kernel_size, ...)(inputs)`, for inputs f[n, w, c].

    Args:
      name: the variable scope, or its name.
      reuse: whether the variables are those of that scope, which exist already.
    """
    layer = Conv1D(
        filters,
        kernel_size,
        strides,
        padding,
        data_format,
        dilation_rate,
        activation,
        use_bias,
        kernel_initializer,
        bias_initializer,
        kernel_regularizer,
        bias_regularizer,
        activity_regularizer,
        kernel_constraint,
        bias_constraint,
        trainable,
        name,
        _scope=name,
        _reuse=reuse,
    )
    return layer.apply(inputs)


class Conv2D(convolutional.Conv2D, base.Layer):
    """`convolutional.Conv2D` with the variables and the default initializer of its scope."""

    def __init__(
        self,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes = (1, 1),
        padding: Any = "valid",
        data_format: str = "channels_last",
        dilation_rate: _Sizes = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = _ZEROS,
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
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
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            trainable=trainable,
            name=name,
            **kwargs,
        )


@deprecated(None, "Use `tf.keras.layers.Conv2D` instead.")
def conv2d(
    inputs: Any,
    filters: int,
    kernel_size: _Sizes,
    strides: _Sizes = (1, 1),
    padding: Any = "valid",
    data_format: str = "channels_last",
    dilation_rate: _Sizes = (1, 1),
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = None,
    bias_initializer: Any = _ZEROS,
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    trainable: bool = True,
    name: Any = None,
    reuse: Any = None,
) -> Tensor:
    """Returns `Conv2D(filters, kernel_size, ...)(inputs)`, for inputs f[n, h, w, c].

    Args:
      name: the variable scope, or its name.
      reuse: whether the variables are those of that scope, which exist already.
    """
    layer = Conv2D(
        filters,
        kernel_size,
        strides,
        padding,
        data_format,
        dilation_rate,
        activation,
        use_bias,
        kernel_initializer,
        bias_initializer,
        kernel_regularizer,
        bias_regularizer,
        activity_regularizer,
        kernel_constraint,
        bias_constraint,
        trainable,
        name,
        _scope=name,
        _reuse=reuse,
    )
    return layer.apply(inputs)


class Conv3D(convolutional.Conv3D, base.Layer):
    """`convolutional.Conv3D` with the variables and the default initializer of its scope."""

    def __init__(
        self,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes = (1, 1, 1),
        padding: Any = "valid",
        data_format: str = "channels_last",
        dilation_rate: _Sizes = (1, 1, 1),
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = _ZEROS,
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
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
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            trainable=trainable,
            name=name,
            **kwargs,
        )


@deprecated(None, "Use `tf.keras.layers.Conv3D` instead.")
def conv3d(
    inputs: Any,
    filters: int,
    kernel_size: _Sizes,
    strides: _Sizes = (1, 1, 1),
    padding: Any = "valid",
    data_format: str = "channels_last",
    dilation_rate: _Sizes = (1, 1, 1),
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = None,
    bias_initializer: Any = _ZEROS,
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    trainable: bool = True,
    name: Any = None,
    reuse: Any = None,
) -> Tensor:
    """Returns `Conv3D(filters, kernel_size, ...)(inputs)`, for inputs f[n, d, h, w, c].

    Args:
      name: the variable scope, or its name.
      reuse: whether the variables are those of that scope, which exist already.
    """
    layer = Conv3D(
        filters,
        kernel_size,
        strides,
        padding,
        data_format,
        dilation_rate,
        activation,
        use_bias,
        kernel_initializer,
        bias_initializer,
        kernel_regularizer,
        bias_regularizer,
        activity_regularizer,
        kernel_constraint,
        bias_constraint,
        trainable,
        name,
        _scope=name,
        _reuse=reuse,
    )
    return layer.apply(inputs)
