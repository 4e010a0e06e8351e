"""Rows of tables for sparse ids: the rows of each example together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import Dimension, TensorShape, dimension_value, unknown_shape
from stillflow.ops.array.filling import fill, ones_like, zeros_like
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import expand_dims, reshape
from stillflow.ops.array.selecting import where
from stillflow.ops.array.shape_of import rank, shape, size
from stillflow.ops.array.slicing import slice_
from stillflow.ops.array.stacking import stack
from stillflow.ops.array.tiling import tile
from stillflow.ops.array.unique import unique
from stillflow.ops.math.arithmetic import pow_
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import greater, greater_equal, logical_and
from stillflow.ops.math.division import div
from stillflow.ops.math.elementwise import sqrt
from stillflow.ops.nn.embedding import embedding_lookup
from stillflow.ops.reduce import segments
from stillflow.ops.reduce.reductions import reduce_prod
from stillflow.ops.sparse.empty_rows import sparse_fill_empty_rows
from stillflow.ops.sparse.rearranging import sparse_reshape, sparse_retain
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.variables.kinds import is_resource_variable
from stillflow.ops.variables.partitioned import PartitionedVariable
from stillflow.platform import logging

_UNWEIGHTED: dict[str, Callable[..., Tensor]] = {
    "sum": segments.sparse_segment_sum,
    "mean": segments.sparse_segment_mean,
    "sqrtn": segments.sparse_segment_sqrt_n,
}


def embedding_lookup_sparse(
    params: Any,
    sp_ids: Any,
    sp_weights: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    combiner: str | None = None,
    max_norm: float | None = None,
) -> Tensor:
    """Returns for each example, n[examples, *r], its ids' rows of a table, taken together.

    Args:
      params: the table, n[rows, *r], or several: see `embedding_lookup`.
      sp_ids: the ids, a SparseTensor [examples, m]; each example must have one.
      sp_weights: the weight of each id, or None.
      combiner: "sum", "mean" (the default), or "sqrtn": the sum over the root of the sum of the
        squares of the weights.
      max_norm: rows of a larger norm are scaled down to it.

    Raises:
      TypeError: ids or weights are not sparse.
      ValueError: another combiner.
    """
    combiner = chosen_combiner(combiner)
    if combiner not in _UNWEIGHTED:
        raise ValueError("combiner must be one of 'mean', 'sqrtn' or 'sum'")
    tables = _tables(params)
    check_sparse(sp_ids, sp_weights)
    with name_scope(name, "embedding_lookup_sparse", [*tables, sp_ids]) as scope:
        examples = sp_ids.indices[:, 0]
        if examples.dtype is not dtypes.int32:
            examples = cast(examples, dtypes.int32)
        ids, places = unique(sp_ids.values)
        rows = embedding_lookup(
            tables, ids, partition_strategy=partition_strategy, max_norm=max_norm
        )
        if rows.dtype in (dtypes.float16, dtypes.bfloat16):
            rows = cast(rows, dtypes.float32)
        if sp_weights is None:
            return _UNWEIGHTED[combiner](rows, places, examples, name=scope)
        weights = cast(sp_weights.values, rows.dtype)
        rows = gather(rows, places)
        weights = as_wide(weights, rows)
        return _weighted(rows * weights, weights, examples, combiner, scope)


def _weighted(rows: Tensor, weights: Tensor, examples: Tensor, combiner: str, scope: str) -> Tensor:
    if combiner == "sum":
        return segments.segment_sum(rows, examples, name=scope)
    total = segments.segment_sum(rows, examples)
    if combiner == "mean":
        return div(total, segments.segment_sum(weights, examples), name=scope)
    squares = segments.segment_sum(pow_(weights, 2), examples)
    return div(total, sqrt(squares), name=scope)


def as_wide(weights: Tensor, rows: Tensor) -> Tensor:
    """weights: n[k], rows: n[k, *r] -> n[k, 1, ...], of as many axes as `rows`"""
    ones = fill(expand_dims(rank(rows) - 1, 0), 1)
    static, axes = weights.shape, rows.shape.ndims
    wide = reshape(weights, concat([shape(weights), ones], 0))
    if axes is not None:
        wide.set_shape(static.concatenate([1] * (axes - 1)))
    return wide


def check_sparse(ids: Any, weights: Any) -> None:
    if not isinstance(ids, SparseTensor):
        raise TypeError("sp_ids must be SparseTensor")
    if weights is None:
        return
    if not isinstance(weights, SparseTensor):
        raise TypeError("sp_weights must be either None or SparseTensor")
    for part in ("values", "indices", "dense_shape"):
        getattr(ids, part).shape.assert_is_compatible_with(getattr(weights, part).shape)


def chosen_combiner(combiner: str | None) -> str:
    if combiner is not None:
        return combiner
    logging.warning(
        'The default value of combiner will change from "mean" to "sqrtn" after 2016/11/01.'
    )
    return "mean"


def _tables(params: Any) -> list[Any]:
    if isinstance(params, PartitionedVariable):
        return list(params)
    return params if isinstance(params, list) else [params]


def tables_of(embedding_weights: Any) -> list[Any]:
    """A table, or what holds the rows of one, as a list. ValueError where there is none."""
    if embedding_weights is None or not _tables(embedding_weights):
        raise ValueError(f"Missing embedding_weights {embedding_weights}.")
    return _tables(embedding_weights)


def embedding_lookup_sparse_v2(
    params: Any,
    sp_ids: Any,
    sp_weights: Any,
    combiner: str | None = None,
    max_norm: float | None = None,
    name: str | None = None,
) -> Tensor:
    """`embedding_lookup_sparse` in TensorFlow 2's order; the parts of a table are blocks."""
    return embedding_lookup_sparse(params, sp_ids, sp_weights, "div", name, combiner, max_norm)


def safe_embedding_lookup_sparse(
    embedding_weights: Any,
    sparse_ids: SparseTensor,
    sparse_weights: SparseTensor | None = None,
    combiner: str = "mean",
    default_id: int | None = None,
    name: str | None = None,
    partition_strategy: str = "div",
    max_norm: float | None = None,
) -> Tensor:
    """`embedding_lookup_sparse` of ids of any rank, of which an example may have none.

    Ids below 0 are left out, and unless the combiner is "sum" those whose weight is not positive.

    Args:
      sparse_ids: a SparseTensor [..., m].
      default_id: the id of examples that have none; their numbers are zeros when it is None.

    Returns:
      n[..., *r]

    Raises:
      ValueError: there is no table.
    """
    dtype = None if sparse_weights is None else sparse_weights.dtype
    tables = [_as_table(table, dtype) for table in tables_of(embedding_weights)]
    scoped = [*tables, sparse_ids, sparse_weights]
    with name_scope(name, "embedding_lookup", scoped) as scope:
        sizes = sparse_ids.dense_shape
        known_axes = dimension_value(sizes.shape[0])
        axes = size(sizes) if known_axes is None else known_axes
        ids, weights, was_empty = _rows_with_ids(
            sparse_ids, sparse_weights, axes, combiner, default_id
        )
        found = embedding_lookup_sparse(
            tables,
            ids,
            weights,
            combiner=combiner,
            partition_strategy=partition_strategy,
            name=None if default_id is None else scope,
            max_norm=max_norm,
        )
        if default_id is None:
            is_zero = tile(reshape(was_empty, [-1, 1]), stack([1, shape(found)[1]]))
            found = where(is_zero, zeros_like(found), found, name=scope)
        outer = slice_(cast(sizes, dtypes.int32), [0], [axes - 1])
        arranged = reshape(found, concat([outer, slice_(shape(found), [1], [-1])], 0))
        arranged.set_shape(_outer_shape(known_axes).concatenate(found.shape[1:]))
        return arranged


def _rows_with_ids(
    ids: SparseTensor,
    weights: SparseTensor | None,
    axes: Any,
    combiner: str,
    default_id: int | None,
) -> tuple[SparseTensor, SparseTensor | None, Tensor]:
    """Ids and weights as [examples, m], each with an id, and which examples had none."""
    sizes = ids.dense_shape
    examples = reduce_prod(slice_(sizes, [0], [axes - 1]))
    ids = sparse_reshape(ids, [examples, gather(sizes, axes - 1)])
    if weights is not None:
        weights = SparseTensor(ids.indices, weights.values, ids.dense_shape)
    ids, weights = _without_negative(ids, weights)
    if combiner != "sum" and weights is not None:
        is_kept = greater(weights.values, 0)
        ids, weights = sparse_retain(ids, is_kept), sparse_retain(weights, is_kept)
    ids, was_empty = sparse_fill_empty_rows(ids, default_id or 0)
    if weights is not None:
        weights, _ = sparse_fill_empty_rows(weights, 1.0)
    return ids, weights, was_empty


def _without_negative(
    ids: SparseTensor, weights: SparseTensor | None
) -> tuple[SparseTensor, SparseTensor | None]:
    is_kept = greater_equal(ids.values, 0)
    if weights is None:
        return sparse_retain(ids, is_kept), None
    is_kept = logical_and(is_kept, ones_like(weights.values, dtype=dtypes.bool))
    return sparse_retain(ids, is_kept), sparse_retain(weights, is_kept)


def _as_table(table: Any, dtype: Any) -> Any:
    """A variable behind a handle as it is, so that the rows that are wanted are read alone."""
    if is_resource_variable(table) and dtype in (None, table.dtype):
        return table
    return convert_to_tensor(table, dtype=dtype)


def _outer_shape(axes: int | None) -> TensorShape:
    return unknown_shape((Dimension(axes) - 1).value)


def safe_embedding_lookup_sparse_v2(
    embedding_weights: Any,
    sparse_ids: SparseTensor,
    sparse_weights: SparseTensor | None = None,
    combiner: str = "mean",
    default_id: int | None = None,
    max_norm: float | None = None,
    name: str | None = None,
) -> Tensor:
    """`safe_embedding_lookup_sparse` in TensorFlow 2's order."""
    return safe_embedding_lookup_sparse(
        *(embedding_weights, sparse_ids, sparse_weights, combiner, default_id),
        name=name,
        max_norm=max_norm,
    )
