"""A convolution of each channel by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import as_shape
from stillflow.keras.backend.bias import bias_add
from stillflow.keras.backend.convolution import depthwise_conv2d
from stillflow.layers import identifiers
from stillflow.layers.convolutional import Conv2D
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.utils import conv_output_length

_Sizes = int | Sequence[int]


class DepthwiseConv2D(Conv2D):
    """Convolves each channel of images f[n, h, w, c] by kernels of its own.

    Args:
      depth_multiplier: how many channels come of each.
      depthwise_initializer, depthwise_regularizer, depthwise_constraint: those of the kernel.
      All others are as for `Conv2D`.
    """

    _described: tuple[str, ...] = (
        "depth_multiplier",
        "depthwise_initializer",
        "depthwise_regularizer",
        "depthwise_constraint",
    )

    def __init__(
        self,
        kernel_size: _Sizes,
        strides: _Sizes = (1, 1),
        padding: Any = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            None,  # type: ignore[arg-type]  # as many as the inputs have
            kernel_size,
            strides,
            padding,
            data_format,
            activation=activation,
            use_bias=use_bias,
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            bias_constraint=bias_constraint,
            **kwargs,
        )
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = identifiers.initializer_of(depthwise_initializer)
        self.depthwise_regularizer = identifiers.regularizer_of(depthwise_regularizer)
        self.depthwise_constraint = identifiers.constraint_of(depthwise_constraint)

    def build(self, input_shape: Any) -> None:
        sizes = as_shape(input_shape).as_list()
        if len(sizes) < 4:
            raise ValueError(
                "Inputs to `DepthwiseConv2D` should have rank 4. Received input shape:",
                str(input_shape),
            )
        axis = 1 if self._channels_first else 3
        channels = sizes[axis]
        if channels is None:
            raise ValueError(
                "The channel dimension of the inputs to `DepthwiseConv2D` should be defined. Found "
                "`None`."
            )
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel",
            shape=(*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )
        self._add_bias(channels * self.depth_multiplier)
        self.input_spec = InputSpec(ndim=4, axes={axis: channels})
        self.built = True

    def call(self, inputs: Any) -> Tensor:
        outputs = depthwise_conv2d(
            inputs,
            self.depthwise_kernel,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )
        if self.bias is not None:
            outputs = bias_add(outputs, self.bias, data_format=self.data_format)
        return self._activated(outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        examples, *sizes = as_shape(input_shape).as_list()
        space = sizes[1:] if self._channels_first else sizes[:-1]
        rows, columns = (
            conv_output_length(size, window, self.padding, stride)
            for size, window, stride in zip(space, self.kernel_size, self.strides, strict=True)
        )
        channels: Any = sizes[0 if self._channels_first else -1]
        channels *= self.depth_multiplier
        if self._channels_first:
            return as_shape([examples, channels, rows, columns])
        return as_shape([examples, rows, columns, channels])

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        for name in ("filters", "kernel_initializer", "kernel_regularizer", "kernel_constraint"):
            del config[name]
        return config
