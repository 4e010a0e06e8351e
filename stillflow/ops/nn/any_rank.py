"""Convolution of sequences or of images, as the rank of the input says."""

from __future__ import annotations

from typing import Any

from stillflow.declare.arguments import renamed
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.nn.convolution import conv2d
from stillflow.ops.nn.one_dimensional import conv1d


def convolution(
    input: Any,
    filter: Any,
    padding: Any,
    strides: Any = None,
    dilation_rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Returns sequences f[n, w, c] or images f[n, h, w, c] correlated with filters of their rank.

    TensorFlow rearranges the input for a dilation above 1; here it is an attribute of the one node.

    Raises:
      ValueError: the input has another rank, or one that is not known.
    """
    filter = renamed("filter", filter, "filters", filters)
    gaps = renamed("dilation_rate", dilation_rate, "dilations", dilations)
    gaps = 1 if gaps is None else gaps
    with name_scope(name, "convolution", [input, filter]) as scope:
        rank = _rank(input) or _rank(filter)
        if rank == 3:
            return conv1d(input, filter, strides, padding, None, data_format, scope, dilations=gaps)
        if rank == 4:
            return conv2d(input, filter, strides, padding, True, data_format, gaps, scope)
        raise ValueError(
            f"tf.nn.convolution takes sequences (rank 3) or images (rank 4), not rank {rank}."
        )


def _rank(value: Any) -> int | None:
    shape = value.shape if hasattr(value, "shape") else convert_to_tensor(value).shape
    return len(shape) if isinstance(shape, tuple) else shape.ndims


def atrous_conv2d(
    value: Any, filters: Any, rate: int, padding: Any, name: str | None = None
) -> Tensor:
    """Returns images correlated with filters whose pixels lie `rate` apart.

    value: f[n, h, w, c], filters: f[kh, kw, c, d] -> f[n, p, q, d]
    """
    return convolution(value, filters, padding, dilation_rate=[rate, rate], name=name)
