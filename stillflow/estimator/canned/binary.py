"""The head of two classes: logistic regression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.estimator.canned import classes, measures, served
from stillflow.estimator.canned.head import (
    Head,
    LossSpec,
    Measured,
)
from stillflow.estimator.canned.keys import MetricKeys, PredictionKeys
from stillflow.estimator.canned.labels import labels_like, logits_of, within
from stillflow.estimator.canned.losses import call_loss_fn, check_loss_fn, check_reduction
from stillflow.estimator.canned.weights import weights_like
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.interchange.saved_model.export_output import (
    ExportOutput,
)
from stillflow.ops.array.filling import zeros_like
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.losses.weighting import Reduction, compute_weighted_loss
from stillflow.ops.math.casts import to_float
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.metrics import counts, means
from stillflow.ops.metrics.accumulating import Metric
from stillflow.ops.nn.logistic import sigmoid_cross_entropy_with_logits
from stillflow.ops.nn.softmax import softmax
from stillflow.ops.reduce.argmax import argmax

_Keys = PredictionKeys


def binary_classification_head(
    weight_column: Any = None,
    thresholds: Sequence[float] | None = None,
    label_vocabulary: Sequence[str] | None = None,
    loss_reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
    loss_fn: Callable[..., Any] | None = None,
    name: str | None = None,
) -> BinaryHead:
    """A head of one logit; labels are 0 or 1, or words of `label_vocabulary`.

    Args:
      weight_column: the name, or numeric column, of the weights of examples.
      thresholds: within (0, 1), at which accuracy, precision and recall are measured.
      loss_fn: `loss_fn(labels, logits[, features])`, f[n, 1]; cross entropy by default.
      name: of the head, which its metrics have too.

    Raises:
      ValueError, TypeError: an argument is out of its range.
    """
    thresholds = tuple(thresholds or ())
    if label_vocabulary is not None and not isinstance(label_vocabulary, (list, tuple)):
        raise TypeError(
            f"label_vocabulary should be a list or tuple. Given type: {type(label_vocabulary)}"
        )
    if not all(0.0 < at < 1.0 for at in thresholds):
        raise ValueError(f"thresholds not in (0, 1): {(thresholds,)}.")
    check_reduction(loss_reduction)
    check_loss_fn(loss_fn)
    return BinaryHead(weight_column, thresholds, label_vocabulary, loss_reduction, loss_fn, name)


class BinaryHead(Head):
    """See `binary_classification_head`."""

    def __init__(
        self,
        weight_column: Any = None,
        thresholds: tuple[float, ...] = (),
        label_vocabulary: Sequence[str] | None = None,
        loss_reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
        loss_fn: Callable[..., Any] | None = None,
        name: str | None = None,
    ):
        self._weight_column = weight_column
        self._thresholds = thresholds
        self._label_vocabulary = label_vocabulary
        self._loss_reduction = loss_reduction
        self._loss_fn = loss_fn
        self._name = name

    @property
    def logits_dimension(self) -> int:
        return 1

    def create_loss(self, features: Any, mode: str, logits: Any, labels: Any) -> LossSpec:
        logits = convert_to_tensor(logits)
        labels = labels_like(labels, logits, 1)
        if self._label_vocabulary is not None:
            labels = classes.ids_of(labels, self._label_vocabulary)
        labels = within(to_float(labels), 2)
        if self._loss_fn:
            losses = call_loss_fn(self._loss_fn, labels, logits, features)
        else:
            losses = sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
        weights = weights_like(features, self._weight_column, logits)
        loss = compute_weighted_loss(losses, weights, reduction=self._loss_reduction)
        return LossSpec(loss, losses, weights, labels)

    def _predictions(self, logits: Any) -> tuple[Tensor, dict[str, Tensor]]:
        vocabulary = self._label_vocabulary
        with name_scope(None, "predictions", (logits,)):
            logits = logits_of(logits, 1)
            logistic = sigmoid(logits, name=_Keys.LOGISTIC)
            two = concat((zeros_like(logits), logits), axis=-1, name="two_class_logits")
            probabilities = softmax(two, name=_Keys.PROBABILITIES)
            class_ids = expand_dims(argmax(two, axis=-1, name=_Keys.CLASS_IDS), axis=-1)
            all_ids = classes.all_class_ids(logits, 2)
            all_words = classes.all_classes(logits, 2, vocabulary)
            return logits, {
                _Keys.LOGITS: logits,
                _Keys.LOGISTIC: logistic,
                _Keys.PROBABILITIES: probabilities,
                _Keys.CLASS_IDS: class_ids,
                _Keys.CLASSES: classes.words_of(class_ids, vocabulary),
                _Keys.ALL_CLASS_IDS: all_ids,
                _Keys.ALL_CLASSES: all_words,
            }

    def _export_outputs(self, predictions: dict[str, Tensor]) -> dict[str, ExportOutput]:
        return served.of_two_classes(predictions, self._label_vocabulary)

    def _metrics(self, measured: Measured) -> dict[str, Metric]:
        labels, weights, losses = measured.labels, measured.weights, measured.losses
        logits, logistic, class_ids = (
            measured.predictions[key] for key in (_Keys.LOGITS, _Keys.LOGISTIC, _Keys.CLASS_IDS)
        )
        used = (labels, logits, logistic, class_ids, weights, losses, measured.regularization)
        key = MetricKeys
        with name_scope(None, "metrics", used):
            mean = measures.labels_mean(labels, weights, key.LABEL_MEAN)
            found = {
                key.LOSS_MEAN: means.mean(losses, weights, name=key.LOSS_MEAN),
                key.ACCURACY: means.accuracy(labels, class_ids, weights, name=key.ACCURACY),
                key.PRECISION: counts.precision(labels, class_ids, weights, name=key.PRECISION),
                key.RECALL: counts.recall(labels, class_ids, weights, name=key.RECALL),
                key.PREDICTION_MEAN: measures.predictions_mean(
                    logistic, weights, key.PREDICTION_MEAN
                ),
                key.LABEL_MEAN: mean,
                key.ACCURACY_BASELINE: measures.accuracy_baseline(mean),
                key.AUC: measures.auc(labels, logistic, weights, key.AUC),
                key.AUC_PR: measures.auc(labels, logistic, weights, key.AUC_PR, curve="PR"),
            }
            metrics = {self._key(name): metric for name, metric in found.items()}
            metrics.update(self._regularization_metric(measured))
            metrics.update(
                measures.at_thresholds(self._key, labels, logistic, weights, self._thresholds)
            )
            return metrics
