"""How far predicted and labelled regions are the same."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.keras.metrics.metric import Metric
from stillflow.ops.array import diagonals, reshaping
from stillflow.ops.math import casts, comparison, division
from stillflow.ops.math.confusion import confusion_matrix
from stillflow.ops.reduce import reductions
from stillflow.ops.variables.initializers import Zeros


class MeanIoU(Metric):
    """The mean over classes of those in both by those in either of labels and predictions.

    Args:
      num_classes: how many classes there are; labels and predictions are such.
    """

    def __init__(self, num_classes: int, name: str | None = None, dtype: Any = None):
        super().__init__(name=name, dtype=dtype)
        self.num_classes = num_classes
        self.total_cm = self.add_weight(
            "total_confusion_matrix",
            shape=(num_classes, num_classes),
            initializer=Zeros,
            dtype=dtypes.float64,
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Adds a batch of labels and predictions, n[...]."""
        y_true = casts.cast(y_true, self._dtype)
        y_pred = casts.cast(y_pred, self._dtype)
        y_pred, y_true = _flat(y_pred), _flat(y_true)
        if sample_weight is not None:
            sample_weight = _flat(sample_weight)
        counts = confusion_matrix(
            y_true, y_pred, self.num_classes, weights=sample_weight, dtype=dtypes.float64
        )
        return self.total_cm.assign_add(counts)

    def result(self) -> Tensor:
        by_prediction = casts.cast(reductions.reduce_sum(self.total_cm, axis=0), self._dtype)
        by_label = casts.cast(reductions.reduce_sum(self.total_cm, axis=1), self._dtype)
        both = casts.cast(diagonals.diag_part(self.total_cm), self._dtype)
        either = by_prediction + by_label - both
        count = reductions.reduce_sum(casts.cast(comparison.not_equal(either, 0), self._dtype))
        parts = division.div_no_nan(both, either)
        return division.div_no_nan(reductions.reduce_sum(parts, name="mean_iou"), count)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"num_classes": self.num_classes}


def _flat(x: Any) -> Any:
    return reshaping.reshape(x, [-1]) if x.shape.ndims > 1 else x
