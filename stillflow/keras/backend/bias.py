"""A bias added, for each channel or for each place."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.keras.backend.formats import has_nchw_support
from stillflow.keras.backend.tensors import known_shape, ndim
from stillflow.layers.settings import data_format_or_default
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.nn import bias as adding


def bias_add(x: Any, bias: Any, data_format: str | None = None) -> Tensor:
    """Adds a bias of one axis, for each channel; or of all axes but the batch's, channels last.

    Raises:
      ValueError: an unknown format, or a bias of another rank.
    """
    data_format = data_format_or_default(data_format)
    shape, rank = known_shape(bias), ndim(x) or 0
    if len(shape) not in (1, rank - 1):
        raise ValueError(
            f"Unexpected bias dimensions {len(shape)}, expect to be 1 or {rank} dimensions\n"
            f"  It has an axis for channels, or the {rank - 1} axes of x without the batch's."
        )
    if rank not in (3, 4, 5):
        return adding.bias_add(x, bias)
    first = data_format == "channels_first"
    if rank == 4 and len(shape) == 1 and (not first or has_nchw_support()):
        return adding.bias_add(x, bias, data_format="NCHW" if first else "NHWC")
    return x + reshape(bias, _broadcast(shape, rank, first))


def _broadcast(shape: tuple[Any, ...], rank: int, channels_first: bool) -> tuple[Any, ...]:
    """The shape in which a bias fits all of `x`."""
    if len(shape) > 1:
        return (1, shape[-1], *shape[:-1]) if channels_first else (1, *shape)
    ones = (1,) * (rank - 2)
    if channels_first:
        return (1, *shape, *ones)
    return (*ones, *shape) if rank == 5 else (1, *ones, *shape)  # of TensorFlow's number of axes
