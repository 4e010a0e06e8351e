"""Reductions along axes: `axis` is a number, several, or None for all."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.layers.settings import floatx
from stillflow.ops.math import casts, scan
from stillflow.ops.reduce import argmax as places
from stillflow.ops.reduce import composed, reductions


def max_(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The greatest element."""
    return reductions.reduce_max(x, axis, keepdims)


def min_(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The smallest element."""
    return reductions.reduce_min(x, axis, keepdims)


def sum_(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The sum of elements."""
    return reductions.reduce_sum(x, axis, keepdims)


def prod(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The product of elements."""
    return reductions.reduce_prod(x, axis, keepdims)


def cumsum(x: Any, axis: int = 0) -> Tensor:
    """The sums up to each element."""
    return scan.cumsum(x, axis=axis)


def cumprod(x: Any, axis: int = 0) -> Tensor:
    """The products up to each element."""
    return scan.cumprod(x, axis=axis)


def var(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The variance of elements."""
    return composed.reduce_variance(_numbers(x), axis=axis, keepdims=keepdims)


def std(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The standard deviation of elements."""
    return composed.reduce_std(_numbers(x), axis=axis, keepdims=keepdims)


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean of elements; of truth values, how many are true."""
    return reductions.reduce_mean(_numbers(x), axis, keepdims)


def any_(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Whether an element is not zero."""
    return reductions.reduce_any(casts.cast(x, dtypes.bool), axis, keepdims)


def all_(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Whether no element is zero."""
    return reductions.reduce_all(casts.cast(x, dtypes.bool), axis, keepdims)


def argmax(x: Any, axis: int = -1) -> Tensor:
    """Where along an axis the greatest element is."""
    return places.argmax(x, axis)


def argmin(x: Any, axis: int = -1) -> Tensor:
    """Where along an axis the smallest element is."""
    return places.argmin(x, axis)


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The logarithm of the sum of exp(x), which does not overflow."""
    return composed.reduce_logsumexp(x, axis, keepdims)


def _numbers(x: Any) -> Any:
    return casts.cast(x, floatx()) if x.dtype.base_dtype == dtypes.bool else x
