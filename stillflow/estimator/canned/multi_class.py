"""The head of three classes or more: softmax regression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.estimator.canned import classes, served
from stillflow.estimator.canned.head import (
    Head,
    LossSpec,
    Measured,
)
from stillflow.estimator.canned.keys import MetricKeys, PredictionKeys
from stillflow.estimator.canned.labels import labels_like, logits_of, within
from stillflow.estimator.canned.losses import call_loss_fn, check_loss_fn, check_reduction
from stillflow.estimator.canned.weights import weights_like
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.interchange.saved_model.export_output import ExportOutput
from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.losses.functions import sparse_softmax_cross_entropy
from stillflow.ops.losses.weighting import Reduction, compute_weighted_loss
from stillflow.ops.metrics import means
from stillflow.ops.metrics.accumulating import Metric
from stillflow.ops.nn.softmax import softmax
from stillflow.ops.reduce.argmax import argmax

_Keys = PredictionKeys


def multi_class_head(
    n_classes: Any,
    weight_column: Any = None,
    label_vocabulary: Sequence[str] | None = None,
    loss_reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
    loss_fn: Callable[..., Any] | None = None,
    name: str | None = None,
) -> MultiClassHead:
    """A head of a logit for each of `n_classes`; labels are their numbers, or words.

    Args:
      weight_column: the name, or numeric column, of the weights of examples.
      label_vocabulary: the words that labels are.
      loss_fn: `loss_fn(labels, logits[, features])`, f[n, 1]; cross entropy by default.
      name: of the head, which its metrics have too.

    Raises:
      ValueError: an argument is out of its range; `n_classes` is two or fewer.
    """
    if label_vocabulary is not None and not isinstance(label_vocabulary, (list, tuple)):
        raise ValueError(
            f"label_vocabulary should be a list or a tuple. Given type: {type(label_vocabulary)}"
        )
    check_reduction(loss_reduction)
    check_loss_fn(loss_fn)
    return MultiClassHead(n_classes, weight_column, label_vocabulary, loss_reduction, loss_fn, name)


class MultiClassHead(Head):
    """See `multi_class_head`."""

    def __init__(
        self,
        n_classes: Any,
        weight_column: Any = None,
        label_vocabulary: Sequence[str] | None = None,
        loss_reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
        loss_fn: Callable[..., Any] | None = None,
        name: str | None = None,
    ):
        self._n_classes = classes.checked_number(n_classes)
        self._weight_column = weight_column
        self._label_vocabulary = label_vocabulary
        self._loss_reduction = loss_reduction
        self._loss_fn = loss_fn
        self._name = name

    @property
    def logits_dimension(self) -> Any:
        return self._n_classes

    def create_loss(self, features: Any, mode: str, logits: Any, labels: Any) -> LossSpec:
        logits = convert_to_tensor(logits)
        labels = self._class_ids(labels_like(labels, logits, 1))
        if self._loss_fn:
            losses = call_loss_fn(self._loss_fn, labels, logits, features)
        else:
            losses = sparse_softmax_cross_entropy(labels, logits, reduction=Reduction.NONE)
            losses = expand_dims(losses, axis=-1)
        weights = weights_like(features, self._weight_column, logits)
        loss = compute_weighted_loss(losses, weights, reduction=self._loss_reduction)
        return LossSpec(loss, losses, weights, labels)

    def _class_ids(self, labels: Tensor) -> Tensor:
        if self._label_vocabulary is None:
            if not labels.dtype.is_integer:
                raise ValueError(f"Labels dtype should be integer. Instead got {labels.dtype}.")
            return within(labels, self._n_classes)
        if labels.dtype.base_dtype is not dtypes.string:
            raise ValueError(
                "Labels dtype should be string if there is a vocabulary. Instead got "
                f"{labels.dtype}"
            )
        return within(classes.ids_of(labels, self._label_vocabulary), self._n_classes)

    def _predictions(self, logits: Any) -> tuple[Tensor, dict[str, Tensor]]:
        number, vocabulary = self._n_classes, self._label_vocabulary
        logits = logits_of(logits, number)
        with name_scope(None, "predictions", (logits,)):
            all_ids = classes.all_class_ids(logits, number)
            all_words = classes.all_classes(logits, number, vocabulary)
            class_ids = expand_dims(argmax(logits, axis=-1, name=_Keys.CLASS_IDS), axis=-1)
            words = classes.words_of(class_ids, vocabulary)
            return logits, {
                _Keys.LOGITS: logits,
                _Keys.PROBABILITIES: softmax(logits, name=_Keys.PROBABILITIES),
                _Keys.CLASS_IDS: class_ids,
                _Keys.CLASSES: words,
                _Keys.ALL_CLASS_IDS: all_ids,
                _Keys.ALL_CLASSES: all_words,
            }

    def _export_outputs(self, predictions: dict[str, Tensor]) -> dict[str, ExportOutput]:
        return served.of_classes(predictions, self._n_classes, self._label_vocabulary)

    def _metrics(self, measured: Measured) -> dict[str, Metric]:
        labels, weights, losses = measured.labels, measured.weights, measured.losses
        class_ids = measured.predictions[_Keys.CLASS_IDS]
        used = (labels, class_ids, weights, losses, measured.regularization)
        key = MetricKeys
        with name_scope(None, "metrics", used):
            found = {
                key.LOSS_MEAN: means.mean(losses, weights, name=key.LOSS_MEAN),
                key.ACCURACY: means.accuracy(labels, class_ids, weights, name=key.ACCURACY),
            }
            metrics = {self._key(name): metric for name, metric in found.items()}
            metrics.update(self._regularization_metric(measured))
            return metrics
