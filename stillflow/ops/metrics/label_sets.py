"""Labels as sets of classes: brought to the rank of predictions, and to one class."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, joining, reshaping, selecting, shape_of, slicing, tiling
from stillflow.ops.control.cond import cond
from stillflow.ops.math import arithmetic, casts, comparison
from stillflow.ops.reduce import reductions
from stillflow.ops.reduce.reducing import kept_shape
from stillflow.ops.sparse import concatenating, rearranging, sets
from stillflow.ops.sparse.sparse_tensor import (
    SparseTensor,
    SparseTensorValue,
    convert_to_tensor_or_sparse_tensor,
)


def expanded_labels(labels: Any, predictions: Tensor) -> Any:
    """Labels, i64[*g, m] or i64[*g], with a last axis of their own beside f[*g, k].

    Raises:
      ValueError: the rank of the labels is known not to fit.
    """
    with name_scope(None, "expand_labels", (labels, predictions)) as scope:
        labels = convert_to_tensor_or_sparse_tensor(labels)
        if isinstance(labels, SparseTensor):
            is_one_less = comparison.equal(
                shape_of.rank(predictions), shape_of.size(labels.dense_shape) + 1
            )
            return cond(
                is_one_less,
                lambda: rearranging.sparse_reshape(
                    labels, joining.concat((labels.dense_shape, (1,)), 0), name=scope
                ),
                lambda: labels,
            )
        ranks = predictions.shape.ndims, labels.shape.ndims
        if None in ranks:
            is_one_less = comparison.equal(shape_of.rank(predictions), shape_of.rank(labels) + 1)
            return cond(
                is_one_less,
                lambda: reshaping.expand_dims(labels, -1, name=scope),
                lambda: labels,
            )
        surplus = ranks[0] - ranks[1]
        if surplus not in (0, 1):
            raise ValueError(
                f"Unexpected labels shape {labels.shape} for predictions shape {predictions.shape}."
            )
        return reshaping.expand_dims(labels, -1, name=scope) if surplus else labels


def of_class(ids: Any, class_id: int) -> SparseTensor:
    """The sets of classes `ids`, i64[*g, m], with `class_id` alone left in them."""
    ids = convert_to_tensor_or_sparse_tensor(ids)
    if isinstance(ids, SparseTensor):
        return rearranging.sparse_retain(ids, comparison.equal(ids.values, class_id))
    sizes = shape_of.shape(ids, out_type=dtypes.int64)
    last = shape_of.size(sizes) - 1
    of_one = kept_shape(sizes, reshaping.reshape(last, [1]))
    wanted = filling.fill(of_one, casts.cast(class_id, dtypes.int64))
    found = sets.set_intersection(wanted, ids)
    return SparseTensor(found.indices, found.values, sizes)


def within(labels: Any, num_classes: Tensor) -> Any:
    """Labels with -1 for those that are no classes; dense or sparse, as they are."""
    is_sparse = isinstance(labels, (SparseTensor, SparseTensorValue))

    def cleaned(values: Any) -> Tensor:
        is_outside = comparison.greater_equal(values, num_classes)
        return selecting.where_v2(is_outside, -1 * filling.ones_like(values), values)

    def all_cleaned() -> Any:
        if not is_sparse:
            return cleaned(labels)
        return type(labels)(labels.indices, cleaned(labels.values), labels.dense_shape)

    largest = reductions.reduce_max(labels.values if is_sparse else labels)
    return cond(comparison.greater_equal(largest, num_classes), all_cleaned, lambda: labels)


def repeated(labels: Any, times: int, name: str) -> Any:
    """Labels, i64[*g, m], once for each rank: i64[*g, times, m]."""
    with name_scope(name, "expand_and_tile", (labels, times, -1)) as scope:
        labels = convert_to_tensor_or_sparse_tensor(labels)
        if isinstance(labels, SparseTensor):
            axis = reshaping.reshape(shape_of.size(labels.dense_shape) + -1, [1])
            before = slicing.slice_(labels.dense_shape, [0], axis)
            after = slicing.slice_(labels.dense_shape, axis, [-1])
            sizes = joining.concat((before, [1], after), 0, name="expanded_shape")
            sparse = rearranging.sparse_reshape(labels, shape=sizes, name="expand")
            return concatenating.sparse_concat(-2, [sparse] * times, name=scope)
        one = reshaping.expand_dims(labels, -2, name="expand")
        if times == 1:
            return one
        ones = filling.ones_like(shape_of.shape(labels))
        multiples = joining.concat((ones[:-1], (times,), ones[-1:]), 0, name="multiples")
        return tiling.tile(one, multiples, name=scope)


def count_relevant(labels: Any, k: int) -> Tensor:
    """How many labels there are, no more than `k`: i[*g]."""
    with name_scope(None, "num_relevant", (labels,)) as scope:
        labels = convert_to_tensor_or_sparse_tensor(labels)
        if isinstance(labels, SparseTensor):
            return arithmetic.minimum(sets.set_size(labels), k, name=scope)
        is_class = comparison.greater_equal(labels, 0)
        ones, zeros = filling.ones_like(labels), filling.zeros_like(labels)
        count = reductions.reduce_sum(selecting.where_v2(is_class, ones, zeros), axis=-1)
        return arithmetic.minimum(count, k, name=scope)
