"""Rows of a table for sparse ids, some of which may be missing; and bags of words."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import scattering, selecting, shape_of
from stillflow.ops.debug.checks import assert_same_float_dtype
from stillflow.ops.math import casts, comparison
from stillflow.ops.nn import sparse_embedding
from stillflow.ops.nn.embedding import embedding_lookup
from stillflow.ops.nn.sparse_embedding import chosen_combiner, tables_of
from stillflow.ops.reduce import reductions
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.variables.model_variables import model_variable
from stillflow.ops.variables.scope import variable_scope


def safe_embedding_lookup_sparse(
    embedding_weights: Any,
    sparse_ids: SparseTensor,
    sparse_weights: SparseTensor | None = None,
    combiner: str | None = None,
    default_id: int | None = None,
    name: str | None = None,
    partition_strategy: str = "div",
    max_norm: float | None = None,
) -> Tensor:
    """`tf.nn.safe_embedding_lookup_sparse` with a combiner that need not be named: "mean".

    Raises:
      ValueError: no table, or tables and weights of different types.
    """
    combiner = chosen_combiner(combiner)
    dtype = None if sparse_weights is None else sparse_weights.dtype
    tables = [convert_to_tensor(table, dtype=dtype) for table in tables_of(embedding_weights)]
    assert_same_float_dtype([*tables, sparse_weights])
    return sparse_embedding.safe_embedding_lookup_sparse(
        tables,
        sparse_ids,
        sparse_weights,
        combiner,
        default_id,
        name,
        partition_strategy,
        max_norm,
    )


def bow_encoder(
    ids: Any,
    vocab_size: int,
    embed_dim: int,
    sparse_lookup: bool = True,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: Any = None,
) -> Tensor:
    """ids: i[n, t], dense or sparse -> f[n, embed_dim], the mean of the rows of `embeddings`.

    With `sparse_lookup` an id 0 of dense ones counts as none, and a row without any has the first
    row of the table.

    Raises:
      ValueError: a size is missing.
      TypeError: sparse ids without `sparse_lookup`.
    """
    if not vocab_size or not embed_dim:
        raise ValueError("Must specify vocab size and embedding dimension")
    with variable_scope(scope, "bow_encoder", [ids], reuse=reuse):
        table = model_variable(
            "embeddings",
            shape=[vocab_size, embed_dim],
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
        )
        if sparse_lookup:
            sparse = ids if isinstance(ids, SparseTensor) else dense_to_sparse_tensor(ids)
            return safe_embedding_lookup_sparse([table], sparse, combiner="mean", default_id=0)
        if isinstance(ids, SparseTensor):
            raise TypeError(f"ids are expected to be dense Tensor, got: {ids}")
        return reductions.reduce_mean(embedding_lookup(table, ids), axis=1)


def dense_to_sparse_tensor(dense_tensor: Any, ignore_value: Any = None) -> SparseTensor:
    """Returns the elements that are not `ignore_value`, by default 0 or "", as a SparseTensor."""
    with name_scope("DenseToSparseTensor"):
        tensor = convert_to_tensor(dense_tensor)
        if ignore_value is None:
            ignore_value = "" if tensor.dtype == dtypes.string else tensor.dtype.as_numpy_dtype()
        ignored = casts.cast(ignore_value, tensor.dtype, name="ignore_value")
        indices = selecting.where(comparison.not_equal(tensor, ignored), name="indices")
        return SparseTensor(
            indices,
            scattering.gather_nd_op(tensor, indices, name="values"),
            shape_of.shape(tensor, out_type=dtypes.int64, name="dense_shape"),
        )
