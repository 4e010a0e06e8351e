"""Turns sparse gradients into dense ones, and joins several. The class is in `graph`."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.convert import register_tensor_conversion_function, to_tensor
from stillflow.declare.static import constant_value
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.ops.array import ranging, shape_of, slicing  # noqa: F401  indexes the sizes
from stillflow.ops.array.gathering import unsorted_segment_sum
from stillflow.ops.array.joining import concat
from stillflow.ops.math.casts import cast_op

_LARGE = 100_000_000  # elements


def concat_slices(parts: Sequence[IndexedSlices]) -> IndexedSlices:
    """The sum of sparse gradients of one tensor: the rows of all of them."""
    if len(parts) == 1:
        return parts[0]
    indices = _of_one_type([part.indices for part in parts])
    values = concat([part.values for part in parts], 0)
    return IndexedSlices(values, concat(indices, 0), parts[0].dense_shape)


def as_slices(value: Tensor | IndexedSlices, optimize: bool = True) -> IndexedSlices:
    """A tensor as all of its rows; with `optimize`, a shape that is known is a constant.

    Raises:
      TypeError: it is neither.
    """
    if isinstance(value, IndexedSlices):
        return value
    if not isinstance(value, Tensor):
        raise TypeError(f"Not a Tensor or IndexedSlices: {type(value)}")
    sizes = shape_of.shape_internal(value, optimize=optimize)
    return IndexedSlices(value, ranging.range_(0, sizes[0]), sizes)


def as_slices_list(
    inputs: Sequence[Tensor | IndexedSlices], optimize: bool = True
) -> list[IndexedSlices]:
    """Several tensors, each as all of its rows, with indices of one type."""
    slices = [as_slices(value, optimize) for value in inputs]
    indices = _of_one_type([each.indices for each in slices])
    return [
        each if each.indices is own else IndexedSlices(each.values, own, each.dense_shape)
        for each, own in zip(slices, indices, strict=True)
    ]


def _of_one_type(indices: list[Tensor]) -> list[Tensor]:
    if len({tensor.dtype for tensor in indices}) == 1:
        return indices
    return [i if i.dtype is dtypes.int64 else cast_op(i, DstT=dtypes.int64) for i in indices]


def _densify(
    value: IndexedSlices, dtype: DType | None = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    if dtype is not None and not dtype.is_compatible_with(value.dtype):
        raise ValueError(
            f"Tensor conversion requested dtype {dtype.name} for IndexedSlices with dtype "
            f"{value.dtype.name}"
        )
    if value.dense_shape is None:
        raise ValueError(
            f"Tensor conversion requested for IndexedSlices without dense_shape: {value}"
        )
    sizes = constant_value(value.dense_shape)
    if sizes is not None and np.prod(sizes, dtype=np.float64) >= _LARGE:
        warnings.warn(
            f"Converting sparse IndexedSlices to a dense Tensor with {np.prod(sizes)} elements. "
            "This may consume a large amount of memory.",
            stacklevel=2,
        )
    return unsorted_segment_sum(value.values, value.indices, value.dense_shape[0], name=name)


register_tensor_conversion_function(IndexedSlices, _densify)


def convert_to_tensor_or_indexed_slices(
    value: Any, dtype: Any = None, name: str | None = None
) -> Tensor | IndexedSlices:
    """Returns IndexedSlices as they are, and anything else as a tensor.

    Raises:
      ValueError: the slices are of another type than `dtype`.
    """
    if not isinstance(value, IndexedSlices):
        return to_tensor(value, dtype, name)
    if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
        raise ValueError(
            f"Tensor conversion requested dtype {dtypes.as_dtype(dtype).name} for Tensor with "
            f"dtype {value.dtype.name}: {str(value)!r}"
        )
    return value
