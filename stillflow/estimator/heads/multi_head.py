"""`tf.estimator.MultiHead`: several heads on one model, whose losses are added."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.estimator.canned.keys import MetricKeys
from stillflow.estimator.canned.multi_head import merged_outputs, no_step, split
from stillflow.estimator.heads.head import Head, regularized, summarize, training
from stillflow.estimator.mode_keys import ModeKeys
from stillflow.estimator.spec import EstimatorSpec
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.keras.metrics.means import Mean
from stillflow.ops.math.arithmetic import add_n, multiply


class MultiHead(Head):
    """A head of several, each of which must have a name.

    Logits are a dict by heads' names, or beside each other in the heads' order; labels are a dict;
    predictions are keyed by (head's name, key).

    Args:
      head_weights: what each loss is multiplied by.

    Raises:
      ValueError: there are no heads, one has no name, or there are not as many weights.
    """

    def __init__(self, heads: Sequence[Any], head_weights: Sequence[float] | None = None):
        if not heads:
            raise ValueError(f"Must specify heads. Given: {heads}")
        if head_weights and len(head_weights) != len(heads):
            raise ValueError(
                "heads and head_weights must have the same size. Given len(heads): "
                f"{len(heads)}. Given len(head_weights): {len(head_weights)}."
            )
        for head in heads:
            if head.name is None:
                raise ValueError(f"All given heads must have name specified. Given: {head}")
        self._heads = tuple(heads)
        self._head_weights = tuple(head_weights or ())

    @property
    def name(self) -> str:
        return "_".join(head.name for head in self._heads)

    @property
    def logits_dimension(self) -> int:
        return sum(head.logits_dimension for head in self._heads)

    @property
    def loss_reduction(self) -> str:
        reductions = [head.loss_reduction for head in self._heads]
        if len(set(reductions)) > 1:
            raise ValueError(
                f"The loss_reduction must be the same for different heads. Given: {reductions}"
            )
        return reductions[0]

    def loss(
        self,
        labels: Any,
        logits: Any,
        features: Any = None,
        mode: str | None = None,
        regularization_losses: Any = None,
    ) -> Tensor:
        by_head = self._by_head(logits, labels)
        losses: Sequence[Any] = [
            head.loss(
                logits=by_head[head.name], labels=labels[head.name], features=features, mode=mode
            )
            for head in self._heads
        ]
        with name_scope("merge_losses", values=(*losses, *self._head_weights)):
            if self._head_weights:
                pairs = zip(losses, self._head_weights, strict=True)
                losses = [multiply(loss, weight) for loss, weight in pairs]
            return regularized(add_n(losses), regularization_losses)

    def predictions(self, logits: Any, keys: Sequence[str] | None = None) -> dict[Any, Tensor]:
        by_head = self._by_head(logits)
        with name_scope("merge_pred"):
            return {
                (head.name, key): value
                for head in self._heads
                for key, value in head.predictions(logits=by_head[head.name]).items()
            }

    def metrics(self, regularization_losses: Any = None) -> dict[str, Any]:
        metrics = {}
        if regularization_losses is not None:
            key = MetricKeys.LOSS_REGULARIZATION
            metrics[self._summary_key(key)] = Mean(key)
        with name_scope("merge_eval"):
            for name in self._loss_keys():
                metrics[name] = Mean(name)
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
        by_head = self._by_head(logits, labels)
        if regularization_losses is not None:
            key = self._summary_key(MetricKeys.LOSS_REGULARIZATION)
            eval_metrics[key].update_state(values=add_n(regularization_losses))
        for head, name in zip(self._heads, self._loss_keys(), strict=True):
            own, target = by_head[head.name], labels[head.name]
            loss = head.loss(logits=own, labels=target, features=features)
            eval_metrics[name].update_state(values=loss)
            updated = head.update_metrics(head.metrics(), features, own, target)
            eval_metrics.update(updated or {})
        return eval_metrics

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
        regularization_losses: Any = None,
    ) -> EstimatorSpec:
        more = {"regularization_losses": regularization_losses}
        with name_scope(self.name, "multi_head"):
            specs = self._specs(features, mode, self._by_head(logits, labels), labels)
            predictions = self.predictions(logits)
            if mode == ModeKeys.PREDICT:
                served = merged_outputs(self._heads, specs)
                return EstimatorSpec(mode, predictions=predictions, export_outputs=served)
            loss = self.loss(labels, logits, features, mode, **more)
            if mode == ModeKeys.EVAL:
                metrics = self.update_metrics(
                    self.metrics(**more), features, logits, labels, **more
                )
                return EstimatorSpec(mode, predictions, loss=loss, eval_metric_ops=metrics)
            if mode == ModeKeys.TRAIN:
                step = training(loss, optimizer, trainable_variables, train_op_fn, update_ops)
                summarize(loss, regularization_losses)
                return EstimatorSpec(mode, predictions, loss=loss, train_op=step)
            raise ValueError(f"mode={mode} unrecognized")

    def _specs(
        self, features: Any, mode: str, logits: Mapping[Any, Any], labels: Any
    ) -> list[EstimatorSpec]:
        return [
            head.create_estimator_spec(
                features=features,
                mode=mode,
                logits=logits[head.name],
                labels=labels[head.name] if labels else None,
                train_op_fn=no_step,
            )
            for head in self._heads
        ]

    def _loss_keys(self) -> list[str]:
        return [f"{MetricKeys.LOSS}/{head.name}" for head in self._heads]

    def _by_head(self, logits: Any, labels: Any = None) -> Mapping[Any, Any]:
        names = [head.name for head in self._heads]
        if isinstance(logits, dict):
            _check_has("logits", logits, names)
        else:
            logits = split(logits, self._heads)
        if labels is not None:
            if not isinstance(labels, dict):
                raise ValueError(f"labels must be a dict. Given: {labels}")
            _check_has("labels", labels, names)
        return logits


def _check_has(what: str, given: Mapping[Any, Any], names: list[str]) -> None:
    missing = list(set(names) - set(given))
    if missing:
        raise ValueError(f"{what} has missing values for head(s): {missing}")
