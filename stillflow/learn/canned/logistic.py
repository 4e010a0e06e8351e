"""`LogisticRegressor`: a program's model of two classes, with their metrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.graph import dtypes
from stillflow.learn.estimators.constants import MetricKey, ProblemType
from stillflow.learn.estimators.estimator import Estimator
from stillflow.learn.estimators.model_fn_ops import ModeKeys, ModelFnOps
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import greater_equal
from stillflow.ops.metrics import streaming


def LogisticRegressor(
    model_fn: Callable[..., Any],
    thresholds: Sequence[float] | None = None,
    model_dir: str | None = None,
    config: Any = None,
    feature_engineering_fn: Callable[[Any, Any], tuple[Any, Any]] | None = None,
) -> Estimator:
    """An Estimator that measures what a model of two classes is measured by.

    Args:
      model_fn: of (features, labels, mode); returns (predictions, loss, train_op), predictions as
        probabilities float32[n, 1].
      thresholds: of probabilities, which metrics are measured at; 0.5 by default.
    """

    def measured(features: Any, labels: Any, mode: str, params: dict[str, Any]) -> ModelFnOps:
        predictions, loss, train_op = model_fn(features, labels, mode)
        metrics = None
        if mode == ModeKeys.EVAL:
            metrics = _metrics(labels, predictions, params.get("thresholds") or [0.5])
        served = (ProblemType.LOGISTIC_REGRESSION, {"predictions": predictions})
        return ModelFnOps(
            mode=mode, predictions=predictions, loss=loss, train_op=train_op,
            eval_metric_ops=metrics, output_alternatives={"head": served},
        )  # fmt: skip

    return Estimator(
        model_fn=measured, model_dir=model_dir, config=config, params={"thresholds": thresholds},
        feature_engineering_fn=feature_engineering_fn,
    )  # fmt: skip


def _metrics(labels: Any, predictions: Any, thresholds: Sequence[float]) -> dict[str, Any]:
    if isinstance(labels, dict) and len(labels) == 1:
        (labels,) = labels.values()
    found = {
        MetricKey.PREDICTION_MEAN: streaming.streaming_mean(predictions),
        MetricKey.LABEL_MEAN: streaming.streaming_mean(labels),
        MetricKey.ACCURACY_BASELINE: streaming.streaming_mean(labels),
        MetricKey.AUC: streaming.streaming_auc(labels=labels, predictions=predictions),
    }
    for threshold in thresholds:
        name = f"predictions_at_threshold_{threshold:f}"
        at = cast(greater_equal(predictions, threshold), dtypes.float32, name=name)
        both = {"labels": labels, "predictions": at}
        found[MetricKey.ACCURACY_MEAN % threshold] = streaming.streaming_accuracy(**both)
        found[MetricKey.PRECISION_MEAN % threshold] = streaming.streaming_precision(**both)
        found[MetricKey.RECALL_MEAN % threshold] = streaming.streaming_recall(**both)
    return found
