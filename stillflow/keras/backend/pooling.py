"""Pooling of pictures and volumes; axes and formats are as in `convolution`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.keras.backend.formats import (
    in_given_format,
    padding_of_op,
    with_batch_and_channels,
    with_supported_format,
)
from stillflow.layers.settings import data_format_or_default
from stillflow.ops.nn.pooling import avg_pool, max_pool
from stillflow.ops.nn.pooling_3d import avg_pool3d, max_pool3d

_POOLS: dict[tuple[str, int], Callable[..., Tensor]] = {
    ("max", 2): max_pool,
    ("avg", 2): avg_pool,
    ("max", 3): max_pool3d,
    ("avg", 3): avg_pool3d,
}


def pool2d(
    x: Any,
    pool_size: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    pool_mode: str = "max",
) -> Tensor:
    """Returns of each window of pictures the greatest element, or for "avg" the mean.

    Raises:
      ValueError: an unknown format, padding or mode, or not two sizes or strides.
    """
    data_format = data_format_or_default(data_format)
    for name, sizes in (("pool_size", pool_size), ("strides", strides)):
        if len(sizes) != 2:
            raise ValueError(f"`{name}` must be a tuple of 2 integers.\n  It is {sizes}.")
    return _pooled(x, pool_size, strides, padding, data_format, pool_mode, 2)


def pool3d(
    x: Any,
    pool_size: Any,
    strides: Any = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    pool_mode: str = "max",
) -> Tensor:
    """Returns of each window of volumes the greatest element, or for "avg" the mean.

    Raises:
      ValueError: an unknown format, padding or mode.
    """
    data_format = data_format_or_default(data_format)
    return _pooled(x, pool_size, strides, padding, data_format, pool_mode, 3)


def _pooled(
    x: Any,
    pool_size: Any,
    strides: Any,
    padding: str,
    data_format: str,
    pool_mode: str,
    axes: int,
) -> Tensor:
    x, order = with_supported_format(x, data_format, axes)
    op_padding = padding_of_op(padding)
    pool = _POOLS.get((pool_mode, axes))
    if pool is None:
        raise ValueError(f'Invalid pooling mode: {pool_mode}\n  It is "max" or "avg".')
    pooled = pool(
        x,
        with_batch_and_channels(pool_size, order),
        with_batch_and_channels(strides, order),
        padding=op_padding,
        data_format=order,
    )
    return in_given_format(pooled, data_format, axes, order)
