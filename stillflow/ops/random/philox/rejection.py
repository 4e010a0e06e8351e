"""Gamma and Poisson numbers, as TensorFlow's CPU kernels draw them: by rejection, in float64.

`stream` is u32[6]; see `generator`. Each number reads blocks of its own, for as long as it takes.
A row that no attempt could end (a NaN parameter) gives NaN, where TensorFlow would not return.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.ops.random.philox.continuous import normal_pair, uniform_pair

_RESERVED_BLOCKS = 256  # for each number
_MANY = 10  # the Poisson rate from which on events are not counted one by one
_LOG_FACTORIALS = np.array([math.lgamma(k + 1) for k in range(16)])


def gamma(xp: Any, stream: Any, shape: tuple[int, ...], alpha: Any) -> Any:
    """alpha: f[a...] -> f64[shape, a...], numbers of scale 1.

    Source: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).
    """
    normals, uniforms = _pairs(xp, stream)

    def attempt(index: Any, normal: Any, spare: Any, d: Any, number: Any) -> tuple[Any, ...]:
        x, index, normal = _take(xp, normals, index, normal)
        v = 1 + (1 / 3) / xp.sqrt(d) * x
        is_valid = v > 0
        v = xp.where(is_valid, v * v * v, 1)
        u, index, spare = _take(xp, uniforms, index, spare, is_valid)
        squeeze = 1 - 0.0331 * (x * x) * (x * x)
        bound = 0.5 * x * x + d * (1 - v + xp.log(v))
        accepted = is_valid & ((u < squeeze) | (xp.log(u) < bound))
        return index, normal, spare, d, xp.where(accepted, d * v, number)

    def is_missing(index: Any, normal: Any, spare: Any, d: Any, number: Any) -> Any:
        return xp.isnan(number) & (d > 0)

    index, rows = _rows(xp, shape, alpha)
    none = xp.full(rows.shape, np.nan)
    d = xp.where(rows < 1, rows + 2 / 3, xp.where(rows == 1, np.nan, rows - 1 / 3))
    state = xp.while_each(is_missing, attempt, (index, none, none, d, none))
    index, _, spare, _, number = state
    u, _, _ = _take(xp, uniforms, index, spare)
    # Below 1 the number is one for alpha + 1, scaled; at 1 the distribution is the exponential.
    number = xp.where(rows < 1, number * u ** (1 / rows), number)
    number = xp.where(rows == 1, -xp.log(1 - u), number)
    return _columns(number, shape, alpha.shape)


def poisson(xp: Any, stream: Any, shape: tuple[int, ...], rate: Any) -> Any:
    """rate: n[r...] -> f64[shape, r...], whole numbers."""
    index, rows = _rows(xp, shape, rate)
    number = xp.where(
        rows < _MANY, _count_events(xp, stream, index, rows), _transform(xp, stream, index, rows)
    )
    return _columns(number, shape, rate.shape)


def _count_events(xp: Any, stream: Any, index: Any, rate: Any) -> Any:
    """Knuth's method: how many uniform numbers have a product above exp(-rate)."""
    _, uniforms = _pairs(xp, stream)

    def count_one(index: Any, spare: Any, limit: Any, product: Any, count: Any) -> tuple[Any, ...]:
        u, index, spare = _take(xp, uniforms, index, spare)
        product = product * u
        return index, spare, limit, product, count + (product > limit)

    def goes_on(index: Any, spare: Any, limit: Any, product: Any, count: Any) -> Any:
        return product > limit

    limit = xp.where(rate < _MANY, xp.exp(-rate), np.inf)
    none, zero = xp.full(rate.shape, np.nan), xp.zeros(rate.shape)
    return xp.while_each(goes_on, count_one, (index, none, limit, zero + 1, zero))[-1]


def _transform(xp: Any, stream: Any, index: Any, rate: Any) -> Any:
    """Hoermann, "The transformed rejection method for generating Poisson random variables" (1993),
    whose names these are."""
    _, uniforms = _pairs(xp, stream)

    def attempt(index: Any, spare: Any, rate: Any, number: Any) -> tuple[Any, ...]:
        u, index, spare = _take(xp, uniforms, index, spare)
        v, index, spare = _take(xp, uniforms, index, spare)
        b = 0.931 + 2.53 * xp.sqrt(rate)
        a = -0.059 + 0.02483 * b
        u = u - 0.5
        us = 0.5 - abs(u)
        k = xp.floor((2 * a / us + b) * u + rate + 0.43)
        is_central = (us >= 0.07) & (v <= 0.9277 - 3.6224 / (b - 2))
        is_refused = (k < 0) | ((us < 0.013) & (v > us))
        inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
        density = xp.log(v * inverse_alpha / (a / (us * us) + b))
        is_below = density <= k * xp.log(rate) - rate - _log_factorial(xp, xp.maximum(k, 0))
        accepted = is_central | (~is_refused & is_below)
        return index, spare, rate, xp.where(accepted, k, number)

    def is_missing(index: Any, spare: Any, rate: Any, number: Any) -> Any:
        return xp.isnan(number) & (rate >= _MANY) & xp.isfinite(rate)

    none = xp.full(rate.shape, np.nan)
    return xp.while_each(is_missing, attempt, (index, none, rate, none))[-1]


def _log_factorial(xp: Any, k: Any) -> Any:
    """k: f64[...], whole numbers from 0 on -> f64[...], by Stirling's series where it is exact."""
    n = xp.maximum(k + 1, len(_LOG_FACTORIALS))
    tail = 1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / (n * n)) / (n * n)) / (n * n)
    series = (n - 0.5) * xp.log(n) - n + 0.5 * math.log(2 * math.pi) + tail / n
    few = xp.minimum(k, len(_LOG_FACTORIALS) - 1).astype(xp.int32)
    return xp.where(k < len(_LOG_FACTORIALS), xp.asarray(_LOG_FACTORIALS)[few], series)


def _rows(xp: Any, shape: tuple[int, ...], parameter: Any) -> tuple[Any, Any]:
    """The first block and the parameter of every number, u64[n] and f64[n], those of the first
    parameter first."""
    rows = xp.repeat(xp.asarray(parameter).reshape(-1).astype(xp.float64), math.prod(shape))
    return xp.arange(rows.size, dtype=xp.uint64) * _RESERVED_BLOCKS, rows


def _columns(rows: Any, shape: tuple[int, ...], parameter_shape: tuple[int, ...]) -> Any:
    """[n] in the order of `_rows` -> [shape, parameter_shape]"""
    by_parameter = rows.reshape(math.prod(parameter_shape), math.prod(shape))
    return by_parameter.T.reshape(shape + parameter_shape)


def _pairs(xp: Any, stream: Any) -> tuple[Callable, Callable]:
    """The normal and the uniform numbers of a block."""
    return (
        lambda index: normal_pair(xp, stream, index),
        lambda index: uniform_pair(xp, stream, index),
    )


def _take(
    xp: Any, pair: Callable, index: Any, spare: Any, wanted: Any = True
) -> tuple[Any, Any, Any]:
    """Takes a number where it is `wanted`: the spare one, or else the second of the next pair, the
    first of which is then spare. NaN stands for no spare number.

    Returns the number, and `index` and `spare` as they are afterwards.
    """
    is_none = xp.isnan(spare)
    first, second = pair(index)
    number = xp.where(is_none, second, spare)
    left = xp.where(is_none, first, np.nan)
    return number, index + (is_none & wanted).astype(xp.uint64), xp.where(wanted, left, spare)
