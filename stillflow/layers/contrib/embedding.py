"""Sequences of numbers as rows of a table that is learnt."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import gathering, joining, reshaping, shape_of, unique
from stillflow.ops.nn.embedding import embedding_lookup
from stillflow.ops.reduce import reductions
from stillflow.ops.variables.model_variables import model_variable
from stillflow.ops.variables.scope import variable_scope


def embedding_lookup_unique(
    params: Any, ids: Any, partition_strategy: str = "mod", name: str | None = None
) -> Tensor:
    """`tf.nn.embedding_lookup` that looks each row up once, however often its number occurs.

    params: f[n, ...], ids: i[...] -> f[..., ...]
    """
    with name_scope(name, "EmbeddingLookupUnique", [params, ids]):
        ids = convert_to_tensor(ids)
        sizes = shape_of.shape(ids)
        flat = reshaping.reshape(ids, reductions.reduce_prod(sizes, keepdims=True))
        distinct, places = unique.unique(flat)
        rows = embedding_lookup(params, distinct, partition_strategy)
        chosen = gathering.gather(rows, places)
        outputs = reshaping.reshape(chosen, joining.concat([sizes, shape_of.shape(rows)[1:]], 0))
        outputs.set_shape(ids.get_shape().concatenate(rows.get_shape()[1:]))
        return outputs


def embed_sequence(
    ids: Any,
    vocab_size: int | None = None,
    embed_dim: int | None = None,
    unique: bool = False,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: Any = None,
) -> Tensor:
    """ids: i[n, t] -> f[n, t, embed_dim], rows of the variable `embeddings`.

    With `unique` each row is looked up once.

    Raises:
      ValueError: a size is missing, and the variable is not reused.
    """
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError(
            "Must specify vocab size and embedding dimension when not reusing. "
            f"Got vocab_size={vocab_size} and embed_dim={embed_dim}"
        )
    with variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        sizes_are_known = vocab_size is not None and embed_dim is not None
        table = model_variable(
            "embeddings",
            shape=[vocab_size, embed_dim] if sizes_are_known else None,
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
        )
        look_up = embedding_lookup_unique if unique else embedding_lookup
        return look_up(table, ids)
