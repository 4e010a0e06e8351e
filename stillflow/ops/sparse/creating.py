"""Sparse tensors made of dense ones, of numbers of rows, and of columns of ids."""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import (
    filling,
    joining,
    ranging,
    reshaping,
    scattering,
    selecting,
    shape_of,
    stacking,
)
from stillflow.ops.math import arithmetic, casts, comparison
from stillflow.ops.sparse.densifying import sparse_tensor_to_dense
from stillflow.ops.sparse.ordering import sparse_reorder
from stillflow.ops.sparse.sparse_tensor import SparseTensor, as_sparse_tensor, is_sparse
from stillflow.platform.deprecation import deprecated


def from_dense(tensor: Any, name: str | None = None) -> SparseTensor:
    """Returns the elements of `tensor` that are not 0 as a SparseTensor."""
    with name_scope(name, "dense_to_sparse"):
        tensor = convert_to_tensor(tensor)
        indices = selecting.where_v2(comparison.not_equal(tensor, constant(0, tensor.dtype)))
        values = scattering.gather_nd_op(tensor, indices)
        return SparseTensor(indices, values, shape_of.shape(tensor, out_type=dtypes.int64))


def sparse_eye(
    num_rows: Any, num_columns: Any = None, dtype: Any = dtypes.float32, name: str | None = None
) -> SparseTensor:
    """Returns a sparse matrix with ones along its diagonal; square without `num_columns`.

    Raises:
      TypeError: a number that is no integer.
    """
    with name_scope(name, "eye", [num_rows, num_columns]):
        height = _whole_number(num_rows, "num_rows")
        width = height if num_columns is None else _whole_number(num_columns, "num_columns")
        length = arithmetic.minimum(height, width)
        places = ranging.range_(length, dtype=dtypes.int64)
        return SparseTensor(
            stacking.stack([places, places], axis=1),
            filling.ones(length, dtype=dtype),
            [height, width],
        )


def _whole_number(value: Any, name: str) -> Tensor:
    if isinstance(value, numbers.Integral):
        return convert_to_tensor(value, dtypes.int64, name)
    if not isinstance(value, Tensor):
        raise TypeError(f"{name} must be an integer value")
    return value if value.dtype == dtypes.int64 else casts.cast(value, dtypes.int64)


@deprecated(None, "No similar op available at this time.")
def sparse_merge(
    sp_ids: Any,
    sp_values: Any,
    vocab_size: Any,
    name: str | None = None,
    already_sorted: bool = False,
) -> SparseTensor:
    """Returns the values of one sparse tensor at the places that the ids of another name.

    Args:
      sp_ids: a sparse i[..., k], whose elements replace the last index; or several of them, which
        add an axis each.
      sp_values: a sparse any[..., k] with elements at the same indices.
      vocab_size: how many ids there are, or a list of that for each of `sp_ids`.
      already_sorted: the result need not be put in order.

    Raises:
      TypeError: none of the kinds above.
      ValueError: lists of different lengths.
    """
    return merged(sp_ids, sp_values, vocab_size, name, already_sorted)


def merged(
    sp_ids: Any, sp_values: Any, vocab_size: Any, name: str | None, already_sorted: bool = False
) -> SparseTensor:
    """`sparse_merge`, which warns."""
    ids, counts = _as_lists(sp_ids, vocab_size)
    with name_scope(name, "SparseMerge", [ids, sp_values]):
        ids = [as_sparse_tensor(each) for each in ids]
        values = as_sparse_tensor(sp_values)
        columns = []
        for each in ids:
            column = each.values
            if each.dtype != dtypes.int64:
                column = casts.cast(column, dtypes.int64)
            columns.append(reshaping.expand_dims(column, axis=1))
        counts = [casts.cast(count, dtypes.int64) for count in counts]
        indices = joining.concat([ids[0].indices[:, :-1], *columns], 1)
        sizes = joining.concat([ids[0].dense_shape[:-1], counts], 0)
        result = SparseTensor(indices, values.values, sizes)
        if already_sorted:
            return result
        ordered = sparse_reorder(result)
        return SparseTensor(ordered.indices, ordered.values, sizes)


def _as_lists(sp_ids: Any, vocab_size: Any) -> tuple[list[Any], list[Any]]:
    if is_sparse(sp_ids):
        if not _is_number(vocab_size):
            raise TypeError(
                f"vocab_size has to be a Tensor or Python int. Found {type(vocab_size)}"
            )
        return [sp_ids], [vocab_size]
    if not isinstance(sp_ids, Iterable):
        raise TypeError(f"sp_ids has to be a SparseTensor or list thereof. Found {type(sp_ids)}")
    wanted = "vocab_size has to be a list of Tensors or Python ints. Found"
    if not isinstance(vocab_size, Iterable):
        raise TypeError(f"{wanted} {type(vocab_size)}")
    ids, counts = list(sp_ids), list(vocab_size)
    for count in counts:
        if not _is_number(count):
            raise TypeError(f"{wanted} {type(count)}")
    if len(ids) != len(counts):
        raise ValueError("sp_ids and vocab_size have to have equal lengths.")
    return ids, counts


def _is_number(value: Any) -> bool:
    return isinstance(value, (Tensor, numbers.Integral))


def sparse_to_indicator(sp_input: Any, vocab_size: Any, name: str | None = None) -> Tensor:
    """Returns bool[..., vocab_size]: which ids a sparse i[..., k] has in each of its rows."""
    sparse = as_sparse_tensor(sp_input)
    with name_scope(name, "SparseToIndicator", [sparse]) as scope:
        count = shape_of.shape(sparse.indices)[0]
        trues = filling.fill(reshaping.expand_dims(count, 0), True)
        held = SparseTensor(sparse.indices, trues, sparse.dense_shape)
        found = merged(sparse, held, vocab_size, scope)
        return sparse_tensor_to_dense(found, False, validate_indices=False, name=scope)
