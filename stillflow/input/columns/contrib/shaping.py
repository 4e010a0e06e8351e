"""Tensors of other ranks, and sparse ones, as the columns of `tf.contrib.layers` want them."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers.contrib.arranging import inner_flatten
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.sparse.rearranging import sparse_reshape
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.platform import logging

_RANKS = (
    "Rank of input Tensor ({}) should be the same as output_rank ({}). For example, sequence data "
    "should typically be 3 dimensional (rank 3) while non-sequence data is typically 2 dimensional "
    "(rank 2)."
)


def of_rank(tensor: Any, rank: int, column_name: str | None = None) -> Tensor:
    """A tensor of `rank` axes: with one more behind, or its last ones as one.

    Raises:
      ValueError: it has too few.
    """
    own = tensor.get_shape().ndims
    if own is None or rank < own:
        return inner_flatten(tensor, rank)
    if rank == own:
        return tensor
    if rank > own + 1:
        of = "" if column_name is None else f"Error while processing column {column_name}."
        raise ValueError(of + _RANKS.format(own, rank))
    logging.warning(
        "Rank of input Tensor (%s) should be the same as output_rank (%s) for column. Will attempt "
        "to expand dims. It is highly recommended that you resize your input, as this behavior may "
        "change.",
        *(own, rank),
    )
    return expand_dims(tensor, -1, name="expand_dims")


def of_known_rank(tensor: Any, column_name: str, output_rank: int) -> Any:
    """A tensor or SparseTensor of `output_rank` axes: with one more, or its last ones as one.

    Raises:
      ValueError: it has too few, or its rank is not known.
    """
    own = tensor.get_shape().ndims
    is_sparse = isinstance(tensor, SparseTensor)
    if own is None and is_sparse:
        own = tensor.dense_shape.get_shape().as_list()[0]
    of = f"Error while processing column {column_name}."
    if own is None:
        raise ValueError(f"{of} Rank of input Tensor can not be None.")
    if output_rank > own + 1:
        raise ValueError(f"{of} {_RANKS.format(own, output_rank)}")
    if output_rank < own:
        return inner_flatten(tensor, output_rank)
    if output_rank == own:
        return tensor
    if is_sparse:
        return sparse_reshape(tensor, concat([tensor.dense_shape, [1]], 0))
    reshaped = expand_dims(tensor, -1)
    reshaped.set_shape([*tensor.get_shape().as_list(), 1])
    return reshaped
