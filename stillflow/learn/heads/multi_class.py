"""Heads of several classes: one of them, or any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.scopes import name_scope
from stillflow.learn.estimators.constants import MetricKey, PredictionKey, ProblemType
from stillflow.learn.heads import labels as labelling
from stillflow.learn.heads import losses, measures
from stillflow.learn.heads.classification import ClassesHead
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import greater
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.metrics import means
from stillflow.ops.nn.softmax import softmax
from stillflow.ops.reduce.argmax import argmax
from stillflow.ops.tables.by_index import (
    index_table_from_tensor,
    index_to_string_table_from_tensor,
)


def _checked_ids(class_ids: Sequence[int] | None, n_classes: int) -> tuple[int, ...]:
    for class_id in class_ids or ():
        if not 0 <= class_id < n_classes:
            raise ValueError(f"Class ID {class_id} not in [0, {n_classes}).")
    return tuple(class_ids or ())


class MultiClassHead(ClassesHead):
    """Predicts one of more than two classes.

    Args:
      metric_class_ids: the classes that have metrics of their own.
      label_keys: the classes as texts, which the labels then are.

    Raises:
      ValueError: there are too few classes, or not as many keys.
    """

    _default_scope = "multi_class_head"

    def __init__(
        self,
        n_classes: int,
        loss_fn: Callable[..., Any] | None = None,
        metric_class_ids: Sequence[int] | None = None,
        label_keys: Sequence[str] | None = None,
        **settings: Any,
    ):
        super().__init__(ProblemType.CLASSIFICATION, n_classes, **settings)
        if n_classes <= 2:
            raise ValueError(f"n_classes must be > 2: {n_classes}.")
        self._loss_fn = loss_fn or losses.softmax_cross_entropy
        self._metric_class_ids = _checked_ids(metric_class_ids, n_classes)
        if label_keys and len(label_keys) != n_classes:
            raise ValueError("Length of label_keys must equal n_classes.")
        self._label_keys = label_keys

    def _transform_labels(self, labels: Any) -> dict[str, Any]:
        own = labelling.dense(labels, self._label_name)
        if not self._label_keys:
            return {"labels": own, "label_ids": own}
        table = index_table_from_tensor(self._label_keys, name="label_id_lookup")
        return {"labels": own, "label_ids": table.lookup(own)}

    def _loss(self, labels: Any, logits: Any, weights: Any) -> tuple[Any, Any]:
        return self._loss_fn(labels["label_ids"], logits, weights=weights)

    def _logits_to_predictions(self, logits: Any) -> dict[str, Any]:
        with name_scope(None, "predictions", (logits,)):
            classes = argmax(logits, 1, name=PredictionKey.CLASSES)
            if self._label_keys:
                table = index_to_string_table_from_tensor(
                    self._label_keys, name="class_string_lookup"
                )
                classes = table.lookup(classes)
            probabilities = softmax(logits, name=PredictionKey.PROBABILITIES)
            return {
                PredictionKey.LOGITS: logits,
                PredictionKey.PROBABILITIES: probabilities,
                PredictionKey.CLASSES: classes,
            }

    def _metrics(
        self, loss: Any, predictions: Mapping[str, Any], labels: Any, weights: Any
    ) -> dict[str, Any]:
        own, ids = labels["labels"], labels["label_ids"]
        with name_scope("metrics", values=(loss, own, ids, weights, *predictions.values())):
            classes = predictions[PredictionKey.CLASSES]
            found = {MetricKey.LOSS: means.mean(loss)}
            found[MetricKey.ACCURACY] = means.accuracy(own, classes, weights)
            for number in () if self._label_keys else self._metric_class_ids:
                probabilities = predictions[PredictionKey.PROBABILITIES]
                logits = predictions[PredictionKey.LOGITS]
                found |= {
                    MetricKey.CLASS_PREDICTION_MEAN % number: measures.class_mean(
                        classes, weights, number
                    ),
                    MetricKey.CLASS_LABEL_MEAN % number: measures.class_mean(ids, weights, number),
                    MetricKey.CLASS_PROBABILITY_MEAN % number: measures.mean(
                        probabilities, weights, number
                    ),
                    MetricKey.CLASS_LOGITS_MEAN % number: measures.mean(logits, weights, number),
                }
        return {self._metric_name(name): metric for name, metric in found.items()}


class MultiLabelHead(ClassesHead):
    """Predicts any number of several classes. Labels are int64[n, classes] of 0 and 1, or sparse.

    Args:
      metric_class_ids: the classes that have metrics of their own.
    """

    _default_scope = "multi_label_head"

    def __init__(
        self,
        n_classes: int,
        loss_fn: Callable[..., Any] | None = None,
        metric_class_ids: Sequence[int] | None = None,
        **settings: Any,
    ):
        super().__init__(ProblemType.CLASSIFICATION, n_classes, **settings)
        self._loss_fn = loss_fn or losses.sigmoid_cross_entropy
        self._metric_class_ids = _checked_ids(metric_class_ids, n_classes)

    def _transform_labels(self, labels: Any) -> Any:
        own = labelling.chosen(labels, self._label_name)
        return labelling.indicators(own, self.logits_dimension)

    def _loss(self, labels: Any, logits: Any, weights: Any) -> tuple[Any, Any]:
        return self._loss_fn(labels, logits, weights)

    def _logits_to_predictions(self, logits: Any) -> dict[str, Any]:
        with name_scope(None, "predictions", (logits,)):
            return {
                PredictionKey.LOGITS: logits,
                PredictionKey.PROBABILITIES: sigmoid(logits, name=PredictionKey.PROBABILITIES),
                PredictionKey.CLASSES: cast(
                    greater(logits, 0), dtypes.int64, name=PredictionKey.CLASSES
                ),
            }

    def _metrics(
        self, loss: Any, predictions: Mapping[str, Any], labels: Any, weights: Any
    ) -> dict[str, Any]:
        with name_scope("metrics", values=[loss, labels, weights, *predictions.values()]):
            classes = predictions[PredictionKey.CLASSES]
            probabilities = predictions[PredictionKey.PROBABILITIES]
            logits = predictions[PredictionKey.LOGITS]
            found = {
                MetricKey.LOSS: means.mean(loss),
                MetricKey.ACCURACY: means.accuracy(labels, classes, weights),
                MetricKey.AUC: measures.auc(probabilities, labels, weights),
                MetricKey.AUC_PR: measures.auc(probabilities, labels, weights, curve="PR"),
            }
            for number in self._metric_class_ids:
                found |= {
                    MetricKey.CLASS_PREDICTION_MEAN % number: measures.mean(
                        classes, weights, number
                    ),
                    MetricKey.CLASS_LABEL_MEAN % number: measures.mean(labels, weights, number),
                    MetricKey.CLASS_PROBABILITY_MEAN % number: measures.mean(
                        probabilities, weights, number
                    ),
                    MetricKey.CLASS_LOGITS_MEAN % number: measures.mean(logits, weights, number),
                    MetricKey.CLASS_AUC % number: measures.auc(
                        probabilities, labels, weights, number
                    ),
                    MetricKey.CLASS_AUC_PR % number: measures.auc(
                        probabilities, labels, weights, number, curve="PR"
                    ),
                }
        return {self._metric_name(name): metric for name, metric in found.items()}
