"""Transposes of convolutions of images and volumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.layers import geometry, utils
from stillflow.layers.convolutional import Conv, Conv2D, Conv3D
from stillflow.ops.array import shape_of, stacking, transposing
from stillflow.ops.nn.atrous import atrous_conv2d_transpose
from stillflow.ops.nn.convolution import conv2d_transpose as transpose_of_conv2d
from stillflow.ops.nn.convolution_3d import conv3d_transpose as transpose_of_conv3d

_Sizes = int | Sequence[int]


class Transposed(Conv):
    """What makes a convolution its transpose: outputs as large as what it would give the inputs of.

    Args:
      output_padding: an integer, or one for each spatial axis, below the strides: how much longer
        than the shortest of such outputs; None for the usual one.
      All others are as for `Conv`.
    """

    _described: tuple[str, ...] = ("output_padding",)

    def _take_output_padding(self, output_padding: _Sizes | None) -> None:
        self.output_padding: tuple[int, ...] | None = None
        if output_padding is None:
            return
        self.output_padding = utils.normalize_tuple(output_padding, self.rank, "output_padding")
        if any(map(int.__ge__, self.output_padding, self.strides)):
            raise ValueError(
                f"Stride {self.strides} must be greater than output padding {self.output_padding}"
            )

    def build(self, input_shape: Any) -> None:
        channels = self._settle_channels(as_shape(input_shape))
        self._add_kernel((*self.kernel_size, self.filters, channels))
        self._add_bias(self.filters)
        self.built = True

    def call(self, inputs: Any) -> Any:
        sizes = shape_of.shape(inputs)
        first = 2 if self._channels_first else 1
        examples, *space = (sizes[axis] for axis in (0, *range(first, first + self.rank)))
        output_shape = stacking.stack(self._arranged(examples, self._lengths(space)))
        outputs = self._transposed(inputs, output_shape)
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        layout = utils.convert_data_format(self.data_format, 4)
        return self._activated(self._with_bias(outputs, layout))

    def _transposed(self, inputs: Tensor, output_shape: Tensor) -> Tensor:
        raise NotImplementedError

    def _lengths(self, space: Sequence[Any]) -> list[Any]:
        """What the sizes of spatial axes become."""
        lengths = []
        for axis, size in enumerate(space):
            extra = None if self.output_padding is None else self.output_padding[axis]
            lengths.append(
                geometry.deconv_output_length(
                    size,
                    self.kernel_size[axis],
                    self.padding,
                    extra,
                    self.strides[axis],
                    self.dilation_rate[axis],
                )
            )
        return lengths

    def _arranged(self, examples: Any, space: Sequence[Any]) -> tuple[Any, ...]:
        """The shape of outputs."""
        if self._channels_first:
            return (examples, self.filters, *space)
        return (examples, *space, self.filters)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        examples, *sizes = as_shape(input_shape).as_list()
        space = sizes[1:] if self._channels_first else sizes[:-1]
        return TensorShape(self._arranged(examples, self._lengths(space)))


class Conv2DTranspose(Transposed, Conv2D):
    """The transpose of `Conv2D`, for images f[n, h, w, c]."""

    def __init__(
        self,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes = (1, 1),
        padding: Any = "valid",
        output_padding: _Sizes | None = None,
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
        self._take_output_padding(output_padding)

    def _transposed(self, inputs: Tensor, output_shape: Tensor) -> Tensor:
        # The kernels of a CPU know no channels_first; TensorFlow looks at the first size in vain.
        if self._channels_first:
            inputs = transposing.transpose(inputs, (0, 2, 3, 1))
            output_shape = stacking.stack([output_shape[axis] for axis in (0, 2, 3, 1)])
        else:
            _ = output_shape[0]
        if self.dilation_rate == (1, 1):
            strides = (1, *self.strides, 1)
            outputs = transpose_of_conv2d(
                inputs, self.kernel, output_shape, strides, padding=self.padding.upper()
            )
        else:
            outputs = atrous_conv2d_transpose(
                inputs, self.kernel, output_shape, self.dilation_rate[0], self.padding.upper()
            )
        return transposing.transpose(outputs, (0, 3, 1, 2)) if self._channels_first else outputs


class Conv3DTranspose(Transposed, Conv3D):
    """The transpose of `Conv3D`, for volumes f[n, d, h, w, c]."""

    def __init__(
        self,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes = (1, 1, 1),
        padding: Any = "valid",
        output_padding: _Sizes | None = None,
        data_format: str | None = None,
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
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            (1, 1, 1),
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
        self._take_output_padding(output_padding)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["dilation_rate"]
        return config

    def _transposed(self, inputs: Tensor, output_shape: Tensor) -> Tensor:
        around = (1, 1) if self._channels_first else (1,)
        strides = (*around, *self.strides, 1)[:5]
        return transpose_of_conv3d(
            inputs,
            self.kernel,
            output_shape,
            strides,
            data_format=utils.convert_data_format(self.data_format, 5),
            padding=self.padding.upper(),
        )
