"""Sums of weighted exponentials, quadrature, the inverse of softplus, padding of an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.shapes import dimension_size
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape, dimension_at_index
from stillflow.ops.array import filling, padding, reshaping, selecting, shape_of, stacking
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.checks import assert_equal
from stillflow.ops.known_values import constant_value
from stillflow.ops.linalg.norms import norm
from stillflow.ops.math import comparison, elementwise
from stillflow.ops.reduce import reductions
from stillflow.ops.reduce.composed import reduce_logsumexp


def softplus_inverse(x: Any, name: str | None = None) -> Tensor:
    """Returns the numbers of which softplus is `x`, f[...], all positive."""
    with name_scope(name, "softplus_inverse", values=[x]):
        x = convert_to_tensor(x, name="x")
        # Below the one log(x), above the other x itself is as precise.
        threshold = np.log(np.finfo(x.dtype.as_numpy_dtype).eps) + 2.0
        is_small = comparison.less(x, np.exp(threshold))
        is_large = comparison.greater(x, -threshold)
        small, large = elementwise.log(x), x
        is_extreme = comparison.logical_or(is_small, is_large)
        x = selecting.where_v2(is_extreme, filling.ones_like(x), x)
        middle = x + elementwise.log(-elementwise.expm1(-x))
        return selecting.where_v2(is_small, small, selecting.where_v2(is_large, large, middle))


def reduce_weighted_logsumexp(
    logx: Any,
    w: Any = None,
    axis: Any = None,
    keep_dims: bool = False,
    return_sign: bool = False,
    name: str | None = None,
) -> Any:
    """Returns log(|sum(w exp(logx))|) over `axis`, and the sum's sign if asked for.

    Args:
      w: weights of the shape of `logx`, of either sign; by default 1.
    """
    with name_scope(name, "reduce_weighted_logsumexp", [logx, w]):
        logx = convert_to_tensor(logx, name="logx")
        if w is None:
            total = reduce_logsumexp(logx, axis=axis, keepdims=keep_dims)
            return (total, filling.ones_like(total)) if return_sign else total
        w = convert_to_tensor(w, dtype=logx.dtype, name="w")
        terms = logx + elementwise.log(elementwise.abs_(w))
        largest = reductions.reduce_max(terms, axis=axis, keepdims=True)
        is_infinite = elementwise.is_inf(largest)
        largest = selecting.where_v2(is_infinite, filling.zeros_like(largest), largest)
        scaled = elementwise.sign(w) * elementwise.exp(terms - largest)
        scaled_sum = reductions.reduce_sum(scaled, axis=axis, keepdims=keep_dims)
        if not keep_dims:
            largest = reshaping.squeeze(largest, axis)
        sign = elementwise.sign(scaled_sum)
        total = largest + elementwise.log(sign * scaled_sum)
        return (total, sign) if return_sign else total


_LENGTHS = (
    "`quadrature_grid_and_probs` must be a `tuple` of same-length zero-th-dimension `Tensor`s"
)


def process_quadrature_grid_and_probs(
    quadrature_grid_and_probs: Any, dtype: DType, validate_args: bool, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Returns a grid and its weights, f[k] each: those given, or Gauss and Hermite's of 8 points.

    Raises:
      ValueError: the two have different lengths.
    """
    with name_scope(name, "process_quadrature_grid_and_probs", [quadrature_grid_and_probs]):
        if quadrature_grid_and_probs is None:
            kind = dtype.as_numpy_dtype
            points, weights = (x.astype(kind) for x in np.polynomial.hermite.hermgauss(deg=8))
            grid = convert_to_tensor(points, name="grid", dtype=dtype)
            return grid, convert_to_tensor(weights / weights.sum(), name="probs", dtype=dtype)
        grid, probs = quadrature_grid_and_probs
        grid = convert_to_tensor(grid, name="grid", dtype=dtype)
        probs = convert_to_tensor(probs, name="unnormalized_probs", dtype=dtype)
        probs /= norm(probs, ord=1, axis=-1, keepdims=True, name="probs")
        sizes = [x.shape.with_rank_at_least(1)[-1].value for x in (probs, grid)]
        if None not in sizes:
            if sizes[0] != sizes[1]:
                raise ValueError(f"{_LENGTHS} (saw lengths {sizes[0]}, {sizes[1]})")
            return grid, probs
        if not validate_args:
            return grid, probs
        ends = dimension_size(probs, axis=-1), dimension_size(grid, axis=-1)
        with control_dependencies([assert_equal(*ends, message=_LENGTHS)]):
            return identity(grid), identity(probs)


def pad(
    x: Any,
    axis: Any,
    front: bool = False,
    back: bool = False,
    value: Any = 0,
    count: Any = 1,
    name: str | None = None,
) -> Tensor:
    """Returns `x` with `count` times `value` before, behind or around it along `axis`.

    Raises:
      TypeError: `count` is no integer.
      ValueError: neither `front` nor `back`.
    """
    with name_scope(name, "pad", [x, value, count]):
        x = convert_to_tensor(x, name="x")
        value = convert_to_tensor(value, dtype=x.dtype, name="value")
        count = convert_to_tensor(count, name="count")
        if not count.dtype.is_integer:
            raise TypeError(f"`count.dtype` (`{count.dtype.name}`) must be `int`-like.")
        if not front and not back:
            raise ValueError("At least one of `front`, `back` must be `True`.")
        ndims = x.shape.ndims if x.shape.ndims is not None else shape_of.rank(x, name="ndims")
        axis = convert_to_tensor(axis, name="axis")
        known, static = constant_value(axis), None
        if known is None:
            axis = selecting.where_v2(axis < 0, ndims + axis, axis)
        else:
            axis = ndims + known if known < 0 else known
            if known >= 0 or x.shape.ndims is not None:
                static = _padded(x.shape, axis, constant_value(count), front + back)
        ends = stacking.stack([axis if front else -1, axis if back else -1])
        sizes = one_hot(indices=ends, depth=ndims, axis=0, on_value=count, dtype=dtypes.int32)
        x = padding.pad(x, paddings=sizes, constant_values=value)
        if static is not None:
            x.set_shape(static)
        return x


def _padded(shape: TensorShape, axis: int, count: Any, times: int) -> TensorShape:
    middle = None if count is None else dimension_at_index(shape, axis) + int(count) * times
    head = shape[:axis].concatenate(TensorShape([middle]))
    return head.concatenate(shape[axis + 1 :])
