"""Where rows begin and end, as splits, lengths, and the row of each value. Ops over one tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.declare.type_sets import INDEX, types
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import joining, ranging, shape_of, tiling
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import casts, counting, scan

_HIERARCHY = types("int32 int64 float32 float64")


def as_integers(value: Any, name: str, dtype: DType) -> Tensor:
    """`value` as a tensor of `dtype`, which is an integer type.

    Raises:
      TypeError: it holds no integers.
    """
    tensor = convert_to_tensor(value, name=name, preferred_dtype=dtype)
    if not tensor.dtype.is_integer:
        raise TypeError(f"{name} must be an integer tensor; dtype={tensor.dtype}")
    return casts.cast_op(tensor, DstT=dtype)  # a node even where the type is this


def from_lengths(lengths: Any, axis: int = 0) -> Tensor:
    """i[n] -> i[n + 1], the splits of rows of these lengths."""
    return joining.concat([[0], scan.cumsum(lengths)], axis=axis)


def row_splits_to_segment_ids(splits: Any, name: str | None = None, out_type: Any = None) -> Tensor:
    """splits: i[n + 1] -> i[splits[n]], the row of each value.

    Raises:
      ValueError: the splits are empty, or no integers.
    """
    with name_scope(name, "RaggedSplitsToSegmentIds", [splits]):
        splits = convert_to_tensor(splits, name="splits", preferred_dtype=dtypes.int64)
        if splits.dtype not in INDEX:
            raise ValueError("splits must have dtype int32 or int64")
        splits.shape.assert_has_rank(1)
        if splits.shape.as_list() == [0]:
            raise ValueError("Invalid row_splits: []")
        out_type = splits.dtype if out_type is None else dtypes.as_dtype(out_type)
        lengths = splits[1:] - splits[:-1]
        rows = ranging.range_(shape_of.shape(splits, out_type=out_type)[-1] - 1)
        return tiling.repeat_with_axis(rows, lengths, axis=0)


def segment_ids_to_row_splits(
    segment_ids: Any, num_segments: Any = None, out_type: Any = None, name: str | None = None
) -> Tensor:
    """segment_ids: i[m], in order -> i[num_segments + 1], where each row begins and ends.

    Args:
      num_segments: the number of rows; one more than the last id when it is None.
      out_type: that of the ids, when they are a tensor.
    """
    if out_type is not None:
        out_type = dtypes.as_dtype(out_type)
    else:
        given = [x.dtype for x in (segment_ids, num_segments) if isinstance(x, Tensor)]
        out_type = given[0] if given else dtypes.int64
    with name_scope(name, "SegmentIdsToRaggedSplits", [segment_ids]):
        ids = as_integers(segment_ids, "segment_ids", dtypes.int32)
        ids.shape.assert_has_rank(1)
        count = None
        if num_segments is not None:
            num_segments = as_integers(num_segments, "num_segments", dtypes.int32)
            num_segments.shape.assert_has_rank(0)
            count = constant_value(num_segments)
        lengths = counting.bincount(
            ids, minlength=num_segments, maxlength=num_segments, dtype=out_type
        )
        splits = from_lengths(lengths)
        if count is not None:
            splits.set_shape([int(count) + 1])
        return splits


# Ranges -----------------------------------------------------------------------------------------


def _of_ranges(ctx: ShapeContext) -> list[Sizes]:
    count = None
    for sizes in ctx.shapes():
        shapes.with_rank_at_most(sizes, 1)
        if sizes:
            count = shapes.merge_size(count, sizes[0])
    if count is None and any(sizes != () for sizes in ctx.shapes()):
        return [(None,), (None,)]
    return [((1 if count is None else count) + 1,), (None,)]


@op(
    "RaggedRange",
    "starts: T, limits: T, deltas: T -> rt_nested_splits: Tsplits, rt_dense_values: T",
    shape=_of_ranges,
    types={"T": types("bfloat16 float32 float64 int32 int64"), "Tsplits": INDEX},
    defaults={"T": dtypes.int32},
    host=True,
)
def ragged_range_op(xp, starts, limits, deltas, *, Tsplits: DType = dtypes.int64):
    """starts, limits, deltas: n[k] or n[] -> i[k + 1], n[m], the numbers of k ranges."""
    arrays = {"starts": starts, "limits": limits, "deltas": deltas}
    for name, array in arrays.items():
        if array.ndim > 1:
            refuse(f"{name} must be a scalar or vector")
    sizes = {array.shape[0] for array in arrays.values() if array.ndim}
    if len(sizes) > 1:
        refuse("starts, limits, and deltas must have the same shape")
    count = sizes.pop() if sizes else 1
    ranges = zip(*(np.broadcast_to(array, count) for array in arrays.values()), strict=True)
    rows = [_range(start, limit, delta) for start, limit, delta in ranges]
    ends = np.cumsum([0, *map(len, rows)], dtype=Tsplits.as_numpy_dtype)
    return ends, np.concatenate([np.empty(0, starts.dtype), *rows])


ragged_range_op.not_differentiable()


def _range(start: Any, limit: Any, delta: Any) -> np.ndarray:
    if delta == 0:
        refuse("Requires delta != 0")
    span = float(limit) - float(start) if start.dtype.kind == "f" else int(limit) - int(start)
    step = float(delta) if start.dtype.kind == "f" else int(delta)
    count = max(int(-(-span // step)), 0)
    return (start + np.arange(count) * delta).astype(start.dtype)


def ranges(
    starts: Any, limits: Any, deltas: Any, dtype: Any, name: str | None, splits: DType
) -> tuple[Tensor, Tensor]:
    """The splits and the numbers of RaggedRange, of the widest type that is given."""
    given = {"starts": starts, "limits": limits, "deltas": deltas}
    tensors = [convert_to_tensor(value, dtype, key) for key, value in given.items()]
    if dtype is None:
        widest = max((tensor.dtype for tensor in tensors), key=_HIERARCHY.index)
        tensors = [casts.cast(tensor, widest) for tensor in tensors]
    found: Any = ragged_range_op(*tensors, Tsplits=splits, name=name)
    return found.rt_nested_splits, found.rt_dense_values
