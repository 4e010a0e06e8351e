"""Numbers that are learnt for values of any kind, by their hashes."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import dimension_value
from stillflow.ops.array.gathering import gather, unsorted_segment_sum
from stillflow.ops.array.joining import concat
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.reshaping import expand_dims, reshape
from stillflow.ops.array.shape_of import rank, shape
from stillflow.ops.array.tiling import tile
from stillflow.ops.array.unique import unique
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.math.arithmetic import multiply, subtract
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import equal
from stillflow.ops.nn.embedding import embedding_lookup
from stillflow.ops.nn.sparse_embedding import chosen_combiner, tables_of
from stillflow.ops.reduce import segments
from stillflow.ops.reduce.reductions import reduce_all
from stillflow.ops.sparse.densifying import sparse_tensor_to_dense
from stillflow.ops.sparse.empty_rows import sparse_fill_empty_rows
from stillflow.ops.sparse.feature_cross import sparse_feature_cross
from stillflow.ops.sparse.sparse_tensor import SparseTensor

# What a row without a value looks up.
_NO_WORD = "6ZxWzWOHxZ"
_NO_NUMBER = 1288896567


def scattered_embedding_lookup(
    params: Any, values: Tensor, dimension: int, name: str | None = None, hash_key: Any = None
) -> Tensor:
    """values: any[...] -> f[..., dimension], each number from the place that a hash gives it.

    Args:
      params: the numbers, f[n], or several such parts.
      hash_key: what the hash begins with.

    Raises:
      ValueError: there is no dimension, or the parts are of other sizes.
    """
    if dimension is None:
        raise ValueError("You must specify dimension.")
    return sampled_lookup(params, values, dimension, hash_key=hash_key, name=name)


def sampled_lookup(
    params: Any,
    values: Any,
    dimension: Any = None,
    sampled_candidates: Any = None,
    hash_key: Any = None,
    name: str | None = None,
) -> Tensor:
    """`scattered_embedding_lookup` of some of the numbers alone: f[..., k].

    Args:
      sampled_candidates: which of them, i[..., k], for each value; all of `dimension` when None.

    Raises:
      ValueError: neither says how many there are.
    """
    tables = tables_of(params)
    with name_scope(name, "scattered_embedding_lookup", [*tables, dimension, values]):
        sizes = shape(values)
        values = reshape(values, [-1, 1])
        if sampled_candidates is not None:
            places, dimension = _as_rows(sampled_candidates, sizes)
        elif dimension is None:
            raise ValueError("You must specify either dimension or sampled_candidates.")
        elif dimension <= 0:
            raise ValueError(f"Dimension must be >0. Given is {dimension}")
        else:
            places = tile(expand_dims(range_(0, dimension), 0), shape(values))
        ids = sparse_feature_cross(
            [places, values],
            hashed_output=True,
            num_buckets=_count_of(tables),
            hash_key=hash_key,
        )
        found = embedding_lookup(tables, sparse_tensor_to_dense(ids), partition_strategy="div")
        return reshape(found, concat([sizes, [dimension]], 0))


def _as_rows(candidates: Any, sizes: Tensor) -> tuple[Tensor, Tensor]:
    """Candidates, i[*sizes, k], as i[n, k], and k; a run fails where they have other axes."""
    dimension = shape(candidates)[subtract(rank(candidates), 1)]
    own = shape(candidates)
    wanted = concat([sizes, reshape(dimension, shape=[1])], 0)
    told = ["The shape of sampled_candidates: ", own]
    told += [" does not match the shape of values: ", sizes]
    with control_dependencies([assert_that(reduce_all(equal(own, wanted)), told)]):
        return reshape(candidates, [-1, dimension]), dimension


def sampled_lookup_sparse(
    params: Any,
    sp_values: SparseTensor,
    dimension: Any = None,
    sampled_candidates: Any = None,
    hash_key: Any = None,
    with_sign_hash: bool = False,
    name: str | None = None,
) -> Tensor:
    """`sampled_lookup` of sparse values, any[n, m], those of a row added up: f[n, k].

    With `with_sign_hash` each number has a sign, which another hash gives it.

    Raises:
      TypeError: the values are not sparse.
    """
    if not isinstance(sp_values, SparseTensor):
        raise TypeError("sp_values must be SparseTensor")
    scoped = [sp_values, params, dimension, sampled_candidates]
    with name_scope(name, "sampled_scattered_embedding_lookup_sparse", scoped) as scope:
        rows = sp_values.indices[:, 0]
        if sampled_candidates is not None:
            sampled_candidates = gather(sampled_candidates, rows)
        which = {
            "dimension": dimension,
            "sampled_candidates": sampled_candidates,
            "hash_key": hash_key,
        }
        found = sampled_lookup(params, sp_values.values, **which, name="values_lookup")
        if with_sign_hash:
            signs = sampled_lookup(
                constant([-1.0, 1.0]), sp_values.values, **which, name="signs_lookup"
            )
            found = multiply(signs, found, name="signs_hash")
        if rows.dtype is not dtypes.int32:
            rows = cast(rows, dtypes.int32)
        return unsorted_segment_sum(found, rows, num_segments=shape(sp_values)[0], name=scope)


def _count_of(tables: list[Any]) -> int:
    """How many numbers there are in all; ValueError unless the parts are of equal sizes."""
    sizes: list[Any] = []
    for table in tables:
        static = table.get_shape()
        static.assert_has_rank(1)
        static.assert_is_fully_defined()
        sizes.append(dimension_value(static[0]))
    total, parts = sum(sizes), len(tables)
    for at, size in enumerate(sizes):
        wanted = (total - at - 1) // parts + 1
        if size != wanted:
            raise ValueError(f"Tensor {at} in params has size {size}, expected {wanted}.")
    return total


def scattered_embedding_lookup_sparse(
    params: Any,
    sparse_values: SparseTensor,
    dimension: int,
    combiner: str | None = None,
    default_value: Any = None,
    name: str | None = None,
    hash_key: Any = None,
) -> Tensor:
    """`scattered_embedding_lookup` of sparse values, those of a row together: f[rows, dimension].

    Args:
      combiner: "sum", "mean" or "sqrtn".
      default_value: what a row without a value looks up.

    Raises:
      TypeError: the values are not sparse.
      ValueError: another combiner.
    """
    combiner = chosen_combiner(combiner)
    tables = tables_of(params)
    if not isinstance(sparse_values, SparseTensor):
        raise TypeError("sparse_values must be SparseTensor")
    scoped = [*tables, sparse_values]
    with name_scope(name, "scattered_embedding_lookup_sparse", scoped) as scope:
        if default_value is None:
            default_value = _NO_WORD if sparse_values.dtype == dtypes.string else _NO_NUMBER
        filled, _ = sparse_fill_empty_rows(sparse_values, default_value)
        rows = filled.indices[:, 0]
        if rows.dtype is not dtypes.int32:
            rows = cast(rows, dtypes.int32)
        values, places = unique(filled.values)
        found = scattered_embedding_lookup(tables, values, dimension, hash_key=hash_key)
        combine = {
            "sum": segments.sparse_segment_sum,
            "mean": segments.sparse_segment_mean,
            "sqrtn": segments.sparse_segment_sqrt_n,
        }.get(combiner)
        if combine is None:
            raise ValueError("Combiner must be one of 'mean', 'sqrtn' or 'sum'.")
        return combine(found, places, rows, name=scope)
