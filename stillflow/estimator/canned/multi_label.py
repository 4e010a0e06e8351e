"""The head of classes of which an example has any number: several logistic regressions."""

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
from stillflow.estimator.canned.labels import check_labels, labels_like, logits_of, within
from stillflow.estimator.canned.losses import call_loss_fn, check_loss_fn, check_reduction
from stillflow.estimator.canned.weights import weights_like
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.interchange.saved_model.export_output import ExportOutput
from stillflow.ops.array.filling import ones, zeros
from stillflow.ops.array.joining import concat
from stillflow.ops.array.shape_of import rank
from stillflow.ops.array.slicing import slice_
from stillflow.ops.debug.checks import assert_integer, assert_less, assert_non_negative
from stillflow.ops.losses.functions import sigmoid_cross_entropy
from stillflow.ops.losses.weighting import Reduction, compute_weighted_loss
from stillflow.ops.math.casts import to_int64
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.metrics import curves, means
from stillflow.ops.metrics.accumulating import Metric
from stillflow.ops.reduce.reductions import reduce_mean
from stillflow.ops.sparse.creating import sparse_to_indicator
from stillflow.ops.sparse.sparse_tensor import SparseTensor

_Keys = PredictionKeys


def multi_label_head(
    n_classes: int,
    weight_column: Any = None,
    thresholds: Sequence[float] | None = None,
    label_vocabulary: Sequence[str] | None = None,
    loss_reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
    loss_fn: Callable[..., Any] | None = None,
    classes_for_class_based_metrics: Sequence[Any] | None = None,
    name: str | None = None,
) -> MultiLabelHead:
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
    thresholds = tuple(thresholds or ())
    if n_classes is None or n_classes < 2:
        raise ValueError(
            f"n_classes must be > 1 for multi-class classification. Given: {n_classes}"
        )
    for at in thresholds:
        if not 0.0 < at < 1.0:
            raise ValueError(f"thresholds must be in (0, 1) range. Given: {at}")
    check_vocabulary(label_vocabulary, n_classes)
    check_loss_fn(loss_fn)
    check_reduction(loss_reduction)
    measured = measured_classes(classes_for_class_based_metrics, n_classes, label_vocabulary)
    return MultiLabelHead(
        n_classes,
        weight_column,
        thresholds,
        label_vocabulary,
        loss_reduction,
        loss_fn,
        measured,
        name,
    )


def check_vocabulary(vocabulary: Any, n_classes: int) -> None:
    """ValueError for a vocabulary that is no list, or has another number of words."""
    if vocabulary is None:
        return
    if not isinstance(vocabulary, (list, tuple)):
        raise ValueError(
            f"label_vocabulary must be a list or tuple. Given type: {type(vocabulary)}"
        )
    if len(vocabulary) != n_classes:
        raise ValueError(
            f"Length of label_vocabulary must be n_classes ({n_classes}). Given: {len(vocabulary)}"
        )


def measured_classes(
    chosen: Sequence[Any] | None, n_classes: int, vocabulary: Sequence[str] | None
) -> tuple[int, ...]:
    """The numbers of classes that are measured alone."""
    found = tuple(chosen or ())
    if not found:
        return ()
    if isinstance(found[0], str):
        if not vocabulary:
            raise ValueError(
                "label_vocabulary must be provided when classes_for_class_based_metrics are sting."
            )
        return tuple(vocabulary.index(word) for word in found)
    for number in found:
        if not 0 <= number < n_classes:
            raise ValueError(
                "All classes_for_class_based_metrics must be in range "
                f"[0, {n_classes - 1}]. Given: {number}"
            )
    return found


class MultiLabelHead(Head):
    """See `multi_label_head`."""

    def __init__(
        self,
        n_classes: int,
        weight_column: Any,
        thresholds: tuple[float, ...],
        label_vocabulary: Sequence[str] | None,
        loss_reduction: str,
        loss_fn: Callable[..., Any] | None,
        measured: tuple[int, ...],
        name: str | None,
    ):
        self._n_classes = n_classes
        self._weight_column = weight_column
        self._thresholds = thresholds
        self._label_vocabulary = label_vocabulary
        self._loss_reduction = loss_reduction
        self._loss_fn = loss_fn
        self._measured_classes = measured
        self._name = name

    @property
    def logits_dimension(self) -> int:
        return self._n_classes

    def create_loss(self, features: Any, mode: str, logits: Any, labels: Any) -> LossSpec:
        logits = convert_to_tensor(logits)
        labels = labels_like(self._indicators(labels), logits, self._n_classes)
        if self._loss_fn:
            losses = call_loss_fn(self._loss_fn, labels, logits, features)
        else:
            losses = sigmoid_cross_entropy(labels, logits, reduction=Reduction.NONE)
            losses = reduce_mean(losses, axis=-1, keepdims=True)
        weights = weights_like(features, self._weight_column, logits)
        loss = compute_weighted_loss(losses, weights, reduction=self._loss_reduction)
        return LossSpec(loss, losses, weights, labels)

    def _indicators(self, labels: Any) -> Tensor:
        """i[n, n_classes] of 0 and 1."""
        check_labels(labels)
        if not isinstance(labels, SparseTensor):
            message = "labels must be an integer indicator Tensor with values in [0, 1]"
            return within(labels, 2, message)
        if labels.dtype.base_dtype is dtypes.string:
            ids = classes.ids_of(labels.values, self._label_vocabulary)  # type: ignore[arg-type]
            numbered = SparseTensor(labels.indices, ids, labels.dense_shape)
            return to_int64(sparse_to_indicator(numbered, self._n_classes))
        message = f"labels must be an integer SparseTensor with values in [0, {self._n_classes})"
        limit = convert_to_tensor
        checks = [
            assert_integer(labels.values, message=message),
            assert_less(labels.values, limit(self._n_classes, dtype=labels.dtype), message=message),
            assert_non_negative(labels.values, message=message),
        ]
        with control_dependencies(checks):
            return to_int64(sparse_to_indicator(labels, self._n_classes))

    def _predictions(self, logits: Any) -> tuple[Tensor, dict[str, Tensor]]:
        logits = logits_of(logits, self._n_classes)
        with name_scope(None, "predictions", (logits,)):
            probabilities = sigmoid(logits, name=_Keys.PROBABILITIES)
            return logits, {_Keys.LOGITS: logits, _Keys.PROBABILITIES: probabilities}

    def _export_outputs(self, predictions: dict[str, Tensor]) -> dict[str, ExportOutput]:
        return served.of_classes(predictions, self._n_classes, self._label_vocabulary)

    def _metrics(self, measured: Measured) -> dict[str, Metric]:
        labels, weights, losses = measured.labels, measured.weights, measured.losses
        likely = measured.predictions[_Keys.PROBABILITIES]
        used = [labels, likely, weights, losses, measured.regularization]
        key = MetricKeys
        with name_scope(None, "metrics", used):
            found = {
                key.LOSS_MEAN: means.mean(losses, weights, name=key.LOSS_MEAN),
                key.AUC: curves.auc(labels, likely, weights, name=key.AUC),
                key.AUC_PR: curves.auc(labels, likely, weights, curve="PR", name=key.AUC_PR),
            }
            metrics = {self._key(name): metric for name, metric in found.items()}
            metrics.update(self._regularization_metric(measured))
            metrics.update(
                measures.at_thresholds(self._key, labels, likely, weights, self._thresholds)
            )
            for number in self._measured_classes:
                metrics.update(self._metrics_of(number, labels, likely, weights))
            return metrics

    def _metrics_of(
        self, number: int, labels: Tensor, likely: Tensor, weights: Any
    ) -> dict[str, Metric]:
        """The metrics of one class."""
        likely, labels = columns_of(number, likely, labels)
        mean, auc, auc_pr = names_of(number, self._label_vocabulary)
        return {
            self._key(mean): measures.predictions_mean(likely, weights, mean),
            self._key(auc): measures.auc(labels, likely, weights, auc),
            self._key(auc_pr): measures.auc(labels, likely, weights, auc_pr, curve="PR"),
        }


def names_of(number: int, vocabulary: Sequence[str] | None) -> tuple[str, str, str]:
    """What the metrics of one class are called: its mean, and the areas under both curves."""
    key = MetricKeys
    if vocabulary is None:
        spellings = (key.PROBABILITY_MEAN_AT_CLASS, key.AUC_AT_CLASS, key.AUC_PR_AT_CLASS)
        return tuple(spelling % number for spelling in spellings)  # type: ignore[return-value]
    spellings = (key.PROBABILITY_MEAN_AT_NAME, key.AUC_AT_NAME, key.AUC_PR_AT_NAME)
    word = vocabulary[number]
    return tuple(spelling % word for spelling in spellings)  # type: ignore[return-value]


def columns_of(number: int, probabilities: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Of both, n[..., classes], what is of one class: n[..., 1]."""
    others = rank(probabilities) - 1
    begin = concat([zeros([others], dtype=dtypes.int32), [number]], axis=0)
    size = concat([-1 * ones([others], dtype=dtypes.int32), [1]], axis=0)
    return slice_(probabilities, begin=begin, size=size), slice_(labels, begin=begin, size=size)
