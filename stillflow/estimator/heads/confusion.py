"""Metrics of how often predictions from thresholds on are right, and wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.estimator.heads.aligning import aligned
from stillflow.estimator.heads.metric import Metric
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array.filling import ones_like
from stillflow.ops.array.reshaping import expand_dims, reshape
from stillflow.ops.array.selecting import where
from stillflow.ops.array.shape_of import size
from stillflow.ops.array.stacking import stack
from stillflow.ops.array.tiling import tile
from stillflow.ops.control.ordering import group
from stillflow.ops.debug.checks import assert_greater_equal, assert_less_equal
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.math.arithmetic import maximum, multiply
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import greater, logical_and, logical_not
from stillflow.ops.math.division import div_no_nan
from stillflow.ops.math.elementwise import log
from stillflow.ops.reduce.reductions import reduce_sum

_MARGIN = 1e-7  # how far the outermost thresholds are outside of [0, 1]
_HITS, _FALSE, _MISSES, _RIGHT = (
    "true_positives",
    "false_positives",
    "false_negatives",
    "true_negatives",
)


class _Counting(Metric):
    """Counts at thresholds: of hits, false alarms, misses and what is rightly left out."""

    def __init__(self, name: str, thresholds: Sequence[float], counted: tuple[str, ...]):
        super().__init__(name)
        self._thresholds = list(thresholds)
        self._counts = {kind: self._count(kind, (len(self._thresholds),)) for kind in counted}

    def _update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        y_true, y_pred = cast(y_true, dtypes.float32), cast(y_pred, dtypes.float32)
        y_pred.shape.assert_is_compatible_with(y_true.shape)
        with control_dependencies(_within_0_and_1(y_pred)):
            y_pred, y_true, sample_weight = aligned(y_pred, y_true, sample_weight)
        number = size(y_pred)
        row = reshape(y_pred, [1, -1])
        labels = reshape(cast(y_true, dtypes.bool), [1, -1])
        limits = tile(expand_dims(constant(self._thresholds), 1), stack([1, number]))
        taken = greater(tile(row, [len(self._thresholds), 1]), limits)
        so = tile(labels, [len(self._thresholds), 1])
        weights = None
        if sample_weight is not None:
            each = broadcast_weights(cast(sample_weight, dtypes.float32), y_pred)
            weights = tile(reshape(each, [1, -1]), [len(self._thresholds), 1])
        return group(*self._added(so, taken, weights))

    def _added(self, so: Tensor, taken: Tensor, weights: Tensor | None) -> list[Any]:
        """What adds to each count. so, taken: bool[thresholds, n]"""
        pairs = {_HITS: (so, taken)}
        has_rest = _RIGHT in self._counts
        if _MISSES in self._counts or has_rest:
            left = logical_not(taken)
            pairs[_MISSES] = (so, left)
        if _FALSE in self._counts or has_rest:
            other = logical_not(so)
            pairs[_FALSE] = (other, taken)
            if has_rest:
                pairs[_RIGHT] = (other, left)
        updates = []
        for kind, (labels, predictions) in pairs.items():
            if kind in self._counts:
                both = cast(logical_and(labels, predictions), dtypes.float32)
                if weights is not None:
                    both *= weights
                updates.append(self._counts[kind].assign_add(reduce_sum(both, 1)))
        return updates


def _within_0_and_1(y_pred: Tensor) -> list[Any]:
    least = cast(0.0, y_pred.dtype)
    above = assert_greater_equal(y_pred, least, message="predictions must be >= 0")
    most = cast(1.0, y_pred.dtype)
    return [above, assert_less_equal(y_pred, most, message="predictions must be <= 1")]


class _Share(_Counting):
    """Hits over hits and errors of a kind, at one threshold."""

    _errors = ""

    def __init__(self, name: str, threshold: float = 0.5):
        super().__init__(name, [threshold], (_HITS, self._errors))

    def _result(self) -> Tensor:
        hits, errors = self._counts[_HITS], self._counts[self._errors]
        return div_no_nan(hits, hits + errors)[0]


class Precision(_Share):
    """How much of what is taken is so."""

    _errors = _FALSE


class Recall(_Share):
    """How much of what is so is taken."""

    _errors = _MISSES


class AUC(_Counting):
    """The area under a curve through `count` thresholds: "ROC", or "PR", which is interpolated."""

    def __init__(self, name: str, curve: str = "ROC", count: int = 200):
        inner = [(i + 1) * 1.0 / (count - 1) for i in range(count - 2)]
        limits = [0.0 - _MARGIN, *inner, 1.0 + _MARGIN]
        super().__init__(name, limits, (_HITS, _RIGHT, _FALSE, _MISSES))
        self._curve = curve

    def _result(self) -> Tensor:
        if self._curve == "PR":
            return self._interpolated()
        last = len(self._thresholds) - 1
        hits, misses = self._counts[_HITS], self._counts[_MISSES]
        wrong, right = self._counts[_FALSE], self._counts[_RIGHT]
        recall = div_no_nan(hits, hits + misses)
        rate = div_no_nan(wrong, wrong + right)
        heights = (recall[:last] + recall[1:]) / 2.0
        return reduce_sum(multiply(rate[:last] - rate[1:], heights), name=self.name)

    def _interpolated(self) -> Tensor:
        """The area under precision over recall, counts interpolated (Davis and Goadrich, 2006)."""
        last = len(self._thresholds) - 1
        hits, misses, wrong = (self._counts[kind] for kind in (_HITS, _MISSES, _FALSE))
        step = hits[:last] - hits[1:]
        taken = hits + wrong
        slope = div_no_nan(step, maximum(taken[:last] - taken[1:], 0), name="prec_slope")
        start = hits[1:] - multiply(slope, taken[1:])
        are_positive = logical_and(taken[:last] > 0, taken[1:] > 0)
        ratio = div_no_nan(taken[:last], maximum(taken[1:], 0), name="recall_relative_ratio")
        safe = where(are_positive, ratio, ones_like(taken[1:]))
        added = slope * (step + start * log(safe))
        whole = maximum(hits[1:] + misses[1:], 0)
        return reduce_sum(
            div_no_nan(added, whole, name="pr_auc_increment"), name="interpolate_pr_auc"
        )
