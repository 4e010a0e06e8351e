"""Windows whose pixels lie apart, by rearranging: one image of each residue modulo the rate.

What slides over those images sees, in the original, pixels that lie `dilation_rate` apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import constant_value
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import shape_of
from stillflow.ops.array.blocks import (
    batch_to_space_nd,
    required_space_to_batch_paddings,
    space_to_batch_nd,
)
from stillflow.ops.array.joining import concat
from stillflow.ops.array.stacking import stack

#: Slides over the images, of which it is given the number of spatial axes and the padding.
Window = Callable[[Tensor, int, str], Tensor]


def with_space_to_batch(
    input: Any,
    dilation_rate: Any,
    padding: str,
    op: Window,
    filter_shape: Any = None,
    spatial_dims: Sequence[int] | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Returns what `op` gives for images of which it sees every `dilation_rate`-th pixel.

    Args:
      input: n[n, ..., c], or n[n, c, ...] where data_format starts with 'NC'.
      dilation_rate: i32[k], how far apart the pixels lie along each spatial axis.
      op: `op(images, k, padding)`; where pixels lie apart, the padding is 'VALID'.
      filter_shape: i[at least k], the window's sizes; must be known for padding 'SAME'.
      spatial_dims: the spatial axes, in order; those behind the batch, or behind the channels.

    Raises:
      ValueError: a shape is not known, or an argument does not fit.
    """
    images = convert_to_tensor(input, name="input")
    return SpaceToBatch(
        images.shape, dilation_rate, padding, filter_shape, spatial_dims, data_format
    )(images, op)


class SpaceToBatch:
    """`with_space_to_batch` of images of a shape, settled before the images are there."""

    def __init__(
        self,
        input_shape: TensorShape,
        dilation_rate: Any,
        padding: str,
        filter_shape: Any = None,
        spatial_dims: Sequence[int] | None = None,
        data_format: str | None = None,
    ):
        self._shape = input_shape
        self._rate = convert_to_tensor(dilation_rate, dtypes.int32, name="dilation_rate")
        self._axes = _axes(self._rate, spatial_dims, data_format)
        _check_rank(input_shape, self._axes, data_format)
        self._padding = padding
        known = constant_value(self._rate)
        if known is not None and np.any(known < 1):
            raise ValueError("dilation_rate must be positive")
        self.is_dense = known is not None and bool(np.all(known == 1))
        if not self.is_dense:
            rate = self._rate if known is None else known
            self._paddings = _paddings_of_window(padding, filter_shape, len(self._axes), rate)

    def __call__(self, images: Tensor, op: Window) -> Tensor:
        axes = self._axes
        if self.is_dense:
            return op(images, len(axes), self._padding)
        around, crops = required_space_to_batch_paddings(
            input_shape=_sizes_of_space(images, self._shape, axes),
            base_paddings=self._paddings,
            block_shape=self._rate,
        )
        block = _along_all(self._rate, 1, axes)
        around, crops = _along_all(around, 0, axes), _along_all(crops, 0, axes)
        apart = space_to_batch_nd(images, block_shape=block, paddings=around)
        return batch_to_space_nd(op(apart, len(axes), "VALID"), block_shape=block, crops=crops)


def _axes(rate: Tensor, given: Sequence[int] | None, data_format: str | None) -> list[int]:
    """The spatial axes, of which there are as many as rates."""
    if rate.shape.ndims not in (None, 1):
        raise ValueError("rate must be rank 1")
    if not rate.shape.is_fully_defined():
        raise ValueError("rate must have known shape")
    first = 2 if data_format is not None and data_format.startswith("NC") else 1
    count = rate.shape.num_elements() or 0
    axes = list(range(first, first + count) if given is None else given)
    if axes != sorted({int(axis) for axis in axes}) or any(axis < 1 for axis in axes):
        raise ValueError(
            "spatial_dims must be a montonically increasing sequence of positive integers"
        )
    return axes


def _check_rank(shape: TensorShape, axes: list[int], data_format: str | None) -> None:
    least = axes[-1] + (0 if data_format is not None and data_format.startswith("NC") else 1)
    if shape.ndims is not None and shape.ndims < least:
        raise ValueError(f"input tensor must have rank {least} at least")


def _paddings_of_window(padding: str, filter_shape: Any, count: int, rate: Any) -> Any:
    """i32[count, 2], what the window needs around the images."""
    if padding == "VALID":
        return np.zeros([count, 2], np.int32)
    if padding != "SAME":
        raise ValueError(f"Invalid padding method {padding!r}")
    if filter_shape is None:
        raise ValueError("filter_shape must be specified for SAME padding")
    window = constant_value(convert_to_tensor(filter_shape, name="filter_shape"))
    if window is None:
        raise ValueError("filter_shape must be known for SAME padding")
    window = window[:count]
    more = window + (window - 1) * (rate - 1) - 1
    before = more // 2
    after = more - before
    return stack([[before[i], after[i]] for i in range(count)])


def _sizes_of_space(images: Tensor, shape: TensorShape, axes: list[int]) -> Any:
    if shape.ndims is not None:
        sizes = [shape.as_list()[axis] for axis in axes]
        if None not in sizes:
            return sizes
    at_run = shape_of.shape(images)
    return stack([at_run[axis] for axis in axes])


def _along_all(value: Tensor, fill: int, axes: list[int]) -> Any:
    """value: i32[k, ...], of the spatial axes -> i32[last of them, ...], `fill` for other axes."""
    known = constant_value(value)
    rows: Any = value if known is None else known
    row: Any = value.shape.as_list()[1:]
    parts = []
    start, before = 0, 0
    for stop in range(1, len(axes) + 1):
        if stop < len(axes) and axes[stop] == axes[stop - 1] + 1:
            continue  # neighbours stay together
        if axes[start] > 1:
            parts.append(np.full([axes[start] - 1 - before, *row], fill, np.int32))
        parts.append(rows[start:stop])
        start, before = stop, axes[stop - 1]
    return np.concatenate(parts) if known is not None else concat(parts, 0)
