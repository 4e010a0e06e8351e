"""Rows and parts of rows of ragged tensors: `rt[key]`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, gathering, joining, ranging, shape_of, stacking
from stillflow.ops.control.cond import cond
from stillflow.ops.math import arithmetic, casts, comparison
from stillflow.ops.ragged import gathers, splits


def getitem(ragged: Any, key: Any) -> Any:
    """The part of a RaggedTensor that `key` names: an index or a slice for each axis.

    Raises:
      ValueError: an index on a ragged axis within, where rows have different lengths.
    """
    with name_scope(None, "RaggedGetItem", [ragged, *_tensors_in(key)]):
        return _picked(ragged, list(key) if isinstance(key, (list, tuple)) else [key])


def _tensors_in(key: Any) -> Iterator[Tensor]:
    if isinstance(key, Tensor):
        yield key
    elif isinstance(key, slice):
        yield from _tensors_in([key.start, key.stop, key.step])
    elif isinstance(key, (list, tuple)):
        for part in key:
            yield from _tensors_in(part)


def _picked(ragged: Any, keys: list[Any]) -> Any:
    if not keys:
        return ragged
    key, rest = keys[0], keys[1:]
    if key is Ellipsis:
        return _picked(ragged, _without_ellipsis(keys, ragged.shape.ndims))
    if key is None:
        inner = _picked(ragged, rest)
        count = shape_of.shape(inner.row_splits, out_type=inner.row_splits.dtype)[0]
        ends = stacking.stack([0, count - 1])
        return type(ragged).from_row_splits(inner, ends, validate=False)
    if isinstance(key, slice):
        return _within(_rows(ragged, key), rest)
    starts, limits = ragged.row_splits[:-1], ragged.row_splits[1:]
    if isinstance(key, int) and starts._is_eager and key >= starts.shape[0].value:
        raise IndexError(f"Row key {key} out of bounds")  # by which Python's for ends
    row = ragged.values[starts[key] : limits[key]]
    return row[rest]


def _without_ellipsis(keys: list[Any], rank: int | None) -> list[Any]:
    """The keys with a slice, or nothing, in place of the ellipsis in front."""
    if rank is None:
        raise ValueError("Ellipsis not supported for unknown shape RaggedTensors")
    count = sum(key is not None for key in keys)
    if count > rank + 1:
        raise IndexError("Too many indices for RaggedTensor")
    return keys[1:] if count == rank + 1 else [slice(None), *keys]


def _rows(ragged: Any, key: slice) -> Any:
    if key == slice(None):
        return ragged
    ends = ragged.row_splits
    starts, limits = ends[:-1][key], ends[1:][key]
    zero = filling.zeros([1], ends.dtype)
    if key.step is not None and key.step != 1:
        return _of_ranges(ragged, starts, limits, 1)
    before = zero[shape_of.size(starts) :]
    found = joining.concat([before, starts[:1], limits], axis=0)
    first, last = found[0], found[-1]
    values = ragged.values[first:last]
    return type(ragged).from_row_splits(values, found - first, validate=False)


def _within(part: Any, keys: list[Any]) -> Any:
    """What `keys` name within each row."""
    if not keys:
        return part
    if isinstance(part, Tensor):
        return part[[slice(None), *keys]]
    key, rest = keys[0], keys[1:]
    if key is Ellipsis:
        return _within(part, _without_ellipsis(keys, part.values.shape.ndims))
    if key is None:
        inner = _within(part, rest)
        count = shape_of.shape(inner.row_splits, out_type=inner.row_splits.dtype)[0]
        return type(part).from_row_splits(inner, ranging.range_(count), validate=False)
    if not isinstance(key, slice):
        raise ValueError("Cannot index into an inner ragged dimension.")
    if key != slice(None):
        part = _columns(part, key)
    return part.with_values(_within(part.values, rest))


def _columns(ragged: Any, key: slice) -> Any:
    ends = ragged.row_splits
    starts, limits = ends[:-1], ends[1:]
    if key.start is not None and key.start != 0:
        starts = _moved(key.start, ends)
    if key.stop is not None and key.stop != 0:
        limits = _moved(key.stop, ends)
    return _of_ranges(ragged, starts, limits, key.step)


def _moved(offset: Any, ends: Tensor) -> Tensor:
    """So far from the start of each row, or from its end when `offset` is negative."""
    starts, limits = ends[:-1], ends[1:]

    def from_start() -> Tensor:
        return arithmetic.minimum(starts + offset, limits)

    def from_end() -> Tensor:
        return arithmetic.maximum(limits + offset, starts)

    if isinstance(offset, Tensor):
        offset = casts.cast(offset, starts.dtype)
        return cond(comparison.greater_equal(offset, 0), from_start, from_end)
    if not isinstance(offset, int):
        raise TypeError("slice offsets must be integers or None")
    return from_start() if offset > 0 else from_end()


def _of_ranges(ragged: Any, starts: Tensor, limits: Tensor, step: Any) -> Any:
    """The rows of values from each start up to its limit."""
    step = convert_to_tensor(1 if step is None else step, name="step")
    if not step.dtype.is_integer:
        raise TypeError("slice strides must be integers or None")
    step = casts.cast(step, starts.dtype)
    cls, values = type(ragged), ragged.values
    with name_scope(None, "RaggedRange", [starts, limits, step]) as scope:
        ends, places = splits.ranges(starts, limits, step, None, scope, starts.dtype)
        rows = cls.from_row_splits(places, ends, validate=False)
    if isinstance(values, Tensor):
        return rows.with_values(gathering.gather(values, rows.values))
    with name_scope(None, "RaggedGather", [values, rows.values]):
        picked = gathers.gathered(values, rows.values)
    return rows.with_values(picked)
