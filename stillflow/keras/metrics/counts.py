"""Counts of right and wrong yeses and noes, and what part of the yeses is right."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.keras.metrics.confusion import (
    NEG_INF,
    ConfusionMatrix,
    parse_init_thresholds,
    update_confusion_matrix_variables,
)
from stillflow.keras.metrics.metric import Metric
from stillflow.ops.math import division
from stillflow.ops.variables.initializers import Zeros


class ConfusionMatrixConditionCount(Metric):
    """The weight of what falls into one field of the confusion matrix, at each threshold."""

    def __init__(
        self,
        confusion_matrix_cond: ConfusionMatrix,
        thresholds: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(name=name, dtype=dtype)
        self._confusion_matrix_cond = confusion_matrix_cond
        self.init_thresholds = thresholds
        self.thresholds = parse_init_thresholds(thresholds)
        count = len(self.thresholds)
        self.accumulator = self.add_weight("accumulator", shape=(count,), initializer=Zeros)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Adds a batch of labels and predictions."""
        return update_confusion_matrix_variables(
            {self._confusion_matrix_cond: self.accumulator},
            y_true,
            y_pred,
            thresholds=self.thresholds,
            sample_weight=sample_weight,
        )

    def result(self) -> Tensor:
        """f32[m] for m thresholds; f32[] for one."""
        counts = self.accumulator
        return convert_to_tensor(counts[0] if len(self.thresholds) == 1 else counts)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"thresholds": self.init_thresholds}


class FalsePositives(ConfusionMatrixConditionCount):
    """How many noes are taken for a yes."""

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None):
        super().__init__(ConfusionMatrix.FALSE_POSITIVES, thresholds, name, dtype)


class FalseNegatives(ConfusionMatrixConditionCount):
    """How many yeses are taken for a no."""

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None):
        super().__init__(ConfusionMatrix.FALSE_NEGATIVES, thresholds, name, dtype)


class TrueNegatives(ConfusionMatrixConditionCount):
    """How many noes are told."""

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None):
        super().__init__(ConfusionMatrix.TRUE_NEGATIVES, thresholds, name, dtype)


class TruePositives(ConfusionMatrixConditionCount):
    """How many yeses are told."""

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None):
        super().__init__(ConfusionMatrix.TRUE_POSITIVES, thresholds, name, dtype)


class _Share(Metric):
    """The part of true positives among them and those of another field."""

    _other: tuple[str, ConfusionMatrix]
    true_positives: Any

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        # Of the k greatest predictions every one is a yes.
        default = 0.5 if top_k is None else NEG_INF
        self.thresholds = parse_init_thresholds(thresholds, default_threshold=default)
        for field in ("true_positives", self._other[0]):
            count = len(self.thresholds)
            setattr(self, field, self.add_weight(field, shape=(count,), initializer=Zeros))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Adds a batch of labels and predictions."""
        other, key = self._other
        return update_confusion_matrix_variables(
            {
                ConfusionMatrix.TRUE_POSITIVES: self.true_positives,
                key: getattr(self, other),
            },
            y_true,
            y_pred,
            thresholds=self.thresholds,
            top_k=self.top_k,
            class_id=self.class_id,
            sample_weight=sample_weight,
        )

    def result(self) -> Tensor:
        """f32[m] for m thresholds; f32[] for one."""
        true = self.true_positives
        share = division.div_no_nan(true, true + getattr(self, self._other[0]))
        return share[0] if len(self.thresholds) == 1 else share

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "thresholds": self.init_thresholds,
            "top_k": self.top_k,
            "class_id": self.class_id,
        }


class Precision(_Share):
    """What part of those taken for a yes is one.

    Args:
      thresholds: above which a prediction is a yes; 0.5 by default.
      top_k: as many of the greatest predictions are a yes.
      class_id: looks at this class alone.
    """

    _other = "false_positives", ConfusionMatrix.FALSE_POSITIVES


class Recall(_Share):
    """What part of the yeses is taken for one. Arguments are as of `Precision`."""

    _other = "false_negatives", ConfusionMatrix.FALSE_NEGATIVES
