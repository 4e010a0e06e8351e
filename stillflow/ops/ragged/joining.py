"""Ragged tensors joined: one behind another, or stacked along a new axis."""

from __future__ import annotations

from typing import Any

from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import joining, ranging, reshaping, stacking, transposing
from stillflow.ops.debug import checks
from stillflow.ops.math import scan
from stillflow.ops.ragged.arranging import expand_dims, gather
from stillflow.ops.ragged.ragged_tensor import (
    RaggedTensor,
    common_splits_type,
    convert_to_tensor_or_ragged_tensor,
    positive_axis,
)


def stack(values: Any, axis: int = 0, name: str | None = None) -> Any:
    """Stacks tensors, ragged or not, of one rank along a new axis.

    Raises:
      ValueError: there are none, the ranks differ, or `axis` is out of range.
    """
    values = list(values) if isinstance(values, (list, tuple)) else [values]
    with name_scope(name, "RaggedConcat", values):
        return _joined(values, axis, stacked=True)


def concat(values: Any, axis: int, name: str | None = None) -> Any:
    """Joins tensors, ragged or not, of one rank along `axis`.

    Raises:
      ValueError: as of `stack`.
    """
    values = list(values) if isinstance(values, (list, tuple)) else [values]
    with name_scope(name, "RaggedConcat", values):
        return _joined(values, axis, stacked=False)


def _joined(values: list[Any], axis: int, stacked: bool) -> Any:
    if not values:
        raise ValueError("rt_inputs may not be empty.")
    parts = [convert_to_tensor_or_ragged_tensor(value, name="rt_input") for value in values]
    kind = common_splits_type(parts)
    if len(parts) == 1:
        return expand_dims(parts[0], axis=axis) if stacked else parts[0]
    rank = parts[0].shape.ndims
    for part in parts[1:]:
        part.shape.assert_has_rank(rank)
    out_rank = rank if rank is None or not stacked else rank + 1
    axis = positive_axis(axis, out_rank)
    are_dense = all(isinstance(part, Tensor) for part in parts)
    if are_dense and rank is not None and axis in (rank - 1, out_rank - 1):
        return stacking.stack(parts, axis) if stacked else joining.concat(parts, axis)
    rows = [
        RaggedTensor.from_tensor(part, ragged_rank=1, row_splits_dtype=kind)
        if isinstance(part, Tensor)
        else part
        for part in parts
    ]
    depth = max(part.ragged_rank for part in rows)
    rows = [_of_depth(part, depth, kind) for part in rows]
    if axis == 0:
        return _behind(rows, stacked)
    if axis == 1:
        return _beside(rows, stacked)
    ends = rows[0].row_splits
    message = "Inputs must have identical ragged splits"
    tests = [checks.assert_equal(ends, part.row_splits, message=message) for part in rows[1:]]
    with control_dependencies(tests):
        inner = _joined([part.values for part in rows], axis - 1, stacked)
        return RaggedTensor.from_row_splits(inner, ends, validate=False)


def _of_depth(part: Any, depth: int, kind: DType) -> Any:
    """The same with so many ragged axes."""
    if depth <= 0:
        return part
    if isinstance(part, Tensor):
        part = RaggedTensor.from_tensor(part, row_splits_dtype=kind)
    if part.ragged_rank < depth:
        part = part.with_values(_of_depth(part.values, depth - 1, kind))
    return part


def _behind(rows: list[RaggedTensor], stacked: bool) -> RaggedTensor:
    """The rows of all, one after another; stacked, those of each make a row."""
    values = joining.concat([part.flat_values for part in rows], axis=0)
    levels = zip(*(part.nested_row_splits for part in rows), strict=True)
    nested = [_joined_splits(list(level)) for level in levels]
    if stacked:
        counts = stacking.stack([part.nrows() for part in rows])
        nested.insert(0, joining.concat([[0], scan.cumsum(counts)], axis=-1))
    return RaggedTensor.from_nested_row_splits(values, nested, validate=False)


def _joined_splits(parts: list[Tensor]) -> Tensor:
    pieces, offset = [parts[0]], parts[0][-1]
    for ends in parts[1:]:
        pieces.append(ends[1:] + offset)
        offset += ends[-1]
    return joining.concat(pieces, axis=0)


def _beside(rows: list[RaggedTensor], stacked: bool) -> RaggedTensor:
    """Row i of all, one after another, make row i; stacked, they are its rows."""
    count = len(rows)
    nrows = rows[0].nrows()
    message = "Input tensors have incompatible shapes."
    tests = [checks.assert_equal(part.nrows(), nrows, message=message) for part in rows[1:]]
    with control_dependencies(tests):
        behind = _behind(rows, stacked=False)
        numbers = reshaping.reshape(ranging.range_(nrows * count), [count, -1])
        order = reshaping.reshape(transposing.transpose(numbers), [-1])
        in_order = gather(behind, order)
        if stacked:
            ends = ranging.range_(0, nrows * count + 1, count)
            values: Any = in_order
        else:
            ends = in_order.row_splits[::count]
            values = in_order.values
        for part in rows:
            ends.set_shape(part.row_splits.shape)
        return RaggedTensor.from_row_splits(values, ends, validate=False)
