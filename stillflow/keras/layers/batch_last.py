"""Tensors of unknown rank, whose axis of the batch goes last and comes back, so that they merge."""

from __future__ import annotations

from typing import Any

from stillflow.keras.backend.arranging import concatenate
from stillflow.ops.array import reshaping, shape_of, stacking, transposing
from stillflow.ops.reduce import reductions


def with_batch_last(x: Any) -> Any:
    """A tensor with its first axis behind all others; a vector as it is."""
    rank = x.shape.ndims
    if rank is not None:
        return transposing.transpose(x, perm=[*range(1, rank), 0]) if rank > 1 else x
    shape = shape_of.shape(x)
    batch = shape[0]
    new_shape = concatenate([shape[1:], reshaping.expand_dims(batch, axis=-1)])
    rows = stacking.stack([batch, reductions.reduce_prod(shape[1:])], axis=0)
    flat = transposing.transpose(reshaping.reshape(x, rows), perm=(1, 0))
    return reshaping.reshape(flat, new_shape)


def with_batch_first(y: Any) -> Any:
    """A tensor with its last axis before all others; a vector as it is."""
    known = y.shape.ndims
    if known is not None:
        last = known - 1
        return transposing.transpose(y, perm=[last, *range(last)]) if known > 1 else y
    shape = shape_of.shape(y)
    rank = shape_of.shape(shape)[0]
    batch = shape[rank - 1]
    new_shape = concatenate([reshaping.expand_dims(batch, axis=-1), shape[: rank - 1]])
    flat = transposing.transpose(reshaping.reshape(y, (-1, batch)), perm=(1, 0))
    return reshaping.reshape(flat, new_shape)
