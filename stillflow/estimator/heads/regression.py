"""`tf.estimator.RegressionHead`, and those of counts and of shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.estimator.canned import served
from stillflow.estimator.canned.keys import MetricKeys, PredictionKeys
from stillflow.estimator.canned.labels import logits_of
from stillflow.estimator.canned.losses import call_loss_fn, check_loss_fn
from stillflow.estimator.canned.weights import weights_like
from stillflow.estimator.heads.checking import (
    SUM_OVER_BATCH_SIZE,
    check_reduction,
    labels_like,
    update_mean,
    within,
)
from stillflow.estimator.heads.head import PlainHead
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.interchange.saved_model.export_output import (
    ExportOutput,
)
from stillflow.keras.metrics.means import Mean
from stillflow.ops.losses.functions import mean_squared_error
from stillflow.ops.losses.weighting import Reduction
from stillflow.ops.math.casts import to_float
from stillflow.ops.math.elementwise import exp, sigmoid
from stillflow.ops.nn.logistic import log_poisson_loss, sigmoid_cross_entropy_with_logits

_Keys = PredictionKeys


class RegressionHead(PlainHead):
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

    def __init__(
        self,
        label_dimension: int = 1,
        weight_column: Any = None,
        loss_reduction: str = SUM_OVER_BATCH_SIZE,
        loss_fn: Callable[..., Any] | None = None,
        inverse_link_fn: Callable[[Tensor], Tensor] | None = None,
        name: str | None = None,
    ):
        if label_dimension < 1:
            raise ValueError(f"Invalid label_dimension {label_dimension}.")
        check_reduction(loss_reduction)
        check_loss_fn(loss_fn, further=("loss_reduction",))
        self._logits_dimension = label_dimension
        self._weight_column = weight_column
        self._loss_reduction = loss_reduction
        self._loss_fn = loss_fn
        self._inverse_link_fn = inverse_link_fn
        self._name = name

    @property
    def logits_dimension(self) -> int:
        return self._logits_dimension

    def _processed_labels(self, logits: Tensor, labels: Any) -> Tensor:
        return to_float(labels_like(labels, logits, self._logits_dimension))

    def _unweighted_loss_and_weights(
        self, logits: Tensor, labels: Tensor, features: Any
    ) -> tuple[Tensor, Any]:
        if self._loss_fn:
            size = self._logits_dimension
            losses = call_loss_fn(self._loss_fn, labels, logits, features, size)
        else:
            losses = mean_squared_error(labels, logits, reduction=Reduction.NONE)
        return losses, weights_like(features, self._weight_column, logits, each_logit=True)

    def predictions(self, logits: Any, keys: Sequence[str] | None = None) -> dict[Any, Tensor]:
        logits = logits_of(logits, self._logits_dimension)
        with name_scope("predictions", values=(logits,)):
            if not self._inverse_link_fn:
                return {_Keys.PREDICTIONS: logits}
            return {_Keys.PREDICTIONS: self._inverse_link_fn(logits), _Keys.LOGITS: logits}

    def _export_outputs(self, predictions: dict[Any, Tensor]) -> dict[str, ExportOutput]:
        return served.of_numbers(predictions)

    def metrics(self, regularization_losses: Any = None) -> dict[str, Any]:
        key = MetricKeys
        with name_scope("metrics", values=(regularization_losses,)):
            names = (key.LOSS_MEAN, key.PREDICTION_MEAN, key.LABEL_MEAN)
            metrics = {self._summary_key(name): Mean(name) for name in names}
            metrics.update(self._regularization_metric(regularization_losses))
        return metrics

    def update_metrics(
        self,
        eval_metrics: dict[str, Any],
        features: Any,
        logits: Any,
        labels: Any,
        mode: str | None = None,
        regularization_losses: Any = None,
    ) -> dict[str, Any]:
        values = self.predictions(logits)[_Keys.PREDICTIONS]
        logits = logits_of(logits, self._logits_dimension)
        used = self._processed_labels(logits, labels)
        losses, weights = self._unweighted_loss_and_weights(logits, used, features)
        key = MetricKeys
        of = {
            name: eval_metrics[self._summary_key(name)]
            for name in (key.LOSS_MEAN, key.LABEL_MEAN, key.PREDICTION_MEAN)
        }
        of[key.LOSS_MEAN].update_state(values=losses, sample_weight=weights)
        of[key.LABEL_MEAN].update_state(values=labels, sample_weight=weights)
        update_mean(of[key.PREDICTION_MEAN], values, weights)
        self._update_regularization(eval_metrics, regularization_losses)
        return eval_metrics


class PoissonRegressionHead(RegressionHead):
    """A head of counts, by Poisson's loss; predictions are e to the logits.

    Args:
      compute_full_loss: whether the loss has the part that depends on labels alone.

    The others are as for `RegressionHead`.
    """

    def __init__(
        self,
        label_dimension: int = 1,
        weight_column: Any = None,
        loss_reduction: str = SUM_OVER_BATCH_SIZE,
        compute_full_loss: bool = True,
        name: str | None = None,
    ):
        def poisson_loss(labels: Tensor, logits: Tensor) -> Tensor:
            return log_poisson_loss(labels, logits, compute_full_loss=compute_full_loss)

        super().__init__(label_dimension, weight_column, loss_reduction, poisson_loss, exp, name)


class LogisticRegressionHead(RegressionHead):
    """A head of a share within [0, 1], by the cross entropy of labels.

    The others are as for `RegressionHead`.
    """

    def __init__(
        self,
        weight_column: Any = None,
        loss_reduction: str = SUM_OVER_BATCH_SIZE,
        name: str | None = None,
    ):
        super().__init__(1, weight_column, loss_reduction, _logistic_loss, sigmoid, name)


def _logistic_loss(labels: Tensor, logits: Tensor) -> Tensor:
    labels = within(labels, 2, "Labels must be in range [0, 1]")
    return sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
