"""The mean over replicas and an axis, of parts that may be of different lengths."""

from __future__ import annotations

from typing import Any

from stillflow.distribute.reduce_op import ReduceOp
from stillflow.graph import dtypes
from stillflow.ops.array.shape_of import rank, shape, size
from stillflow.ops.math.casts import cast
from stillflow.ops.math.division import truediv
from stillflow.ops.reduce.reductions import reduce_sum


def mean_over_axis(strategy: Any, value: Any, axis: int) -> Any:
    """The sum of all parts over `axis`, through the sum of its sizes."""

    def sum_and_count(part: Any) -> tuple[Any, Any]:
        return reduce_sum(part, axis=axis), _size_of_axis(part, axis)

    total, count = strategy.experimental_run_v2(sum_and_count, args=(value,))
    total = strategy.extended._reduce(ReduceOp.SUM, total)
    count = strategy.extended._reduce(ReduceOp.SUM, count)
    return truediv(total, cast(count, total.dtype))


def _size_of_axis(part: Any, axis: Any) -> Any:
    """A number where it is known, else i64[]; ValueError where there is no such axis."""
    ndims = part.shape.ndims
    if ndims is not None:
        if not -ndims <= axis < ndims:
            raise ValueError(f"`axis` = {axis!r} out of range for `value` with rank {ndims}")
        axis %= ndims
        known = part.shape.sizes[axis]
        if known is not None:
            return known
    elif axis < 0:
        axis = axis + rank(part)
    if ndims == 1:
        return size(part, out_type=dtypes.int64)
    return shape(part, out_type=dtypes.int64)[axis]
