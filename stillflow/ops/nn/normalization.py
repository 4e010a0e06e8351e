"""Batch normalisation (Ioffe and Szegedy, 2015), from parts."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.math import casts, elementwise


def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any,
    scale: Any,
    variance_epsilon: float,
    name: str | None = None,
) -> Tensor:
    """Returns scale * (x - mean) / sqrt(variance + epsilon) + offset.

    x: f[..., c], the others f[c] or what is broadcast to x; offset and scale may be None.
    """
    with name_scope(name, "batchnorm", [x, mean, variance, scale, offset]):
        inverse = elementwise.rsqrt(variance + variance_epsilon)
        if scale is not None:
            inverse *= scale
        scaled = x * casts.cast(inverse, x.dtype)
        shift = offset - mean * inverse if offset is not None else -mean * inverse
        return scaled + casts.cast(shift, x.dtype)


def batch_norm_with_global_normalization(
    t: Tensor,
    m: Any,
    v: Any,
    beta: Any,
    gamma: Any,
    variance_epsilon: float,
    scale_after_normalization: bool,
    name: str | None = None,
) -> Tensor:
    """Returns batch_normalization of `t`, scaled by `gamma` only if asked to."""
    scale = gamma if scale_after_normalization else None
    return batch_normalization(t, m, v, beta, scale, variance_epsilon, name)
