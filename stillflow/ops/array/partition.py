"""Rows dealt out to several tensors, and put together again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.opdef import op
from stillflow.declare.refusing import first_false, is_within, place, refuse
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.ops.array import gathering, ranging, reshaping, shape_of
from stillflow.ops.reduce.reductions import reduce_prod


def _dealt(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    data, partitions = ctx.shapes()
    count = ctx.attrs["num_partitions"]
    if data is None or partitions is None:
        return [None] * count
    shapes.check_prefix(data, partitions)
    return [(None, *data[len(partitions) :])] * count


@op(
    "DynamicPartition",
    "data: T, partitions: int32 -> outputs: num_partitions * T",
    shape=_dealt,
    limits={"num_partitions": 1},
    host=True,
)
def dynamic_partition_op(xp, data, partitions, *, num_partitions: int):
    """data: n[P..., R...], partitions: i32[P...] -> `num_partitions` tensors n[?, R...].

    The rows whose partition is 0, those whose partition is 1, and so on, in order.
    """
    if data.shape[: partitions.ndim] != partitions.shape:
        refuse(
            "data.shape must start with partitions.shape, got data.shape = "
            f"{shapes.format_sizes(data.shape)}, partitions.shape = "
            f"{shapes.format_sizes(partitions.shape)}"
        )
    ok = is_within(partitions, num_partitions)
    if not np.all(ok):
        at = first_false(ok)
        refuse(f"{place('partitions', at)} = {partitions[at]} is not in [0, {num_partitions})")
    parts = tuple(data[partitions == number] for number in range(num_partitions))
    return parts if num_partitions > 1 else parts[0]


@dynamic_partition_op.gradient
def dynamic_partition_gradient(op, *dys):
    data, partitions = op.inputs
    prefix = shape_of.shape(partitions)
    rows = reshaping.reshape(ranging.range_(reduce_prod(prefix)), prefix)
    places = dynamic_partition(rows, partitions, op.attrs["num_partitions"])
    stitched = dynamic_stitch(places, list(dys))
    return reshaping.reshape(stitched, shape_of.shape(data)), None


@or_of_composites
def dynamic_partition(
    data: Any, partitions: Any, num_partitions: int, name: str | None = None
) -> list[Tensor]:
    """Returns the rows of `data` of each partition: those with the number 0 first, and so on."""
    rows: Any = dynamic_partition_op(data, partitions, num_partitions=num_partitions, name=name)
    return rows


def _stitched(ctx: shapes.ShapeContext) -> shapes.Sizes:
    count = ctx.attrs["N"]
    known = [ctx.value(i) for i in range(count)]
    tail: shapes.Sizes = None
    for ids, data in zip(ctx.shapes(0, count), ctx.shapes(count), strict=True):
        if ids is not None and data is not None:
            shapes.check_prefix(data, ids)
            tail = shapes.merge(tail, data[len(ids) :])
    if tail is None:
        return None
    if any(value is None for value in known):
        return (None, *tail)
    return (1 + max((int(np.max(v)) for v in known if v.size), default=-1), *tail)  # type: ignore


def _stitch(indices_and_data: tuple[np.ndarray, ...]) -> np.ndarray:
    count = len(indices_and_data) // 2
    indices, data = indices_and_data[:count], indices_and_data[count:]
    for number, (at, rows) in enumerate(zip(indices, data, strict=True)):
        if rows.shape[: at.ndim] != at.shape:
            refuse(
                f"data[{number}].shape = {shapes.format_sizes(rows.shape)} does not start with "
                f"indices[{number}].shape = {shapes.format_sizes(at.shape)}"
            )
        if np.any(at < 0):
            refuse(f"{place('indices', first_false(at >= 0))} is out of range")
    _check_rows_alike(indices, data)
    length = 1 + max((int(np.max(at)) for at in indices if at.size), default=-1)
    result = np.zeros((length, *data[0].shape[indices[0].ndim :]), data[0].dtype)
    for at, rows in zip(indices, data, strict=True):
        result[at] = rows
    return result


def _check_rows_alike(indices: Sequence[np.ndarray], data: Sequence[np.ndarray]) -> None:
    rows = data[0].shape[indices[0].ndim :]
    for number, (at, part) in enumerate(zip(indices, data, strict=True)):
        if part.shape[at.ndim :] != rows:
            first, own, ids, own_ids = (
                shapes.format_sizes(x.shape) for x in (data[0], part, indices[0], at)
            )
            refuse(
                f"Need data[0].shape[{indices[0].ndim}:] = data[{number}].shape[{at.ndim}:], got "
                f"data[0].shape = {first}, data[{number}].shape = {own}, indices[0].shape = {ids}, "
                f"indices[{number}].shape = {own_ids}"
            )


_SIGNATURE = "indices: N * int32, data: N * T -> merged: T"


@op("DynamicStitch", _SIGNATURE, shape=_stitched, host=True, folds=True)
def dynamic_stitch(xp, *indices_and_data):
    """indices: i32[I...] each, data: n[I..., R...] each -> n[largest index + 1, R...].

    Row indices[m][i] is data[m][i]; a later one replaces an earlier, and rows that no index names
    are zero.
    """
    return _stitch(indices_and_data)


@op("ParallelDynamicStitch", _SIGNATURE, shape=_stitched, host=True, folds=True)
def parallel_dynamic_stitch(xp, *indices_and_data):
    """DynamicStitch that promises nothing on which of several rows for one index wins."""
    return _stitch(indices_and_data)


@dynamic_stitch.gradient
@parallel_dynamic_stitch.gradient
def dynamic_stitch_gradient(op, dy):
    indices = op.inputs[: op.attrs["N"]]
    if isinstance(dy, IndexedSlices):
        count = shape_of.shape(op.outputs[0])[0]
        dy = gathering.unsorted_segment_sum(dy.values, dy.indices, count)
    return [None] * len(indices) + [gathering.gather(dy, at) for at in indices]
