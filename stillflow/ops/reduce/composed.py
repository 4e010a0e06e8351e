"""Reductions that are made of several nodes: log-sum-exp, variance, counts."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops import array
from stillflow.ops import math as math_ops
from stillflow.ops.arguments import renamed
from stillflow.ops.control import stop_gradient
from stillflow.ops.convert import convert_to_tensor
from stillflow.ops.reduce.functions import reduce_max, reduce_mean, reduce_sum


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
            array.where(math_ops.is_finite(largest), largest, array.zeros_like(largest))
        )
        result = math_ops.log(
            reduce_sum(math_ops.exp(math_ops.subtract(x, shift)), axis, keepdims=keepdims)
        )
        if not keepdims:
            shift = array.reshape(shift, array.shape(result))
        total = math_ops.add(result, shift)
        if axis is None and not keepdims:
            total.set_shape(())
        return total


def reduce_variance(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """Returns the mean squared distance from the mean over `axis`."""
    with name_scope(name or "reduce_variance"):
        mean = reduce_mean(input_tensor, axis=axis, keepdims=True)
        return reduce_mean(math_ops.square(input_tensor - mean), axis=axis, keepdims=keepdims)


def reduce_std(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """Returns the root of the variance over `axis`."""
    with name_scope(name or "reduce_std"):
        return math_ops.sqrt(reduce_variance(input_tensor, axis=axis, keepdims=keepdims))


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
        zero = array.zeros([], dtype=x.dtype.base_dtype)
        is_nonzero = math_ops.to_int64(math_ops.not_equal(x, zero), name="Cast")
        return math_ops.cast(reduce_sum(is_nonzero, axis=axis, keepdims=keepdims), dtype)
