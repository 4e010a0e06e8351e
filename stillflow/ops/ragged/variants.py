"""Ragged tensors in boxes that only their readers look into, as elements of datasets; and back."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Handle
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.declare.type_sets import INDEX
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.ops.sparse.serializing import Held

Parts = list[np.ndarray]  # splits i[n + 1] from the outside in, then values any[m, ...]


def _box(parts: Parts) -> Held:
    return Held(_row_of([Held(part) for part in parts]))


def _row_of(elements: list[Any]) -> np.ndarray:
    row = np.empty(len(elements), object)
    row[:] = elements
    return row


def _boxed(ctx: ShapeContext) -> Sizes:
    depth = ctx.attrs["RAGGED_RANK"]
    for index in range(depth):
        shapes.with_rank(ctx.shape(index), 1)
    shapes.with_rank_at_least(ctx.shape(depth), 1)
    if not ctx.attrs["batched_input"]:
        return ()
    outer = ctx.shape(0)
    size = None if outer is None else outer[0]
    return (None if size is None else size - 1,)


@op(
    "RaggedTensorToVariant",
    "rt_nested_splits: RAGGED_RANK * Tsplits, rt_dense_values: Tvalues -> encoded_ragged: variant",
    shape=_boxed,
    types={"Tsplits": INDEX},
    host=True,
)
def ragged_tensor_to_variant_op(xp, *parts, batched_input: bool):
    """Splits i[n + 1] from the outside in, values any[m, ...] -> variant[], or variant[n]: rows"""
    if not batched_input:
        return _box(list(parts))
    _check_splits(list(parts))
    outer, *inner = parts
    rows = itertools.pairwise(outer.tolist())
    return _row_of([_box(_cut(inner, start, stop)) for start, stop in rows])


def _cut(parts: Parts, start: int, stop: int) -> Parts:
    """Rows start:stop of a ragged tensor."""
    cut = []
    for ends in parts[:-1]:
        own = ends[start : stop + 1]
        cut.append(own - own[0])
        start, stop = int(own[0]), int(own[-1])
    return [*cut, parts[-1][start:stop]]


def _check_splits(parts: Parts) -> None:
    counts = [*(len(ends) - 1 for ends in parts[1:-1]), len(parts[-1])]
    for ends, count in zip(parts[:-1], counts, strict=True):
        if not len(ends):
            refuse("Ragged splits may not be empty")
        if ends[0] != 0 or ends[-1] > count or (np.diff(ends) < 0).any():
            refuse(f"Ragged splits must go from 0 to at most {count} without falling")


def _unboxed(ctx: ShapeContext) -> list[Sizes]:
    depth, own = ctx.attrs["output_ragged_rank"], ctx.attrs["input_ragged_rank"]
    if own >= 0:
        shapes.with_rank(ctx.shape(0), depth - own)
    return [*[(None,)] * depth, None]


@op(
    "RaggedTensorFromVariant",
    "encoded_ragged: variant"
    " -> output_nested_splits: output_ragged_rank * Tsplits, output_dense_values: Tvalues",
    shape=_unboxed,
    types={"Tsplits": INDEX},
    limits={"input_ragged_rank": -1, "output_ragged_rank": 1},
    host=True,
)
def ragged_tensor_from_variant_op(
    xp,
    encoded,
    *,
    input_ragged_rank: int,
    output_ragged_rank: int,
    Tvalues: DType,
    Tsplits: DType,
):
    """encoded: variant[*sizes] -> splits i[n + 1] from the outside in, values any[m, ...]

    Each axis of `encoded` is one more ragged axis around those of the boxes.
    """
    sizes = encoded.shape
    depth = output_ragged_rank - len(sizes) if input_ragged_rank == -1 else input_ragged_rank
    if depth < 0:
        refuse(
            f"Inferred input_ragged_rank (output_ragged_rank - encoded_variant.dims()) must be "
            f">= 0, found output_ragged_rank: {output_ragged_rank}, encoded_variant.dims(): "
            f"{len(sizes)}, inferred input_ragged_rank: {depth}"
        )
    if output_ragged_rank != depth + len(sizes):
        refuse(
            f"output_ragged_rank must be equal to input_ragged_rank + encoded_ragged.dims(); "
            f"output_ragged_rank: {output_ragged_rank}, input_ragged_rank: {depth}, "
            f"encoded_ragged.dims(): {len(sizes)}, encoded_ragged.shape: "
            f"{shapes.format_sizes(sizes)}"
        )
    boxes = [encoded] if isinstance(encoded, Handle) else encoded.ravel().tolist()
    read = [_read(box, depth, Tvalues, Tsplits) for box in boxes]
    if not sizes:
        return tuple(read[0])
    around = [np.arange(math.prod(sizes[:axis]) + 1) * sizes[axis] for axis in range(1, len(sizes))]
    nested = [ends.astype(Tsplits.as_numpy_dtype) for ends in around]
    return (*nested, *_joined(read, depth, Tvalues, Tsplits))


def _read(box: Any, depth: int, values_type: DType, splits_type: DType) -> Parts:
    held = box.array if isinstance(box, Held) else None
    if held is None or held.dtype != object or held.ndim != 1 or not len(held):
        refuse("Input Variant element doesn't hold a ragged tensor")
    parts = [part.array for part in held if isinstance(part, Held)]
    if len(parts) == 1 and depth and not parts[0].size:
        none = np.zeros(1, splits_type.as_numpy_dtype)
        return [*[none] * depth, parts[0]]
    if len(parts) != depth + 1:
        refuse(
            "Encoded input Variant must hold either input_ragged_rank + 1 Tensors or an empty "
            f"Tensor (zero splits Tensors, 1 values Tensor), input_ragged_rank: {depth}, "
            f"encoded input Variant: {len(parts)} Tensors"
        )
    for name, part, kind in [
        *[("splits", part, splits_type) for part in parts[:-1]],
        ("values", parts[-1], values_type),
    ]:
        own = dtypes.string if part.dtype == object else dtypes.as_dtype(part.dtype)
        if own is not kind:
            refuse(f"Expected {name} Tensor dtype: {kind.name}, found: {own.name}")
    if parts[-1].ndim < 1:
        refuse("Ragged values must have rank >= 1; encoded scalar element at index 0 has none")
    return parts


def _joined(read: list[Parts], depth: int, values_type: DType, splits_type: DType) -> Parts:
    """Ragged tensors as the rows of one."""
    kind = splits_type.as_numpy_dtype
    if not read:
        values_kind = object if values_type is dtypes.string else values_type.as_numpy_dtype
        return [*[np.zeros(1, kind)] * (depth + 1), np.empty(0, values_kind)]
    first = read[0][-1].shape[1:]
    for index, parts in enumerate(read):
        if parts[-1].shape[1:] != first:
            refuse(
                "All flat_values must have compatible shapes.  Shape at index 0: "
                f"{shapes.format_sizes(first)}.  Shape at index {index}: "
                f"{shapes.format_sizes(parts[-1].shape[1:])}."
            )
    columns = list(zip(*read, strict=True))
    counts = [len(part) - (depth > 0) for part in columns[0]]
    nested = [np.cumsum([0, *counts]).astype(kind)]
    for column in columns[:-1]:
        lengths = np.concatenate([np.diff(ends) for ends in column])
        nested.append(np.concatenate([[0], np.cumsum(lengths)]).astype(kind))
    return [*nested, np.concatenate(columns[-1])]
