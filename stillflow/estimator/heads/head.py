"""`tf.estimator.Head`: from logits to predictions, a loss and metrics, each by itself."""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.estimator.canned.keys import MetricKeys
from stillflow.estimator.canned.labels import logits_of
from stillflow.estimator.mode_keys import ModeKeys
from stillflow.estimator.spec import EstimatorSpec
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.interchange.saved_model.export_output import ExportOutput
from stillflow.keras.metrics.means import Mean
from stillflow.ops.control.ordering import group
from stillflow.ops.losses.sample_weights import compute_weighted_loss
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.summaries.scalar import scalar

_Losses = Sequence[Tensor] | None


class Head(abc.ABC):
    """What a model's logits mean. Subclasses say all of it; those here have much in common."""

    @property
    @abc.abstractmethod
    def name(self) -> str | None:
        """The name of the head, which its metrics have too."""

    @property
    @abc.abstractmethod
    def logits_dimension(self) -> int:
        """How many logits an example has."""

    @property
    @abc.abstractmethod
    def loss_reduction(self) -> str:
        """How losses become one: "sum" or "sum_over_batch_size"."""

    @abc.abstractmethod
    def loss(
        self,
        labels: Any,
        logits: Any,
        features: Any = None,
        mode: str | None = None,
        regularization_losses: _Losses = None,
    ) -> Tensor:
        """Returns the loss, f[]."""

    @abc.abstractmethod
    def predictions(self, logits: Any, keys: Sequence[str] | None = None) -> dict[Any, Tensor]:
        """Returns predictions by name; all, or those of `keys`."""

    @abc.abstractmethod
    def metrics(self, regularization_losses: _Losses = None) -> dict[str, Any]:
        """Returns metrics by name, which count nothing yet."""

    @abc.abstractmethod
    def update_metrics(
        self,
        eval_metrics: dict[str, Any],
        features: Any,
        logits: Any,
        labels: Any,
        mode: str | None = None,
        regularization_losses: _Losses = None,
    ) -> dict[str, Any]:
        """Adds a batch to metrics, and returns them."""

    def create_estimator_spec(
        self,
        features: Any,
        mode: str,
        logits: Any,
        labels: Any = None,
        optimizer: Any = None,
        trainable_variables: Any = None,
        train_op_fn: Callable[[Tensor], Any] | None = None,
        update_ops: Any = None,
        regularization_losses: _Losses = None,
    ) -> EstimatorSpec:
        """Returns what a model function returns.

        Args:
          optimizer: of `tf.keras.optimizers`, with `trainable_variables`.
          train_op_fn: makes the operation that minimizes the loss, instead.
          update_ops: run with it.
          regularization_losses: added to the loss.

        Raises:
          ValueError: labels or logits do not fit; or to train, both or none of `optimizer` and
            `train_op_fn` are given, or an optimizer of another kind.
        """
        raise NotImplementedError(
            "Subclasses of Head must implement `create_estimator_spec()` or "
            "_create_tpu_estimator_spec()."
        )

    def _summary_key(self, key: str) -> str:
        return f"{key}/{self.name}" if self.name else key


class PlainHead(Head):
    """What the heads of one kind of labels have in common."""

    _name: str | None
    _loss_reduction: str

    @property
    def name(self) -> str | None:
        return self._name

    @property
    def loss_reduction(self) -> str:
        return self._loss_reduction

    @abc.abstractmethod
    def _processed_labels(self, logits: Tensor, labels: Any) -> Tensor:
        """Labels as the loss takes them."""

    @abc.abstractmethod
    def _unweighted_loss_and_weights(
        self, logits: Tensor, labels: Tensor, features: Any
    ) -> tuple[Tensor, Any]:
        """The losses of examples, and their weights."""

    @abc.abstractmethod
    def _export_outputs(self, predictions: dict[Any, Tensor]) -> dict[str, ExportOutput]:
        """What is served."""

    def loss(
        self,
        labels: Any,
        logits: Any,
        features: Any = None,
        mode: str | None = None,
        regularization_losses: _Losses = None,
    ) -> Tensor:
        with name_scope("losses", values=(logits, labels, regularization_losses, features)):
            logits = logits_of(logits, self.logits_dimension)
            labels = self._processed_labels(logits, labels)
            losses, weights = self._unweighted_loss_and_weights(logits, labels, features)
            loss = compute_weighted_loss(losses, weights, self._loss_reduction)
            return regularized(loss, regularization_losses)

    def create_estimator_spec(
        self,
        features: Any,
        mode: str,
        logits: Any,
        labels: Any = None,
        optimizer: Any = None,
        trainable_variables: Any = None,
        train_op_fn: Callable[[Tensor], Any] | None = None,
        update_ops: Any = None,
        regularization_losses: _Losses = None,
    ) -> EstimatorSpec:
        more: dict[str, Any] = {"regularization_losses": regularization_losses}
        with name_scope(self._name, "head"):
            predictions = self.predictions(logits)
            if mode == ModeKeys.PREDICT:
                served = self._export_outputs(predictions)
                return EstimatorSpec(mode, predictions=predictions, export_outputs=served)
            loss = self.loss(labels, logits, features, mode, **more)
            if mode == ModeKeys.EVAL:
                made = self.metrics(**more)
            else:
                train_op = training(loss, optimizer, trainable_variables, train_op_fn, update_ops)
        if mode == ModeKeys.EVAL:
            metrics = self.update_metrics(made, features, logits, labels, **more)
            return EstimatorSpec(mode, predictions=predictions, loss=loss, eval_metric_ops=metrics)
        summarize(loss, regularization_losses, self._summary_key)
        return EstimatorSpec(ModeKeys.TRAIN, predictions=predictions, loss=loss, train_op=train_op)

    def _regularization_metric(self, losses: _Losses) -> dict[str, Mean]:
        if losses is None:
            return {}
        key = MetricKeys.LOSS_REGULARIZATION
        return {self._summary_key(key): Mean(key)}

    def _update_regularization(self, metrics: dict[str, Any], losses: _Losses) -> None:
        if losses is not None:
            key = self._summary_key(MetricKeys.LOSS_REGULARIZATION)
            metrics[key].update_state(values=add_n(losses))


def regularized(loss: Tensor, losses: _Losses) -> Tensor:
    """A loss and further ones, added."""
    return loss if losses is None else loss + add_n(losses)


def summarize(
    loss: Tensor, regularization_losses: _Losses, key: Callable[[str], str] = str
) -> None:
    """Records the loss, and the part that regularizes."""
    with name_scope(""):
        scalar(key(MetricKeys.LOSS), loss)
        if regularization_losses is not None:
            scalar(key(MetricKeys.LOSS_REGULARIZATION), add_n(regularization_losses))


def training(
    loss: Tensor,
    optimizer: Any,
    trainable_variables: Any,
    train_op_fn: Callable[[Tensor], Any] | None,
    update_ops: Any,
) -> Any:
    """The operation of a training step."""
    _check_list("update_ops", update_ops, optional=True)
    with name_scope(""), name_scope("training"):
        if optimizer is not None:
            if train_op_fn is not None:
                raise ValueError("train_op_fn and optimizer cannot both be set.")
            train_op = _updates(loss, optimizer, trainable_variables)
        elif train_op_fn is not None:
            train_op = train_op_fn(loss)
        else:
            raise ValueError("train_op_fn and optimizer cannot both be None.")
        return train_op if update_ops is None else group(train_op, *update_ops)


def _updates(loss: Tensor, optimizer: Any, variables: Any) -> Any:
    if not hasattr(optimizer, "get_updates"):
        raise ValueError(
            "The given optimizer is not a tf.keras.optimizers.Optimizer instance. Given: "
            f"{optimizer}\n  Pass train_op_fn=lambda loss: optimizer.minimize(loss, "
            "tf.train.get_global_step()) for one of tf.train."
        )
    if variables is None:
        raise ValueError(f"trainable_variables cannot be None. Given {variables}")
    _check_list("trainable_variables", variables)
    return optimizer.get_updates(loss, variables)[0]


def _check_list(name: str, given: Any, optional: bool = False) -> None:
    if not isinstance(given, (list, tuple)) and not (optional and given is None):
        raise ValueError(f"{name} should be a list or a tuple. Given type: {type(given)}.")


def check_keys(keys: Sequence[str], valid: Sequence[str]) -> None:
    """ValueError for the key of a prediction that there is not."""
    for key in keys:
        if key not in valid:
            raise ValueError(
                f"Prediction key must be in PredictionKeys, given: {key}.Valid prediction keys "
                f"include {valid}."
            )
