"""The area under a curve of a classifier, and points on it. `thresholds` counts what they need.

`labels` are cast to bool; `predictions`, f[...] of their shape, are within [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import filling, selecting
from stillflow.ops.math import arithmetic, casts, comparison, division, elementwise, scan
from stillflow.ops.metrics.accumulating import Metric, collected, common
from stillflow.ops.metrics.refusing import in_graphs_only
from stillflow.ops.metrics.thresholds import MARGIN, Counts, counts_at_thresholds, evenly_spaced
from stillflow.ops.reduce import argmax, reductions
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform import logging

_ALL = "tp fn tn fp"
_SMALL = 1e-6  # keeps quotients of counts defined


@in_graphs_only
def auc(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    curve: str = "ROC",
    name: str | None = None,
    summation_method: str = "trapezoidal",
    thresholds: Any = None,
) -> Metric:
    """Returns the area under the curve, f32[], and the update.

    Args:
      num_thresholds: of how many points the curve is made.
      curve: "ROC", the part of the positives found over that of the negatives taken for positives;
        or "PR", precision over recall.
      summation_method: "trapezoidal"; "careful_interpolation", which interpolates the counts under
        a PR curve instead of their quotient (Davis and Goadrich, 2006); "minoring" or "majoring",
        a lower or an upper bound.
      thresholds: a list of floats within [0, 1] instead of `num_thresholds` even ones.

    Raises:
      ValueError: another curve or method.
    """
    with variable_scope(name, "auc", (labels, predictions, weights)):
        if curve not in ("ROC", "PR"):
            raise ValueError(f"curve must be either ROC or PR, {curve} unknown")
        inner = evenly_spaced(num_thresholds) if thresholds is None else sorted(thresholds)
        limits = [0.0 - MARGIN, *inner, 1.0 + MARGIN]
        counts = counts_at_thresholds(labels, predictions, limits, weights, _ALL)
        value = common(_area, counts[0], curve, summation_method, "value")
        update = _area(counts[1], curve, summation_method, "update_op")
        return collected(value, update, metrics_collections, updates_collections)


def _area(at: Counts, curve: str, method: str, name: str) -> Tensor:
    if curve == "PR" and method == "careful_interpolation":
        return interpolated_pr_area(at)
    if curve == "PR" and method == "trapezoidal":
        logging.warning(
            "Trapezoidal rule is known to produce incorrect PR-AUCs; "
            'please switch to "careful_interpolation" instead.'
        )
    x, y = curve_points(at, curve)
    heights: dict[str, Callable[..., Tensor]] = {
        "trapezoidal": _middle,
        "careful_interpolation": _middle,
        "minoring": arithmetic.minimum,
        "majoring": arithmetic.maximum,
    }
    if method not in heights:
        raise ValueError(f"Invalid summation_method: {method}")
    widths = _but_last(x) - x[1:]
    height = heights[method](_but_last(y), y[1:])
    return reductions.reduce_sum(arithmetic.multiply(widths, height), name=name)


def curve_points(at: Counts, curve: str) -> tuple[Tensor, Tensor]:
    """The points of a curve at each threshold: x and y, f32[m]."""
    recall = division.div(at.tp + _SMALL, at.tp + at.fn + _SMALL)
    if curve == "ROC":
        return division.div(at.fp, at.fp + at.tn + _SMALL), recall
    return recall, division.div(at.tp + _SMALL, at.tp + at.fp + _SMALL)


def _middle(left: Tensor, right: Tensor) -> Tensor:
    return (left + right) / 2.0


def _but_last(x: Any) -> Tensor:
    return x[: x.shape[0].value - 1]


def interpolated_pr_area(at: Counts) -> Tensor:
    """The area under a PR curve whose counts vary evenly between two thresholds.

    With p = tp + fp and slope = dtp / dp, a strip has the area
    slope (dtp + (tp - slope p) log(p' / p)) / (tp + fn), primes at the strip's left end.
    """
    gained = _but_last(at.tp) - at.tp[1:]
    p = at.tp + at.fp
    widths = arithmetic.maximum(_but_last(p) - p[1:], 0)
    slope = division.div_no_nan(gained, widths, name="prec_slope")
    intercept = at.tp[1:] - arithmetic.multiply(slope, p[1:])
    are_some = comparison.logical_and(_but_last(p) > 0, p[1:] > 0)
    ratio = division.div_no_nan(
        _but_last(p), arithmetic.maximum(p[1:], 0), name="recall_relative_ratio"
    )
    safe_ratio = selecting.where(are_some, ratio, filling.ones_like(p[1:]))
    strips = division.div_no_nan(
        slope * (gained + intercept * elementwise.log(safe_ratio)),
        arithmetic.maximum(at.tp[1:] + at.fn[1:], 0),
        name="pr_auc_increment",
    )
    return reductions.reduce_sum(strips, name="interpolate_pr_auc")


@in_graphs_only
def sensitivity_at_specificity(
    labels: Any,
    predictions: Any,
    specificity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the part of the positives found where `specificity` is met best, and the update.

    Both are f32[]. `specificity` is the part of the negatives that are not taken for positives.

    Raises:
      ValueError: `specificity` is not within [0, 1].
    """
    if not 0 <= specificity <= 1:
        raise ValueError("`specificity` must be in the range [0, 1].")

    def found(at: Counts, name: str) -> Tensor:
        specificities = division.div(at.tn, at.tn + at.fp + MARGIN)
        best = argmax.argmin(elementwise.abs_(specificities - specificity), 0)
        best = casts.cast(best, dtypes.int32)
        return division.div(at.tp[best], at.tp[best] + at.fn[best] + MARGIN, name)

    with variable_scope(name, "sensitivity_at_specificity", (predictions, labels, weights)):
        limits = [0.0 - MARGIN, *evenly_spaced(num_thresholds), 1.0 + MARGIN]
        counts = counts_at_thresholds(labels, predictions, limits, weights, _ALL)
        return _point(found, counts, metrics_collections, updates_collections)


@in_graphs_only
def specificity_at_sensitivity(
    labels: Any,
    predictions: Any,
    sensitivity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the part of the negatives told where `sensitivity` is met best, and the update.

    Both are f32[]. Of several such thresholds the highest counts.

    Raises:
      ValueError: `sensitivity` is not within [0, 1].
    """
    if not 0 <= sensitivity <= 1:
        raise ValueError("`sensitivity` must be in the range [0, 1].")

    def told(at: Counts, name: str) -> Tensor:
        sensitivities = division.div(at.tp, at.tp + at.fn + MARGIN)
        least = reductions.reduce_min(elementwise.abs_(sensitivities - sensitivity))
        is_best = comparison.equal(elementwise.abs_(sensitivities - sensitivity), least)
        # The running count of the best is first at its height at the last of them.
        counted = scan.cumsum(casts.cast(is_best, dtypes.int64))
        best = casts.cast(argmax.argmax(counted, 0), dtypes.int32)
        return division.div(at.tn[best], at.tn[best] + at.fp[best] + MARGIN, name)

    with variable_scope(name, "specificity_at_sensitivity", (predictions, labels, weights)):
        # The last threshold is below 1 here, as in TensorFlow.
        limits = [0.0 - MARGIN, *evenly_spaced(num_thresholds), 1.0 - MARGIN]
        counts = counts_at_thresholds(labels, predictions, limits, weights, _ALL)
        return _point(told, counts, metrics_collections, updates_collections)


def _point(
    point: Callable[[Counts, str], Tensor],
    counts: tuple[Counts, Counts],
    metrics_collections: Any,
    updates_collections: Any,
) -> Metric:
    value = common(point, counts[0], "value")
    update = point(counts[1], "update_op")
    return collected(value, update, metrics_collections, updates_collections)
