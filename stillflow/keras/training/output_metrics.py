"""The metrics of each output, as `compile` is told them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stillflow.graph.scopes import name_scope
from stillflow.graph.version_behavior import is_at_2
from stillflow.keras.losses import functions as losses
from stillflow.keras.metrics import functions
from stillflow.keras.metrics.means import MeanMetricWrapper
from stillflow.keras.metrics.metric import Metric
from stillflow.keras.metrics.naming import clone_metric
from stillflow.keras.metrics.naming import get as metric_named
from stillflow.keras.training import loss_kinds
from stillflow.keras.training.checking_names import check_for_unexpected_keys
from stillflow.ops.losses.sample_weights import squeeze_or_expand_dimensions
from stillflow.ops.math import casts

_ACCURACY = ("accuracy", "acc")
_CROSSENTROPY = ("crossentropy", "ce")
# For a binary loss or a single output, for classes by their numbers, and for all else.
_ACCURACIES = (
    functions.binary_accuracy,
    functions.sparse_categorical_accuracy,
    functions.categorical_accuracy,
)
_CROSSENTROPIES = (
    losses.binary_crossentropy,
    losses.sparse_categorical_crossentropy,
    losses.categorical_crossentropy,
)


def metrics_of_outputs(
    metrics: Any,
    output_names: Sequence[str],
    output_shapes: Sequence[Any],
    loss_functions: Sequence[Any],
    is_weighted: bool = False,
) -> list[dict[str, Any]]:
    """Returns the metrics of each output, by name.

    Args:
      metrics: a list for all outputs, a list of lists, or a dict by the outputs' names; a metric is
        a Metric, a function, or a name.
      output_shapes, loss_functions: they tell which accuracy "accuracy" is.
      is_weighted: whether the samples' weights count, which the names tell.

    Raises:
      TypeError: `metrics` is neither a list nor a dict.
      ValueError: lists are not as many as the outputs, or names are of none of them.
    """
    if not metrics:
        return [{} for _ in output_names]
    return [
        {
            _name_of(metric, is_weighted): _metric_of(metric, shape, loss, is_weighted)
            for metric in own
        }
        for own, shape, loss in zip(
            _told_apart(metrics, output_names), output_shapes, loss_functions, strict=True
        )
    ]


def _told_apart(metrics: Any, output_names: Sequence[str]) -> list[list[Any]]:
    if isinstance(metrics, Mapping):
        check_for_unexpected_keys("metrics", metrics, output_names)
        return [_as_list(metrics.get(name, [])) for name in output_names]
    if not isinstance(metrics, list):
        raise TypeError(
            "Type of `metrics` argument not understood. Expected a list or dictionary, found: "
            f"{metrics}"
        )
    if any(isinstance(each, list) for each in metrics):
        if len(metrics) != len(output_names):
            raise ValueError(
                "When passing a list of lists as `metrics`, it should have one entry per model "
                f"output. The model has {len(output_names)} outputs, but you passed metrics="
                f"{metrics}"
            )
        return [_as_list(each) for each in metrics]
    if len(output_names) > 1:
        return [[clone_metric(each) for each in metrics] for _ in output_names]
    return [metrics]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _name_of(metric: Any, is_weighted: bool) -> str:
    if is_at_2() and isinstance(metric, str):
        return metric
    if isinstance(metric, str) and metric in (*_ACCURACY, *_CROSSENTROPY):
        name = "acc" if metric in _ACCURACY else "ce"
    else:
        found = metric_named(metric)
        name = found.name if hasattr(found, "name") else found.__name__
    return f"weighted_{name}" if is_weighted and not is_at_2() else name


def _metric_of(metric: Any, output_shape: Any, loss: Any, is_weighted: bool) -> Any:
    found = metric_function(metric, output_shape, loss)
    if isinstance(found, Metric):
        return found
    return MeanMetricWrapper(found, name=_name_of(metric, is_weighted))


def metric_function(metric: Any, output_shape: Any = None, loss_fn: Any = None) -> Any:
    """Returns what a metric's name stands for; "accuracy" and "crossentropy" go by the loss."""
    if not isinstance(metric, str) or metric not in (*_ACCURACY, *_CROSSENTROPY):
        return metric_named(metric)
    binary, sparse, categorical = _ACCURACIES if metric in _ACCURACY else _CROSSENTROPIES
    if output_shape[-1] == 1 or loss_kinds.is_binary_crossentropy(loss_fn):
        return binary
    return sparse if loss_kinds.is_sparse_categorical_crossentropy(loss_fn) else categorical


def call_metrics(
    endpoints: Sequence[Any],
    metrics: Sequence[dict[str, Any]],
    weights: Sequence[Any],
    masks: Sequence[Any],
) -> None:
    """Has the metrics of outputs count them, in the scope "metrics"."""
    with name_scope("metrics"):
        for endpoint, own, weight, mask in zip(endpoints, metrics, weights, masks, strict=True):
            if endpoint.should_skip_target():
                continue
            for name, metric in own.items():
                with name_scope(name):
                    call_metric_function(metric, endpoint.target, endpoint.output, weight, mask)


def call_metric_function(
    metric: Any, y_true: Any, y_pred: Any = None, weights: Any = None, mask: Any = None
) -> Any:
    """Returns what a metric gives for an output; what is masked weighs nothing."""
    if mask is not None:
        mask = casts.cast(mask, y_pred.dtype)
        if weights is None:
            weights = mask
        else:
            mask, _, weights = squeeze_or_expand_dimensions(mask, None, weights)
            weights *= mask
    if y_pred is not None:
        return metric(y_true, y_pred, sample_weight=weights)
    return metric(y_true, sample_weight=weights)
