"""Means and variances over axes, of a whole tensor or of its parts in turn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.declare.arguments import renamed
from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, gathering, reshaping, shape_of
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import identity, stop_gradient
from stillflow.ops.math import arithmetic, casts, comparison, elementwise
from stillflow.ops.reduce import reductions


def moments(
    x: Any,
    axes: Any,
    shift: Any = None,
    name: str | None = None,
    keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:
    """Returns mean and variance of `x`, f[...], over `axes`. `shift` is accepted and not used."""
    keep = renamed("keepdims", keepdims, "keep_dims", keep_dims)
    with name_scope(name, "moments", [x, axes]):
        x = convert_to_tensor(x, name="x")
        precise = casts.cast(x, dtypes.float32) if x.dtype is dtypes.float16 else x
        mean = reductions.reduce_mean(precise, axes, keepdims=True, name="mean")
        deviation = arithmetic.squared_difference(precise, stop_gradient(mean))
        variance = reductions.reduce_mean(deviation, axes, keepdims=True, name="variance")
        if not keep:
            mean, variance = reshaping.squeeze(mean, axes), reshaping.squeeze(variance, axes)
        if x.dtype is dtypes.float16:
            return casts.cast(mean, x.dtype), casts.cast(variance, x.dtype)
        return mean, variance


def weighted_moments(
    x: Any,
    axes: Any,
    frequency_weights: Any,
    name: str | None = None,
    keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:
    """Returns mean and variance of `x` over `axes`, each element counting as often as its weight.

    x: f[...], frequency_weights: f[...], broadcast to x
    """
    keep = renamed("keepdims", keepdims, "keep_dims", keep_dims)
    with name_scope(name, "weighted_moments", [x, frequency_weights, axes]):
        x = convert_to_tensor(x, name="x")
        weights = convert_to_tensor(frequency_weights, name="frequency_weights")
        needs_cast = x.dtype is dtypes.float16
        precise = casts.cast(x, dtypes.float32) if needs_cast else x
        weights = casts.cast(weights, precise.dtype)
        total = reductions.reduce_sum(
            weights * precise, axes, name="weighted_input_sum", keepdims=True
        )
        spread = weights + filling.zeros_like(precise)
        weight = reductions.reduce_sum(spread, axes, name="sum_of_weights", keepdims=True)
        inverse = elementwise.reciprocal(weight, name="inv_weight_sum")
        mean = arithmetic.multiply(total, inverse)
        squares = weights * arithmetic.squared_difference(precise, mean)
        squares = reductions.reduce_sum(squares, axes, name="weighted_distsq", keepdims=True)
        variance = arithmetic.multiply(squares, inverse)
        if not keep:
            mean, variance = reshaping.squeeze(mean, axes), reshaping.squeeze(variance, axes)
        if needs_cast:
            return casts.cast(mean, x.dtype), casts.cast(variance, x.dtype)
        return mean, variance


def sufficient_statistics(
    x: Any,
    axes: Any,
    shift: Any = None,
    keep_dims: bool | None = None,
    name: str | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """Returns (count, sum, sum of squares, shift) of `x` over `axes`, for normalize_moments.

    With `shift`, both sums are of x - shift, which loses less precision when it is near the mean.
    """
    keep = renamed("keepdims", keepdims, "keep_dims", keep_dims)
    axes = list(set(np.ravel(axes).tolist()))  # in the order that TensorFlow gives them
    with name_scope(name, "sufficient_statistics", [x, shift]):
        x = convert_to_tensor(x, name="x")
        count = _count(x, axes)
        if shift is None:
            deviation, square = x, elementwise.square(x)
        else:
            shift = convert_to_tensor(shift, name="shift")
            deviation = arithmetic.subtract(x, shift)
            square = arithmetic.squared_difference(x, shift)
        mean_ss = reductions.reduce_sum(deviation, axes, keepdims=keep, name="mean_ss")
        var_ss = reductions.reduce_sum(square, axes, keepdims=keep, name="var_ss")
        return count, mean_ss, var_ss, shift


def _count(x: Tensor, axes: list[int]) -> Tensor:
    """How many elements of `x` one element of a reduction over `axes` stands for."""
    sizes = None if x.shape.sizes is None else [x.shape.sizes[axis] for axis in axes]
    if sizes is not None and None not in sizes:
        return constant(math.prod(sizes), dtype=x.dtype)
    sizes_in_run = gathering.gather(casts.cast(shape_of.shape(x), x.dtype), axes)
    return reductions.reduce_prod(sizes_in_run, name="count")


def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Returns mean and variance from what sufficient_statistics gives."""
    with name_scope(name, "normalize", [counts, mean_ss, variance_ss, shift]):
        divisor = elementwise.reciprocal(counts, name="divisor")
        if shift is None:
            shifted = mean = arithmetic.multiply(mean_ss, divisor, name="mean")
        else:
            shifted = arithmetic.multiply(mean_ss, divisor, name="shifted_mean")
            mean = arithmetic.add(shifted, shift, name="mean")
        mean_of_squares = arithmetic.multiply(variance_ss, divisor)
        variance = arithmetic.subtract(
            mean_of_squares, elementwise.square(shifted), name="variance"
        )
        return mean, variance


def zero_fraction(value: Any, name: str | None = None) -> Tensor:
    """Returns the fraction of zeros in `value`, n[...] -> f32[].

    They are counted in int32 or, where that is too small for the size, in int64.
    """
    with name_scope(name, "zero_fraction", [value]):
        value = convert_to_tensor(value, name="value")
        size = shape_of.size(value, out_type=dtypes.int64)
        nonzero = cond(
            comparison.less_equal(size, dtypes.int32.max),
            lambda: casts.cast(_count_nonzero(value, dtypes.int32), dtypes.int64),
            lambda: _count_nonzero(value, dtypes.int64),
        )
        with name_scope("counts_to_fraction"):
            zeros = casts.cast(size - nonzero, dtypes.float32)
            fraction = zeros / casts.cast(size, dtypes.float32)
        return identity(fraction, "fraction")


def _count_nonzero(value: Tensor, dtype: DType) -> Tensor:
    with name_scope("count_nonzero", None, [value]):
        zero = filling.zeros([], value.dtype)
        return reductions.reduce_sum(
            casts.cast(comparison.not_equal(value, zero), dtype), name="nonzero_count"
        )
