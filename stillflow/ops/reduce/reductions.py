"""The public reductions: `tf.reduce_sum` and its kin."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare.arguments import renamed
from stillflow.declare.composites import or_of_composites
from stillflow.declare.constants import constant
from stillflow.declare.opdef import OpDef
from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Tensor
from stillflow.ops.array import ranging, shape_of
from stillflow.ops.reduce import reducing


def all_axes(x: Any, axis: Any) -> Any:
    """`axis`, or every axis of `x` when it is None."""
    if axis is not None:
        return axis
    # TensorFlow asks at run time for the rank of all that is not yet a tensor, variables too.
    if isinstance(x, Tensor) and x.shape.ndims is not None:
        rank = x.shape.ndims
        return _all_axes_now(rank) if executing_eagerly() else constant(_numbers(rank))
    return ranging.range_(0, shape_of.rank(x))


@functools.cache
def _all_axes_now(rank: int) -> Tensor:
    """`all_axes` of what has its value, which all calls may share."""
    return constant(_numbers(rank))


def _numbers(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.int32)


def reduced(reduction: OpDef, x: Any, axis: Any, keepdims: bool, name: str | None) -> Tensor:
    """`x` reduced over `axis`, or over every axis when it is None."""
    y = reduction(x, all_axes(x, axis), keep_dims=keepdims, name=name)
    if axis is None and not keepdims and not y._is_eager:
        y.set_shape(())
    return y


def _reduction(reduction: OpDef, public_name: str, result: str) -> Callable[..., Tensor]:
    @or_of_composites
    def reduce(
        input_tensor: Any,
        axis: Any = None,
        keepdims: bool | None = None,
        name: str | None = None,
        reduction_indices: Any = None,
        keep_dims: bool | None = None,
    ) -> Tensor:
        axis = renamed("axis", axis, "reduction_indices", reduction_indices)
        keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims) or False
        return reduced(reduction, input_tensor, axis, keepdims, name)

    reduce.__name__ = reduce.__qualname__ = public_name
    reduce.__doc__ = (
        f"Returns {result} over `axis`, an int or several, or over every axis when it is None.\n\n"
        "`keepdims` leaves a reduced axis with size 1. `reduction_indices` and `keep_dims` are\n"
        "older names of `axis` and `keepdims`."
    )
    return reduce


reduce_sum = _reduction(reducing.sum_op, "reduce_sum", "the sum")
reduce_mean = _reduction(reducing.mean_op, "reduce_mean", "the mean, of integers an integer,")
reduce_prod = _reduction(reducing.prod_op, "reduce_prod", "the product")
reduce_max = _reduction(reducing.max_op, "reduce_max", "the largest element")
reduce_min = _reduction(reducing.min_op, "reduce_min", "the smallest element")
reduce_all = _reduction(reducing.all_op, "reduce_all", "whether every element is true")
reduce_any = _reduction(reducing.any_op, "reduce_any", "whether some element is true")


def reduce_euclidean_norm(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """Returns the root of the sum of squares over `axis`; no gradient flows through it."""
    return reduced(reducing.euclidean_norm_op, input_tensor, axis, bool(keepdims), name)
