"""`SKCompat`: an estimator as scikit-learn's are, of arrays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from stillflow.learn.estimators.base_estimator import check_metrics
from stillflow.learn.estimators.inputs import input_and_feed_fn
from stillflow.learn.estimators.parameters import Parameters
from stillflow.monitored.stopping import FeedFnHook
from stillflow.platform.deprecation import deprecated

_BATCH = 128


class SKCompat(Parameters):
    """Trains, measures and predicts with an estimator on arrays."""

    @deprecated(None, "Please switch to the Estimator interface.")
    def __init__(self, estimator: Any):
        self._estimator = estimator

    def fit(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = _BATCH,
        steps: int | None = None,
        max_steps: int | None = None,
        monitors: Any = None,
    ) -> SKCompat:
        """Trains on shuffled batches of `x` and `y`, [rows, ...] each, over and over."""
        input_fn, feed_fn = input_and_feed_fn(
            x, y, None, None, batch_size, shuffle=True, epochs=None
        )
        feeding = [FeedFnHook(feed_fn)] if feed_fn else []
        self._estimator.fit(
            input_fn=input_fn,
            steps=steps,
            max_steps=max_steps,
            monitors=[*feeding, *(monitors or [])],
        )
        return self

    def score(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = _BATCH,
        steps: int | None = None,
        metrics: Any = None,
        name: str | None = None,
    ) -> Any:
        """Returns the metrics over `x` and `y`, and the global step."""
        input_fn, feed_fn = input_and_feed_fn(x, y, None, None, batch_size)
        check_metrics(metrics)
        results, global_step = self._estimator._evaluate_model(
            input_fn=input_fn, feed_fn=feed_fn, steps=steps, metrics=metrics, name=name
        )
        if results is not None:
            results.update({"global_step": global_step})
        return results

    def predict(
        self, x: Any, batch_size: int | None = _BATCH, outputs: Iterable[str] | None = None
    ) -> Any:
        """Returns the predictions for `x`: an array [rows, ...], or a dict of them."""
        input_fn, feed_fn = input_and_feed_fn(x, None, None, None, batch_size)
        batches = list(
            self._estimator._infer_model(
                input_fn=input_fn,
                feed_fn=feed_fn,
                outputs=outputs,
                as_iterable=True,
                iterate_batches=True,
            )
        )
        if not isinstance(batches[0], dict):
            return np.concatenate(batches)
        return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
