"""Strings joined. The ops run on the host."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.declare.type_sets import INDEX
from stillflow.graph import dtypes
from stillflow.graph.errors import OutOfRangeError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.text import as_bytes
from stillflow.ops.array import ranging, shape_of
from stillflow.ops.array.gathering import segments_shape
from stillflow.ops.strings.each import as_strings
from stillflow.platform.deprecation import deprecated_args, deprecated_argument_lookup


def _joined(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """Scalars join every element of the other inputs, which have one shape."""
    if all(sizes == () for sizes in ctx.shapes()):
        return ()
    # What has no known rank may be a scalar in a run.
    return shapes.merge_all(sizes for sizes in ctx.shapes() if sizes)


@op("StringJoin", "inputs: N * string -> output: string", shape=_joined, host=True)
def string_join_op(xp, *inputs, separator: str = ""):
    """inputs: string[...] or string[], each -> string[...]"""
    sizes = {array.shape for array in inputs if array.ndim}
    if len(sizes) > 1:
        first, other = list(dict.fromkeys(array.shape for array in inputs if array.ndim))[:2]
        refuse(f"Input shapes do not match: {format_sizes(first)} vs. {format_sizes(other)}")
    arrays = np.broadcast_arrays(*inputs)
    rows = zip(*(array.ravel() for array in arrays), strict=True)
    join = as_bytes(separator).join
    return as_strings([join(row) for row in rows]).reshape(arrays[0].shape)


string_join_op.not_differentiable()


@or_of_composites
def string_join(inputs: Sequence[Any], separator: str = "", name: str | None = None) -> Tensor:
    """Joins strings, string[...] or string[] each, element by element, `separator` between them."""
    return string_join_op(list(inputs), separator=separator, name=name)


# Over axes --------------------------------------------------------------------------------------


@op(
    "ReduceJoin",
    "inputs: string, reduction_indices: int32 -> output: string",
    shape=shapes.reduction,
    static=("reduction_indices",),
    host=True,
)
def reduce_join_op(xp, strings, axes, *, keep_dims: bool = False, separator: str = ""):
    """strings: string[...], axes: i32[k] -> string[... without axes]; the first axis runs first."""
    rank = strings.ndim
    reduced = _distinct_axes(axes.ravel().tolist(), rank)
    kept = [axis for axis in range(rank) if axis not in reduced]
    sizes = [strings.shape[axis] for axis in kept]
    length = math.prod(strings.shape[axis] for axis in reduced)
    rows = strings.transpose(kept + reduced[::-1]).reshape(math.prod(sizes), length)
    if keep_dims:
        sizes = [1 if axis in reduced else strings.shape[axis] for axis in range(rank)]
    join = as_bytes(separator).join
    return as_strings([join(row) for row in rows]).reshape(sizes)


reduce_join_op.not_differentiable()


def _distinct_axes(axes: list[int], rank: int) -> list[int]:
    found: list[int] = []
    for axis in axes:
        if not -rank <= axis < rank:
            message = f"Invalid reduction dimension {axis} for input with {rank} dimension(s)"
            raise OutOfRangeError(None, None, message)
        if axis % rank in found:
            refuse(f"Duplicate reduction dimension {axis}")
        found.append(axis % rank)
    return found


@deprecated_args(None, "keep_dims is deprecated, use keepdims instead", "keep_dims")
def reduce_join(
    inputs: Any,
    axis: Any = None,
    keep_dims: bool | None = None,
    separator: str = "",
    name: str | None = None,
    reduction_indices: Any = None,
    keepdims: bool | None = None,
) -> Tensor:
    """Joins the strings of `inputs`, string[...], over `axis`.

    Args:
      axis: an int or several, of which the first is run through first; None is all, as if the
        strings were in a row. `reduction_indices` is its older name.
      keepdims: leaves a reduced axis with size 1; `keep_dims` is its older name.
      separator: what stands between the strings.
    """
    keepdims = deprecated_argument_lookup("keepdims", keepdims, "keep_dims", keep_dims)
    axis = deprecated_argument_lookup("axis", axis, "reduction_indices", reduction_indices)
    return reduce_join_v2(inputs, axis, bool(keepdims), separator, name)


@or_of_composites
def reduce_join_v2(
    inputs: Any,
    axis: Any = None,
    keepdims: bool = False,
    separator: str = "",
    name: str | None = None,
) -> Tensor:
    """`tf.strings.reduce_join` of TensorFlow 2."""
    with name_scope(None, "ReduceJoin", [inputs, axis]):
        strings = convert_to_tensor(inputs)
        return reduce_join_op(
            strings, _all_axes(strings, axis), keep_dims=keepdims, separator=separator, name=name
        )


def _all_axes(strings: Tensor, axis: Any) -> Any:
    """`axis`, or when it is None all of them, the last first."""
    if axis is not None:
        return axis
    rank = strings.shape.ndims
    if rank is not None:
        return constant(np.arange(rank - 1, -1, -1), dtype=dtypes.int32)
    return ranging.range_(shape_of.rank(strings) - 1, -1, -1)


# Over segments ----------------------------------------------------------------------------------


@op(
    "UnsortedSegmentJoin",
    "inputs: string, segment_ids: Tindices, num_segments: Tnumsegments -> output: string",
    shape=segments_shape,
    static=("num_segments",),
    types={"Tindices": INDEX, "Tnumsegments": INDEX},
    defaults={"Tnumsegments": dtypes.int32},
    host=True,
)
def unsorted_segment_join(xp, strings, ids, num_segments, *, separator: str = ""):
    """strings: string[I..., R...], ids: i[I...] -> string[num_segments, R...], each id's joined.

    `separator` stands between them, though not before the first that is not empty. An id that does
    not occur gets an empty string.
    """
    _check_segments(strings, ids, int(num_segments))
    between = as_bytes(separator)
    rest = strings.shape[ids.ndim :]
    joined: np.ndarray = np.full((int(num_segments), math.prod(rest)), b"", np.object_)
    for segment, row in zip(ids.ravel(), strings.reshape(ids.size, len(joined.T)), strict=True):
        joined[segment] = [
            before + between + text if before else text
            for before, text in zip(joined[segment], row, strict=True)
        ]
    return joined.reshape(int(num_segments), *rest)


def _check_segments(strings: np.ndarray, ids: np.ndarray, count: int) -> None:
    if not ids.ndim:
        refuse("Segment_id cannot have rank 0")
    if ids.ndim > strings.ndim:
        message = f"Invalid segment_id rank {ids.ndim} for input with {strings.ndim} dimension(s)"
        raise OutOfRangeError(None, None, message)
    for axis, (own, wanted) in enumerate(zip(ids.shape, strings.shape, strict=False)):
        if own != wanted:
            refuse(
                f"Segment dimension is {own} while input dimension is {strings.ndim} in rank {axis}"
            )
    if ids.size and not 0 <= ids.min() <= ids.max() < count:
        refuse("segment_ids are not allowed to exceed num_segments or to have negative values.")
