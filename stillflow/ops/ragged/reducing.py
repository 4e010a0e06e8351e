"""Reductions over axes of ragged tensors, and over segments of their rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare.type_sets import INDEX
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, gathering, joining, shape_of
from stillflow.ops.debug import checks
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import arithmetic, casts, scan
from stillflow.ops.ragged import splits
from stillflow.ops.ragged.mapping import map_flat_values, ragged_range
from stillflow.ops.ragged.ragged_tensor import (
    RaggedTensor,
    common_splits_type,
    convert_to_tensor_or_ragged_tensor,
    is_ragged,
    positive_axis,
)
from stillflow.ops.reduce import reductions, segments

Reduce = Callable[..., Tensor]


def reduce_sum(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None
) -> Any:
    """The sums over `axis`, an int or several, or over every axis when it is None."""
    scope = name or "RaggedReduceSum"
    combine = gathering.unsorted_segment_sum
    return reduced(reductions.reduce_sum, combine, input_tensor, axis, keepdims, name=scope)


def reduce_prod(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None
) -> Any:
    """The products over `axis`."""
    scope = name or "RaggedReduceProd"
    combine = segments.unsorted_segment_prod
    return reduced(reductions.reduce_prod, combine, input_tensor, axis, keepdims, name=scope)


def reduce_min(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None
) -> Any:
    """The smallest values over `axis`; of no values, the largest number there is."""
    scope = name or "RaggedReduceMin"
    combine = segments.unsorted_segment_min
    return reduced(reductions.reduce_min, combine, input_tensor, axis, keepdims, name=scope)


def reduce_max(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None
) -> Any:
    """The largest values over `axis`; of no values, the smallest number there is."""
    scope = name or "RaggedReduceMax"
    combine = segments.unsorted_segment_max
    return reduced(reductions.reduce_max, combine, input_tensor, axis, keepdims, name=scope)


def reduce_mean(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None
) -> Any:
    """The means over `axis`; of no values, NaN."""
    with name_scope(name, "RaggedReduceMean", [input_tensor, axis]):
        total = reduce_sum(input_tensor, axis, keepdims)
        if is_ragged(input_tensor):
            ones: Any = RaggedTensor.from_nested_row_splits(
                filling.ones_like(input_tensor.flat_values),
                input_tensor.nested_row_splits,
                validate=False,
            )
        else:
            ones = filling.ones_like(input_tensor)
        count = reduce_sum(ones, axis, keepdims)
        if not is_ragged(total):
            return total / count
        means = total.flat_values / count.flat_values
        return RaggedTensor.from_nested_row_splits(means, total.nested_row_splits, validate=False)


def reduce_all(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None
) -> Any:
    """Whether all hold over `axis`."""
    with name_scope(name, "RaggedReduceAll", [input_tensor, axis]):
        numbers = map_flat_values(casts.cast, input_tensor, dtypes.int32)
        return map_flat_values(casts.cast, reduce_prod(numbers, axis, keepdims), dtypes.bool)


def reduce_any(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None
) -> Any:
    """Whether any holds over `axis`."""
    with name_scope(name, "RaggedReduceAny", [input_tensor, axis]):
        numbers = map_flat_values(casts.cast, input_tensor, dtypes.int32)
        return map_flat_values(casts.cast, reduce_sum(numbers, axis, keepdims), dtypes.bool)


def reduced(
    reduce: Reduce,
    combine: Reduce,
    values: Any,
    axis: Any,
    keepdims: Any,
    separator: Any = None,
    name: str | None = None,
) -> Any:
    """`values` reduced over axes: dense ones by `reduce`, rows by `combine` as segments.

    Raises:
      ValueError: `keepdims`, which ragged tensors know not; or the axes are not known beforehand.
    """
    more = {} if separator is None else {"separator": separator}
    if not is_ragged(values):
        return reduce(values, axis, name=name, **more)
    if keepdims:
        raise ValueError("keepdims=True is not supported for RaggedTensors.")
    if isinstance(axis, Tensor):
        axis = constant_value(axis)
        if axis is None:
            raise ValueError("axis must be known at graph construction time.")
        axis = axis.tolist() if isinstance(axis, np.ndarray) else axis
    if axis is None:
        return reduce(values.flat_values, None, name=name)
    with name_scope(name, "RaggedReduce", [values, axis]):
        if isinstance(axis, (tuple, list)):
            if not axis:
                return values
            if len(axis) > 1:
                axes = sorted(positive_axis(one, values.shape.ndims) for one in axis)
                inner = reduced(reduce, combine, values, axes[-1], keepdims, separator)
                return reduced(reduce, combine, inner, axes[:-1], keepdims, separator)
            axis = axis[0]
        values = convert_to_tensor_or_ragged_tensor(values, name="rt_input")
        axis = positive_axis(axis, values.shape.ndims)
        if axis > 1:
            inner = reduced(reduce, combine, values.values, axis - 1, keepdims, separator)
            return values.with_values(inner)
        ends = values.row_splits
        if axis == 0:
            lengths = ends[1:] - ends[:-1]
            count = arithmetic.maximum(reductions.reduce_max(lengths), 0)
            ids: Any = ragged_range(lengths).values
        else:
            count = shape_of.shape(ends)[0] - 1
            ids = splits.row_splits_to_segment_ids(ends)
        return of_segments(combine, values.values, ids, count, separator)


def of_segments(
    combine: Reduce,
    data: Any,
    segment_ids: Any,
    num_segments: Any,
    separator: Any = None,
    name: str | None = None,
) -> Any:
    """The rows of each segment combined, value by value.

    Raises:
      ValueError: the ids are ragged and the data are not, or they are no integers.
    """
    more = {} if separator is None else {"separator": separator}
    if not (is_ragged(data) or is_ragged(segment_ids)):
        return combine(data, segment_ids, num_segments, name=name, **more)
    with name_scope(name, "RaggedSegment", [data, segment_ids, num_segments]):
        data = convert_to_tensor_or_ragged_tensor(data, name="data")
        ids = convert_to_tensor_or_ragged_tensor(segment_ids, name="segment_ids")
        common_splits_type([data, ids])
        if ids.dtype not in INDEX:
            raise ValueError("segment_ids must have dtype int32 or int64.")
        if isinstance(ids, RaggedTensor):
            return _of_ragged_ids(combine, data, ids, num_segments, separator)
        lengths = data.row_splits[1:] - data.row_splits[:-1]
        longest = segments.unsorted_segment_max(lengths, ids, num_segments)
        longest = arithmetic.maximum(longest, 0)
        ends = joining.concat([filling.zeros([1], longest.dtype), scan.cumsum(longest)], axis=0)
        starts = gathering.gather(ends, ids)
        places = ragged_range(starts, starts + lengths).values
        values = of_segments(combine, data.values, places, ends[-1], separator)
        return RaggedTensor.from_row_splits(values, ends, validate=False)


def _of_ragged_ids(combine: Reduce, data: Any, ids: Any, count: Any, separator: Any) -> Any:
    message = "segment_ids.shape must be a prefix of data.shape"
    if not isinstance(data, RaggedTensor):
        raise ValueError(f"{message}, but segment_ids is ragged and data is not.")
    same = checks.assert_equal(ids.row_splits, data.row_splits, message=message)
    with control_dependencies([same]):
        return of_segments(combine, data.values, ids.values, count, separator)
