"""One axis moved among the others."""

from __future__ import annotations

from typing import Any

from stillflow.distributions.shapes import prefer_static_rank, prefer_static_value
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import joining
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.transposing import transpose
from stillflow.ops.control.smart import smart_cond
from stillflow.ops.math import comparison


def move_dimension(x: Tensor, source_idx: Any, dest_idx: Any) -> Tensor:
    """Returns `x` with its axis `source_idx` at `dest_idx`; both may count from the end.

    Args:
      source_idx, dest_idx: integers, or i32[] or i64[].
    """
    ndims = prefer_static_rank(x)
    dtype = dtypes.int32 if isinstance(source_idx, int) else dtypes.as_dtype(source_idx.dtype)
    source = ndims + source_idx if source_idx < 0 else source_idx
    dest = ndims + dest_idx if dest_idx < 0 else dest_idx

    def order(*parts: Any) -> Any:
        return prefer_static_value(joining.concat(list(parts), axis=0))

    def between(start: Any, stop: Any) -> Tensor:
        return range_(start, stop, dtype=dtype)

    def to_left() -> Any:
        before, passed = between(0, dest), between(dest, source)
        return order(before, [source], passed, between(source + 1, ndims))

    def to_right() -> Any:
        before, passed = between(0, source), between(source + 1, dest + 1)
        return order(before, passed, [source], between(dest + 1, ndims))

    def moved() -> Tensor:
        return transpose(x, perm=smart_cond(source < dest, to_right, to_left))

    return smart_cond(comparison.equal(source, dest), lambda: x, moved)
