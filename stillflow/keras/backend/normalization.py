"""Batches brought to mean 0 and variance 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph.operation import Tensor
from stillflow.keras.backend.formats import has_nchw_support
from stillflow.keras.backend.tensors import ndim
from stillflow.ops.array import filling, reshaping, shape_of, stacking
from stillflow.ops.nn import normalization
from stillflow.ops.nn.fused_batch_norm import fused_batch_norm
from stillflow.ops.nn.moments import moments

Normalized = tuple[Tensor, Tensor, Tensor]


def normalize_batch_in_training(
    x: Any, gamma: Any, beta: Any, reduction_axes: Sequence[int], epsilon: float = 1e-3
) -> Normalized:
    """Normalises by the mean and variance of the batch itself.

    Args:
      x: f[...]
      gamma, beta: what is multiplied with and then added, for each place along the other axes; None
        for 1 and 0.
      reduction_axes: the axes that mean and variance are taken over.
      epsilon: is added to the variance.

    Returns:
      The normalised batch, the mean and the variance.
    """
    axes = list(reduction_axes)
    rank = ndim(x) or 0
    if rank == 4 and axes in ([0, 1, 2], [0, 2, 3]):
        if has_nchw_support() or axes == [0, 1, 2]:
            return _fused(x, gamma, beta, axes, epsilon)
        return _broadcast(x, gamma, beta, axes, epsilon)
    if sorted(axes) == list(range(rank))[:-1]:
        mean, variance = moments(x, axes, None, None, False)
        return _normalized(x, mean, variance, beta, gamma, epsilon), mean, variance
    return _broadcast(x, gamma, beta, axes, epsilon)


def _fused(x: Any, gamma: Any, beta: Any, axes: list[int], epsilon: float) -> Normalized:
    channels, order = (3, "NHWC") if axes == [0, 1, 2] else (1, "NCHW")
    if gamma is None:
        gamma = constant(1.0, dtype=x.dtype, shape=[x.shape[channels]])
    if beta is None:
        beta = constant(0.0, dtype=x.dtype, shape=[x.shape[channels]])
    return fused_batch_norm(x, gamma, beta, epsilon=epsilon, data_format=order)


def _broadcast(x: Any, gamma: Any, beta: Any, axes: list[int], epsilon: float) -> Normalized:
    mean, variance = moments(x, axes, None, None, False)
    sizes = [1 if axis in axes else shape_of.shape(x)[axis] for axis in range(ndim(x) or 0)]
    shape = stacking.stack(sizes)
    of_x = [
        None if each is None else reshaping.reshape(each, shape)
        for each in (mean, variance, gamma, beta)
    ]
    mean_of_x, variance_of_x, gamma, beta = of_x
    normalized = _normalized(x, mean_of_x, variance_of_x, beta, gamma, epsilon)
    return normalized, mean, variance


_normalized = normalization.batch_normalization


def batch_normalization(
    x: Any, mean: Any, var: Any, beta: Any, gamma: Any, axis: int = -1, epsilon: float = 1e-3
) -> Tensor:
    """Normalises by a given mean and variance.

    Args:
      x: f[...]
      beta, gamma: what is added after multiplication, and multiplied with; None for 0 and 1.
      axis: the axis of channels, which counts for pictures alone.
      epsilon: is added to the variance.
    """
    if ndim(x) != 4:
        return _normalized(x, mean, var, beta, gamma, epsilon)
    order = {1: "NCHW", -3: "NCHW", 3: "NHWC", -1: "NHWC"}.get(axis)
    if order == "NHWC" or (order == "NCHW" and has_nchw_support()):
        mean, var = _flat(mean), _flat(var)
        beta = filling.zeros_like(mean) if beta is None else _flat(beta)
        gamma = filling.ones_like(mean) if gamma is None else _flat(gamma)
    normalized, _, _ = fused_batch_norm(
        x,
        gamma,
        beta,
        epsilon=epsilon,
        mean=mean,
        variance=var,
        data_format=order,  # type: ignore[arg-type]  # None is refused there
        is_training=False,
    )
    return normalized


def _flat(x: Any) -> Any:
    return reshaping.reshape(x, [-1]) if (ndim(x) or 0) > 1 else x
