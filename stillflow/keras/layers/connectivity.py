"""Which places of its inputs a convolution connects with which places of its outputs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from stillflow.layers.utils import conv_output_length


def conv_output_shape(
    input_shape: Sequence[int], kernel_shape: Sequence[int], strides: Sequence[int], padding: str
) -> tuple[int, ...]:
    """Returns the sizes of space after; 0 stays 0."""
    lengths = (
        conv_output_length(size, window, padding, stride) if size else 0
        for size, window, stride in zip(input_shape, kernel_shape, strides, strict=False)
    )
    return tuple(length or 0 for length in lengths)


def conv_connected_inputs(
    input_shape: Sequence[int],
    kernel_shape: Sequence[int],
    output_position: Sequence[int],
    strides: Sequence[int],
    padding: str,
) -> list[range]:
    """Returns along each axis the places that a place of the outputs is computed of."""
    ranges = []
    for size, window, at, stride in zip(
        input_shape, kernel_shape, output_position, strides, strict=True
    ):
        before = window // 2
        centre = at * stride + (before if padding == "valid" else 0)
        ranges.append(range(max(0, centre - before), min(size, centre + window - before)))
    return ranges


def conv_kernel_mask(
    input_shape: Sequence[int],
    kernel_shape: int | Sequence[int],
    strides: int | Sequence[int],
    padding: str,
) -> np.ndarray:
    """Returns what is connected: bool[*input_shape, *output shape].

    Raises:
      ValueError: other numbers of axes.
      NotImplementedError: `padding` is neither "same" nor "valid".
    """
    kernel_shape, strides = _checked(input_shape, kernel_shape, strides, padding)
    output_shape = conv_output_shape(input_shape, kernel_shape, strides, padding)
    mask = np.zeros((*input_shape, *output_shape), bool)
    for place in itertools.product(*map(range, output_shape)):
        sources = conv_connected_inputs(input_shape, kernel_shape, place, strides, padding)
        for source in itertools.product(*sources):
            mask[(*source, *place)] = True
    return mask


def conv_kernel_idxs(
    input_shape: Sequence[int],
    kernel_shape: int | Sequence[int],
    strides: int | Sequence[int],
    padding: str,
    filters_in: int,
    filters_out: int,
    data_format: str,
) -> Iterator[tuple[int, int]]:
    """Yields (place and channel of an output, of an input), of each pair that is connected.

    Places are numbered as those of a flattened example. Raises as `conv_kernel_mask`, and
    ValueError for an unknown format.
    """
    kernel_shape, strides = _checked(input_shape, kernel_shape, strides, padding)
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(
            f"Data format {data_format} not recignized.`data_format` must be "
            '"channels_first" or "channels_last".'
        )
    output_shape = conv_output_shape(input_shape, kernel_shape, strides, padding)

    def with_channel(space: Sequence[int], channel: int) -> tuple[int, ...]:
        return (channel, *space) if data_format == "channels_first" else (*space, channel)

    sizes_out, sizes_in = (
        with_channel(output_shape, filters_out),
        with_channel(input_shape, filters_in),
    )
    for place in itertools.product(*map(range, output_shape)):
        sources = conv_connected_inputs(input_shape, kernel_shape, place, strides, padding)
        for source in itertools.product(*sources):
            for channel, new in itertools.product(range(filters_in), range(filters_out)):
                output = np.ravel_multi_index(with_channel(place, new), sizes_out)
                source_index = np.ravel_multi_index(with_channel(source, channel), sizes_in)
                yield int(output), int(source_index)


def _checked(
    input_shape: Sequence[int],
    kernel_shape: int | Sequence[int],
    strides: int | Sequence[int],
    padding: str,
) -> tuple[Sequence[int], Sequence[int]]:
    """The sizes of the window and the strides along each axis."""
    if padding not in {"same", "valid"}:
        raise NotImplementedError(
            f'Padding type {padding} not supported. Only "valid" and "same" are implemented.'
        )
    axes = len(input_shape)
    windows = (kernel_shape,) * axes if isinstance(kernel_shape, int) else kernel_shape
    steps = (strides,) * axes if isinstance(strides, int) else strides
    if len(windows) != axes or len(steps) != axes:
        raise ValueError(
            "Number of strides, input and kernel dimensions must all match. Received: "
            f"{len(steps)}, {axes}, {len(windows)}."
        )
    return windows, steps
