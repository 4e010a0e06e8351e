"""Ragged tensors made of dense ones, and dense ones of them."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import (
    filling,
    gathering,
    joining,
    masking,
    ranging,
    reshaping,
    selecting,
    shape_of,
    stacking,
)
from stillflow.ops.control.cond import cond
from stillflow.ops.math import arithmetic, casts, comparison, scan
from stillflow.ops.ragged import splits
from stillflow.ops.reduce import reductions


def dense(ragged: Any, default_value: Any, name: str | None) -> Tensor:
    """The rows of a RaggedTensor filled up to the longest with `default_value`, or zeros."""
    with name_scope(name, "RaggedToTensor", [ragged, default_value]):
        if default_value is not None:
            default_value = convert_to_tensor(default_value, ragged.dtype, "default_value")
        values = ragged.values
        if not isinstance(values, Tensor):
            values = dense(values, default_value, None)
        if default_value is not None:
            default_value = _as_row(default_value, values)
        ends = ragged.row_splits
        lengths = [ends[1:] - ends[:-1]]
        nrows = shape_of.shape(ends, out_type=ends.dtype)[0] - 1
        ncols = arithmetic.maximum(reductions.reduce_max(lengths), 0)
        sizes = shape_of.shape(values, out_type=ends.dtype)
        row_sizes, count = sizes[1:], sizes[0]
        if default_value is None:
            default_value = filling.zeros(row_sizes, dtype=values.dtype)
        default_value.shape.assert_is_compatible_with(values.shape[1:])
        default_value.set_shape(values.shape[1:])
        starts = reshaping.expand_dims(ends[:-1], 1)
        limits = reshaping.expand_dims(ends[1:], 1)
        columns = reshaping.expand_dims(ranging.range_(0, ncols), 0)
        with_default = joining.concat([values, stacking.stack([default_value])], axis=0)
        places = starts + columns
        is_there = comparison.less(places, limits)
        elsewhere = filling.fill(stacking.stack([nrows, ncols]), count)
        return gathering.gather(with_default, selecting.where(is_there, places, elsewhere))


def _as_row(default_value: Tensor, values: Tensor) -> Tensor:
    """`default_value` of the shape of a row of `values`."""
    rank = values.shape.ndims
    if rank is not None:
        default_value.shape.with_rank_at_most(rank - 1)
    if rank is None or default_value.shape.ndims is None or rank != default_value.shape.ndims + 1:
        default_value = filling.broadcast_to(default_value, shape_of.shape(values)[1:])
    default_value.shape.assert_is_compatible_with(values.shape[1:])
    return default_value


def from_dense(
    cls: Any,
    tensor: Any,
    lengths: Any,
    padding: Any,
    ragged_rank: int,
    name: str | None,
    kind: DType,
) -> Any:
    """`RaggedTensor.from_tensor`; `kind` is the type of the splits."""
    if lengths is not None and padding is not None:
        raise ValueError("Specify lengths or padding, but not both")
    if not isinstance(ragged_rank, int):
        raise TypeError(f"ragged_rank expected int, got {ragged_rank!r}")
    if ragged_rank <= 0:
        raise ValueError(f"ragged_rank must be greater than 0; got {ragged_rank}")
    with name_scope(name, "RaggedFromTensor", [tensor, lengths, padding]):
        tensor = convert_to_tensor(tensor, name="tensor")
        tensor.shape.with_rank_at_least(ragged_rank + 1)
        sizes = shape_of.shape(tensor, out_type=kind)
        ncols = sizes[1]
        if ragged_rank > 1:
            return _nested(cls, tensor, lengths, padding, ragged_rank, sizes, kind)
        if padding is not None:
            lengths = _lengths_without(padding, tensor, ncols, kind)
        if _are_nested(lengths):
            return _of_nested_lengths(cls, tensor, lengths)
        if lengths is not None:
            return _of_lengths(cls, tensor, lengths, ncols, kind)
        nrows = sizes[0]
        count = nrows * ncols
        ends = ranging.range_(nrows + 1) * ncols
        flat = joining.concat([[count], sizes[2:]], axis=0)
        return cls.from_row_splits(reshaping.reshape(tensor, flat), ends, validate=False)


def _nested(
    cls: Any, tensor: Tensor, lengths: Any, padding: Any, rank: int, sizes: Tensor, kind: DType
) -> Any:
    flat = joining.concat([constant([-1], kind), sizes[rank:]], axis=0)
    flattened = reshaping.reshape(tensor, flat)
    values = from_dense(cls, flattened, lengths, padding, 1, None, kind)
    counts = scan.cumprod(sizes)
    ends = [ranging.range_(0, counts[at - 1] + 1) * sizes[at] for at in range(1, rank)]
    return cls.from_nested_row_splits(values, ends, validate=False)


def _lengths_without(padding: Any, tensor: Tensor, ncols: Tensor, kind: DType) -> Tensor:
    """The length of each row without what equals `padding` at its end."""
    padding = convert_to_tensor(padding, name="padding", dtype=tensor.dtype)
    padding.shape.assert_is_compatible_with(tensor.shape[2:])
    equals = comparison.equal(padding, tensor)
    rank = shape_of.rank(tensor)
    inner = ranging.range_(2, rank)
    is_padding = cond(
        comparison.greater(rank, 2),
        lambda: reductions.reduce_all(equals, axis=inner),
        lambda: equals,
    )
    is_padding.set_shape([None, None])
    is_padding.set_shape(tensor.shape[:2])
    is_value = casts.cast(comparison.logical_not(is_padding), kind)
    places = is_value * reshaping.expand_dims(ranging.range_(1, ncols + 1), 0)
    return reductions.reduce_max(places, axis=1)


def _are_nested(lengths: Any) -> bool:
    is_list = isinstance(lengths, (list, tuple)) and bool(lengths)
    return is_list and not isinstance(lengths[0], (int, float))


def _of_nested_lengths(cls: Any, tensor: Tensor, lengths: Any) -> Any:
    tensor.shape.with_rank_at_least(len(lengths) + 1)
    ones = filling.ones([reductions.reduce_sum(lengths[-1])], dtype=dtypes.bool)
    mask = cls.from_nested_row_lengths(ones, lengths, validate=False)
    values = masking.boolean_mask(tensor, mask.to_tensor(default_value=False))
    return cls.from_nested_row_lengths(values, lengths, validate=False)


def _of_lengths(cls: Any, tensor: Tensor, lengths: Any, ncols: Tensor, kind: DType) -> Any:
    lengths = splits.as_integers(lengths, "lengths", kind)
    lengths.shape.assert_has_rank(1)
    lengths = arithmetic.maximum(arithmetic.minimum(lengths, ncols), 0)
    limits = scan.cumsum(lengths)
    ends = joining.concat([filling.zeros([1], kind), limits], axis=0)
    values = masking.boolean_mask(tensor, masking.sequence_mask(lengths, maxlen=ncols))
    return cls.from_row_splits(values, ends, validate=False)
