"""Convolutions of sequences, pictures and volumes.

`x` has the axes of the batch, of space, and of channels, which stand last or first as `data_format`
says: "channels_last" or "channels_first", by default what `image_data_format` says. Kernels have
the axes of space, then channels before and after. An unknown format or padding is a ValueError.
"""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.keras.backend.formats import (
    in_given_format,
    padding_of_op,
    with_batch_and_channels,
    with_supported_format,
)
from stillflow.keras.backend.padding import temporal_padding
from stillflow.layers.settings import data_format_or_default
from stillflow.ops.array import reshaping
from stillflow.ops.nn import any_rank, depthwise


def conv1d(
    x: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """Convolves sequences; "causal" padding lets each place see itself and those before."""
    data_format = data_format_or_default(data_format)
    length = kernel.shape.as_list()[0]
    if padding == "causal":
        x = temporal_padding(x, (dilation_rate * (length - 1), 0))
        padding = "valid"
    return _convolved(x, kernel, strides, padding, data_format, dilation_rate, 1)


def conv2d(
    x: Any,
    kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> Tensor:
    """Convolves pictures."""
    data_format = data_format_or_default(data_format)
    return _convolved(x, kernel, strides, padding, data_format, dilation_rate, 2)


def conv3d(
    x: Any,
    kernel: Any,
    strides: Any = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = (1, 1, 1),
) -> Tensor:
    """Convolves volumes."""
    data_format = data_format_or_default(data_format)
    return _convolved(x, kernel, strides, padding, data_format, dilation_rate, 3)


def _convolved(
    x: Any,
    kernel: Any,
    strides: Any,
    padding: str,
    data_format: str,
    dilation_rate: Any,
    axes: int,
) -> Tensor:
    x, order = with_supported_format(x, data_format, axes)
    convolved = any_rank.convolution(
        input=x,
        filter=kernel,
        dilation_rate=dilation_rate,
        strides=strides,
        padding=padding_of_op(padding),
        data_format=order,
    )
    return in_given_format(convolved, data_format, axes, order)


def separable_conv1d(
    x: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """Convolves each channel of sequences by itself, then mixes channels."""
    data_format = data_format_or_default(data_format)
    strides = (strides,) if isinstance(strides, int) else tuple(strides)
    dilation = (dilation_rate,) if isinstance(dilation_rate, int) else tuple(dilation_rate)
    x, order = with_supported_format(x, data_format, 1)
    axis = 1 if order == "NWC" else 2
    convolved = depthwise.separable_conv2d(
        reshaping.expand_dims(x, axis),
        reshaping.expand_dims(depthwise_kernel, 0),
        reshaping.expand_dims(pointwise_kernel, 0),
        strides=with_batch_and_channels(strides * 2, order),
        padding=padding_of_op(padding),
        rate=(1, *dilation),
        data_format=order.replace("W", "HW"),
    )
    return in_given_format(reshaping.squeeze(convolved, [axis]), data_format, 1, order)


def separable_conv2d(
    x: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> Tensor:
    """Convolves each channel of pictures by itself, then mixes channels."""
    data_format = data_format_or_default(data_format)
    if len(strides) != 2:
        raise ValueError(f"`strides` must be a tuple of 2 integers.\n  It is {strides}.")
    x, order = with_supported_format(x, data_format, 2)
    convolved = depthwise.separable_conv2d(
        x,
        depthwise_kernel,
        pointwise_kernel,
        strides=with_batch_and_channels(strides, order),
        padding=padding_of_op(padding),
        rate=dilation_rate,
        data_format=order,
    )
    return in_given_format(convolved, data_format, 2, order)


def depthwise_conv2d(
    x: Any,
    depthwise_kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> Tensor:
    """Convolves each channel of pictures by itself."""
    data_format = data_format_or_default(data_format)
    x, order = with_supported_format(x, data_format, 2)
    convolved = depthwise.depthwise_conv2d(
        x,
        depthwise_kernel,
        strides=with_batch_and_channels(strides, order),
        padding=padding_of_op(padding),
        rate=dilation_rate,
        data_format=order,
    )
    return in_given_format(convolved, data_format, 2, order)
