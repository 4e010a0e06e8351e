"""`MetricSpec`: a metric, and what of a model's inputs, labels and predictions it measures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.platform import logging
from stillflow.platform.decorators import getargspec
from stillflow.platform.deprecation import deprecated

_LABELS = ("labels", "label", "targets", "target")
_PREDICTIONS = ("predictions", "prediction", "logits", "logit")
_WEIGHTS = ("weights", "weight")


class MetricSpec:
    """A metric and the keys of what it measures.

    Args:
      metric_fn: returns (value, update); takes predictions, and may take labels and weights, by
        their usual names or the first two by their places.
      prediction_key, label_key: where there are dicts of several.
      weight_key: of the feature that weighs the examples.

    Raises:
      ValueError: the function takes no labels or weights, which have a key, or takes them twice.
    """

    @deprecated(None, "Use tf.estimator.EstimatorSpec.eval_metric_ops.")
    def __init__(
        self,
        metric_fn: Callable[..., Any],
        prediction_key: str | None = None,
        label_key: str | None = None,
        weight_key: str | None = None,
    ):
        self._metric_fn_name = _name_of(metric_fn)
        self._metric_fn = _adapted(
            metric_fn, self._metric_fn_name, label_key is not None, weight_key is not None
        )
        self._prediction_key = prediction_key
        self._label_key = label_key
        self._weight_key = weight_key

    @property
    def prediction_key(self) -> str | None:
        return self._prediction_key

    @property
    def label_key(self) -> str | None:
        return self._label_key

    @property
    def weight_key(self) -> str | None:
        return self._weight_key

    @property
    def metric_fn(self) -> Callable[..., Any]:
        """The function, of `labels`, `predictions` and `weights` by name."""
        return self._metric_fn

    def __str__(self) -> str:
        return (
            f"MetricSpec(metric_fn={self._metric_fn_name}, prediction_key={self.prediction_key}, "
            f"label_key={self.label_key}, weight_key={self.weight_key})"
        )

    def create_metric_ops(self, inputs: Any, labels: Any, predictions: Any) -> Any:
        """Builds the metric of a model's features, labels and predictions.

        Raises:
          ValueError: a key is for a dict and there is none, or the other way round.
          KeyError: there is no such key.
        """
        prediction = _chosen("prediction", predictions, self.prediction_key)
        label = _chosen("label", labels, self.label_key)
        try:
            weights = inputs[self.weight_key] if self.weight_key else None
            return self.metric_fn(labels=label, predictions=prediction, weights=weights)
        except Exception as error:
            logging.error(f"Could not create metric ops for {self}, {error}.")
            raise


def _chosen(what: str, tensors: Any, key: str | None) -> Any:
    """The tensor of that key, or the only one."""
    if not key:
        if not isinstance(tensors, dict):
            return tensors
        if len(tensors) != 1:
            raise ValueError(
                f"MetricSpec without specified {what}_key requires {what}s tensor or single "
                f"element dict, got {tensors}"
            )
        return next(iter(tensors.values()))
    if not isinstance(tensors, dict):
        raise ValueError(
            f"MetricSpec with {what}_key specified requires {what}s dict, got {tensors}.\n"
            f"You must not provide a {what}_key if you only have a single Tensor as {what}s."
        )
    if key not in tensors:
        raise KeyError(f"Key '{key}' missing from {tensors.keys()}.")
    return tensors[key]


def _name_of(function: Any) -> str:
    named = function if hasattr(function, "__name__") else getattr(function, "func", None)
    return getattr(named, "__name__", None) or str(function)


def _arguments(function: Any) -> tuple[str, ...]:
    """The names of arguments that a call may give; a partial function's own are taken."""
    if hasattr(function, "func") and hasattr(function, "keywords"):
        return tuple(n for n in _arguments(function.func) if n not in function.keywords)
    return tuple(getargspec(function).args)


def _argument(
    function: str, names: Sequence[str], known: Sequence[str], is_required: bool = False
) -> str | None:
    """Which of the `known` names a function takes; the first one is as it should be."""
    found = set(known).intersection(names)
    if len(found) > 1:
        raise ValueError(f"Ambiguous arguments {found}, must provide only one of {set(known)}.")
    if not found:
        if is_required:
            raise ValueError(f"{set(known)} missing from {function}({names}).")
        return None
    (name,) = found
    if name != known[0]:
        logging.warning(
            "Canonical arg %s missing from %s(%s), using %s.", known[0], function, names, name
        )
    return name


def _adapted(
    metric_fn: Callable[..., Any], name: str, needs_labels: bool, needs_weights: bool
) -> Callable[..., Any]:
    """The function with `labels`, `predictions` and `weights` as the names of its arguments."""
    names = _arguments(metric_fn)
    labels_name = _argument(name, names, _LABELS, needs_labels)
    predictions_name = _argument(name, names, _PREDICTIONS)
    weights_name = _argument(name, names, _WEIGHTS, needs_weights)
    labels_are_first = predictions_name is None and labels_name == names[0] if names else False

    def measure(
        _sentinel: Any = None, labels: Any = None, predictions: Any = None, weights: Any = None
    ) -> Any:
        if _sentinel is not None:
            raise ValueError(
                "`metric_fn` requires named args: `labels`, `predictions`, and optionally "
                "`weights`."
            )
        by_name: dict[Any, Any] = {} if weights is None else {weights_name: weights}
        if labels_are_first:
            return metric_fn(labels, predictions, **by_name)
        if labels_name:
            by_name[labels_name] = labels
        if predictions_name:
            return metric_fn(**by_name, **{predictions_name: predictions})
        return metric_fn(predictions, **by_name)

    return measure
