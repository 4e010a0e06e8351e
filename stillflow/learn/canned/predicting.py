"""How canned estimators predict: classes, probabilities or scores, one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from stillflow.learn.estimators.base_estimator import AS_ITERABLE_DATE, AS_ITERABLE_INSTRUCTIONS
from stillflow.learn.estimators.constants import PredictionKey
from stillflow.learn.estimators.estimator import Estimator
from stillflow.learn.metric_spec import MetricSpec
from stillflow.platform.deprecation import deprecated_arg_values

_InputFn = Callable[[], Any] | None
_as_iterable = deprecated_arg_values(AS_ITERABLE_DATE, AS_ITERABLE_INSTRUCTIONS, as_iterable=False)


class _Predictor(Estimator):
    """Base of estimators that predict one thing at a time."""

    _flattens = False  # whether all classes at once are of rank 1

    def _predict_one(
        self, key: str, x: Any, input_fn: _InputFn, batch_size: int | None, as_iterable: bool
    ) -> Any:
        found = Estimator.predict(
            self, x=x, input_fn=input_fn, batch_size=batch_size, outputs=[key],
            as_iterable=as_iterable,
        )  # fmt: skip
        return (row[key] for row in found) if as_iterable else found[key]


class Classifier(_Predictor):
    """Predicts classes and their probabilities."""

    @_as_iterable
    @deprecated_arg_values(
        "2017-03-01",
        "Please switch to predict_classes, or set `outputs` argument.",
        outputs=None,
    )
    def predict(
        self,
        x: Any = None,
        input_fn: _InputFn = None,
        batch_size: int | None = None,
        outputs: Iterable[str] | None = None,
        as_iterable: bool = True,
    ) -> Any:
        """The classes, or with `outputs` dicts of these predictions."""
        if not outputs:
            return self.predict_classes(x, input_fn, batch_size, as_iterable)
        return super().predict(
            x=x, input_fn=input_fn, batch_size=batch_size, outputs=outputs, as_iterable=as_iterable
        )

    @_as_iterable
    def predict_classes(
        self,
        x: Any = None,
        input_fn: _InputFn = None,
        batch_size: int | None = None,
        as_iterable: bool = True,
    ) -> Any:
        """The class of each example, one after another, or all at once."""
        key = PredictionKey.CLASSES
        found = self._predict_one(key, x, input_fn, batch_size, as_iterable)
        return found if as_iterable or not self._flattens else found.reshape(-1)

    @_as_iterable
    def predict_proba(
        self,
        x: Any = None,
        input_fn: _InputFn = None,
        batch_size: int | None = None,
        as_iterable: bool = True,
    ) -> Any:
        """The probabilities of the classes of each example, one after another, or all at once."""
        key = PredictionKey.PROBABILITIES
        return self._predict_one(key, x, input_fn, batch_size, as_iterable)


class Regressor(_Predictor):
    """Predicts scores."""

    @_as_iterable
    @deprecated_arg_values(
        "2017-03-01",
        "Please switch to predict_scores, or set `outputs` argument.",
        outputs=None,
    )
    def predict(
        self,
        x: Any = None,
        input_fn: _InputFn = None,
        batch_size: int | None = None,
        outputs: Iterable[str] | None = None,
        as_iterable: bool = True,
    ) -> Any:
        """The scores, or with `outputs` dicts of these predictions."""
        if not outputs:
            return self.predict_scores(x, input_fn, batch_size, as_iterable)
        return super().predict(
            x=x, input_fn=input_fn, batch_size=batch_size, outputs=outputs, as_iterable=as_iterable
        )

    @_as_iterable
    def predict_scores(
        self,
        x: Any = None,
        input_fn: _InputFn = None,
        batch_size: int | None = None,
        as_iterable: bool = True,
    ) -> Any:
        """The scores of each example, one after another, or all at once."""
        return self._predict_one(PredictionKey.SCORES, x, input_fn, batch_size, as_iterable)


class RegressorOfScores(Regressor):
    """A regressor whose metrics, if they are plain functions, are of its scores."""

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: _InputFn = None,
        feed_fn: Callable[[], Any] | None = None,
        batch_size: int | None = None,
        steps: int | None = None,
        metrics: Any = None,
        name: str | None = None,
        checkpoint_path: str | None = None,
        hooks: Any = None,
    ) -> Any:
        """`Estimator.evaluate`; a metric that is a function measures the scores."""
        own = {_key(name, metric): metric for name, metric in (metrics or {}).items()}
        return super().evaluate(
            x=x, y=y, input_fn=input_fn, feed_fn=feed_fn, batch_size=batch_size, steps=steps,
            metrics=own, name=name, checkpoint_path=checkpoint_path, hooks=hooks,
        )  # fmt: skip


def _key(name: Any, metric: Any) -> Any:
    if isinstance(metric, MetricSpec) or isinstance(name, tuple):
        return name
    return name, PredictionKey.SCORES
