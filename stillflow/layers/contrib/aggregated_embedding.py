"""Rows of a table in parts for sparse ids, summed where each part is before they come together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with, name_scope
from stillflow.ops.array import (
    filling,
    gathering,
    joining,
    ranging,
    reshaping,
    shape_of,
    slicing,
)
from stillflow.ops.array.indexed_slices import convert_to_tensor_or_indexed_slices
from stillflow.ops.array.partition import dynamic_partition
from stillflow.ops.array.searching import setdiff1d
from stillflow.ops.array.unique import unique
from stillflow.ops.math import arithmetic, casts, division, elementwise
from stillflow.ops.math.clip import clip_by_norm
from stillflow.ops.nn.embedding import partitioned, total_rows
from stillflow.ops.nn.sparse_embedding import as_wide, check_sparse, chosen_combiner, tables_of
from stillflow.ops.reduce import reductions, segments
from stillflow.ops.sparse.sparse_tensor import SparseTensor


def embedding_lookup_sparse_with_distributed_aggregation(
    params: Any,
    sp_ids: SparseTensor,
    sp_weights: SparseTensor | None,
    partition_strategy: str = "mod",
    name: str | None = None,
    combiner: str | None = None,
    max_norm: float | None = None,
) -> Tensor:
    """`tf.nn.embedding_lookup_sparse`, each part of the table summing its own rows.

    Raises:
      TypeError: ids or weights are not sparse.
      ValueError: another combiner, or no table.
    """
    combiner = chosen_combiner(combiner)
    if combiner not in ("mean", "sqrtn", "sum"):
        raise ValueError("combiner must be one of 'mean', 'sqrtn' or 'sum'")
    tables = tables_of(params)
    check_sparse(sp_ids, sp_weights)
    with name_scope(name, "embedding_lookup_sparse", [*tables, sp_ids]):
        rows = sp_ids.indices[:, 0]
        if rows.dtype != dtypes.int32:
            rows = casts.cast(rows, dtypes.int32)
        ids: Any = sp_ids.values
        places = weights = None
        if sp_weights is None:
            ids, places = unique(ids)
        else:
            weights = sp_weights.values
        found = _summed(tables, ids, partition_strategy, max_norm, weights, places, rows)
        if weights is None:
            weights = filling.fill([shape_of.shape(rows)[0]], 1)
        if weights.dtype != found.dtype:
            weights = casts.cast(weights, found.dtype)
        weights = as_wide(weights, found)
        if combiner == "mean":
            return division.div(found, segments.segment_sum(weights, rows))
        if combiner == "sqrtn":
            squares = segments.segment_sum(arithmetic.pow_(weights, 2), rows)
            return division.div(found, elementwise.sqrt(squares))
        return found


def _summed(
    tables: list[Any],
    ids: Tensor,
    strategy: str,
    max_norm: float | None,
    weights: Tensor | None,
    places: Tensor | None,
    rows: Tensor,
) -> Tensor:
    """The sums of the rows of the tables for each of `rows`, i32[k], weighted if at all."""
    scoped = [*tables, ids]
    with name_scope(None, "embedding_lookup_with_distributed_aggregation", scoped) as scope:
        if not any(hasattr(table, "sparse_read") for table in tables):
            tables = [
                convert_to_tensor_or_indexed_slices(table, name=f"params_{index}")
                for index, table in enumerate(tables)
            ]
        if len(tables) > 1:
            return _summed_apart(tables, ids, strategy, max_norm, weights, places, rows, scope)
        with colocate_with(tables[0]):
            found = _clipped(gathering.gather(tables[0], ids), max_norm)
            if weights is None:
                return segments.sparse_segment_sum(found, places, rows, name=scope)
            return segments.segment_sum(_weighted(found, weights), rows, name=scope)


def _clipped(found: Tensor, max_norm: float | None) -> Tensor:
    if max_norm is None:
        return found
    axes: Any = found.shape.ndims
    return clip_by_norm(found, max_norm, axes=list(range(1, axes)))


def _weighted(found: Tensor, weights: Tensor) -> Tensor:
    if weights.dtype != found.dtype:
        weights = casts.cast(weights, found.dtype)
    return found * as_wide(weights, found)


def _summed_apart(
    tables: list[Any],
    ids: Tensor,
    strategy: str,
    max_norm: float | None,
    weights: Tensor | None,
    places: Tensor | None,
    rows: Tensor,
    name: str,
) -> Tensor:
    count = len(tables)
    flat = reshaping.reshape(convert_to_tensor(ids, name="ids"), [-1])
    numbers = ranging.range_(shape_of.size(flat))
    table_of, row_of = _parted(tables, flat, strategy)
    table_of = casts.cast(table_of, dtypes.int32)
    rows_wanted: Any = dynamic_partition(row_of, table_of, count)
    numbers_of: Any = dynamic_partition(numbers, table_of, count)
    found = []
    for table, wanted in zip(tables, rows_wanted, strict=True):
        with colocate_with(table):
            found.append(gathering.gather(table, wanted))
    own_weights = None
    if weights is not None:
        own_weights = [gathering.gather(weights, own) for own in numbers_of]
    found = _shaped(tables, found, numbers_of)
    found = _on_each(tables, found, lambda part, at: _clipped(part, max_norm))
    if own_weights is not None:
        found = _on_each(tables, found, lambda part, at: _weighted(part, own_weights[at]))
    rows_of = []
    for at, table in enumerate(tables):
        if places is None:
            own, own_places = unique(gathering.gather(rows, numbers_of[at]))
            with colocate_with(table):
                found[at] = segments.segment_sum(found[at], own_places)
        else:
            own, picked, own_places = _own_places(places, rows, numbers_of[at])
            with colocate_with(table):
                found[at] = segments.sparse_segment_sum(found[at], picked, own_places)
        rows_of.append(own)
    every_row = joining.concat(rows_of, 0)
    every_sum = joining.concat(found, 0)
    total = reductions.reduce_max(every_row) + 1
    return gathering.unsorted_segment_sum(every_sum, every_row, total, name=name)


def _parted(tables: list[Any], ids: Tensor, strategy: str) -> tuple[Tensor, Tensor]:
    """The table that each id is in, and its row there, by TensorFlow's nodes of this function."""
    if strategy != "div":
        return partitioned(tables, ids, strategy)
    total, count = total_rows(tables, ids), len(tables)
    each, extras = total // count, total % count
    table_of = arithmetic.maximum(ids // (each + 1), (ids - extras) // each)
    is_early = casts.cast(table_of < extras, ids.dtype)
    row_of = is_early * (ids % (each + 1)) + (1 - is_early) * ((ids - extras) % each)
    return table_of, row_of


def _shaped(tables: list[Any], found: list[Tensor], numbers_of: Sequence[Tensor]) -> list[Tensor]:
    """What each table gave, in the shape that all of them have."""
    row_shape = tables[0].shape[1:]
    for table in tables[1:]:
        row_shape = row_shape.merge_with(table.shape[1:])
    sizes: Any = None
    if not row_shape.is_fully_defined():
        with colocate_with(tables[0]):
            sizes = shape_of.shape(tables[0])

    def shaped(part: Tensor, at: int) -> Tensor:
        count = shape_of.shape(numbers_of[at])
        inner: Any = row_shape if sizes is None else slicing.slice_(sizes, [1], [-1])
        return reshaping.reshape(part, joining.concat([count, inner], 0))

    return _on_each(tables, found, shaped)


def _on_each(tables: list[Any], found: list[Tensor], change: Any) -> list[Tensor]:
    """What each table gave, changed where the table is."""
    changed = []
    for at, (table, part) in enumerate(zip(tables, found, strict=True)):
        with colocate_with(table):
            changed.append(change(part, at))
    return changed


def _own_places(places: Tensor, rows: Tensor, numbers: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The rows that a table has something for, and for each such id its place there and its row."""
    _, others = setdiff1d(places, numbers)
    everything = ranging.range_(shape_of.shape(places)[0])
    _, mine = setdiff1d(everything, others)
    own_rows = gathering.gather(rows, mine)
    own_places = gathering.gather(places, mine)
    distinct, row_of = unique(own_rows)
    _, place_of = unique(own_places)
    return distinct, place_of, row_of
