"""`tf.estimator.BinaryClassHead`: the head of two classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.estimator.canned import classes, served
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
from stillflow.estimator.heads.head import PlainHead, check_keys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.interchange.saved_model.export_output import (
    ExportOutput,
)
from stillflow.keras.metrics.counts import Precision, Recall
from stillflow.keras.metrics.curves import AUC
from stillflow.keras.metrics.means import Mean
from stillflow.keras.metrics.of_functions import Accuracy, BinaryAccuracy
from stillflow.ops.array.filling import zeros_like
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.control.ordering import no_op
from stillflow.ops.losses.broadcasting import broadcast_weights
from stillflow.ops.math.arithmetic import maximum
from stillflow.ops.math.casts import to_float
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.nn.logistic import sigmoid_cross_entropy_with_logits
from stillflow.ops.nn.softmax import softmax
from stillflow.ops.reduce.argmax import argmax

_Keys, _Metrics = PredictionKeys, MetricKeys
_ALL = [
    _Keys.LOGITS,
    _Keys.LOGISTIC,
    _Keys.PROBABILITIES,
    _Keys.CLASS_IDS,
    _Keys.CLASSES,
    _Keys.ALL_CLASS_IDS,
    _Keys.ALL_CLASSES,
]


class BinaryClassHead(PlainHead):
    """A head of one logit; labels are 0 or 1, or words of `label_vocabulary`.

    Args:
      weight_column: the name, or numeric column, of the weights of examples.
      thresholds: within (0, 1), at which accuracy, precision and recall are measured.
      loss_fn: `loss_fn(labels, logits[, features])`, f[n, 1]; cross entropy by default.
      name: of the head, which its metrics have too.

    Raises:
      ValueError: an argument is out of its range.
    """

    def __init__(
        self,
        weight_column: Any = None,
        thresholds: Sequence[float] | None = None,
        label_vocabulary: Sequence[str] | None = None,
        loss_reduction: str = SUM_OVER_BATCH_SIZE,
        loss_fn: Callable[..., Any] | None = None,
        name: str | None = None,
    ):
        if label_vocabulary is not None and not isinstance(label_vocabulary, (list, tuple)):
            raise ValueError(
                "label_vocabulary should be a list or a tuple. Given type: "
                f"{type(label_vocabulary)}"
            )
        thresholds = tuple(thresholds or ())
        if not all(0.0 < at < 1.0 for at in thresholds):
            raise ValueError(f"thresholds not in (0, 1): {(thresholds,)}.")
        check_reduction(loss_reduction)
        check_loss_fn(loss_fn, further=("loss_reduction",))
        self._weight_column = weight_column
        self._thresholds = thresholds
        self._label_vocabulary = label_vocabulary
        self._loss_reduction = loss_reduction
        self._loss_fn = loss_fn
        self._name = name

    @property
    def logits_dimension(self) -> int:
        return 1

    def _processed_labels(self, logits: Tensor, labels: Any) -> Tensor:
        labels = labels_like(labels, logits, 1)
        if self._label_vocabulary is not None:
            labels = classes.ids_of(labels, self._label_vocabulary)
        return within(to_float(labels), 2)

    def _unweighted_loss_and_weights(
        self, logits: Tensor, labels: Tensor, features: Any
    ) -> tuple[Tensor, Any]:
        if self._loss_fn:
            losses = call_loss_fn(self._loss_fn, labels, logits, features)
        else:
            losses = sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
        return losses, weights_like(features, self._weight_column, logits)

    def predictions(self, logits: Any, keys: Sequence[str] | None = None) -> dict[Any, Tensor]:
        check_keys(keys or (), _ALL)
        wanted = keys or _ALL
        logits = logits_of(logits, 1)
        found: dict[Any, Tensor] = {}
        with name_scope("predictions", values=(logits,)):
            if _Keys.LOGITS in wanted:
                found[_Keys.LOGITS] = logits
            if _Keys.LOGISTIC in wanted:
                found[_Keys.LOGISTIC] = sigmoid(logits, name=_Keys.LOGISTIC)
            two = concat((zeros_like(logits), logits), axis=-1, name="two_class_logits")
            found.update(class_predictions(two, logits, 2, self._label_vocabulary, wanted))
            return {key: found[key] for key in _ALL if key in found}

    def _export_outputs(self, predictions: dict[Any, Tensor]) -> dict[str, ExportOutput]:
        return served.of_two_classes(predictions, self._label_vocabulary)

    def metrics(self, regularization_losses: Any = None) -> dict[str, Any]:
        key = _Metrics
        with name_scope("metrics", values=(regularization_losses,)):
            found: dict[str, Any] = {
                key.LOSS_MEAN: Mean(key.LOSS_MEAN),
                key.ACCURACY: Accuracy(key.ACCURACY),
                key.PRECISION: Precision(name=key.PRECISION),
                key.RECALL: Recall(name=key.RECALL),
                key.PREDICTION_MEAN: Mean(key.PREDICTION_MEAN),
                key.LABEL_MEAN: Mean(key.LABEL_MEAN),
                key.ACCURACY_BASELINE: Mean(key.ACCURACY_BASELINE),
                key.AUC: AUC(name=key.AUC),
                key.AUC_PR: AUC(name=key.AUC_PR, curve="PR"),
            }
            metrics = {self._summary_key(name): metric for name, metric in found.items()}
            metrics.update(self._regularization_metric(regularization_losses))
            for at in self._thresholds:
                metrics.update(metrics_at(self._summary_key, at))
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
        class_ids = self.predictions(logits)[_Keys.CLASS_IDS]
        logits = logits_of(logits, 1)
        labels = self._processed_labels(logits, labels)
        losses, weights = self._unweighted_loss_and_weights(logits, labels, features)
        of = {key: eval_metrics[self._summary_key(key)] for key in _measured()}
        of[_Metrics.LOSS_MEAN].update_state(values=losses, sample_weight=weights)
        for key in (_Metrics.ACCURACY, _Metrics.PRECISION, _Metrics.RECALL):
            of[key].update_state(y_true=labels, y_pred=class_ids, sample_weight=weights)
        logistic = self.predictions(logits, [_Keys.LOGISTIC])[_Keys.LOGISTIC]
        update_mean(of[_Metrics.PREDICTION_MEAN], logistic, weights)
        update_mean(of[_Metrics.LABEL_MEAN], labels, weights)
        _base_on(of[_Metrics.ACCURACY_BASELINE], of[_Metrics.LABEL_MEAN])
        for key in (_Metrics.AUC, _Metrics.AUC_PR):
            predicted = to_float(logistic)
            each = broadcast_weights(weights, predicted)
            of[key].update_state(y_true=labels, y_pred=predicted, sample_weight=each)
        self._update_regularization(eval_metrics, regularization_losses)
        update_at(self._summary_key, eval_metrics, self._thresholds, labels, logistic, weights)
        return eval_metrics


def _base_on(baseline: Mean, labels: Mean) -> None:
    """Makes a metric how often a guess of the commoner label is right: it has no counts itself."""
    baseline.add_update(no_op())
    baseline.total = maximum(labels.total, labels.count - labels.total)
    baseline.count = labels.count


def _measured() -> tuple[str, ...]:
    key = _Metrics
    return (
        *(key.LOSS_MEAN, key.ACCURACY, key.PRECISION, key.RECALL, key.PREDICTION_MEAN),
        *(key.LABEL_MEAN, key.ACCURACY_BASELINE, key.AUC, key.AUC_PR),
    )


def class_predictions(
    scores: Tensor,
    logits: Tensor,
    number: int,
    vocabulary: Sequence[str] | None,
    wanted: Sequence[str],
) -> dict[Any, Tensor]:
    """What scores f[n, number] say of classes, as far as it is wanted."""
    found: dict[Any, Tensor] = {}
    if _Keys.PROBABILITIES in wanted:
        found[_Keys.PROBABILITIES] = softmax(scores, name=_Keys.PROBABILITIES)
    if _Keys.CLASS_IDS in wanted or _Keys.CLASSES in wanted:
        class_ids = expand_dims(argmax(scores, axis=-1, name=_Keys.CLASS_IDS), axis=-1)
        if _Keys.CLASS_IDS in wanted:
            found[_Keys.CLASS_IDS] = class_ids
        if _Keys.CLASSES in wanted:
            found[_Keys.CLASSES] = classes.words_of(class_ids, vocabulary)
    if _Keys.ALL_CLASS_IDS in wanted:
        found[_Keys.ALL_CLASS_IDS] = classes.all_class_ids(logits, number)
    if _Keys.ALL_CLASSES in wanted:
        found[_Keys.ALL_CLASSES] = classes.all_classes(logits, number, vocabulary)
    return found


def metrics_at(key: Callable[[str], str], at: float) -> dict[str, Any]:
    """Accuracy, precision and recall at a threshold."""
    accuracy, precision, recall = (key(spelling % at) for spelling in _AT)
    return {
        accuracy: BinaryAccuracy(accuracy, threshold=at),
        precision: Precision(at, name=precision),
        recall: Recall(at, name=recall),
    }


def update_at(
    key: Callable[[str], str],
    metrics: dict[str, Any],
    thresholds: Sequence[float],
    labels: Tensor,
    predictions: Tensor,
    weights: Any,
) -> None:
    """Adds a batch to the metrics at thresholds."""
    for at in thresholds:
        for spelling in _AT:
            metrics[key(spelling % at)].update_state(
                y_true=labels, y_pred=predictions, sample_weight=weights
            )


_AT = (
    _Metrics.ACCURACY_AT_THRESHOLD,
    _Metrics.PRECISION_AT_THRESHOLD,
    _Metrics.RECALL_AT_THRESHOLD,
)
