"""Convolution of images with filters whose pixels lie apart (à trous), and its transpose."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import shape_of
from stillflow.ops.array.blocks import batch_to_space, space_to_batch
from stillflow.ops.nn.any_rank import convolution
from stillflow.ops.nn.convolution import conv2d_backprop_input_op, conv2d_transpose

_ONES = [1, 1, 1, 1]


def atrous_conv2d(
    value: Any, filters: Any, rate: int, padding: Any, name: str | None = None
) -> Tensor:
    """Returns images correlated with filters whose pixels lie `rate` apart.

    value: f[n, h, w, c], filters: f[kh, kw, c, d] -> f[n, p, q, d]
    """
    gaps = np.broadcast_to(rate, (2,))
    return convolution(value, filters, padding, dilation_rate=gaps, name=name)


def atrous_conv2d_transpose(
    value: Any, filters: Any, output_shape: Any, rate: int, padding: str, name: str | None = None
) -> Tensor:
    """Returns the transpose of atrous_conv2d: f[n, p, q, d], f[kh, kw, c, d] -> f[output_shape].

    Raises:
      TypeError: a rank is not known.
      ValueError: shapes that are known do not fit, `rate` is below 1, or `padding` is no such name.
    """
    with name_scope(name, "atrous_conv2d_transpose", [value, filters, output_shape]):
        value = convert_to_tensor(value, name="value")
        filters = convert_to_tensor(filters, name="filters")
        _check(value, filters, rate)
        if rate == 1:
            return conv2d_transpose(value, filters, output_shape, _ONES, padding)
        sizes = _sizes(output_shape, filters)
        top, bottom, left, right = _padding(filters, rate, padding)
        height, width = sizes[1] + top + bottom, sizes[2] + left + right
        # Both become multiples of the rate.
        below, beside = (rate - height % rate) % rate, (rate - width % rate) % rate
        apart = space_to_batch(value, [[0, below], [0, beside]], block_size=rate)
        result = conv2d_backprop_input_op(
            [
                rate * rate * sizes[0],
                (height + below) // rate,
                (width + beside) // rate,
                sizes[3],
            ],
            filters,
            apart,
            strides=_ONES,
            padding="VALID",
        )
        crops = [[top, bottom + below], [left, right + beside]]
        return batch_to_space(result, crops, block_size=rate)


def _check(value: Tensor, filters: Tensor, rate: int) -> None:
    if value.shape.ndims is None or filters.shape.ndims is None:
        raise TypeError("The ranks of value and filters must be known.")
    have, want = value.shape[3], filters.shape[3]
    if not have.is_compatible_with(want):
        raise ValueError(
            f"value's input channels does not match filters' input channels, {have} != {want}"
        )
    if rate < 1:
        raise ValueError(f"rate {rate} cannot be less than one")


def _sizes(output_shape: Any, filters: Tensor) -> Any:
    """The four sizes of the output, numbers or tensors."""
    told = convert_to_tensor(output_shape, name="output_shape").shape
    if not told.is_compatible_with([4]):
        raise ValueError(f"output_shape must have shape (4,), got {told}")
    if isinstance(output_shape, (list, tuple, np.ndarray)):
        output_shape, depth = list(output_shape), filters.shape[2]
        told_depth = None if isinstance(output_shape[3], Tensor) else output_shape[3]
        if not depth.is_compatible_with(told_depth):
            raise ValueError(
                "output_shape does not match filter's output channels, "
                f"{output_shape[3]} != {depth}"
            )
    return output_shape


def _padding(filters: Tensor, rate: int, padding: str) -> tuple[Any, Any, Any, Any]:
    """What lies above, below, left and right of the images."""
    if padding == "VALID":
        return 0, 0, 0, 0
    if padding != "SAME":
        raise ValueError(f"padding must be either VALID or SAME: {padding}")
    known = filters.shape.is_fully_defined()
    window: Any = filters.shape.as_list() if known else shape_of.shape(filters)
    high, wide = window[0], window[1]
    high, wide = high + (high - 1) * (rate - 1), wide + (wide - 1) * (rate - 1)
    more_high, more_wide = high - 1, wide - 1
    top = more_high // 2
    bottom = more_high - top
    left = more_wide // 2
    return top, bottom, left, more_wide - left
