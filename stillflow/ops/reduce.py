"""Reductions over axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops import shapes
from stillflow.ops.array import INDEX_TYPES
from stillflow.ops.constants import constant
from stillflow.ops.convert import convert_to_tensor
from stillflow.ops.registry import op

_REDUCTION: dict[str, Any] = {
    "shape": shapes.reduction,
    "static": ("reduction_indices",),
    "types": {"Tidx": INDEX_TYPES},
    "defaults": {"Tidx": dtypes.int32},
}


def _axes(axis) -> tuple[int, ...]:
    return tuple(int(a) for a in np.ravel(axis))


@op("Sum", "input: T, reduction_indices: Tidx -> output: T", **_REDUCTION)
def sum_op(xp, x, axis, *, keep_dims: bool = False):
    """x: n[...], axis: i[k] -> n[... without axis]"""
    axes = _axes(axis)
    # dtype: NumPy would widen int32 to int64; TensorFlow does not.
    return xp.sum(x, axis=axes, keepdims=keep_dims, dtype=x.dtype) if axes else x


@op("Mean", "input: T, reduction_indices: Tidx -> output: T", **_REDUCTION)
def mean_op(xp, x, axis, *, keep_dims: bool = False):
    """x: n[...], axis: i[k] -> n[... without axis]"""
    axes = _axes(axis)
    return xp.mean(x, axis=axes, keepdims=keep_dims, dtype=x.dtype) if axes else x


def _restored(op, dy):
    """The gradient with the reduced axes back as size 1, repeated to the input's shape."""
    x, axes = op.inputs
    raise NotImplementedError(x, axes)


def all_axes(x: Tensor, axis: Any) -> Any:
    """`axis`, or every axis of `x` when it is None."""
    if axis is not None:
        return axis
    assert x.shape.ndims is not None
    return constant(np.arange(x.shape.ndims, dtype=np.int32))


def reduce_sum(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
):
    x = convert_to_tensor(input_tensor)
    return sum_op(x, all_axes(x, axis), keep_dims=keepdims, name=name)
