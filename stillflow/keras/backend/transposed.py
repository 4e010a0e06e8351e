"""Transposed convolutions: the gradients of convolutions, which make pictures larger.

Axes and formats are as in `convolution`; kernels have channels after, then before.
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
from stillflow.layers.settings import data_format_or_default
from stillflow.ops.array import shape_of, stacking
from stillflow.ops.nn.atrous import atrous_conv2d_transpose
from stillflow.ops.nn.convolution import conv2d_transpose as conv2d_transpose_op
from stillflow.ops.nn.convolution_3d import conv3d_transpose as conv3d_transpose_op


def conv2d_transpose(
    x: Any,
    kernel: Any,
    output_shape: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> Tensor:
    """Returns pictures of `output_shape`, whose first size may be None for that of the batch."""
    data_format = data_format_or_default(data_format)
    is_dilated = dilation_rate != (1, 1)
    x, order = with_supported_format(x, data_format, 2, transposes=is_dilated)
    sizes = _sizes(x, output_shape, data_format, order)
    op_padding = padding_of_op(padding)
    if is_dilated:
        rate, other = dilation_rate
        assert rate == other, "both dilation rates must be the same"
        made = atrous_conv2d_transpose(x, kernel, sizes, rate=rate, padding=op_padding)
    else:
        steps = with_batch_and_channels(strides, order)
        made = conv2d_transpose_op(x, kernel, sizes, steps, padding=op_padding, data_format=order)
    return in_given_format(made, data_format, 2, order)


def conv3d_transpose(
    x: Any,
    kernel: Any,
    output_shape: Any,
    strides: Any = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """Returns volumes of `output_shape`."""
    data_format = data_format_or_default(data_format)
    if isinstance(output_shape, (tuple, list)):
        output_shape = stacking.stack(output_shape)
    x, order = with_supported_format(x, data_format, 3)
    if data_format == "channels_first" and order == "NDHWC":
        output_shape = tuple(output_shape[axis] for axis in (0, 2, 3, 4, 1))
    steps = with_batch_and_channels(strides, order)
    made = conv3d_transpose_op(
        x, kernel, output_shape, steps, padding=padding_of_op(padding), data_format=order
    )
    return in_given_format(made, data_format, 3, order)


def _sizes(x: Any, output_shape: Any, data_format: str, order: str) -> Any:
    """The shape of what is made, in the order of axes that is worked in."""
    if data_format == "channels_first" and order == "NHWC":
        output_shape = tuple(output_shape[axis] for axis in (0, 2, 3, 1))
    if output_shape[0] is None:
        output_shape = (shape_of.shape(x)[0], *output_shape[1:])
    if isinstance(output_shape, (tuple, list)):
        return stacking.stack(list(output_shape))
    return output_shape
