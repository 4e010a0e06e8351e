"""What a head is: from logits to predictions, a loss, metrics and a training step."""

from __future__ import annotations

import abc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from stillflow.estimator.canned.keys import MetricKeys
from stillflow.estimator.mode_keys import ModeKeys
from stillflow.estimator.spec import EstimatorSpec
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import get_collection, name_scope
from stillflow.interchange.saved_model.export_output import ExportOutput
from stillflow.ops.array.filling import ones_like
from stillflow.ops.control.ordering import group
from stillflow.ops.losses.weighting import Reduction
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.metrics import means
from stillflow.ops.metrics.accumulating import Metric
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.summaries.scalar import scalar
from stillflow.train.training_util import get_global_step


class LossSpec(NamedTuple):
    """A loss, f[], and what it is made of: losses and weights of examples, labels as used."""

    training_loss: Tensor
    unreduced_loss: Any
    weights: Any
    processed_labels: Any


@dataclass(frozen=True)
class Measured:
    """What metrics are computed from."""

    labels: Any
    predictions: dict[str, Tensor]
    weights: Any
    losses: Any
    regularization: Tensor | None


class Head(abc.ABC):
    """A head that reduces losses in one way and finds weights of examples among the features.

    `create_loss` and `create_estimator_spec` are for model functions.
    """

    _name: str | None
    _loss_reduction: str
    _weight_column: Any = None

    @property
    def name(self) -> str | None:
        return self._name

    @property
    @abc.abstractmethod
    def logits_dimension(self) -> int:
        """How many logits an example has."""

    @abc.abstractmethod
    def create_loss(self, features: Any, mode: str, logits: Any, labels: Any) -> LossSpec:
        """Returns the loss of logits f[..., logits_dimension]; `mode` is of no account."""

    @abc.abstractmethod
    def _predictions(self, logits: Any) -> tuple[Tensor, dict[str, Tensor]]:
        """The logits, checked, and predictions by name."""

    @abc.abstractmethod
    def _export_outputs(self, predictions: dict[str, Tensor]) -> dict[str, ExportOutput]:
        """What is served."""

    @abc.abstractmethod
    def _metrics(self, measured: Measured) -> dict[str, Metric]:
        """The metrics of an evaluation."""

    def create_estimator_spec(
        self,
        features: Any,
        mode: str,
        logits: Any,
        labels: Any = None,
        optimizer: Any = None,
        train_op_fn: Callable[[Tensor], Any] | None = None,
        regularization_losses: list[Tensor] | None = None,
    ) -> EstimatorSpec:
        """Returns what a model function returns.

        Args:
          features: a dict.
          logits: f[..., logits_dimension].
          labels: as the head says; None to predict.
          optimizer, train_op_fn: what minimizes the loss, or makes the operation that does; one of
            them, to train.
          regularization_losses: added to the loss.

        Raises:
          ValueError: labels or logits do not fit; or to train, both or none of `optimizer` and
            `train_op_fn` are given.
        """
        with name_scope(self._name, "head"):
            logits, predictions = self._predictions(logits)
            if mode == ModeKeys.PREDICT:
                served = self._export_outputs(predictions)
                return EstimatorSpec(mode, predictions=predictions, export_outputs=served)
            parts = self.create_loss(features, mode, logits, labels)
            loss, regularization = _regularized(parts.training_loss, regularization_losses)
            if mode != ModeKeys.EVAL:
                train_op = with_updates(training(loss, optimizer, train_op_fn))
                mean_loss = self._mean_loss(parts)
        if mode == ModeKeys.EVAL:
            used = self._labels_to_measure(labels, parts.processed_labels)
            metrics = self._metrics(
                Measured(used, predictions, parts.weights, parts.unreduced_loss, regularization)
            )
            return EstimatorSpec(mode, predictions=predictions, loss=loss, eval_metric_ops=metrics)
        self._summarize(loss, mean_loss, regularization)
        return EstimatorSpec(ModeKeys.TRAIN, predictions=predictions, loss=loss, train_op=train_op)

    def _labels_to_measure(self, given: Any, processed: Any) -> Any:
        return processed

    def _mean_loss(self, parts: LossSpec) -> Tensor | None:
        """The loss of an example, where that of all examples is their sum."""
        if self._loss_reduction != Reduction.SUM:
            return None
        weight = reduce_sum(parts.weights * ones_like(parts.unreduced_loss))
        return parts.training_loss / weight

    def _summarize(
        self, loss: Tensor, mean_loss: Tensor | None, regularization: Tensor | None
    ) -> None:
        with name_scope(""):
            scalar(self._key(MetricKeys.LOSS), loss)
            if mean_loss is not None:
                scalar(self._key(MetricKeys.LOSS_MEAN), mean_loss)
            if regularization is not None:
                scalar(self._key(MetricKeys.LOSS_REGULARIZATION), regularization)

    def _key(self, metric: str) -> str:
        """What a metric is called in results: with the head's name, if it has one."""
        return f"{metric}/{self._name}" if self._name else metric

    def _regularization_metric(self, measured: Measured) -> dict[str, Metric]:
        if measured.regularization is None:
            return {}
        key = MetricKeys.LOSS_REGULARIZATION
        return {self._key(key): means.mean(measured.regularization, name=key)}


def _regularized(
    loss: Tensor, regularization_losses: list[Tensor] | None
) -> tuple[Tensor, Tensor | None]:
    if not regularization_losses:
        return loss, None
    regularization = add_n(regularization_losses)
    return add_n([loss, regularization]), regularization


def training(loss: Tensor, optimizer: Any, train_op_fn: Callable[[Tensor], Any] | None) -> Any:
    """The operation of a training step."""
    if optimizer is not None:
        if train_op_fn is not None:
            raise ValueError("train_op_fn and optimizer cannot both be set.")
        return optimizer.minimize(loss, global_step=get_global_step())
    if train_op_fn is not None:
        return train_op_fn(loss)
    raise ValueError("train_op_fn and optimizer cannot both be None.")


def with_updates(train_op: Any) -> Any:
    """The step together with the updates that layers collected."""
    updates = get_collection(GraphKeys.UPDATE_OPS)
    return group(train_op, *updates) if updates else train_op
