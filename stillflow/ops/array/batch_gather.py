"""Gathering within batches, composed of ops as TensorFlow 1.15 composes it."""

from __future__ import annotations

from typing import Any

from stillflow.declare.composites import or_of_composites
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import (
    filling,
    gathering,
    joining,
    ranging,
    reshaping,
    scattering,
    shape_of,
    stacking,
    transposing,
)
from stillflow.ops.array.tiling import meshgrid, tile
from stillflow.ops.math.casts import cast_op
from stillflow.ops.reduce.reducing import prod_op


@or_of_composites
def batch_gather(params: Any, indices: Any, name: str | None = None) -> Tensor:
    """params: n[B..., s, R...], indices: i[B..., k] -> n[B..., k, R...], within each batch.

    Raises:
      ValueError: `indices` has an unknown rank, or more axes than `params`.
    """
    with name_scope(name, "BatchGather", [params, indices]):
        indices = convert_to_tensor(indices, name="indices")
        params = convert_to_tensor(params, name="params")
        rank = indices.shape.ndims
        if rank is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        batch_dims = rank - 1
        if params.shape.ndims is not None and batch_dims >= params.shape.ndims:
            raise ValueError(
                f"batch_dims = {batch_dims} must be less than rank(params) = {params.shape.ndims}"
            )
        return _gathered(params, indices, batch_dims)


def _gathered(params: Tensor, indices: Tensor, batch_dims: int) -> Tensor:
    """Gathers from all batches at once, with indices into their rows laid end to end."""
    indices_shape, params_shape = shape_of.shape(indices), shape_of.shape(params)
    flat = reshaping.reshape(_with_offsets(indices, params_shape, batch_dims), [-1])
    rest = params_shape[batch_dims + 1 :]
    rows = prod_op(params_shape[: batch_dims + 1], [0])
    picked = gathering.gather(
        reshaping.reshape(params, joining.concat([[rows], rest], axis=0)), flat
    )
    result = reshaping.reshape(picked, joining.concat([indices_shape, rest], axis=0))
    batch = indices.shape[:batch_dims].merge_with(params.shape[:batch_dims])
    known = batch.concatenate(indices.shape[batch_dims:])
    result.set_shape(known.concatenate(params.shape[batch_dims + 1 :]))
    return result


def _with_offsets(indices: Tensor, params_shape: Tensor, batch_dims: int) -> Tensor:
    dtype, rank = indices.dtype.base_dtype, indices.shape.ndims
    assert rank is not None
    stride = filling.ones((), dtype=dtype)
    sizes = cast_op(params_shape, DstT=dtype)
    for axis in range(batch_dims, 0, -1):
        count = sizes[axis - 1]
        stride = stride * sizes[axis]
        start, step = filling.zeros((), dtype=dtype), filling.ones((), dtype=dtype)
        offsets = ranging.range_op(start, count, step) * stride
        along = stacking.stack([1] * (axis - 1) + [count] + [1] * (rank - axis), axis=0)
        indices = indices + reshaping.reshape(offsets, along)
    return indices


@or_of_composites
def gather_nd(params: Any, indices: Any, name: str | None = None, batch_dims: int = 0) -> Tensor:
    """params: n[B..., *s, *r], indices: i[B..., I..., len(s)] -> n[B..., I..., *r].

    The slices of `params` at each index, where B has `batch_dims` axes.
    """
    if batch_dims:
        return batch_gather_nd(params, indices, batch_dims, name)
    if hasattr(params, "gather_nd"):
        return params.gather_nd(indices, name=name)  # of a variable these places alone are read
    return scattering.gather_nd_op(params, indices, name=name)


def batch_gather_nd(params: Any, indices: Any, batch_dims: int, name: str | None = None) -> Tensor:
    """`gather_nd` within each batch.

    Raises:
      TypeError: `batch_dims` is not a whole number.
      ValueError: it is negative, or not less than both ranks.
    """
    with name_scope(name, "BatchGatherND", [params, indices]):
        indices = convert_to_tensor(indices, name="indices")
        params = convert_to_tensor(params, name="params")
        _check_batch_dims(batch_dims, params, indices)
        params_shape, indices_shape = shape_of.shape(params), shape_of.shape(indices)
        batch_shape = params_shape[:batch_dims]
        count = prod_op(batch_shape, [0])
        inner_rank = shape_of.rank(indices) - batch_dims - 1
        inner_shape = indices_shape[batch_dims:-1]
        grid = _batch_coordinates(batch_shape, indices, inner_rank, inner_shape)
        flat = joining.concat(([count], indices_shape[batch_dims:]), axis=0)
        places = joining.concat((grid, reshaping.reshape(indices, shape=flat)), axis=-1)
        picked = scattering.gather_nd_op(params, places)
        return reshaping.reshape(
            picked, shape=joining.concat((batch_shape, shape_of.shape(picked)[1:]), axis=0)
        )


def _check_batch_dims(batch_dims: Any, params: Tensor, indices: Tensor) -> None:
    if not isinstance(batch_dims, int):
        raise TypeError(f"batch_dims must be an int; got {batch_dims!r}")
    if batch_dims < 0:
        raise ValueError("tf.gather_nd does not allow negative batch_dims.")
    for name, tensor in (("indices", indices), ("params", params)):
        rank = tensor.shape.ndims
        if rank is not None and batch_dims >= rank:
            raise ValueError(f"batch_dims = {batch_dims} must be less than rank({name}) = {rank}")


def _batch_coordinates(
    batch_shape: Tensor, indices: Tensor, inner_rank: Any, inner_shape: Tensor
) -> Tensor:
    """The batch that each index belongs to, i[batches, *inner_shape, batch_dims]."""
    ranges = [
        cast_op(ranging.range_op(0, size, 1), DstT=indices.dtype)
        for size in stacking.unstack(batch_shape, axis=0)
    ]
    columns = [reshaping.reshape(x, shape=(-1,)) for x in meshgrid(*ranges, indexing="ij")]
    grid = transposing.transpose(stacking.stack(columns, axis=0))
    sizes = shape_of.shape(grid)
    spread = [sizes[:1], filling.ones(inner_rank, dtype=dtypes.int32), sizes[1:]]
    grid = reshaping.reshape(grid, joining.concat(spread, axis=0))
    return tile(grid, joining.concat(((1,), inner_shape, (1,)), axis=0))
