"""Embeddings: rows of a table, or of several that hold a part each, looked up by id."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with, name_scope
from stillflow.graph.tensor_shape import dimension_value
from stillflow.ops.array import (
    gathering,
    joining,
    ranging,
    reshaping,
    selecting,
    shape_of,
    stacking,
)
from stillflow.ops.array.indexed_slices import convert_to_tensor_or_indexed_slices
from stillflow.ops.array.partition import dynamic_partition, parallel_dynamic_stitch
from stillflow.ops.control.ordering import identity
from stillflow.ops.math import arithmetic, casts
from stillflow.ops.math.clip import clip_by_norm
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.variables.partitioned import PartitionedVariable


def embedding_lookup(
    params: Any,
    ids: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    validate_indices: bool = True,
    max_norm: float | None = None,
) -> Tensor:
    """params: n[rows, *r], ids: i[...] -> n[..., *r], the row of the table for each id.

    Args:
      params: the table, or several that hold its rows in turn ('mod') or in blocks ('div'), as
        `partition_strategy` says: a list, or a partitioned variable, whose parts are blocks.
      validate_indices: accepted; an id without a row always fails the run.
      max_norm: rows of a larger norm are scaled down to it.

    Raises:
      ValueError: no table, or an unknown strategy.
    """
    in_parts = isinstance(params, (list, tuple, PartitionedVariable))
    tables = list(params) if in_parts else [params]
    if params is None:
        raise ValueError("params must be specified")
    if not tables:
        raise ValueError("Need at least one param")
    with name_scope(name, "embedding_lookup", [*tables, ids]) as scope:
        if not any(hasattr(type(table), "sparse_read") for table in tables):
            # Of a variable behind a handle the rows that are wanted are read alone.
            tables = [
                convert_to_tensor_or_indexed_slices(table, name=f"params_{index}")
                for index, table in enumerate(tables)
            ]
        ids = convert_to_tensor(ids, name="ids")
        if len(tables) > 1:
            return _looked_up_in_parts(tables, ids, partition_strategy, max_norm, scope)
        with colocate_with(tables[0]):
            rows = _clipped(gathering.gather(tables[0], ids, name=scope), ids, max_norm)
        return identity(rows)


def _clipped(rows: Tensor, ids: Tensor, max_norm: float | None) -> Tensor:
    if max_norm is None:
        return rows
    first, rank = ids.shape.ndims, rows.shape.ndims
    if first and rank:
        axes: Any = list(range(first, rank))
    else:
        axes = ranging.range_(shape_of.rank(ids), shape_of.rank(rows))
    return clip_by_norm(rows, max_norm, axes=axes)


def _looked_up_in_parts(
    tables: list[Any], ids: Tensor, strategy: str, max_norm: float | None, scope: str
) -> Tensor:
    flat = reshaping.reshape(ids, [-1])
    places = ranging.range_(shape_of.size(flat))
    table_of, row_of = partitioned(tables, flat, strategy)
    table_of = casts.cast(table_of, dtypes.int32)
    rows_wanted = dynamic_partition(row_of, table_of, len(tables))
    places_of = dynamic_partition(places, table_of, len(tables))
    found = []
    for table, rows in zip(tables, rows_wanted, strict=True):
        with colocate_with(table):
            found.append(gathering.gather(table, rows))
    merged = parallel_dynamic_stitch(places_of, found, name=scope)
    row_shape = tables[0].shape[1:]
    for table in tables[1:]:
        row_shape = row_shape.merge_with(table.shape[1:])
    if row_shape.is_fully_defined():
        inner: Any = row_shape
    else:
        with colocate_with(tables[0]):
            sizes = shape_of.shape(tables[0])
        inner = sizes[1:]
    result = reshaping.reshape(merged, joining.concat([shape_of.shape(ids), inner], 0))
    result.set_shape(ids.shape.concatenate(row_shape))
    return _clipped(result, ids, max_norm)


def partitioned(tables: list[Any], ids: Tensor, strategy: str) -> tuple[Tensor, Tensor]:
    """The table that each id is in, and its row there."""
    count = len(tables)
    if strategy == "mod":
        return ids % count, ids // count
    if strategy != "div":
        raise ValueError(f"Unrecognized partition strategy: {strategy}")
    # The first `extras` tables hold one row more than the others.
    total = total_rows(tables, ids)
    each, extras = total // count, total % count
    table_of = arithmetic.maximum(ids // (each + 1), (ids - extras) // each)
    row_of = selecting.where(table_of < extras, ids % (each + 1), (ids - extras) % each)
    return table_of, row_of


def total_rows(tables: list[Any], ids: Tensor) -> Tensor:
    sizes: list[Any] = [dimension_value(table.shape[0]) for table in tables]
    if None not in sizes and sum(sizes):
        return constant(sum(sizes), ids.dtype.base_dtype)
    for number, table in enumerate(tables):
        if sizes[number] is None:
            with colocate_with(table):
                sizes[number] = shape_of.shape(table)[0]
    return reduce_sum(casts.cast(stacking.stack(sizes), ids.dtype.base_dtype))
