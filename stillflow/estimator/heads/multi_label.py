"""`tf.estimator.MultiLabelHead`: the head of classes of which an example has any number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.estimator.canned import classes, served
from stillflow.estimator.canned.keys import MetricKeys, PredictionKeys
from stillflow.estimator.canned.labels import check_labels, logits_of
from stillflow.estimator.canned.losses import call_loss_fn, check_loss_fn
from stillflow.estimator.canned.multi_label import (
    check_vocabulary,
    columns_of,
    measured_classes,
    names_of,
)
from stillflow.estimator.canned.weights import weights_like
from stillflow.estimator.heads.binary import metrics_at, update_at
from stillflow.estimator.heads.checking import (
    SUM_OVER_BATCH_SIZE,
    check_reduction,
    labels_like,
    update_mean,
    within,
)
from stillflow.estimator.heads.head import PlainHead, check_keys
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.interchange.saved_model.export_output import ExportOutput
from stillflow.keras.metrics.curves import AUC
from stillflow.keras.metrics.means import Mean
from stillflow.ops.losses.functions import sigmoid_cross_entropy
from stillflow.ops.losses.weighting import Reduction
from stillflow.ops.math.casts import to_int64
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.reduce.reductions import reduce_mean
from stillflow.ops.sparse.creating import sparse_to_indicator
from stillflow.ops.sparse.sparse_tensor import SparseTensor

_Keys = PredictionKeys
_ALL = [_Keys.LOGITS, _Keys.PROBABILITIES]


class MultiLabelHead(PlainHead):
    """A head of a logit for each of `n_classes`, of which an example may have several.

    Labels are indicators, i[n, n_classes] of 0 and 1; or a SparseTensor of the classes of each
    example, as numbers or as words of `label_vocabulary`.

    Args:
      weight_column: the name, or numeric column, of the weights of examples.
      thresholds: within (0, 1), at which accuracy, precision and recall are measured.
      loss_fn: `loss_fn(labels, logits[, features])`, f[n, 1]; the mean of cross entropies by
        default.
      classes_for_class_based_metrics: numbers or words of classes that are measured alone too.
      name: of the head, which its metrics have too.

    Raises:
      ValueError: an argument is out of its range.
    """

    def __init__(
        self,
        n_classes: int,
        weight_column: Any = None,
        thresholds: Sequence[float] | None = None,
        label_vocabulary: Sequence[str] | None = None,
        loss_reduction: str = SUM_OVER_BATCH_SIZE,
        loss_fn: Callable[..., Any] | None = None,
        classes_for_class_based_metrics: Sequence[Any] | None = None,
        name: str | None = None,
    ):
        if n_classes is None or n_classes < 2:
            raise ValueError(
                f"n_classes must be > 1 for multi-label classification. Given: {n_classes}"
            )
        thresholds = tuple(thresholds or ())
        for at in thresholds:
            if not 0.0 < at < 1.0:
                raise ValueError(f"thresholds must be in (0, 1) range. Given: {at}")
        check_vocabulary(label_vocabulary, n_classes)
        check_loss_fn(loss_fn, further=("loss_reduction",))
        check_reduction(loss_reduction)
        self._n_classes = n_classes
        self._weight_column = weight_column
        self._thresholds = thresholds
        self._label_vocabulary = label_vocabulary
        self._loss_reduction = loss_reduction
        self._loss_fn = loss_fn
        self._measured_classes = measured_classes(
            classes_for_class_based_metrics, n_classes, label_vocabulary
        )
        self._name = name

    @property
    def logits_dimension(self) -> int:
        return self._n_classes

    def _processed_labels(self, logits: Tensor, labels: Any) -> Tensor:
        check_labels(labels)
        return labels_like(self._indicators(labels), logits, self._n_classes)

    def _indicators(self, labels: Any) -> Tensor:
        """i[n, n_classes] of 0 and 1."""
        if not isinstance(labels, SparseTensor):
            message = "labels must be an integer indicator Tensor with values in [0, 1]"
            return within(labels, 2, message)
        if labels.dtype.base_dtype is dtypes.string:
            ids = classes.ids_of(labels.values, self._label_vocabulary)  # type: ignore[arg-type]
            numbered = SparseTensor(labels.indices, ids, labels.dense_shape)
            return to_int64(sparse_to_indicator(numbered, self._n_classes))
        if not labels.dtype.is_integer:
            raise ValueError(f"Labels dtype should be integer. Instead got {labels.dtype}.")
        message = f"labels must be an integer SparseTensor with values in [0, {self._n_classes})"
        checked = within(labels.values, self._n_classes, message)
        with control_dependencies([checked]):
            found = sparse_to_indicator(labels, self._n_classes)
        return to_int64(found)

    def _unweighted_loss_and_weights(
        self, logits: Tensor, labels: Tensor, features: Any
    ) -> tuple[Tensor, Any]:
        if self._loss_fn:
            losses = call_loss_fn(self._loss_fn, labels, logits, features)
        else:
            losses = sigmoid_cross_entropy(labels, logits, reduction=Reduction.NONE)
            losses = reduce_mean(losses, axis=-1, keepdims=True)
        return losses, weights_like(features, self._weight_column, logits)

    def predictions(self, logits: Any, keys: Sequence[str] | None = None) -> dict[Any, Tensor]:
        check_keys(keys or (), _ALL)
        wanted = keys or _ALL
        logits = logits_of(logits, self._n_classes)
        with name_scope("predictions", values=(logits,)):
            found = {_Keys.LOGITS: logits} if _Keys.LOGITS in wanted else {}
            if _Keys.PROBABILITIES in wanted:
                found[_Keys.PROBABILITIES] = sigmoid(logits, name=_Keys.PROBABILITIES)
            return found

    def _export_outputs(self, predictions: dict[Any, Tensor]) -> dict[str, ExportOutput]:
        return served.of_classes(predictions, self._n_classes, self._label_vocabulary)

    def metrics(self, regularization_losses: Any = None) -> dict[str, Any]:
        key, called = MetricKeys, self._summary_key
        with name_scope(None, "metrics", (regularization_losses,)):
            metrics: dict[str, Any] = {
                called(key.LOSS_MEAN): Mean(key.LOSS_MEAN),
                called(key.AUC): AUC(name=key.AUC),
                called(key.AUC_PR): AUC(name=key.AUC_PR, curve="PR"),
            }
            metrics.update(self._regularization_metric(regularization_losses))
            for at in self._thresholds:
                metrics.update(metrics_at(called, at))
            for number in self._measured_classes:
                mean, auc, auc_pr = map(called, names_of(number, self._label_vocabulary))
                metrics[mean] = Mean(mean)
                metrics[auc] = AUC(name=auc)
                metrics[auc_pr] = AUC(name=auc_pr, curve="PR")
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
        key, called = MetricKeys, self._summary_key
        logits = logits_of(logits, self._n_classes)
        labels = self._processed_labels(logits, labels)
        losses, weights = self._unweighted_loss_and_weights(logits, labels, features)
        likely = self.predictions(logits, [_Keys.PROBABILITIES])[_Keys.PROBABILITIES]
        eval_metrics[called(key.LOSS_MEAN)].update_state(values=losses, sample_weight=weights)
        given = {"y_true": labels, "y_pred": likely, "sample_weight": weights}
        for name in (key.AUC, key.AUC_PR):
            eval_metrics[called(name)].update_state(**given)
        self._update_regularization(eval_metrics, regularization_losses)
        update_at(called, eval_metrics, self._thresholds, labels, likely, weights)
        for number in self._measured_classes:
            self._update_of(number, eval_metrics, labels, likely, weights)
        return eval_metrics

    def _update_of(
        self, number: int, metrics: dict[str, Any], labels: Tensor, likely: Tensor, weights: Any
    ) -> None:
        """Adds a batch to the metrics of one class."""
        likely, labels = columns_of(number, likely, labels)
        mean, *areas = map(self._summary_key, names_of(number, self._label_vocabulary))
        update_mean(metrics[mean], likely, weights)
        for name in areas:
            metrics[name].update_state(y_true=labels, y_pred=likely, sample_weight=weights)
