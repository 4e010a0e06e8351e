"""Rows of embeddings for numbers of any shape: `tf.contrib.learn.ops`."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.shape_of import shape
from stillflow.ops.nn.embedding import embedding_lookup as rows_of
from stillflow.ops.reduce.reductions import reduce_prod
from stillflow.ops.variables.scope import get_variable, variable_scope
from stillflow.platform.deprecation import deprecated


@deprecated("2016-12-01", "Use `tf.embedding_lookup` instead.")
def embedding_lookup(params: Any, ids: Any, name: str = "embedding_lookup") -> Tensor:
    """The rows of `params` that `ids` name: [..., k] for ids of shape [...] and k columns."""
    with name_scope(name, "embedding_lookup", [params, ids]):
        params, ids = convert_to_tensor(params), convert_to_tensor(ids)
        sizes = shape(ids)
        flat = reshape(ids, reduce_prod(sizes, keepdims=True))
        rows: Tensor = reshape(rows_of(params, flat, name=name), concat([sizes, [-1]], 0))
        rows.set_shape(ids.get_shape().concatenate(params.get_shape()[1:]))
        return rows


@deprecated("2016-12-01", "Use `tf.contrib.layers.embed_sequence` instead.")
def categorical_variable(tensor_in: Any, n_classes: int, embedding_size: int, name: str) -> Tensor:
    """Rows of a new variable `<name>/<name>_embeddings` for numbers of classes."""
    with variable_scope(name):
        embeddings = get_variable(f"{name}_embeddings", [n_classes, embedding_size])
        return embedding_lookup(embeddings, tensor_in)
