"""Convolutions whose kernel is another one at each place."""

from __future__ import annotations

import itertools
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.keras.backend.arranging import concatenate, permute_dimensions, reshape
from stillflow.keras.backend.products import batch_dot
from stillflow.keras.backend.tensors import known_shape
from stillflow.layers.settings import data_format_or_default


def local_conv(
    inputs: Any,
    kernel: Any,
    kernel_size: Any,
    strides: Any,
    output_shape: Any,
    data_format: str | None = None,
) -> Tensor:
    """Convolves with a kernel of its own for each place.

    Args:
      inputs: the axes of the batch, of space and of channels.
      kernel: f[places, elements of a window, channels after]
      kernel_size, strides: for each axis of space.
      output_shape: the sizes of space after, whose product is the number of places.

    Raises:
      ValueError: an unknown format.
    """
    data_format = data_format_or_default(data_format)
    _, elements, channels = known_shape(kernel)
    places = itertools.product(*map(range, output_shape))
    windows = [
        reshape(inputs[_window(place, kernel_size, strides, data_format)], (1, -1, elements))
        for place in places
    ]
    output = batch_dot(concatenate(windows, axis=0), kernel)
    output = reshape(output, (*output_shape, -1, channels))
    axes = len(output_shape)
    space = range(axes)
    if data_format == "channels_first":
        return permute_dimensions(output, [axes, axes + 1, *space])
    return permute_dimensions(output, [axes, *space, axes + 1])


def _window(place: Any, sizes: Any, strides: Any, data_format: str) -> list[slice]:
    """What of the inputs the kernel at a place sees."""
    space = [
        slice(at * step, at * step + size)
        for at, step, size in zip(place, strides, sizes, strict=False)
    ]
    if data_format == "channels_first":
        return [slice(None), slice(None), *space]
    return [slice(None), *space, slice(None)]


def local_conv1d(
    inputs: Any, kernel: Any, kernel_size: Any, strides: Any, data_format: str | None = None
) -> Tensor:
    """`local_conv` of sequences; there are as many places as the kernel has."""
    return local_conv(inputs, kernel, kernel_size, strides, (kernel.shape[0],), data_format)


def local_conv2d(
    inputs: Any,
    kernel: Any,
    kernel_size: Any,
    strides: Any,
    output_shape: Any,
    data_format: str | None = None,
) -> Tensor:
    """`local_conv` of pictures."""
    return local_conv(inputs, kernel, kernel_size, strides, output_shape, data_format)
