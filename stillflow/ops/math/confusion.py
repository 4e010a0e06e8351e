"""How often each class was taken for each other."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, reshaping, stacking
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_less, assert_non_negative
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.math.casts import cast
from stillflow.ops.reduce import reductions
from stillflow.ops.sparse.adding import sparse_tensor_dense_add


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
            num_classes = (
                maximum(reductions.reduce_max(predictions), reductions.reduce_max(labels)) + 1
            )
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
        sizes = stacking.stack([num_classes, num_classes])
        places = stacking.stack([labels, predictions], axis=1)
        counts = filling.ones_like(predictions, dtype) if weights is None else weights
        places.shape.with_rank(2)
        wide_sizes = cast(sizes, dtypes.int64)
        zeros = filling.zeros(cast(sizes, dtypes.int32), dtype)
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
                labels = reshaping.squeeze(labels, [-1])
            elif of_predictions - of_labels == 1:
                predictions = reshaping.squeeze(predictions, [-1])
    return labels, predictions
