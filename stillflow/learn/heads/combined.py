"""Several heads as one, and a head that is only a loss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.graph.scopes import name_scope
from stillflow.learn.estimators.model_fn_ops import ModeKeys, ModelFnOps
from stillflow.learn.heads.head import Head, check_mode, no_op_train_fn, summarise_loss
from stillflow.ops.array.slicing import slice_
from stillflow.ops.control.ordering import group
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.variables.scope import variable_scope

_TrainOpFn = Callable[[Any], Any] | None


class LossOnlyHead(Head):
    """A loss that needs no logits.

    Args:
      loss_fn: returns a loss, or a list of them.
    """

    def __init__(self, loss_fn: Callable[[], Any], head_name: str | None = None):
        self._loss_fn = loss_fn
        self.head_name = head_name or "loss_only_head"

    @property
    def logits_dimension(self) -> int:
        return 0

    def create_model_fn_ops(
        self,
        features: Any,
        mode: str,
        labels: Any = None,
        train_op_fn: _TrainOpFn = None,
        logits: Any = None,
        logits_input: Any = None,
        scope: Any = None,
    ) -> ModelFnOps:
        check_mode(mode)
        loss = train_op = None
        if mode != ModeKeys.INFER:
            with variable_scope(scope, default_name=self.head_name):
                loss = self._loss_fn()
                if isinstance(loss, list):
                    loss = add_n(loss)
                summarise_loss(loss, self.head_name)
                if mode == ModeKeys.TRAIN:
                    if train_op_fn is None:
                        raise ValueError("train_op_fn can not be None in TRAIN mode")
                    with name_scope(None, "train_op", (loss,)):
                        train_op = train_op_fn(loss)
        return ModelFnOps(
            mode=mode, loss=loss, train_op=train_op, predictions={}, eval_metric_ops={}
        )


class MultiHead(Head):
    """Heads that share a network.

    Args:
      heads: they have names.
      loss_merger: of the losses, the one to train on.

    Raises:
      ValueError: one has no name.
    """

    def __init__(self, heads: Sequence[Any], loss_merger: Callable[[list[Any]], Any]):
        if not all(head.head_name for head in heads):
            raise ValueError("Members of MultiHead must have names.")
        self._heads = heads
        self._loss_merger = loss_merger

    @property
    def logits_dimension(self) -> int:
        return sum(head.logits_dimension for head in self._heads)

    def create_model_fn_ops(
        self,
        features: Any,
        mode: str,
        labels: Any = None,
        train_op_fn: _TrainOpFn = None,
        logits: Any = None,
        logits_input: Any = None,
        scope: Any = None,
    ) -> ModelFnOps:
        check_mode(mode)
        models = [
            head.create_model_fn_ops(
                features=features,
                mode=mode,
                labels=labels,
                train_op_fn=no_op_train_fn,
                logits=own,
                logits_input=logits_input if logits is None else None,
                scope=scope,
            )
            for head, own in zip(self._heads, self._split(logits), strict=True)
        ]
        if mode == ModeKeys.TRAIN:
            if train_op_fn is None:
                raise ValueError("train_op_fn can not be None in TRAIN mode.")
            return self._merge_train(models, train_op_fn)
        return self._merge_infer(models) if mode == ModeKeys.INFER else self._merge_eval(models)

    def _split(self, logits: Any) -> list[Any]:
        """The logits of each head."""
        if logits is None:
            return [None] * len(self._heads)
        if isinstance(logits, dict):
            return [
                None if isinstance(head, LossOnlyHead) else logits[head.head_name]
                for head in self._heads
            ]
        parts, begin = [], 0
        for head in self._heads:
            parts.append(slice_(logits, [0, begin], [-1, head.logits_dimension]))
            begin += head.logits_dimension
        return parts

    def _merge_train(self, models: list[ModelFnOps], train_op_fn: Callable) -> ModelFnOps:
        loss = self._loss_merger([model.loss for model in models])
        train_op = group(train_op_fn(loss), *(model.train_op for model in models))
        return ModelFnOps(
            mode=ModeKeys.TRAIN, loss=loss, train_op=train_op, eval_metric_ops=_metrics(models)
        )

    def _merge_infer(self, models: list[ModelFnOps]) -> ModelFnOps:
        predictions: dict[Any, Any] = {}
        alternatives = {}
        for head, model in zip(self._heads, models, strict=True):
            if isinstance(head, LossOnlyHead):
                continue
            name = head.head_name
            alternatives[name] = model.output_alternatives[name]
            predictions |= {(name, key): value for key, value in model.predictions.items()}
        return ModelFnOps(
            mode=ModeKeys.INFER, predictions=predictions, output_alternatives=alternatives
        )

    def _merge_eval(self, models: list[ModelFnOps]) -> ModelFnOps:
        predictions = {
            (head.head_name, key): value
            for head, model in zip(self._heads, models, strict=True)
            for key, value in model.predictions.items()
        }
        return ModelFnOps(
            mode=ModeKeys.EVAL,
            predictions=predictions,
            loss=self._loss_merger([model.loss for model in models]),
            eval_metric_ops=_metrics(models),
        )


def _metrics(models: Sequence[ModelFnOps]) -> dict[str, Any]:
    return {name: metric for model in models for name, metric in model.eval_metric_ops.items()}
