"""Estimators made of others: with more metrics, or with features among the predictions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stillflow.estimator.estimator import Estimator
from stillflow.estimator.mode_keys import ModeKeys
from stillflow.estimator.spec import EstimatorSpec
from stillflow.graph.operation import Tensor
from stillflow.interchange.saved_model.export_output import PredictOutput
from stillflow.ops.sparse.densifying import sparse_tensor_to_dense
from stillflow.ops.sparse.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor
from stillflow.platform.decorators import fn_args

_METRIC_ARGUMENTS = {"features", "labels", "predictions", "config"}
_SERVED = ("predict", "serving_default")


def add_metrics(estimator: Estimator, metric_fn: Callable[..., dict[str, Any]]) -> Estimator:
    """Returns an Estimator of the same model whose evaluations have more metrics.

    Args:
      metric_fn: returns metrics by name; takes any of `features`, `labels`, `predictions` and
        `config`.

    Raises:
      ValueError: `metric_fn` takes other arguments.
    """
    names = set(fn_args(metric_fn))
    others = list(names - _METRIC_ARGUMENTS)
    if others:
        raise ValueError(f"metric_fn ({metric_fn}) has following not expected args: {others}")

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        spec = estimator.model_fn(features, labels, mode, config)
        if mode != ModeKeys.EVAL:
            return spec
        given = {
            "features": features,
            "labels": labels,
            "predictions": spec.predictions,
            "config": config,
        }
        more = metric_fn(**{name: value for name, value in given.items() if name in names})
        return spec._replace(eval_metric_ops={**(spec.eval_metric_ops or {}), **more})

    return Estimator(
        model_fn,
        estimator.model_dir,
        estimator.config,
        warm_start_from=estimator._warm_start_settings,
    )


def forward_features(
    estimator: Estimator, keys: Any = None, sparse_default_values: Mapping[str, Any] | None = None
) -> Estimator:
    """Returns an Estimator of the same model that gives features back beside its predictions.

    Args:
      keys: the name of a feature, or names; all by default.
      sparse_default_values: for sparse features, what stands where they have no value.

    Raises:
      TypeError: `keys` are no names.
      ValueError, when it is used: a feature is not there, is sparse, or is a prediction's name.
    """
    wanted = _checked_keys(keys)

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        spec = estimator.model_fn(features, labels, mode, config)
        if spec.predictions is None:
            return spec
        chosen = list(features) if wanted is None else wanted
        _check_fit(chosen, features, spec.predictions)
        forwarded = {key: _dense(key, features[key], sparse_default_values) for key in chosen}
        for key in _SERVED:
            output = (spec.export_outputs or {}).get(key)
            if isinstance(output, PredictOutput):
                output.outputs.update(forwarded)
        return spec._replace(predictions={**spec.predictions, **forwarded})

    return Estimator(model_fn, estimator.model_dir, estimator.config)


def _checked_keys(keys: Any) -> list[str] | None:
    if keys is None:
        return None
    if isinstance(keys, str):
        return [keys]
    if not isinstance(keys, (list, tuple)):
        raise TypeError(f"keys should be either a string or a list of strings. Given: {type(keys)}")
    for key in keys:
        if not isinstance(key, str):
            raise TypeError(
                "All items in the given keys list should be a string. There exist an item with "
                f"type: {type(key)}"
            )
    return list(keys)


def _check_fit(keys: list[str], features: Mapping[str, Any], predictions: Any) -> None:
    if not isinstance(predictions, dict):
        raise ValueError(
            "Predictions should be a dict to be able to forward features. Given: "
            f"{type(predictions)}"
        )
    for key in keys:
        if key not in features:
            raise ValueError(
                f'keys should be exist in features. Key "{key}" is not in features dict. features '
                f"dict has following keys: {features.keys()}."
            )
        if key in predictions:
            raise ValueError(
                f"Cannot forward feature key ({key}). Since it does exist in predictions. Existing "
                f"prediction keys: {predictions.keys()}."
            )


def _dense(key: str, feature: Any, defaults: Mapping[str, Any] | None) -> Tensor:
    found = convert_to_tensor_or_sparse_tensor(feature)
    if defaults and key in defaults:
        if not isinstance(found, SparseTensor):
            raise ValueError(f"Feature ({key}) is expected to be a `SparseTensor`.")
        found = sparse_tensor_to_dense(found, default_value=defaults[key])
    if not isinstance(found, Tensor):
        raise ValueError(
            f"Feature ({key}) should be a Tensor. Type of features[{key}] is {type(found)}.\n"
            "  Leave it out of `keys`, or name it in `sparse_default_values`."
        )
    return found
