"""What holds at many thresholds together: the area under a curve, and points on it."""

from __future__ import annotations

from enum import Enum
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.keras.metrics.confusion import ConfusionMatrix, update_confusion_matrix_variables
from stillflow.keras.metrics.metric import Metric
from stillflow.layers import settings
from stillflow.ops.math import arithmetic, casts, division, elementwise
from stillflow.ops.metrics.curves import interpolated_pr_area
from stillflow.ops.metrics.thresholds import Counts, evenly_spaced
from stillflow.ops.reduce import reductions
from stillflow.ops.reduce.argmax import argmin
from stillflow.ops.variables.initializers import Zeros

_FIELDS = ("true_positives", "true_negatives", "false_positives", "false_negatives")


class _AtThresholds(Metric):
    """The base: the four counts at each threshold, f32[m]."""

    thresholds: list[float]
    true_positives: Any
    true_negatives: Any
    false_positives: Any
    false_negatives: Any

    def _make_counts(self, count: int) -> None:
        for field in _FIELDS:
            setattr(self, field, self.add_weight(field, shape=(count,), initializer=Zeros))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Adds a batch of labels and predictions."""
        fields = {ConfusionMatrix[field.upper()]: getattr(self, field) for field in _FIELDS}
        return update_confusion_matrix_variables(
            fields, y_true, y_pred, thresholds=self.thresholds, sample_weight=sample_weight
        )


class SensitivitySpecificityBase(_AtThresholds):
    """The base of what is true of one part where another is as wanted.

    Args:
      value: the other part, that is wanted.
      num_thresholds: how many thresholds from 0 to 1 are looked at.
    """

    def __init__(
        self, value: float, num_thresholds: int = 200, name: str | None = None, dtype: Any = None
    ):
        super().__init__(name=name, dtype=dtype)
        if num_thresholds <= 0:
            raise ValueError("`num_thresholds` must be > 0.")
        self.value = value
        self._make_counts(num_thresholds)
        self.thresholds = [0.5]
        if num_thresholds > 1:
            self.thresholds = [0.0, *evenly_spaced(num_thresholds), 1.0]

    def _nearest(self, field: str, other: str) -> Tensor:
        """The number of the threshold where a field's part is nearest to the wanted one."""
        counts = getattr(self, field)
        parts = division.div_no_nan(counts, counts + getattr(self, other))
        place = argmin(elementwise.abs_(parts - self.value), axis=0)
        return casts.cast(place, dtypes.int32)

    def _part_at(self, place: Tensor, field: str, other: str) -> Tensor:
        counts = getattr(self, field)
        return division.div_no_nan(counts[place], counts[place] + getattr(self, other)[place])


class SensitivityAtSpecificity(SensitivitySpecificityBase):
    """What part of the yeses is told at a threshold where `specificity` of the noes are."""

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        name: str | None = None,
        dtype: Any = None,
    ):
        if specificity < 0 or specificity > 1:
            raise ValueError("`specificity` must be in the range [0, 1].")
        super().__init__(specificity, num_thresholds, name, dtype)
        self.specificity = specificity
        self.num_thresholds = num_thresholds

    def result(self) -> Tensor:
        place = self._nearest("true_negatives", "false_positives")
        return self._part_at(place, "true_positives", "false_negatives")

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "num_thresholds": self.num_thresholds,
            "specificity": self.specificity,
        }


class SpecificityAtSensitivity(SensitivitySpecificityBase):
    """What part of the noes is told at a threshold where `sensitivity` of the yeses are."""

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        name: str | None = None,
        dtype: Any = None,
    ):
        if sensitivity < 0 or sensitivity > 1:
            raise ValueError("`sensitivity` must be in the range [0, 1].")
        super().__init__(sensitivity, num_thresholds, name, dtype)
        self.sensitivity = sensitivity
        self.num_thresholds = num_thresholds

    def result(self) -> Tensor:
        place = self._nearest("true_positives", "false_negatives")
        return self._part_at(place, "true_negatives", "false_positives")

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "num_thresholds": self.num_thresholds,
            "sensitivity": self.sensitivity,
        }


class AUCCurve(Enum):
    """Which curve: true against false positives, or precision against recall."""

    ROC = "ROC"
    PR = "PR"

    @staticmethod
    def from_str(key: str) -> AUCCurve:
        if key not in ("pr", "PR", "roc", "ROC"):
            raise ValueError(f'Invalid AUC curve value "{key}".\n  It is "ROC" or "PR".')
        return AUCCurve(key.upper())


class AUCSummationMethod(Enum):
    """What is taken between two points: their middle, the higher or the lower one."""

    INTERPOLATION = "interpolation"
    MAJORING = "majoring"
    MINORING = "minoring"

    @staticmethod
    def from_str(key: str) -> AUCSummationMethod:
        known = {name: each for each in AUCSummationMethod for name in _spellings(each)}
        if key not in known:
            raise ValueError(
                f'Invalid AUC summation method value "{key}".\n'
                f"  It is one of {', '.join(each.value for each in AUCSummationMethod)}."
            )
        return known[key]


def _spellings(method: AUCSummationMethod) -> tuple[str, str]:
    return method.value, method.value.capitalize()


class AUC(_AtThresholds):
    """The area under a curve, summed up between thresholds.

    Args:
      num_thresholds: how many thresholds from 0 to 1 are looked at.
      curve: "ROC" or "PR".
      summation_method: "interpolation", "majoring" or "minoring".
      thresholds: these between 0 and 1 instead.

    Raises:
      ValueError: there are fewer than two thresholds, or no such curve or method.
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str | AUCCurve = "ROC",
        summation_method: str | AUCSummationMethod = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
    ):
        if thresholds is not None:
            num_thresholds, inner = len(thresholds) + 2, sorted(thresholds)
        elif num_thresholds <= 1:
            raise ValueError("`num_thresholds` must be > 1.")
        else:
            inner = evenly_spaced(num_thresholds)
        method = summation_method
        curve = curve if isinstance(curve, AUCCurve) else AUCCurve.from_str(curve)
        if not isinstance(method, AUCSummationMethod):
            method = AUCSummationMethod.from_str(method)
        super().__init__(name=name, dtype=dtype)
        self.num_thresholds = num_thresholds
        # So far out that 0 and 1 are within.
        self.thresholds = [0.0 - settings.epsilon(), *inner, 1.0 + settings.epsilon()]
        self.curve = curve
        self.summation_method = method
        self._make_counts(num_thresholds)

    def interpolate_pr_auc(self) -> Tensor:
        """The area under a PR curve whose counts vary evenly between two thresholds."""
        fields = (self.true_positives, self.false_negatives)
        return interpolated_pr_area(
            Counts(*fields, tn=self.true_negatives, fp=self.false_positives)
        )

    def result(self) -> Tensor:
        """The area: f32[]."""
        method = self.summation_method
        if (self.curve, method) == (AUCCurve.PR, AUCSummationMethod.INTERPOLATION):
            return self.interpolate_pr_auc()
        x, y = self._points()
        left, right = y[: self.num_thresholds - 1], y[1:]
        if method == AUCSummationMethod.INTERPOLATION:
            heights = (left + right) / 2.0
        elif method == AUCSummationMethod.MINORING:
            heights = arithmetic.minimum(left, right)
        else:
            heights = arithmetic.maximum(left, right)
        widths = x[: self.num_thresholds - 1] - x[1:]
        return reductions.reduce_sum(arithmetic.multiply(widths, heights), name=self.name)

    def _points(self) -> tuple[Tensor, Tensor]:
        """The points of the curve: x and y, f32[m]."""
        true, false = self.true_positives, self.false_positives
        recall = division.div_no_nan(true, true + self.false_negatives)
        if self.curve == AUCCurve.ROC:
            return division.div_no_nan(false, false + self.true_negatives), recall
        return recall, division.div_no_nan(true, true + false)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "num_thresholds": self.num_thresholds,
            "curve": self.curve.value,
            "summation_method": self.summation_method.value,
            "thresholds": self.thresholds[1:-1],
        }
