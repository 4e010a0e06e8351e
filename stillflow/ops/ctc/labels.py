"""Labels of several forms, made of each other: dense and sparse, with and without repetitions."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import dimension_value
from stillflow.ops.array import (
    filling,
    joining,
    masking,
    padding,
    ranging,
    reshaping,
    scattering,
    shape_of,
    unique,
)
from stillflow.ops.math import casts, comparison
from stillflow.ops.reduce.reductions import reduce_max, reduce_sum
from stillflow.ops.sparse.rearranging import sparse_reshape
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.tensor_array.mapping import map_fn


def size_of(x: Any, axis: int) -> Any:
    """The size of an axis: a number if it is known."""
    return dimension_value(x.shape[axis]) or shape_of.shape(x)[axis]


def collapse_repeated(labels: Any, seq_length: Any, name: str | None = None) -> Any:
    """Returns labels, i[b, longest], of which those that repeat count once, and their lengths.

    labels: i[b, time], seq_length: i[b]. What is behind a row's labels is 0.
    """
    with name_scope(name, "collapse_repeated_labels", [labels, seq_length]):
        labels = convert_to_tensor(labels, name="labels")
        seq_length = convert_to_tensor(seq_length, name="seq_length")
        is_first = joining.concat(
            [
                filling.ones_like(labels[:, :1], dtypes.bool),
                comparison.not_equal(labels[:, 1:], labels[:, :-1]),
            ],
            axis=1,
        )
        within = masking.sequence_mask(seq_length, maxlen=size_of(labels, 1))
        kept = comparison.logical_and(is_first, within)
        lengths = reduce_sum(casts.cast(kept, dtypes.int32), axis=1)
        longest = reduce_max(lengths)
        places = masking.sequence_mask(lengths, maxlen=longest)
        flat_labels = reshaping.reshape(labels, [-1])
        flat_kept = reshaping.reshape(kept, [-1])
        flat_places = reshaping.reshape(places, [-1])
        numbers = ranging.range_(size_of(flat_places, 0))
        flat = scattering.scatter_nd(
            indices=reshaping.expand_dims(masking.boolean_mask(numbers, flat_places), axis=1),
            updates=masking.boolean_mask(flat_labels, flat_kept),
            shape=shape_of.shape(flat_places),
        )
        rows = size_of(labels, 0)
        collapsed = reshaping.reshape(flat, [rows, longest])
        return collapsed, casts.cast(lengths, seq_length.dtype)


def dense_labels_to_sparse(dense: Any, length: Any) -> SparseTensor:
    """Returns dense labels, i[b, time], as a sparse i32[b, longest] of the first `length`, i[b]."""
    flat = reshaping.reshape(dense, [-1])
    places = ranging.range_(shape_of.shape(flat, out_type=dtypes.int64)[0])
    mask = masking.sequence_mask(length, maxlen=shape_of.shape(dense)[1])
    flat_mask = reshaping.reshape(mask, [-1])
    indices = reshaping.expand_dims(masking.boolean_mask(places, flat_mask), 1)
    values = masking.boolean_mask(flat, flat_mask)
    sparse = SparseTensor(
        indices=indices,
        values=casts.cast(values, dtypes.int32),
        dense_shape=shape_of.shape(flat, out_type=dtypes.int64),
    )
    reshaped = sparse_reshape(sparse, shape_of.shape(dense))
    longest = reduce_max(length)
    return SparseTensor(
        indices=reshaped.indices,
        values=reshaped.values,
        dense_shape=[
            casts.cast(reshaped.dense_shape[0], dtypes.int64),
            casts.cast(longest, dtypes.int64),
        ],
    )


def ctc_unique_labels(labels: Any, name: str | None = None) -> Any:
    """Returns the distinct labels of each row, and where its labels are among them.

    labels: i[b, time], padded with 0 -> [i64[b, time], padded with 0; i32[b, time]], which
    `ctc_loss_v2` takes as `unique`.
    """
    with name_scope(name, "ctc_unique_labels", [labels]):
        labels = convert_to_tensor(labels, name="labels")

        def of_row(row: Tensor) -> list[Tensor]:
            distinct, places = unique.unique(row)
            missing = size_of(places, 0) - size_of(distinct, 0)
            return [casts.cast(padding.pad(distinct, [[0, missing]]), dtypes.int64), places]

        return map_fn(of_row, labels, dtype=[dtypes.int64, dtypes.int32])
