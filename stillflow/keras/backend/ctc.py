"""Connectionist temporal classification, of batches whose labels are dense."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.keras.backend.arranging import concatenate, reverse
from stillflow.layers.settings import epsilon
from stillflow.ops.array import (
    batch_gather,
    filling,
    masking,
    ranging,
    reshaping,
    shape_of,
    stacking,
    tiling,
    transposing,
)
from stillflow.ops.ctc import decoding, loss
from stillflow.ops.math import casts, elementwise
from stillflow.ops.sparse.densifying import sparse_to_dense
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.tensor_array.scanning import scan


def ctc_label_dense_to_sparse(labels: Any, label_lengths: Any) -> SparseTensor:
    """Returns dense labels, of which as many count in each row as its length says, as sparse ones.

    labels: i[batch, longest], label_lengths: i[batch]
    """
    shape = shape_of.shape(labels)
    rows, columns = stacking.stack([shape[0]]), stacking.stack([shape[1]])

    def counting(before: Any, length: Any) -> Any:
        places = ranging.range_(shape_of.shape(before)[1])
        return reshaping.expand_dims(places, 0) < filling.fill(columns, length)

    none = casts.cast(filling.fill([1, shape[1]], 0), dtypes.bool)
    counted = scan(counting, label_lengths, initializer=none, parallel_iterations=1)[:, 0, :]
    column_of = reshaping.reshape(tiling.tile(ranging.range_(0, shape[1]), rows), shape)
    column = masking.boolean_mask(column_of, counted)
    row_of = transposing.transpose(
        reshaping.reshape(tiling.tile(ranging.range_(0, shape[0]), columns), reverse(shape, 0))
    )
    row = masking.boolean_mask(row_of, counted)
    pairs = reshaping.reshape(concatenate([row, column], axis=0), [2, -1])
    indices = transposing.transpose(pairs)
    values = batch_gather.gather_nd(labels, indices)
    return SparseTensor(casts.cast(indices, dtypes.int64), values, casts.cast(shape, dtypes.int64))


def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Tensor:
    """Returns the CTC loss of each row: f[batch, 1].

    Args:
      y_true: i[batch, longest], labels.
      y_pred: f[batch, time, classes], after the softmax; the last class is the blank.
      input_length, label_length: i[batch, 1], how many times and labels count.
    """
    label_length = casts.cast(reshaping.squeeze(label_length, axis=-1), dtypes.int32)
    input_length = casts.cast(reshaping.squeeze(input_length, axis=-1), dtypes.int32)
    labels = casts.cast(ctc_label_dense_to_sparse(y_true, label_length), dtypes.int32)
    cost = loss.ctc_loss(
        inputs=_logits_by_time(y_pred), labels=labels, sequence_length=input_length
    )
    return reshaping.expand_dims(cost, 1)


def ctc_decode(
    y_pred: Any,
    input_length: Any,
    greedy: bool = True,
    beam_width: int = 100,
    top_paths: int = 1,
) -> tuple[list[Tensor], Tensor]:
    """Returns the likeliest labels, filled up with -1: a list of i64[batch, longest], and scores.

    Args:
      y_pred: f[batch, time, classes], after the softmax; the last class is the blank.
      input_length: i[batch], how many times count.
      greedy: whether each time has its likeliest class; else a beam of `beam_width` is searched,
        and `top_paths` are returned.
    """
    logits = _logits_by_time(y_pred)
    lengths = casts.cast(input_length, dtypes.int32)
    if greedy:
        decoded, scores = decoding.ctc_greedy_decoder(inputs=logits, sequence_length=lengths)
    else:
        decoded, scores = decoding.ctc_beam_search_decoder(
            inputs=logits, sequence_length=lengths, beam_width=beam_width, top_paths=top_paths
        )
    dense = [
        sparse_to_dense(each.indices, each.dense_shape, each.values, default_value=-1)
        for each in decoded
    ]
    return dense, scores


def _logits_by_time(y_pred: Any) -> Tensor:
    return elementwise.log(transposing.transpose(y_pred, perm=[1, 0, 2]) + epsilon())
