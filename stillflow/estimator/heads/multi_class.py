"""`tf.estimator.MultiClassHead`: the head of three classes or more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.estimator.canned import classes, served
from stillflow.estimator.canned.keys import MetricKeys, PredictionKeys
from stillflow.estimator.canned.labels import logits_of
from stillflow.estimator.canned.losses import call_loss_fn, check_loss_fn
from stillflow.estimator.canned.weights import weights_like
from stillflow.estimator.heads.binary import class_predictions
from stillflow.estimator.heads.checking import (
    SUM_OVER_BATCH_SIZE,
    check_reduction,
    labels_like,
    within,
)
from stillflow.estimator.heads.head import PlainHead, check_keys
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.interchange.saved_model.export_output import ExportOutput
from stillflow.keras.metrics.means import Mean
from stillflow.keras.metrics.of_functions import Accuracy
from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.losses.functions import sparse_softmax_cross_entropy
from stillflow.ops.losses.weighting import Reduction

_Keys = PredictionKeys
_ALL = [
    _Keys.LOGITS,
    _Keys.PROBABILITIES,
    _Keys.CLASS_IDS,
    _Keys.CLASSES,
    _Keys.ALL_CLASS_IDS,
    _Keys.ALL_CLASSES,
]


class MultiClassHead(PlainHead):
    """A head of a logit for each of `n_classes`; labels are their numbers, or words.

    Args:
      weight_column: the name, or numeric column, of the weights of examples.
      label_vocabulary: the words that labels are, one for each class.
      loss_fn: `loss_fn(labels, logits[, features])`, f[n, 1]; cross entropy by default.
      name: of the head, which its metrics have too.

    Raises:
      ValueError: an argument is out of its range; `n_classes` is two or fewer.
    """

    def __init__(
        self,
        n_classes: Any,
        weight_column: Any = None,
        label_vocabulary: Sequence[str] | None = None,
        loss_reduction: str = SUM_OVER_BATCH_SIZE,
        loss_fn: Callable[..., Any] | None = None,
        name: str | None = None,
    ):
        if n_classes is None:
            raise ValueError("n_classes cannot be None")
        _check_vocabulary(label_vocabulary, n_classes)
        check_reduction(loss_reduction)
        check_loss_fn(loss_fn, further=("loss_reduction",))
        self._n_classes = classes.checked_number(n_classes)
        self._weight_column = weight_column
        self._label_vocabulary = label_vocabulary
        self._loss_reduction = loss_reduction
        self._loss_fn = loss_fn
        self._name = name

    @property
    def logits_dimension(self) -> Any:
        return self._n_classes

    def _processed_labels(self, logits: Tensor, labels: Any) -> Tensor:
        labels = labels_like(labels, logits, 1)
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

    def _unweighted_loss_and_weights(
        self, logits: Tensor, labels: Tensor, features: Any
    ) -> tuple[Tensor, Any]:
        if self._loss_fn:
            losses = call_loss_fn(self._loss_fn, labels, logits, features)
        else:
            losses = sparse_softmax_cross_entropy(labels, logits, reduction=Reduction.NONE)
            losses = expand_dims(losses, axis=-1)
        return losses, weights_like(features, self._weight_column, logits)

    def predictions(self, logits: Any, keys: Sequence[str] | None = None) -> dict[Any, Tensor]:
        check_keys(keys or (), _ALL)
        wanted = keys or _ALL
        number, vocabulary = self._n_classes, self._label_vocabulary
        logits = logits_of(logits, number)
        with name_scope("predictions", values=(logits,)):
            found = {_Keys.LOGITS: logits} if _Keys.LOGITS in wanted else {}
            found.update(class_predictions(logits, logits, number, vocabulary, wanted))
            return found

    def _export_outputs(self, predictions: dict[Any, Tensor]) -> dict[str, ExportOutput]:
        return served.of_classes(predictions, self._n_classes, self._label_vocabulary)

    def metrics(self, regularization_losses: Any = None) -> dict[str, Any]:
        key = MetricKeys
        with name_scope("metrics", values=(regularization_losses,)):
            metrics: dict[str, Any] = {self._summary_key(key.LOSS_MEAN): Mean(key.LOSS_MEAN)}
            metrics.update(self._regularization_metric(regularization_losses))
            metrics[self._summary_key(key.ACCURACY)] = Accuracy(key.ACCURACY)
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
        logits = logits_of(logits, self._n_classes)
        ids = self._processed_labels(logits, labels)
        losses, weights = self._unweighted_loss_and_weights(logits, ids, features)
        mean = eval_metrics[self._summary_key(MetricKeys.LOSS_MEAN)]
        mean.update_state(values=losses, sample_weight=weights)
        accuracy = eval_metrics[self._summary_key(MetricKeys.ACCURACY)]
        accuracy.update_state(y_true=ids, y_pred=class_ids, sample_weight=weights)
        self._update_regularization(eval_metrics, regularization_losses)
        return eval_metrics


def _check_vocabulary(vocabulary: Any, n_classes: int) -> None:
    if vocabulary is None:
        return
    if not isinstance(vocabulary, (list, tuple)):
        raise ValueError(
            f"label_vocabulary should be a list or a tuple. Given type: {type(vocabulary)}"
        )
    if len(vocabulary) != n_classes:
        raise ValueError(
            '"label_vocabulary" does not have "n_classes" items. len(label_vocabulary)='
            f"{len(vocabulary)}, n_classes={n_classes}, label_vocabulary={vocabulary}"
        )
