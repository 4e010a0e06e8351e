"""Convolutions of sequences, images and volumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.layers import geometry, utils
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.kernel_layer import ARGUMENTS, KernelLayer
from stillflow.ops.array import padding as margins
from stillflow.ops.array import reshaping
from stillflow.ops.nn.any_rank import Convolution

_Sizes = int | Sequence[int]


class Conv(KernelLayer):
    """activation(correlation of the inputs with a kernel + bias), over `rank` spatial axes.

    Args:
      rank: 1 for sequences f[n, w, c], 2 for images f[n, h, w, c], 3 for volumes f[n, d, h, w, c].
      filters: the number of channels of the output.
      kernel_size, strides, dilation_rate: an integer, or one for each spatial axis; strides and
        dilations are not both above 1.
      padding: "valid", or "same"; "causal" for sequences: no output sees what comes later.
      data_format: "channels_last", or "channels_first" for f[n, c, ...].
      All others are as for `KernelLayer`.

    Raises:
      ValueError: an argument is of another form; in a call, a rank or a number of channels that
        does not fit or is not known.
    """

    _described: tuple[str, ...] = (
        "filters",
        "kernel_size",
        "strides",
        "padding",
        "data_format",
        "dilation_rate",
        *ARGUMENTS,
    )

    def __init__(
        self,
        rank: int,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes = 1,
        padding: Any = "valid",
        data_format: str | None = None,
        dilation_rate: _Sizes = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )
        self.rank = rank
        self.filters = filters
        self.kernel_size = utils.normalize_tuple(kernel_size, rank, "kernel_size")
        self.strides = utils.normalize_tuple(strides, rank, "strides")
        self.padding = geometry.normalize_padding(padding)
        if self.padding == "causal" and rank != 1:
            raise ValueError("Causal padding is only supported for `Conv1D`and ``SeparableConv1D`.")
        self.data_format = utils.normalize_data_format(data_format)
        self.dilation_rate = utils.normalize_tuple(dilation_rate, rank, "dilation_rate")
        self.input_spec = InputSpec(ndim=rank + 2)

    def build(self, input_shape: Any) -> None:
        shape = as_shape(input_shape)
        channels = self._settle_channels(shape)
        self._add_kernel((*self.kernel_size, channels, self.filters))
        self._add_bias(self.filters)
        self._convolution_op = Convolution(
            shape,
            self.kernel.shape,
            geometry.padding_of_op(self.padding),
            self.strides,
            self.dilation_rate,
            data_format=utils.convert_data_format(self.data_format, self.rank + 2),
        )
        self.built = True

    def _settle_channels(self, shape: TensorShape) -> int:
        """The number of channels of the inputs, which all calls must have."""
        axis = 1 if self._channels_first else -1
        channels = geometry.channels_of(shape, axis)
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})
        return channels

    @property
    def _channels_first(self) -> bool:
        return self.data_format == "channels_first"

    def call(self, inputs: Any) -> Any:
        if self.padding == "causal":
            inputs = self._with_past(inputs)
        outputs = self._convolution_op(inputs, self.kernel)
        if self.bias is not None and self._channels_first and self.rank == 1:
            outputs += reshaping.reshape(self.bias, (1, self.filters, 1))
        else:
            outputs = self._with_bias(outputs, "NCHW" if self._channels_first else "NHWC")
        return self._activated(outputs)

    def _with_past(self, inputs: Tensor) -> Tensor:
        """Sequences with zeros before them, as many as the kernel reaches back."""
        past = [self.dilation_rate[0] * (self.kernel_size[0] - 1), 0]
        around = [[0, 0], [0, 0], past] if self._channels_first else [[0, 0], past, [0, 0]]
        return margins.pad(inputs, around)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        examples, *sizes = as_shape(input_shape).as_list()
        space = sizes[1:] if self._channels_first else sizes[:-1]
        space = [
            utils.conv_output_length(size, window, self.padding, stride, gap)
            for size, window, stride, gap in zip(
                space, self.kernel_size, self.strides, self.dilation_rate, strict=True
            )
        ]
        if self._channels_first:
            return TensorShape([examples, self.filters, *space])
        return TensorShape([examples, *space, self.filters])


class Conv1D(Conv):
    """`Conv` of sequences f[n, w, c]."""

    def __init__(
        self,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes = 1,
        padding: Any = "valid",
        data_format: str | None = "channels_last",
        dilation_rate: _Sizes = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
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
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )


class Conv2D(Conv):
    """`Conv` of images f[n, h, w, c]."""

    def __init__(
        self,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes = (1, 1),
        padding: Any = "valid",
        data_format: str | None = None,
        dilation_rate: _Sizes = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
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
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )


class Conv3D(Conv):
    """`Conv` of volumes f[n, d, h, w, c]."""

    def __init__(
        self,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes = (1, 1, 1),
        padding: Any = "valid",
        data_format: str | None = None,
        dilation_rate: _Sizes = (1, 1, 1),
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            3,
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
            **kwargs,
        )
