"""The head of numbers: regression by squared error, or by a loss of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.estimator.canned import measures, served
from stillflow.estimator.canned.head import (
    Head,
    LossSpec,
    Measured,
)
from stillflow.estimator.canned.keys import MetricKeys, PredictionKeys
from stillflow.estimator.canned.labels import labels_like, logits_of
from stillflow.estimator.canned.losses import call_loss_fn, check_loss_fn, check_reduction
from stillflow.estimator.canned.weights import weights_like
from stillflow.graph.operation import Tensor
from stillflow.interchange.saved_model.export_output import (
    ExportOutput,
)
from stillflow.ops.losses.functions import mean_squared_error
from stillflow.ops.losses.weighting import Reduction, compute_weighted_loss
from stillflow.ops.math.casts import to_float
from stillflow.ops.metrics import means
from stillflow.ops.metrics.accumulating import Metric


def regression_head(
    weight_column: Any = None,
    label_dimension: int = 1,
    loss_reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
    loss_fn: Callable[..., Any] | None = None,
    inverse_link_fn: Callable[[Tensor], Tensor] | None = None,
    name: str | None = None,
) -> RegressionHead:
    """A head of `label_dimension` numbers.

    Args:
      weight_column: the name, or numeric column, of the weights of examples, or of their numbers.
      loss_fn: `loss_fn(labels, logits[, features])`, f[n, label_dimension]; the squared error by
        default.
      inverse_link_fn: from logits to predictions, which are the logits by default.
      name: of the head, which its metrics have too.

    Raises:
      ValueError: an argument is out of its range.
    """
    check_reduction(loss_reduction)
    check_loss_fn(loss_fn)
    return RegressionHead(
        label_dimension, weight_column, loss_reduction, loss_fn, inverse_link_fn, name
    )


class RegressionHead(Head):
    """See `regression_head`."""

    def __init__(
        self,
        label_dimension: int,
        weight_column: Any = None,
        loss_reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
        loss_fn: Callable[..., Any] | None = None,
        inverse_link_fn: Callable[[Tensor], Tensor] | None = None,
        name: str | None = None,
    ):
        if label_dimension < 1:
            raise ValueError(f"Invalid label_dimension {label_dimension}.")
        self._logits_dimension = label_dimension
        self._weight_column = weight_column
        self._loss_reduction = loss_reduction
        self._loss_fn = loss_fn
        self._inverse_link_fn = inverse_link_fn
        self._name = name

    @property
    def logits_dimension(self) -> int:
        return self._logits_dimension

    def create_loss(self, features: Any, mode: str, logits: Any, labels: Any) -> LossSpec:
        logits = convert_to_tensor(logits)
        size = self._logits_dimension
        labels = to_float(labels_like(labels, logits, size))
        if self._loss_fn:
            losses = call_loss_fn(self._loss_fn, labels, logits, features, size)
        else:
            losses = mean_squared_error(labels, logits, reduction=Reduction.NONE)
        weights = weights_like(features, self._weight_column, logits, each_logit=True)
        loss = compute_weighted_loss(losses, weights, reduction=self._loss_reduction)
        return LossSpec(loss, losses, weights, labels)

    def _predictions(self, logits: Any) -> tuple[Tensor, dict[str, Tensor]]:
        logits = logits_of(logits, self._logits_dimension)
        if not self._inverse_link_fn:
            return logits, {PredictionKeys.PREDICTIONS: logits}
        values = self._inverse_link_fn(logits)
        return logits, {PredictionKeys.PREDICTIONS: values, PredictionKeys.LOGITS: logits}

    def _export_outputs(self, predictions: dict[str, Tensor]) -> dict[str, ExportOutput]:
        return served.of_numbers(predictions)

    def _labels_to_measure(self, given: Any, processed: Any) -> Any:
        return given

    def _metrics(self, measured: Measured) -> dict[str, Metric]:
        weights = measured.weights
        values = measured.predictions[PredictionKeys.PREDICTIONS]
        key = MetricKeys
        found = {
            key.LOSS_MEAN: means.mean(measured.losses, weights),
            key.PREDICTION_MEAN: measures.predictions_mean(values, weights, key.PREDICTION_MEAN),
            key.LABEL_MEAN: means.mean(measured.labels, weights),
        }
        metrics = {self._key(name): metric for name, metric in found.items()}
        metrics.update(self._regularization_metric(measured))
        return metrics
