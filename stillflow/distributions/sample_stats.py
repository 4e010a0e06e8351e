"""Statistics of samples: how they hang together along an axis, and percentiles."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.shapes import prefer_static_rank, prefer_static_shape
from stillflow.distributions.weighing import pad
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, joining, ranging, reshaping, shape_of
from stillflow.ops.array.rotating import rotate_transpose
from stillflow.ops.array.transposing import transpose
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug import checks
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import arithmetic, casts, clip, complex_numbers, conjugate, elementwise
from stillflow.ops.nn.top_k import top_k
from stillflow.ops.reduce import reductions
from stillflow.ops.signal import fourier

# Elements are sorted from the largest to the least.
_ROUNDINGS: dict[str, Any] = {
    "lower": elementwise.ceil,
    "higher": elementwise.floor,
    "nearest": elementwise.round_,
}


def auto_correlation(
    x: Any,
    axis: int = -1,
    max_lags: Any = None,
    center: bool = True,
    normalize: bool = True,
    name: str = "auto_correlation",
) -> Tensor:
    """Returns how values along an axis hang together with those so many places on, f[...].

    Args:
      x: float or complex.
      max_lags: how far, i32[]; by default as far as there are values.
      center: whether the mean is subtracted before.
      normalize: whether the result is divided by that of no lag.

    Returns:
      `x` with `max_lags + 1` elements along `axis`.

    Raises:
      TypeError: `x` is neither float nor complex.
    """
    with name_scope(name, values=[x]):
        x = convert_to_tensor(x, name="x")
        rank = _widened(prefer_static_rank(x))
        shift = rank - 1 - (rank + axis if axis < 0 else axis)
        rows = rotate_transpose(x, shift)
        if center:
            rows -= reductions.reduce_mean(rows, axis=-1, keepdims=True)
        length = prefer_static_shape(rows)[-1]
        products = _products(rows, length, x.dtype)
        lags, is_known = _lags(max_lags, length, rows.shape.is_fully_defined())
        products = products[..., : lags + 1]
        if is_known:
            sizes = rows.shape.as_list()
            products.set_shape([*sizes[:-1], min(length, lags + 1)])
        count = casts.cast(length, x.dtype.real_dtype)
        most = casts.cast(lags, x.dtype.real_dtype)
        pairs = count - ranging.range_(0.0, most + 1.0)
        correlations = products / casts.cast(pairs, x.dtype)
        if normalize:
            correlations /= correlations[..., :1]
        return rotate_transpose(correlations, -shift)


def _products(rows: Tensor, length: Any, dtype: Any) -> Tensor:
    """The sums of products of values that are so far apart, by Fourier transforms."""
    as_float = casts.cast(length, dtypes.float64)
    bits = elementwise.ceil(elementwise.log(as_float * 2) / np.log(2.0))
    target = arithmetic.pow_(np.float64(2.0), bits)
    padded = pad(rows, axis=-1, back=True, count=casts.cast(target - as_float, dtypes.int32))
    if not dtype.is_complex:
        if not dtype.is_floating:
            raise TypeError(f"Argument x must have either float or complex dtype found: {dtype}")
        zero = dtype.real_dtype.as_numpy_dtype(0.0)
        padded = complex_numbers.complex_(padded, zero)
    spectrum = fourier.fft(padded)
    return casts.cast(fourier.ifft(spectrum * conjugate.conj(spectrum)), dtype)


def _lags(max_lags: Any, length: Any, shape_is_known: bool) -> tuple[Any, bool]:
    """The largest lag, and whether the shape of the result is known."""
    if max_lags is None:
        return _widened(length) - 1, shape_is_known
    lags = convert_to_tensor(max_lags, name="max_lags")
    known = constant_value(lags)
    if known is None or not shape_is_known:
        return arithmetic.minimum(length - 1, lags), False
    return min(length - 1, known), True


def _widened(size: Any) -> Any:
    """A size as an int64, where it is known, as which a graph holds what is computed with it."""
    return size if isinstance(size, Tensor) else np.int64(size)


def percentile(
    x: Any,
    q: Any,
    axis: Any = None,
    interpolation: str | None = None,
    keep_dims: bool = False,
    validate_args: bool = False,
    name: str | None = None,
) -> Tensor:
    """Returns the element of `x` that so many percent of the others do not exceed.

    Args:
      x: n[...].
      q: from 0 to 100, f[].
      axis: along which axes, known integers; all by default.
      interpolation: which element where two are as near: "lower", "higher", or "nearest".
      keep_dims: whether the axes stay, of size 1.

    Raises:
      ValueError: another `interpolation`, `q` is no scalar, `axis` is not known or not of `x`.
    """
    if interpolation is None:
        interpolation = "nearest"
    elif interpolation not in _ROUNDINGS:
        raise ValueError(
            f"Argument 'interpolation' must be in {set(_ROUNDINGS)}.  Found {interpolation}"
        )
    with name_scope(name or "percentile", values=[x, q]):
        x = convert_to_tensor(x, name="x")
        q = _share(q, validate_args)
        axes = None
        if axis is None:
            flat = reshaping.reshape(x, [-1])
        else:
            axes = _known_axes(axis, x)
            flat = _moved_to_end(x, axes)
        above = 1.0 - q / 100.0
        last = casts.cast(shape_of.shape(flat)[-1], dtypes.float64) - 1
        rounded = _ROUNDINGS[interpolation](last * above)
        count = shape_of.shape(flat)[-1]
        index = clip.clip_by_value(casts.cast(rounded, dtypes.int32), 0, count - 1)
        in_order, _ = top_k(flat, k=shape_of.shape(flat)[-1])
        result = in_order[..., index]
        result.set_shape(flat.shape[:-1])
        return _with_axes(result, x, axes) if keep_dims else result


def _share(q: Any, validate_args: bool) -> Tensor:
    q = casts.cast(q, dtypes.float64, name="q")
    _check_rank(q, 0, 0)
    if not validate_args:
        return q
    fits = [
        checks.assert_rank(q, 0),
        checks.assert_greater_equal(q, casts.cast(0.0, dtypes.float64)),
        checks.assert_less_equal(q, casts.cast(100.0, dtypes.float64)),
    ]
    return with_dependencies(fits, q)


def _check_rank(x: Tensor, least: int, most: int | None) -> int | None:
    rank = x.shape.ndims
    if rank is None:
        return None
    wanted = f">= {least}" if most is None else str(most) if least == most else f"<= {most}"
    if rank < least or (most is not None and rank > most):
        raise ValueError(f"Expected argument 'x' to have ndims {wanted}.  Found tensor {x}")
    return rank


def _known_axes(axis: Any, x: Tensor) -> list[int]:
    """The axes as numbers from 0."""
    axis = convert_to_tensor(axis, name="axis")
    checks.assert_integer(axis)
    if _check_rank(axis, 0, 1) is None:
        raise _unknown_rank(axis)
    known = constant_value(axis)
    if known is None:
        raise ValueError(f"Expected argument 'axis' to be statically available.  Found: {axis}")
    rank = _check_rank(x, 1, None)
    if rank is None:
        raise _unknown_rank(x)
    axes = []
    for number in np.atleast_1d(known).tolist():
        if number >= rank:
            raise ValueError(f"dim {number} not in the interval [0, {rank - 1}].")
        if number < -rank:
            raise ValueError(f"Negatively indexed dim {number} not in the interval [-{rank}, -1]")
        axes.append(number if number >= 0 else rank + number)
    return axes


def _unknown_rank(x: Tensor) -> ValueError:
    return ValueError(f"Expected argument 'x' to have statically defined 'ndims'.  Found: {x}")


def _moved_to_end(x: Tensor, axes: list[int]) -> Tensor:
    """`x` with some axes last, as one."""
    rank = len(x.shape)
    others = sorted(set(range(rank)) - set(axes))
    moved = transpose(x, perm=others + axes)
    if x.shape.is_fully_defined():
        sizes: Any = x.shape.as_list()
        shape: Any = [*(sizes[i] for i in others), int(np.prod([sizes[i] for i in axes]))]
    else:
        shape = joining.concat([shape_of.shape(moved)[: rank - len(axes)], [-1]], axis=0)
    return reshaping.reshape(moved, shape=shape)


def _with_axes(result: Tensor, x: Tensor, axes: list[int] | None) -> Tensor:
    if axes is None:
        rank: Any = x.shape.ndims
        rank = shape_of.rank(x) if rank is None else rank
        sizes = filling.ones(shape=[rank], dtype=dtypes.int32)
        return result * filling.ones(sizes, dtype=x.dtype)
    for axis in sorted(axes):
        result = reshaping.expand_dims(result, axis=axis)
    return result
