"""How often each class was taken for each other."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops import array, reduce, shapes
from stillflow.ops.array.indexing import is_within, refuse
from stillflow.ops.checks import assert_less, assert_non_negative
from stillflow.ops.control import with_dependencies
from stillflow.ops.convert import convert_to_tensor
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.math.casts import cast
from stillflow.ops.registry import op
from stillflow.ops.type_sets import INDEX, NUMBERS


def _like_dense(ctx: shapes.ShapeContext) -> shapes.Sizes:
    indices, values, sizes, dense = ctx.shapes()
    for known, rank in ((indices, 2), (values, 1), (sizes, 1)):
        shapes.with_rank(known, rank)
    return dense


@op(
    "SparseTensorDenseAdd",
    "a_indices: Tindices, a_values: T, a_shape: Tindices, b: T -> output: T",
    shape=_like_dense,
    types={"T": NUMBERS, "Tindices": INDEX},
)
def sparse_tensor_dense_add(xp, indices, values, sizes, dense):
    """indices: i[m, r], values: n[m], sizes: i[r], dense: n[*sizes] -> dense with values added."""
    if sizes.shape != (dense.ndim,):
        ranks = f"{sizes.size} and {dense.ndim}"
        refuse(f"Two operands have different ranks; received: {ranks}")
    if indices.shape != (*values.shape, dense.ndim):
        refuse(
            f"The indices must be {shapes.format_sizes((*values.shape, dense.ndim))}, "
            f"a row for each value, but are {shapes.format_sizes(indices.shape)}"
        )
    xp.check(sizes == np.array(dense.shape, sizes.dtype), partial(_unlike, dense.shape), sizes)
    columns = tuple(indices[:, axis] for axis in range(dense.ndim))
    for axis, size in enumerate(dense.shape):
        xp.check(is_within(columns[axis], size), partial(_invalid_index, dense.shape, axis))
    if not columns:
        return dense + values.sum(dtype=values.dtype)
    return xp.add_at(dense, columns, values)


def _unlike(dense: tuple[int, ...], sparse: np.ndarray) -> str:
    axis = int(np.argmax(sparse != np.array(dense)))
    return (
        f"Dimension {axis} does not equal (no broadcasting is supported): "
        f"sparse side {sparse[axis]} vs dense side {dense[axis]}"
    )


def _invalid_index(sizes: tuple[int, ...], axis: int) -> str:
    shown = shapes.format_sizes(sizes)
    return f"Sparse tensor has some invalid index on dimension {axis}; dense tensor shape: {shown}"


@sparse_tensor_dense_add.gradient
def sparse_tensor_dense_add_gradient(op, dy):
    return None, array.gather_nd_op(dy, op.inputs[0]), None, dy


def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    dtype: Any = dtypes.int32,
    name: str | None = None,
    weights: Any = None,
) -> Tensor:
    """Returns how often each class (a row) was predicted to be each class (a column).

    labels: i[m] or i[m, 1], predictions: i[m] or i[m, 1], weights: n[m] -> `dtype`[k, k]

    Args:
      num_classes: k; by default as many as the largest class needs.
      weights: what each prediction adds; by default 1.

    Where a rank is not known while building, it is taken to be 1.
    """
    with name_scope(name, "confusion_matrix", [predictions, labels, num_classes, weights]):
        labels = convert_to_tensor(labels, name="labels")
        predictions = convert_to_tensor(predictions, name="predictions")
        labels, predictions = _of_one_rank(labels, predictions)
        predictions, labels = cast(predictions, dtypes.int64), cast(labels, dtypes.int64)
        labels = _checked(assert_non_negative, labels, message=_NEGATIVE.format("labels"))
        predictions = _checked(
            assert_non_negative, predictions, message=_NEGATIVE.format("predictions")
        )
        if num_classes is None:
            num_classes = maximum(reduce.reduce_max(predictions), reduce.reduce_max(labels)) + 1
        else:
            limit = cast(num_classes, dtypes.int64)
            labels = _checked(assert_less, labels, limit, message=_OUTSIDE.format("labels"))
            predictions = _checked(
                assert_less, predictions, limit, message=_OUTSIDE.format("predictions")
            )
        if weights is not None:
            weights = convert_to_tensor(weights, name="weights")
            predictions.shape.assert_is_compatible_with(weights.shape)
            weights = cast(weights, dtype)
        sizes = array.stack([num_classes, num_classes])
        places = array.stack([labels, predictions], axis=1)
        counts = array.ones_like(predictions, dtype) if weights is None else weights
        places.shape.with_rank(2)
        wide_sizes = cast(sizes, dtypes.int64)
        zeros = array.zeros(cast(sizes, dtypes.int32), dtype)
        return sparse_tensor_dense_add(places, counts, wide_sizes, zeros)


_NEGATIVE = "`{}` contains negative values"
_OUTSIDE = "`{}` out of bound"


def _checked(check: Any, values: Tensor, *arguments: Any, message: str) -> Tensor:
    return with_dependencies([check(values, *arguments, message=message)], values)


def _of_one_rank(labels: Tensor, predictions: Tensor) -> tuple[Tensor, Tensor]:
    """Both, the one of a rank more than the other without its last axis."""
    with name_scope(None, "remove_squeezable_dimensions", [labels, predictions]):
        of_labels, of_predictions = labels.shape.ndims, predictions.shape.ndims
        if of_labels is not None and of_predictions is not None:
            if of_labels - of_predictions == 1:
                labels = array.squeeze(labels, [-1])
            elif of_predictions - of_labels == 1:
                predictions = array.squeeze(predictions, [-1])
    return labels, predictions
