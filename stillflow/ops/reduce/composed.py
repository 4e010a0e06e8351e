"""Reductions that are made of several nodes: log-sum-exp, variance, counts."""

from __future__ import annotations

from typing import Any

from stillflow.declare.arguments import renamed
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, reshaping, selecting, shape_of
from stillflow.ops.control.ordering import stop_gradient
from stillflow.ops.math import arithmetic, casts, comparison, elementwise
from stillflow.ops.reduce.reductions import reduce_max, reduce_mean, reduce_sum


def reduce_logsumexp(
    input_tensor: Any,
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """Returns `log(sum(exp(x)))` over `axis` without overflow."""
    axis = renamed("axis", axis, "reduction_indices", reduction_indices)
    keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims) or False
    x = convert_to_tensor(input_tensor)
    with name_scope(name, "ReduceLogSumExp", [x]):
        largest = reduce_max(x, axis, keepdims=True)
        shift = stop_gradient(
            selecting.where(elementwise.is_finite(largest), largest, filling.zeros_like(largest))
        )
        result = elementwise.log(
            reduce_sum(elementwise.exp(arithmetic.subtract(x, shift)), axis, keepdims=keepdims)
        )
        if not keepdims:
            shift = reshaping.reshape(shift, shape_of.shape(result))
        total = arithmetic.add(result, shift)
        if axis is None and not keepdims:
            total.set_shape(())
        return total


def reduce_variance(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """Returns the mean squared distance from the mean over `axis`."""
    with name_scope(name or "reduce_variance"):
        mean = reduce_mean(input_tensor, axis=axis, keepdims=True)
        return reduce_mean(elementwise.square(input_tensor - mean), axis=axis, keepdims=keepdims)


def reduce_std(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """Returns the root of the variance over `axis`."""
    with name_scope(name or "reduce_std"):
        return elementwise.sqrt(reduce_variance(input_tensor, axis=axis, keepdims=keepdims))


def count_nonzero(
    input_tensor: Any = None,
    axis: Any = None,
    keepdims: bool | None = None,
    dtype: Any = dtypes.int64,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
    input: Any = None,
) -> Tensor:
    """Returns how many elements over `axis` are not 0, or of strings not empty."""
    keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims) or False
    input_tensor = renamed("input_tensor", input_tensor, "input", input)
    axis = renamed("axis", axis, "reduction_indices", reduction_indices)
    with name_scope(name, "count_nonzero", [input_tensor]):
        x = convert_to_tensor(input_tensor, name="input")
        zero = filling.zeros([], dtype=x.dtype.base_dtype)
        is_nonzero = casts.to_int64(comparison.not_equal(x, zero), name="Cast")
        return casts.cast(reduce_sum(is_nonzero, axis=axis, keepdims=keepdims), dtype)
