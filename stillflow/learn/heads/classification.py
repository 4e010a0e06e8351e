"""Heads of two classes, and what heads of classes share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.graph.scopes import name_scope
from stillflow.learn.estimators.constants import MetricKey, PredictionKey, ProblemType
from stillflow.learn.heads import losses, measures
from stillflow.learn.heads.head import SingleHead
from stillflow.ops.array.filling import zeros_like
from stillflow.ops.array.joining import concat
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.array.shape_of import shape
from stillflow.ops.array.tiling import tile
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.metrics import means
from stillflow.ops.nn.softmax import softmax
from stillflow.ops.reduce.argmax import argmax
from stillflow.ops.strings.numbers import as_string


class ClassesHead(SingleHead):
    """Base of heads that export probabilities and classes."""

    _label_keys: Sequence[str] | None = None

    def _create_output_alternatives(self, predictions: Mapping[str, Any]) -> dict[Any, Any]:
        probabilities = predictions[PredictionKey.PROBABILITIES]
        with name_scope(None, "_classification_output_alternatives", (probabilities,)):
            batch_size = shape(probabilities)[0]
            if self._label_keys:
                row = expand_dims(self._label_keys, axis=0)
                classes = tile(row, [batch_size, 1], name="classes_tensor")
            else:
                row = expand_dims(range_(shape(probabilities)[1]), axis=0)
                classes = as_string(tile(row, [batch_size, 1]), name="classes_tensor")
        exported = {
            PredictionKey.PROBABILITIES: probabilities,
            PredictionKey.CLASSES: classes,
        }
        return {self._head_name: (self._problem_type, exported)}


def of_two_classes(logits: Any) -> Any:
    """[n, 1] -> [n, 2], with zeros for the first class."""
    return concat((zeros_like(logits), logits), 1)


class BinaryLogisticHead(ClassesHead):
    """Predicts one of two classes, with a probability."""

    _default_scope = "binary_logistic_head"

    def __init__(self, loss_fn: Callable[..., Any] | None = None, **settings: Any):
        super().__init__(ProblemType.LOGISTIC_REGRESSION, 1, **settings)
        self._loss_fn = loss_fn or losses.log_loss_with_two_classes

    def _loss(self, labels: Any, logits: Any, weights: Any) -> tuple[Any, Any]:
        return self._loss_fn(labels, logits, weights)

    def _logits_to_predictions(self, logits: Any) -> dict[str, Any]:
        with name_scope(None, "predictions", (logits,)):
            both = of_two_classes(logits)
            return {
                PredictionKey.LOGITS: logits,
                PredictionKey.LOGISTIC: sigmoid(logits, name=PredictionKey.LOGISTIC),
                PredictionKey.PROBABILITIES: softmax(both, name=PredictionKey.PROBABILITIES),
                PredictionKey.CLASSES: argmax(both, 1, name=PredictionKey.CLASSES),
            }

    def _metrics(
        self, loss: Any, predictions: Mapping[str, Any], labels: Any, weights: Any
    ) -> dict[str, Any]:
        with name_scope("metrics", values=[loss, labels, weights, *predictions.values()]):
            classes = predictions[PredictionKey.CLASSES]
            logistic = predictions[PredictionKey.LOGISTIC]
            found = {
                MetricKey.LOSS: means.mean(loss),
                MetricKey.ACCURACY: means.accuracy(labels, classes, weights),
                MetricKey.PREDICTION_MEAN: measures.mean(logistic, weights),
                MetricKey.LABEL_MEAN: measures.mean(labels, weights),
                MetricKey.ACCURACY_BASELINE: measures.mean(labels, weights),
                MetricKey.AUC: measures.auc(logistic, labels, weights),
                MetricKey.AUC_PR: measures.auc(logistic, labels, weights, curve="PR"),
            }
            for threshold in self._thresholds:
                of = (logistic, labels, weights, threshold)
                found[MetricKey.ACCURACY_MEAN % threshold] = measures.accuracy_at(*of)
                found[MetricKey.PRECISION_MEAN % threshold] = measures.precision_at(*of)
                found[MetricKey.RECALL_MEAN % threshold] = measures.recall_at(*of)
        return {self._metric_name(name): metric for name, metric in found.items()}


class BinarySvmHead(SingleHead):
    """Predicts one of two classes by the sign of the logit, trained on the hinge loss."""

    _default_scope = "binary_svm_head"

    def __init__(self, **settings: Any):
        super().__init__(ProblemType.LOGISTIC_REGRESSION, 1, **settings)

    def _loss(self, labels: Any, logits: Any, weights: Any) -> tuple[Any, Any]:
        return losses.hinge(labels, logits, weights)

    def _logits_to_predictions(self, logits: Any) -> dict[str, Any]:
        with name_scope(None, "predictions", (logits,)):
            classes = argmax(of_two_classes(logits), 1, name=PredictionKey.CLASSES)
            return {PredictionKey.LOGITS: logits, PredictionKey.CLASSES: classes}

    def _metrics(
        self, loss: Any, predictions: Mapping[str, Any], labels: Any, weights: Any
    ) -> dict[str, Any]:
        with name_scope("metrics", values=[loss, labels, weights, *predictions.values()]):
            classes = predictions[PredictionKey.CLASSES]
            found = {MetricKey.LOSS: means.mean(loss)}
            found[MetricKey.ACCURACY] = means.accuracy(labels, classes, weights)
        return {self._metric_name(name): metric for name, metric in found.items()}
