"""An interval about the area under a ROC curve: a metric of `tf.contrib.metrics`."""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.distributions.normal import Normal
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array import (
    filling,
    gathering,
    reshaping,
    reversing,
    selecting,
    shape_of,
    unique,
)
from stillflow.ops.array.constants import constant
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import group, no_op
from stillflow.ops.math import arithmetic, casts, comparison, elementwise, scan
from stillflow.ops.metrics.accumulating import aligned
from stillflow.ops.metrics.exact import check_two_classes, collect, flat, streaming_concat
from stillflow.ops.nn.top_k import top_k
from stillflow.ops.reduce import reductions, segments
from stillflow.ops.variables.scope import variable_scope

_EPSILON = 1e-7


class AucData(NamedTuple):
    """An area under a ROC curve, and the bounds of an interval about it: f32[] each."""

    auc: Any
    lower: Any
    upper: Any


def auc_with_confidence_intervals(
    labels: Tensor,
    predictions: Tensor,
    weights: Any = None,
    alpha: float = 0.95,
    logit_transformation: bool = True,
    metrics_collections: Any = (),
    updates_collections: Any = (),
    name: str | None = None,
) -> tuple[AucData, Operation]:
    """Returns the area under the ROC curve of all predictions, and an interval that holds it.

    By placements (DeLong, DeLong and Clarke-Pearson, 1988). All are 0 where a class is missing.

    Args:
      labels: of 0 and 1; predictions: of the same shape.
      alpha: how sure the interval is to be, in (0, 1).
      logit_transformation: whether it is computed of log(auc / (1 - auc)), and so within (0, 1).

    Raises:
      ValueError: `alpha` is not in (0, 1).
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must be between 0 and 1; currently {alpha:.02f}")
    if weights is None:
        weights = filling.ones_like(predictions)
    given = [labels, predictions, weights]
    with variable_scope(name, default_name="auc_with_confidence_intervals", values=given):
        predictions, labels, weights = aligned(predictions, labels, weights)
        total = reductions.reduce_sum(weights)
        weights = reshaping.reshape(weights, [-1])
        predictions = flat(predictions, dtypes.float64)
        labels = flat(labels, dtypes.int64)
        with control_dependencies(check_two_classes(labels)):
            all_predictions, more_predictions = streaming_concat(predictions, name="concat_preds")
            all_labels, more_labels = streaming_concat(labels, name="concat_labels")
            all_weights, more_weights = streaming_concat(weights, name="concat_weights")
            valid_update = group(more_labels, more_predictions, more_weights)
            least = comparison.equal(reductions.reduce_min(labels), 0)
            most = comparison.equal(reductions.reduce_max(labels), 1)
            has_both = comparison.logical_and(least, most)
            is_enough = comparison.greater_equal(total, 1.0)
            is_valid = comparison.logical_and(has_both, is_enough)
            update = cond(is_enough, lambda: valid_update, no_op)
            found = _placement_auc(
                all_labels, all_predictions, all_weights, alpha, logit_transformation
            )
            nothing = constant(0.0)
            auc = AucData(*cond(is_valid, lambda: found, lambda: [nothing] * 3))
            collect(update, updates_collections)
            collect(auc, metrics_collections)
            return auc, update


def _placement_auc(
    labels: Tensor, predictions: Tensor, weights: Tensor, alpha: float, by_logits: bool
) -> list[Tensor]:
    size = shape_of.size(predictions, out_type=dtypes.int32)
    total_0 = reductions.reduce_sum(casts.cast(1 - labels, weights.dtype) * weights)
    total_1 = reductions.reduce_sum(casts.cast(labels, weights.dtype) * weights)
    placements, labels, weights = _placements(labels, predictions, weights, size)
    of_0 = placements * casts.cast(1 - labels, weights.dtype)
    weights_0 = weights * casts.cast(1 - labels, weights.dtype)
    of_1 = placements * casts.cast(labels, weights.dtype)
    weights_1 = weights * casts.cast(labels, weights.dtype)
    auc_0 = reductions.reduce_sum(weights_0 * (1.0 - of_0)) / (total_0 + _EPSILON)
    auc_1 = reductions.reduce_sum(weights_1 * of_1) / (total_1 + _EPSILON)
    auc = selecting.where(comparison.less(total_0, total_1), auc_1, auc_0)
    squares_0 = elementwise.square(1.0 - of_0 - auc_0)
    var_0 = reductions.reduce_sum(weights_0 * squares_0) / (total_0 - 1.0 + _EPSILON)
    squares_1 = arithmetic.squared_difference(of_1, auc_1)
    var_1 = reductions.reduce_sum(weights_1 * squares_1) / (total_1 - 1.0 + _EPSILON)
    error = elementwise.sqrt(var_0 / (total_0 + _EPSILON) + var_1 / (total_1 + _EPSILON))
    return [auc, *_interval(auc, error, alpha, by_logits)]


def _placements(
    labels: Tensor, predictions: Tensor, weights: Tensor, size: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The part of the other class below each prediction, in order; and labels and weights."""
    ordered, places = top_k(predictions, k=size, sorted=True)
    ordered = reversing.reverse(ordered, axis=filling.zeros(1, dtypes.int32))
    places = reversing.reverse(places, axis=filling.zeros(1, dtypes.int32))
    labels, weights = gathering.gather(labels, places), gathering.gather(weights, places)
    _, runs = unique.unique(ordered)
    is_true = casts.cast(labels, dtypes.float32)
    is_false = 1.0 - is_true
    true_weights, false_weights = weights * is_true, weights * is_false
    false_runs = segments.segment_sum(false_weights, runs)
    true_runs = segments.segment_sum(true_weights, runs)
    below_true = scan.cumsum(false_runs, exclusive=True)
    below_false = scan.cumsum(true_runs, exclusive=True)
    of_true = (below_true + false_runs / 2.0) / (reductions.reduce_sum(false_runs) + _EPSILON)
    of_false = (below_false + true_runs / 2.0) / (reductions.reduce_sum(true_runs) + _EPSILON)
    of_true, of_false = gathering.gather(of_true, runs), gathering.gather(of_false, runs)
    return of_true * is_true + of_false * is_false, labels, weights


def _interval(auc: Tensor, error: Tensor, alpha: float, by_logits: bool) -> tuple[Tensor, Tensor]:
    z = Normal(loc=0.0, scale=1.0).quantile((1.0 - alpha) / 2.0)
    if by_logits:
        estimate = elementwise.log(auc / (1.0 - auc + _EPSILON))
        error = error / (auc * (1.0 - auc + _EPSILON))
    else:
        estimate = auc
    low, high = estimate + z * error, estimate - z * error
    if by_logits:
        low, high = _inverse_logit(low), _inverse_logit(high)
    return _unless_certain(auc, low), _unless_certain(auc, high)


def _inverse_logit(x: Tensor) -> Tensor:
    return 1.0 / (1.0 + elementwise.exp(elementwise.negative(x)) + _EPSILON)


def _unless_certain(auc: Tensor, bound: Tensor) -> Tensor:
    is_one = comparison.equal(auc, filling.ones_like(auc))
    is_zero = comparison.equal(auc, filling.zeros_like(auc))
    return selecting.where(comparison.logical_or(is_one, is_zero), auc, bound)
