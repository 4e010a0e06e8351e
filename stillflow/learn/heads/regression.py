"""The head of a regression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stillflow.graph.scopes import name_scope
from stillflow.learn.estimators.constants import MetricKey, PredictionKey, ProblemType
from stillflow.learn.heads.head import SingleHead
from stillflow.ops.array.reshaping import squeeze
from stillflow.ops.metrics import means


class RegressionHead(SingleHead):
    """Predicts numbers.

    Args:
      label_dimension: how many of them.
      loss_fn: of (labels, logits, weights).
      link_fn: from logits to predictions.
    """

    _default_scope = "regression_head"

    def __init__(
        self,
        label_dimension: int,
        loss_fn: Callable[..., Any],
        link_fn: Callable[[Any], Any],
        logits_dimension: int | None = None,
        **settings: Any,
    ):
        dimension = label_dimension if logits_dimension is None else logits_dimension
        super().__init__(ProblemType.LINEAR_REGRESSION, dimension, **settings)
        self._loss_fn = loss_fn
        self._link_fn = link_fn

    def _loss(self, labels: Any, logits: Any, weights: Any) -> tuple[Any, Any]:
        return self._loss_fn(labels, logits, weights)

    def _logits_to_predictions(self, logits: Any) -> dict[str, Any]:
        with name_scope(None, "predictions", (logits,)):
            if self.logits_dimension == 1:
                logits = squeeze(logits, axis=(1,), name=PredictionKey.SCORES)
            return {PredictionKey.SCORES: self._link_fn(logits)}

    def _metrics(
        self, loss: Any, predictions: Mapping[str, Any], labels: Any, weights: Any
    ) -> dict[str, Any]:
        with name_scope("metrics", values=[loss]):
            return {self._metric_name(MetricKey.LOSS): means.mean(loss)}
