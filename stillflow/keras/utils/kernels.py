"""Kernels of convolutions: flipped, and as matrices of which some elements count."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from stillflow.layers.utils import conv_output_length
from stillflow.layers.values import batch_set_value, get_value

_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose")
Sizes = tuple[int, ...]


def convert_kernel(kernel: Any) -> np.ndarray:
    """Returns a kernel with its axes of space in reverse.

    Raises:
      ValueError: it has not three to five axes.
    """
    kernel = np.asarray(kernel)
    if not 3 <= kernel.ndim <= 5:
        raise ValueError("Invalid kernel shape:", kernel.shape)
    return np.copy(np.flip(kernel, axis=tuple(range(kernel.ndim - 2))))


def convert_all_kernels_in_model(model: Any) -> None:
    """Puts the axes of space of all kernels of a model's convolutions in reverse."""
    kernels = [each.kernel for each in model.layers if type(each).__name__ in _CONVOLUTIONS]
    batch_set_value([(kernel, convert_kernel(get_value(kernel))) for kernel in kernels])


def convert_dense_weights_data_format(
    dense: Any, previous_feature_map_shape: Sizes, target_data_format: str = "channels_first"
) -> None:
    """Reorders the weights of a layer on flattened pictures, whose channels change their place.

    Args:
      dense: a Dense layer.
      previous_feature_map_shape: the pictures' shape as it will be, without the batch's size.
      target_data_format: where the channels will be: "channels_first" or "channels_last".
    """
    assert target_data_format in ("channels_last", "channels_first"), target_data_format
    kernel, bias = dense.get_weights()
    to_first = target_data_format == "channels_first"
    shape = previous_feature_map_shape
    before = (*shape[1:], shape[0]) if to_first else (shape[-1], *shape[:-1])
    axes = (2, 0, 1, 3) if to_first else (1, 2, 0, 3)
    columns = kernel.shape[1]
    moved = np.transpose(kernel.reshape((*before, columns)), axes)
    dense.set_weights([moved.reshape(kernel.shape), bias])


def conv_kernel_mask(
    input_shape: Sizes, kernel_shape: Any, strides: Any, padding: str
) -> np.ndarray:
    """Returns which inputs each output of a convolution sees: an array of bools.

    Args:
      input_shape: sizes of space, without batch and channels.
      kernel_shape, strides: a number, or one for each axis.
      padding: "same" or "valid".

    Returns:
      Of the inputs' shape and behind it that of the outputs.

    Raises:
      NotImplementedError: another padding.
      ValueError: not as many sizes of the kernel, or strides, as axes.
    """
    kernel, steps = _checked(input_shape, kernel_shape, strides, padding)
    output_shape = conv_output_shape(input_shape, kernel, steps, padding)
    mask = np.zeros(input_shape + output_shape, bool)
    for output, seen in _connections(input_shape, output_shape, kernel, steps, padding):
        mask[seen + output] = True
    return mask


def conv_kernel_idxs(
    input_shape: Sizes,
    kernel_shape: Any,
    strides: Any,
    padding: str,
    filters_in: int,
    filters_out: int,
    data_format: str,
) -> Iterator[tuple[Any, Any]]:
    """Yields the places, in flattened outputs and inputs, that a convolution connects.

    Args:
      filters_in, filters_out: numbers of channels.
      data_format: "channels_first" or "channels_last".

    Raises:
      NotImplementedError, ValueError: as `conv_kernel_mask`; or another format.
    """
    kernel, steps = _checked(input_shape, kernel_shape, strides, padding)
    output_shape = conv_output_shape(input_shape, kernel, steps, padding)
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(
            f"Data format {data_format} not recignized.`data_format` must be "
            '"channels_first" or "channels_last".'
        )

    def with_channel(space: Sizes, channel: int) -> Sizes:
        return (channel, *space) if data_format == "channels_first" else (*space, channel)

    def flattened(place: Sizes, channel: int, shape: Sizes, channels: int) -> Any:
        return np.ravel_multi_index(with_channel(place, channel), with_channel(shape, channels))

    for output, seen in _connections(input_shape, output_shape, kernel, steps, padding):
        for before, after in itertools.product(range(filters_in), range(filters_out)):
            yield (
                flattened(output, after, output_shape, filters_out),
                flattened(seen, before, input_shape, filters_in),
            )


def _connections(
    input_shape: Sizes, output_shape: Sizes, kernel: Sizes, strides: Sizes, padding: str
) -> Iterator[tuple[Sizes, Sizes]]:
    """Each output and an input that it sees."""
    for output in itertools.product(*map(range, output_shape)):
        seen = conv_connected_inputs(input_shape, kernel, output, strides, padding)
        for place in itertools.product(*seen):
            yield output, place


def conv_connected_inputs(
    input_shape: Sizes,
    kernel_shape: Sizes,
    output_position: Sequence[int],
    strides: Sizes,
    padding: str,
) -> list[range]:
    """Returns for each axis which inputs an output sees."""
    ranges = []
    for size, length, place, step in zip(
        input_shape, kernel_shape, output_position, strides, strict=True
    ):
        before = length // 2
        centre = place * step + (before if padding == "valid" else 0)
        ranges.append(range(max(0, centre - before), min(size, centre + length - before)))
    return ranges


def conv_output_shape(
    input_shape: Sizes, kernel_shape: Sizes, strides: Sizes, padding: str
) -> Sizes:
    """Returns the sizes of space of a convolution; nothing gives nothing."""
    return tuple(
        size and (conv_output_length(size, length, padding, step) or 0)
        for size, length, step in zip(input_shape, kernel_shape, strides, strict=True)
    )


def _checked(
    input_shape: Sizes, kernel_shape: Any, strides: Any, padding: str
) -> tuple[Sizes, Sizes]:
    """The sizes of the kernel and strides, one for each axis."""
    if padding not in ("same", "valid"):
        raise NotImplementedError(
            f'Padding type {padding} not supported. Only "valid" and "same" are implemented.'
        )
    axes = len(input_shape)
    kernel = (kernel_shape,) * axes if isinstance(kernel_shape, int) else tuple(kernel_shape)
    steps = (strides,) * axes if isinstance(strides, int) else tuple(strides)
    if len(kernel) != axes or len(steps) != axes:
        raise ValueError(
            "Number of strides, input and kernel dimensions must all match. Received: "
            f"{len(steps)}, {axes}, {len(kernel)}."
        )
    return kernel, steps
