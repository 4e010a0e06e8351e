"""Linear models of feature columns."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.gradients.walk import gradients
from stillflow.graph.scopes import get_collection
from stillflow.layers.contrib.optimizing import OPTIMIZER_CLS_NAMES
from stillflow.learn.canned.networks import MIN_SLICE_SIZE, as_dict, linear_logits, slices
from stillflow.learn.canned.predicting import Classifier, Regressor
from stillflow.learn.estimators.estimator import Estimator
from stillflow.learn.estimators.model_fn_ops import ModelFnOps
from stillflow.learn.heads.head import Head
from stillflow.learn.heads.making import multi_class_head, regression_head
from stillflow.ops.math.clip import clip_by_global_norm
from stillflow.ops.variables.scope import variable_scope
from stillflow.train.ftrl import FtrlOptimizer
from stillflow.train.training_util import get_global_step

_RATE = 0.2
_SCOPE = "linear"
_Engineering = Callable[[Any, Any], tuple[Any, Any]] | None


def learning_rate(columns: int) -> float:
    """The rate for a model of so many columns."""
    return min(_RATE, 1.0 / math.sqrt(columns))


def _optimizer_of(spec: Any) -> Any:
    if isinstance(spec, str):
        return OPTIMIZER_CLS_NAMES[spec](learning_rate=_RATE)
    return spec() if callable(spec) else spec


def linear_model_fn(
    features: Any, labels: Any, mode: str, params: dict[str, Any], config: Any = None
) -> ModelFnOps:
    """The model function of linear models."""
    head, columns = params["head"], params["feature_columns"]
    optimizer = params.get("optimizer") or FtrlOptimizer(learning_rate(len(columns)))
    clip_norm = params.get("gradient_clip_norm")
    features = as_dict(features)
    partitioner = slices(config, MIN_SLICE_SIZE)
    values = tuple(features.values())
    with variable_scope(_SCOPE, values=values, partitioner=partitioner) as scope:
        logits = linear_logits(
            features, columns, head.logits_dimension, params.get("joint_weights", False), scope
        )

        def train_op_fn(loss: Any) -> Any:
            variables = get_collection(_SCOPE)
            slopes = gradients(loss, variables)
            if clip_norm:
                slopes, _ = clip_by_global_norm(slopes, clip_norm)
            return _optimizer_of(optimizer).apply_gradients(
                zip(slopes, variables, strict=True), global_step=get_global_step()
            )

        return head.create_model_fn_ops(
            features=features, mode=mode, labels=labels, train_op_fn=train_op_fn, logits=logits
        )


class LinearClassifier(Classifier):
    """A linear classifier, trained with FTRL by default.

    Args:
      feature_columns: real-valued or sparse columns of `tf.contrib.layers`, or of
        `tf.feature_column`.
      n_classes: labels are from 0 to `n_classes` - 1.
      weight_column_name: of the feature that weighs examples.
      optimizer: an optimizer, its name, or a function that makes one.
      gradient_clip_norm: the norm that the gradients together are clipped to.
      label_keys: the classes as texts.
    """

    def __init__(
        self,
        feature_columns: Sequence[Any],
        model_dir: str | None = None,
        n_classes: int = 2,
        weight_column_name: str | None = None,
        optimizer: Any = None,
        gradient_clip_norm: float | None = None,
        enable_centered_bias: bool = False,
        _joint_weight: bool = False,
        config: Any = None,
        feature_engineering_fn: _Engineering = None,
        label_keys: Sequence[str] | None = None,
    ):
        self._feature_columns = tuple(feature_columns or [])
        assert self._feature_columns
        head = multi_class_head(
            n_classes, weight_column_name=weight_column_name,
            enable_centered_bias=enable_centered_bias, label_keys=label_keys,
        )  # fmt: skip
        super().__init__(
            model_fn=linear_model_fn, model_dir=model_dir, config=config,
            params=_params(head, feature_columns, optimizer, gradient_clip_norm, _joint_weight),
            feature_engineering_fn=feature_engineering_fn,
        )  # fmt: skip


class LinearRegressor(Regressor):
    """A linear regression, as LinearClassifier; `label_dimension` is how many numbers it gives."""

    def __init__(
        self,
        feature_columns: Sequence[Any],
        model_dir: str | None = None,
        weight_column_name: str | None = None,
        optimizer: Any = None,
        gradient_clip_norm: float | None = None,
        enable_centered_bias: bool = False,
        label_dimension: int = 1,
        _joint_weights: bool = False,
        config: Any = None,
        feature_engineering_fn: _Engineering = None,
    ):
        self._feature_columns = tuple(feature_columns or [])
        assert self._feature_columns
        head = regression_head(
            weight_column_name=weight_column_name, label_dimension=label_dimension,
            enable_centered_bias=enable_centered_bias,
        )  # fmt: skip
        super().__init__(
            model_fn=linear_model_fn, model_dir=model_dir, config=config,
            params=_params(head, feature_columns, optimizer, gradient_clip_norm, _joint_weights),
            feature_engineering_fn=feature_engineering_fn,
        )  # fmt: skip


class LinearEstimator(Estimator):
    """A linear model with a head of its own."""

    def __init__(
        self,
        feature_columns: Sequence[Any],
        head: Head,
        model_dir: str | None = None,
        weight_column_name: str | None = None,
        optimizer: Any = None,
        gradient_clip_norm: float | None = None,
        _joint_weights: bool = False,
        config: Any = None,
        feature_engineering_fn: _Engineering = None,
    ):
        assert feature_columns
        super().__init__(
            model_fn=linear_model_fn, model_dir=model_dir, config=config,
            params=_params(head, feature_columns, optimizer, gradient_clip_norm, _joint_weights),
            feature_engineering_fn=feature_engineering_fn,
        )  # fmt: skip


def _params(
    head: Head, columns: Any, optimizer: Any, clip_norm: float | None, is_joint: bool
) -> dict[str, Any]:
    return {
        "head": head,
        "feature_columns": columns,
        "optimizer": optimizer,
        "gradient_clip_norm": clip_norm,
        "joint_weights": is_joint,
    }
