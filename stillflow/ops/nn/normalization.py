"""Batch normalisation."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops import math as math_ops


def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any,
    scale: Any,
    variance_epsilon: float,
    name: str | None = None,
) -> Tensor:
    """Returns scale * (x - mean) / sqrt(variance + epsilon) + offset (Ioffe and Szegedy, 2015)."""
    with name_scope(name, "batchnorm", [x, mean, variance, scale, offset]):
        inverse = math_ops.rsqrt(variance + variance_epsilon)
        if scale is not None:
            inverse *= scale
        scaled = x * math_ops.cast(inverse, x.dtype)
        shift = offset - mean * inverse if offset is not None else -mean * inverse
        return scaled + math_ops.cast(shift, x.dtype)
