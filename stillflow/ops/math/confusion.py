"""How often each class was taken for each other."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, reshaping, shape_of, stacking
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_less, assert_non_negative
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import equal
from stillflow.ops.reduce import reductions
from stillflow.ops.sparse.adding import sparse_tensor_dense_add
from stillflow.platform.deprecation import deprecated


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
    """
    with name_scope(name, "confusion_matrix", [predictions, labels, num_classes, weights]):
        labels = convert_to_tensor(labels, name="labels")
        predictions = convert_to_tensor(predictions, name="predictions")
        labels, predictions = remove_squeezable_dimensions(labels, predictions)
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


def remove_squeezable_dimensions(
    labels: Any, predictions: Any, expected_rank_diff: int = 0, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Returns both, the one whose rank is one too high without its last axis, of size 1.

    The rank of `predictions` is meant to exceed that of `labels` by `expected_rank_diff`.
    """
    with name_scope(name, "remove_squeezable_dimensions", [labels, predictions]):
        predictions, labels = convert_to_tensor(predictions), convert_to_tensor(labels)
        surplus = rank_surplus(predictions, labels)
        predictions = squeezed_where(predictions, surplus, expected_rank_diff + 1)
        labels = squeezed_where(labels, surplus, expected_rank_diff - 1)
    return labels, predictions


def rank_surplus(a: Tensor, b: Tensor) -> Any:
    """By how much the rank of `a` exceeds that of `b`: an int, or i32[] where a run decides."""
    ranks = a.shape.ndims, b.shape.ndims
    if None in ranks:
        return shape_of.rank(a) - shape_of.rank(b)
    return ranks[0] - ranks[1]  # type: ignore[operator]


def squeezed_where(x: Tensor, surplus: Any, wanted: int) -> Tensor:
    """`x` without its last axis, of size 1, where `surplus`, an int or i32[], is as `wanted`."""
    if not isinstance(surplus, Tensor):
        return reshaping.squeeze(x, [-1]) if surplus == wanted else x
    if x.shape.ndims is not None and not (x.shape.ndims and x.shape[-1].is_compatible_with(1)):
        return x
    return cond(equal(wanted, surplus), lambda: reshaping.squeeze(x, [-1]), lambda: x)


@deprecated(
    None,
    "Please switch to remove_squeezable_dimensions from tf.confusion_matrix. Note that the order "
    "of the inputs and outputs of labels and predictions have also been switched.",
)
def contrib_remove_squeezable_dimensions(
    predictions: Any, labels: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """`remove_squeezable_dimensions` with predictions first (`tf.contrib.framework`)."""
    labels, predictions = remove_squeezable_dimensions(labels, predictions, name=name)
    return predictions, labels
