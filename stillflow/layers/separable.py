"""Convolutions of each channel by itself, then of all channels at each pixel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import as_shape
from stillflow.layers import geometry, identifiers, utils
from stillflow.layers.convolutional import Conv
from stillflow.ops.array import reshaping
from stillflow.ops.nn import depthwise

_Sizes = int | Sequence[int]


class SeparableConv(Conv):
    """A convolution of each channel by itself, then one of all channels at each pixel.

    Args:
      depth_multiplier: how many channels the first makes of each.
      depthwise_initializer, pointwise_initializer, ...: as the kernel's of `Conv`, for the first
        and the second kernel.
      All others are as for `Conv`.
    """

    _described: tuple[str, ...] = (
        "depth_multiplier",
        "depthwise_initializer",
        "pointwise_initializer",
        "depthwise_regularizer",
        "pointwise_regularizer",
        "depthwise_constraint",
        "pointwise_constraint",
    )

    def __init__(
        self,
        rank: int,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes,
        padding: Any,
        data_format: str | None,
        dilation_rate: _Sizes,
        depth_multiplier: int,
        activation: Any,
        use_bias: bool,
        depthwise_initializer: Any,
        pointwise_initializer: Any,
        bias_initializer: Any,
        depthwise_regularizer: Any,
        pointwise_regularizer: Any,
        bias_regularizer: Any,
        activity_regularizer: Any,
        depthwise_constraint: Any,
        pointwise_constraint: Any,
        bias_constraint: Any,
        **kwargs: Any,
    ):
        super().__init__(
            rank,
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            bias_constraint=bias_constraint,
            **kwargs,
        )
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = identifiers.initializer_of(depthwise_initializer)
        self.pointwise_initializer = identifiers.initializer_of(pointwise_initializer)
        self.depthwise_regularizer = identifiers.regularizer_of(depthwise_regularizer)
        self.pointwise_regularizer = identifiers.regularizer_of(pointwise_regularizer)
        self.depthwise_constraint = identifiers.constraint_of(depthwise_constraint)
        self.pointwise_constraint = identifiers.constraint_of(pointwise_constraint)

    def build(self, input_shape: Any) -> None:
        channels = self._settle_channels(as_shape(input_shape))
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel",
            shape=(*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
            trainable=True,
            dtype=self.dtype,
        )
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel",
            shape=(*[1] * self.rank, self.depth_multiplier * channels, self.filters),
            initializer=self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
            trainable=True,
            dtype=self.dtype,
        )
        self._add_bias(self.filters)
        self.built = True

    def _separated(
        self, images: Tensor, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any, gaps: Any
    ) -> Tensor:
        """Images through both convolutions, with the bias."""
        layout = utils.convert_data_format(self.data_format, 4)
        outputs = depthwise.separable_conv2d(
            images,
            depthwise_kernel,
            pointwise_kernel,
            strides=(1, 1, *strides) if self._channels_first else (1, *strides, 1),
            padding=geometry.padding_of_op(self.padding),
            rate=gaps,
            data_format=layout,
        )
        return self._with_bias(outputs, layout)


class SeparableConv1D(SeparableConv):
    """`SeparableConv` of sequences f[n, w, c]."""

    def __init__(
        self,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes = 1,
        padding: Any = "valid",
        data_format: str | None = None,
        dilation_rate: _Sizes = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            1,
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
            **kwargs,
        )

    def call(self, inputs: Any) -> Any:
        if self.padding == "causal":
            inputs = self._with_past(inputs)
        row = 2 if self._channels_first else 1  # the axis that makes images of sequences
        outputs = self._separated(
            reshaping.expand_dims(inputs, row),
            reshaping.expand_dims(self.depthwise_kernel, 0),
            reshaping.expand_dims(self.pointwise_kernel, 0),
            self.strides * 2,
            (1, *self.dilation_rate),
        )
        return self._activated(reshaping.squeeze(outputs, [row]))


class SeparableConv2D(SeparableConv):
    """`SeparableConv` of images f[n, h, w, c]."""

    def __init__(
        self,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes = (1, 1),
        padding: Any = "valid",
        data_format: str | None = None,
        dilation_rate: _Sizes = (1, 1),
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            2,
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
            **kwargs,
        )

    def call(self, inputs: Any) -> Any:
        outputs = self._separated(
            inputs, self.depthwise_kernel, self.pointwise_kernel, self.strides, self.dilation_rate
        )
        return self._activated(outputs)
