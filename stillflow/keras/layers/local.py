"""Convolutions with a kernel of its own for each place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.keras.backend.bias import bias_add
from stillflow.keras.backend.local_convolution import local_conv
from stillflow.keras.layers import local_products
from stillflow.keras.utils.kernels import conv_kernel_idxs
from stillflow.layers import geometry, utils
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.kernel_layer import ARGUMENTS, KernelLayer

_Sizes = int | Sequence[int]


class LocallyConnected(KernelLayer):
    """activation(products of each window with a kernel of its own + a bias of its own).

    Args:
      filters: the number of channels of the output.
      kernel_size, strides: an integer, or one for each axis of space.
      padding: "valid"; "same" needs another implementation than 1.
      data_format: "channels_last" or "channels_first"; None for the setting.
      implementation: how kernels are held: 1, one after the other; 2, as a matrix of all inputs
        and all outputs, of which a mask keeps some; 3, as a sparse matrix of what is kept.
      All others are as for `KernelLayer`.

    Raises:
      ValueError: an argument is of another form; in a call, a size that is not known.
    """

    _described: tuple[str, ...] = (
        *("filters", "kernel_size", "strides", "padding", "data_format"),
        *ARGUMENTS,
        "implementation",
    )
    _space: int

    def __init__(
        self,
        filters: int,
        kernel_size: _Sizes,
        strides: _Sizes = 1,
        padding: str = "valid",
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
        implementation: int = 1,
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
        self.filters = filters
        self.kernel_size = utils.normalize_tuple(kernel_size, self._space, "kernel_size")
        self.strides = utils.normalize_tuple(strides, self._space, "strides")
        self.padding = geometry.normalize_padding(padding)
        if self.padding != "valid" and implementation == 1:
            raise ValueError(
                f'Invalid border mode for {type(self).__name__} (only "valid" is supported if '
                f"implementation is 1): {padding}"
            )
        self.data_format = utils.normalize_data_format(data_format)
        self.implementation = implementation
        self.input_spec = InputSpec(ndim=self._space + 2)

    @property
    def _channels_first(self) -> bool:
        return self.data_format == "channels_first"

    def build(self, input_shape: Any) -> None:
        shape = as_shape(input_shape)
        _, *sizes = shape.as_list()
        channels: Any = sizes[0] if self._channels_first else sizes[-1]
        space: list[Any] = sizes[1:] if self._channels_first else sizes[:-1]
        self._check_known(channels, space, shape)
        places = self._lengths(space)
        if self.implementation == 1:
            elements = math.prod(self.kernel_size) * channels
            self._add_kernel((math.prod(places), elements, self.filters))
        elif self.implementation == 2:
            self._add_kernel((*self._order(space, channels), *self._order(places, self.filters)))
            self.kernel_mask = local_products.kernel_mask(
                tuple(space), self.kernel_size, self.strides, self.padding, self.data_format
            )
        elif self.implementation == 3:
            self.kernel_shape = (math.prod(places) * self.filters, math.prod(space) * channels)
            connected = conv_kernel_idxs(
                tuple(space),
                self.kernel_size,
                self.strides,
                self.padding,
                channels,
                self.filters,
                self.data_format,
            )
            self.kernel_idxs = sorted(connected)
            self._add_kernel((len(self.kernel_idxs),))
        else:
            raise ValueError(f"Unrecognized implementation mode: {self.implementation}.")
        self._add_bias((*places, self.filters))
        axis = 1 if self._channels_first else -1
        self.input_spec = InputSpec(ndim=self._space + 2, axes={axis: channels})
        self.built = True

    def _check_known(self, channels: Any, space: Sequence[Any], shape: TensorShape) -> None:
        raise NotImplementedError

    def _lengths(self, space: Sequence[Any]) -> list[Any]:
        sizes = zip(space, self.kernel_size, self.strides, strict=True)
        return [
            utils.conv_output_length(size, window, self.padding, stride)
            for size, window, stride in sizes
        ]

    def _order(self, space: Sequence[Any], channels: int) -> tuple[Any, ...]:
        return (channels, *space) if self._channels_first else (*space, channels)

    def call(self, inputs: Any) -> Any:
        outputs = self._products(inputs)
        if self.bias is not None:
            outputs = bias_add(outputs, self.bias, data_format=self.data_format)
        return self.activation(outputs)

    def _products(self, inputs: Any) -> Tensor:
        shape = self.compute_output_shape(inputs.shape)
        if self.implementation == 1:
            _, *sizes = shape.as_list()
            places = sizes[1:] if self._channels_first else sizes[:-1]
            return local_conv(
                inputs, self.kernel, self.kernel_size, self.strides, places, self.data_format
            )
        if self.implementation == 2:
            return local_products.masked(inputs, self.kernel, self.kernel_mask, shape)
        return local_products.sparse(
            inputs, self.kernel, self.kernel_idxs, self.kernel_shape, shape
        )

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        examples, *sizes = as_shape(input_shape).as_list()
        space = sizes[1:] if self._channels_first else sizes[:-1]
        return TensorShape([examples, *self._order(self._lengths(space), self.filters)])


class LocallyConnected1D(LocallyConnected):
    """`LocallyConnected` of sequences f[n, w, c]."""

    _space = 1

    def _check_known(self, channels: Any, space: Sequence[Any], shape: TensorShape) -> None:
        if channels is None:
            raise ValueError(
                "Axis 2 of input should be fully-defined. Found shape:", tuple(shape.as_list())
            )


class LocallyConnected2D(LocallyConnected):
    """`LocallyConnected` of images f[n, h, w, c]."""

    _space = 2

    def __init__(
        self, filters: int, kernel_size: _Sizes, strides: _Sizes = (1, 1), *args: Any, **kwargs: Any
    ):
        super().__init__(filters, kernel_size, strides, *args, **kwargs)

    def _check_known(self, channels: Any, space: Sequence[Any], shape: TensorShape) -> None:
        if None in space:
            raise ValueError(
                "The spatial dimensions of the inputs to  a LocallyConnected2D layer should be "
                f"fully-defined, but layer received the inputs shape {tuple(shape.as_list())}"
            )
