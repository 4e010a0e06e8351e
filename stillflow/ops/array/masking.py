"""Masks: elements kept by one, and masks made from lengths."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import gathering, joining, ranging, reshaping, selecting, shape_of
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.math.casts import cast_op
from stillflow.ops.reduce.reducing import max_op, prod_op


def boolean_mask(
    tensor: Any, mask: Any, name: str | None = "boolean_mask", axis: int | None = None
) -> Tensor:
    """Returns the slices of `tensor` for which `mask` is true, along one axis.

    tensor: n[A..., M..., R...], mask: bool[M...] -> n[A..., k, R...], where A has `axis` axes.

    Raises:
      ValueError: the mask is a scalar or of unknown rank, or does not fit the tensor.
    """
    with name_scope(name, None, [tensor, mask]):
        tensor = convert_to_tensor(tensor, name="tensor")
        mask = convert_to_tensor(mask, name="mask")
        rank = mask.shape.ndims
        if rank == 0:
            raise ValueError("mask cannot be scalar.")
        if rank is None:
            raise ValueError(
                "Number of mask dimensions must be specified, even if some dimensions are None.  "
                "E.g. shape=[None] is ok, but shape=None is not."
            )
        first = 0 if axis is None else axis
        rows = _rows_along(tensor, mask, first, rank)
        flat_mask = reshaping.reshape(mask, [-1])
        kept = reshaping.squeeze(selecting.where(flat_mask), axis=[1])
        return gathering.gather(rows, kept, axis=first)


def _rows_along(tensor: Tensor, mask: Tensor, axis: int, rank: int) -> Tensor:
    """`tensor` with its `rank` axes from `axis` on joined into one."""
    sizes, stop = tensor.shape, axis + rank
    sizes[axis:stop].assert_is_compatible_with(mask.shape)
    count = prod_op(shape_of.shape(tensor)[axis:stop], [0])
    joined = joining.concat(
        [shape_of.shape(tensor)[:axis], [count], shape_of.shape(tensor)[stop:]], 0
    )
    rows = reshaping.reshape(tensor, joined)
    known = sizes[axis:stop].num_elements()
    rows.set_shape(sizes[:axis].concatenate([known]).concatenate(sizes[stop:]))
    return rows


def sequence_mask(
    lengths: Any, maxlen: Any = None, dtype: Any = dtypes.bool, name: str | None = None
) -> Tensor:
    """Returns a mask of the first elements of each sequence.

    lengths: i[...] -> dtype[..., maxlen], true at positions below the length. Without `maxlen` it
    is the largest length.

    Raises:
      ValueError: `maxlen` is not a scalar.
    """
    with name_scope(name, "SequenceMask", [lengths, maxlen]):
        lengths = convert_to_tensor(lengths)
        most = _largest(lengths) if maxlen is None else convert_to_tensor(maxlen)
        if most.shape.ndims not in (None, 0):
            raise ValueError("maxlen must be scalar for sequence_mask")
        zero, one = constant(0, most.dtype.base_dtype), constant(1, most.dtype.base_dtype)
        positions = ranging.range_op(zero, most, one)
        column = cast_op(reshaping.expand_dims(lengths, -1), DstT=most.dtype)
        result = positions < column
        wanted = dtypes.bool if dtype is None else dtypes.as_dtype(dtype).base_dtype
        return result if wanted is dtypes.bool else cast_op(result, DstT=wanted)


def _largest(lengths: Tensor) -> Tensor:
    if lengths.shape.ndims is None:
        axes = ranging.range_op(0, shape_of.rank(lengths), 1)
    else:
        axes = constant(np.arange(lengths.shape.ndims), dtype=dtypes.int32)
    most = max_op(lengths, axes)
    return maximum(constant(0, most.dtype.base_dtype), most)
