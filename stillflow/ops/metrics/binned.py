"""Metrics of `tf.contrib.metrics` that count predictions in bins, and two plain scores."""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import add_to_collections, control_dependencies, name_scope
from stillflow.ops.array import filling, padding, ranging, reshaping, reversing, shape_of
from stillflow.ops.array.masking import boolean_mask
from stillflow.ops.control.ordering import group
from stillflow.ops.debug import checks
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.math import arithmetic, casts, comparison, division, elementwise, scan
from stillflow.ops.math.confusion import remove_squeezable_dimensions
from stillflow.ops.metrics.accumulating import Metric, aligned, metric_variable
from stillflow.ops.metrics.thresholds import MARGIN, Counts, counts_at_thresholds, evenly_spaced
from stillflow.ops.nn.convolution import conv2d
from stillflow.ops.reduce import reductions
from stillflow.ops.reduce.histogram import histogram_fixed_width
from stillflow.ops.variables import scattered_updates
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable, variable_scope


def accuracy(
    predictions: Tensor, labels: Tensor, weights: Any = None, name: str | None = None
) -> Tensor:
    """Returns how often `predictions` equal `labels` in this batch, f32[].

    Args:
      labels: of bools, integers or strings, as are `predictions`.
      weights: of the same shape.

    Raises:
      ValueError: other types, or two different ones.
    """
    dtype = labels.dtype
    if not (dtype.is_integer or dtype in (dtypes.bool, dtypes.string)):
        raise ValueError(f"Labels should have bool, integer, or string dtype, not {dtype!r}")
    if not dtype.is_compatible_with(predictions.dtype):
        raise ValueError(
            "Dtypes of predictions and labels should match. Given: predictions "
            f"({predictions.dtype!r}) and labels ({dtype!r})"
        )
    with name_scope(name, "accuracy", values=[predictions, labels]):
        hits = casts.cast(comparison.equal(predictions, labels), dtypes.float32)
        if weights is None:
            return reductions.reduce_mean(hits)
        hits = arithmetic.multiply(hits, weights)
        count = arithmetic.multiply(weights, filling.ones_like(hits))
        return division.div(reductions.reduce_sum(hits), reductions.reduce_sum(count))


def f1_score(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """Returns the best harmonic mean of precision and recall over all thresholds, f32[].

    Args:
      labels: cast to bool; predictions: within [0, 1].
      num_thresholds: how many thresholds there are, evenly spaced.
    """
    with variable_scope(name, "f1", (labels, predictions, weights)):
        predictions, labels, weights = aligned(predictions, labels, weights)
        thresholds = [0.0 - MARGIN, *evenly_spaced(num_thresholds), 1.0 + MARGIN]
        values, updates = counts_at_thresholds(
            labels, predictions, thresholds, weights, which="tp fp fn"
        )
        value = _best_f1(values, "value")
        if metrics_collections:
            add_to_collections(metrics_collections, value)
        update = _best_f1(updates, "update")
        if updates_collections:
            add_to_collections(updates_collections, update)
        return value, update


def _best_f1(at: Counts, name: str) -> Tensor:
    precision = division.div(at.tp, MARGIN + at.tp + at.fp, name=f"precision_{name}")
    recall = division.div(at.tp, MARGIN + at.tp + at.fn, name=f"recall_{name}")
    return reductions.reduce_max(2.0 * precision * recall / (precision + recall + MARGIN))


class PrecisionRecallData(NamedTuple):
    """Counts, precision and recall at each of n thresholds, and these: f[n] each."""

    tp: Tensor
    fp: Tensor
    tn: Tensor
    fn: Tensor
    precision: Tensor
    recall: Tensor
    thresholds: Tensor


def precision_recall_at_equal_thresholds(
    labels: Tensor,
    predictions: Tensor,
    weights: Any = None,
    num_thresholds: int | None = None,
    use_locking: bool | None = None,
    name: str | None = None,
) -> tuple[PrecisionRecallData, Operation]:
    """Returns a `PrecisionRecallData` of all batches, and the operation that adds one.

    In time and memory linear in the batch and the thresholds, not their product.

    Args:
      labels: bool[...]; predictions: f[...], within [0, 1].
      weights: broadcast to them.
      num_thresholds: how many thresholds there are from 0 to 1, 201 by default.
    """
    count = 201 if num_thresholds is None else num_thresholds
    weights = 1.0 if weights is None else weights
    use_locking = True if use_locking is None else use_locking
    checks.assert_type(labels, dtypes.bool)
    given = (labels, predictions, weights)
    with variable_scope(name, "precision_recall_at_equal_thresholds", given):
        with control_dependencies(_within_one(predictions)):
            predictions, labels, weights = aligned(predictions, labels, weights)
        predictions.shape.assert_is_compatible_with(labels.shape)
        is_true = casts.cast(labels, dtypes.float64)
        weights = casts.cast(weights, dtypes.float64)
        true_weights = is_true * weights
        false_weights = (1.0 - is_true) * weights
        predictions, true_weights, false_weights = (
            reshaping.reshape(x, [-1]) for x in (predictions, true_weights, false_weights)
        )
        bins = casts.cast(elementwise.floor(predictions * (count - 1)), dtypes.int32)
        with name_scope("variables"):
            true_bins: Any = metric_variable([count], dtypes.float64, name="tp_buckets")
            false_bins: Any = metric_variable([count], dtypes.float64, name="fp_buckets")
        with name_scope("update_op"):
            updates = [
                scattered_updates.scatter_add(variable, bins, values, use_locking=use_locking)
                for variable, values in ((true_bins, true_weights), (false_bins, false_weights))
            ]
        result = _at_each(true_bins, false_bins, count, predictions.dtype)
        return result, group(*updates)


def _within_one(predictions: Tensor) -> list[Any]:
    message = "predictions must be in [0, 1]"
    zero = casts.cast(0.0, dtype=predictions.dtype)
    least = checks.assert_greater_equal(predictions, zero, message=message)
    one = casts.cast(1.0, dtype=predictions.dtype)
    return [least, checks.assert_less_equal(predictions, one, message=message)]


def _at_each(true_bins: Any, false_bins: Any, count: int, dtype: Any) -> PrecisionRecallData:
    tp = scan.cumsum(true_bins, reverse=True, name="tp")
    fp = scan.cumsum(false_bins, reverse=True, name="fp")
    tn = fp[0] - fp
    fn = tp[0] - tp
    epsilon = convert_to_tensor(MARGIN, dtype=dtypes.float64)
    precision = tp / arithmetic.maximum(epsilon, tp + fp)
    recall = tp / arithmetic.maximum(epsilon, tp + fn)
    counts = [casts.cast(x, dtype) for x in (tp, fp, tn, fn, precision, recall)]
    thresholds = casts.cast(ranging.lin_space(0.0, 1.0, count), dtype)
    return PrecisionRecallData._make([*counts, thresholds])


# An area by histograms --------------------------------------------------------------------------


def auc_using_histogram(
    boolean_labels: Any,
    scores: Any,
    score_range: Any,
    nbins: int = 100,
    collections: Any = None,
    check_shape: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Operation]:
    """Returns the area under the ROC curve by histograms of each class, f32[], and their update.

    Args:
      boolean_labels: bool[n]; scores: f[n].
      score_range: the bounds of the histograms, f[2].
      nbins: how many bins they have.
      collections: of the variables; LOCAL_VARIABLES by default.
      check_shape: whether a run checks that both are vectors.

    Raises:
      ValueError: labels that are no bools.
    """
    collections = [GraphKeys.LOCAL_VARIABLES] if collections is None else collections
    given = [boolean_labels, scores, score_range]
    with variable_scope(name, "auc_using_histogram", given):
        scores, boolean_labels = remove_squeezable_dimensions(scores, boolean_labels)
        score_range = convert_to_tensor(score_range, name="score_range")
        labels, scores = _checked(boolean_labels, scores, check_shape)
        with variable_scope(None, "make_auc_histograms", [labels, scores, nbins]):
            histograms = [
                histogram_fixed_width(
                    boolean_mask(scores, mask()),
                    score_range,
                    nbins=nbins,
                    dtype=dtypes.int64,
                    name=own_name,
                )
                for own_name, mask in (
                    ("hist_true", lambda: labels),
                    ("hist_false", lambda: comparison.logical_not(labels)),
                )
            ]
        with variable_scope(None, "hist_accumulate", histograms):
            totals = [
                get_variable(
                    own_name,
                    shape=[nbins],
                    dtype=dtypes.int64,
                    initializer=Zeros(),
                    collections=collections,
                    trainable=False,
                )
                for own_name in ("hist_true_acc", "hist_false_acc")
            ]
            updates = [
                total.assign_add(added) for total, added in zip(totals, histograms, strict=True)
            ]
            update = group(*updates, name="update_op")
        return _area(totals[0], totals[1], nbins), update


def _checked(labels: Any, scores: Any, check_shape: bool) -> tuple[Tensor, Tensor]:
    with name_scope("_check_labels_and_scores", values=[labels, scores]):
        labels = convert_to_tensor(labels, name="boolean_labels")
        scores = convert_to_tensor(scores, name="scores")
        if labels.dtype != dtypes.bool:
            raise ValueError(
                f"Argument boolean_labels should have dtype bool.  Found: {labels.dtype}"
            )
        if not check_shape:
            return labels, scores
        are_vectors = [
            assert_that(
                comparison.equal(1, shape_of.rank(x)),
                [f"Argument {what} should have rank 1.  Found: ", x._shown_name, shape_of.shape(x)],
            )
            for what, x in (("boolean_labels", labels), ("scores", scores))
        ]
        with control_dependencies(are_vectors):
            return labels, scores


def _area(true: Any, false: Any, nbins: int) -> Tensor:
    """By trapezoids, from the highest scores on."""
    true_part = division.truediv(true, reductions.reduce_sum(true))
    false_part = division.truediv(false, reductions.reduce_sum(false))
    rise = reversing.reverse(true_part, [0], name="delta_y_t")
    run = reversing.reverse(false_part, [0], name="delta_x_t")
    rise, run = casts.cast(rise, dtypes.float32), casts.cast(run, dtypes.float32)
    height = _cumulated(rise, nbins)
    first = run[0] * height[0] / 2.0
    others = run[1:] * (height[1:] + height[: nbins - 1]) / 2.0
    return arithmetic.add(first, reductions.reduce_sum(others), name="auc")


def _cumulated(x: Tensor, length: int) -> Tensor:
    """Sums from the start, by a convolution with ones as TensorFlow computes them: f32[length]."""
    with name_scope("strict_1d_cumsum", values=[x]):
        x = padding.pad(x, [[length - 1, 0]])
        ones = filling.ones_like(x)
        with name_scope("strict_conv1d", values=[x, ones]):
            rows = reshaping.reshape(x, (1, -1, 1, 1))
            window = reshaping.reshape(ones, (-1, 1, 1, 1))
            sums = conv2d(rows, window, [1, 1, 1, 1], "SAME")
            sums = reshaping.reshape(sums, [-1])
        return sums[:length]
