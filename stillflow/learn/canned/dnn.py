"""Deep models of feature columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.layers.contrib.optimizing import optimize_loss
from stillflow.learn.canned import networks
from stillflow.learn.canned.predicting import Classifier, RegressorOfScores
from stillflow.learn.estimators.estimator import Estimator
from stillflow.learn.estimators.model_fn_ops import ModelFnOps
from stillflow.learn.heads.head import Head
from stillflow.learn.heads.making import multi_class_head, regression_head
from stillflow.ops.nn.activations import relu
from stillflow.ops.variables.scope import variable_scope
from stillflow.train.training_util import get_global_step

_RATE = 0.05
_SCOPE = "dnn"
_Engineering = Callable[[Any, Any], tuple[Any, Any]] | None
_Rates = Mapping[Any, float] | None


def dnn_model_fn(
    features: Any, labels: Any, mode: str, params: dict[str, Any], config: Any = None
) -> ModelFnOps:
    """The model function of deep models."""
    head = params["head"]
    optimizer = params.get("optimizer") or "Adagrad"
    activation = networks.activation_of(params.get("activation_fn"))
    slice_size = params.get("input_layer_min_slice_size") or networks.MIN_SLICE_SIZE
    features = networks.as_dict(features)
    partitioner = networks.slices(config)
    with variable_scope(_SCOPE, values=tuple(features.values()), partitioner=partitioner):
        logits, input_scope = networks.deep_logits(
            features, params["feature_columns"], head.logits_dimension, params["hidden_units"],
            activation, params.get("dropout"), mode, "_", networks.slices(config, slice_size),
        )  # fmt: skip

        def train_op_fn(loss: Any) -> Any:
            return optimize_loss(
                loss=loss,
                global_step=get_global_step(),
                learning_rate=_RATE,
                optimizer=networks.optimizer_of(optimizer),
                gradient_multipliers=networks.gradient_multipliers(
                    params.get("embedding_lr_multipliers"), _SCOPE, input_scope
                ),
                clip_gradients=params.get("gradient_clip_norm"),
                name=_SCOPE,
                summaries=[],
            )

        return head.create_model_fn_ops(
            features=features, mode=mode, labels=labels, train_op_fn=train_op_fn, logits=logits
        )


class DNNClassifier(Classifier):
    """A deep classifier, trained with Adagrad by default.

    Args:
      hidden_units: the sizes of the layers.
      feature_columns: dense columns of `tf.contrib.layers`, or of `tf.feature_column`.
      n_classes: labels are from 0 to `n_classes` - 1.
      weight_column_name: of the feature that weighs examples.
      optimizer: an optimizer, its name, or a function that makes one.
      activation_fn: a function, or its name.
      dropout: the probability that a unit is dropped.
      gradient_clip_norm: the norm that the gradients together are clipped to.
      embedding_lr_multipliers: {embedding column: what its gradients are multiplied by}.
      label_keys: the classes as texts.
    """

    _flattens = True

    def __init__(
        self,
        hidden_units: Sequence[int],
        feature_columns: Sequence[Any],
        model_dir: str | None = None,
        n_classes: int = 2,
        weight_column_name: str | None = None,
        optimizer: Any = None,
        activation_fn: Any = relu,
        dropout: float | None = None,
        gradient_clip_norm: float | None = None,
        enable_centered_bias: bool = False,
        config: Any = None,
        feature_engineering_fn: _Engineering = None,
        embedding_lr_multipliers: _Rates = None,
        input_layer_min_slice_size: int | None = None,
        label_keys: Sequence[str] | None = None,
    ):
        self._feature_columns = tuple(feature_columns or [])
        head = multi_class_head(
            n_classes, weight_column_name=weight_column_name,
            enable_centered_bias=enable_centered_bias, label_keys=label_keys,
        )  # fmt: skip
        super().__init__(
            model_fn=dnn_model_fn, model_dir=model_dir, config=config,
            params=_params(
                head, hidden_units, self._feature_columns, optimizer, activation_fn, dropout,
                gradient_clip_norm, embedding_lr_multipliers, input_layer_min_slice_size,
            ),
            feature_engineering_fn=feature_engineering_fn,
        )  # fmt: skip


class DNNRegressor(RegressorOfScores):
    """A deep regression, as DNNClassifier; `label_dimension` is how many numbers it gives."""

    def __init__(
        self,
        hidden_units: Sequence[int],
        feature_columns: Sequence[Any],
        model_dir: str | None = None,
        weight_column_name: str | None = None,
        optimizer: Any = None,
        activation_fn: Any = relu,
        dropout: float | None = None,
        gradient_clip_norm: float | None = None,
        enable_centered_bias: bool = False,
        config: Any = None,
        feature_engineering_fn: _Engineering = None,
        label_dimension: int = 1,
        embedding_lr_multipliers: _Rates = None,
        input_layer_min_slice_size: int | None = None,
    ):
        self._feature_columns = tuple(feature_columns or [])
        head = regression_head(
            label_dimension=label_dimension, weight_column_name=weight_column_name,
            enable_centered_bias=enable_centered_bias,
        )  # fmt: skip
        super().__init__(
            model_fn=dnn_model_fn, model_dir=model_dir, config=config,
            params=_params(
                head, hidden_units, self._feature_columns, optimizer, activation_fn, dropout,
                gradient_clip_norm, embedding_lr_multipliers, input_layer_min_slice_size,
            ),
            feature_engineering_fn=feature_engineering_fn,
        )  # fmt: skip


class DNNEstimator(Estimator):
    """A deep model with a head of its own."""

    def __init__(
        self,
        head: Head,
        hidden_units: Sequence[int],
        feature_columns: Sequence[Any],
        model_dir: str | None = None,
        optimizer: Any = None,
        activation_fn: Any = relu,
        dropout: float | None = None,
        gradient_clip_norm: float | None = None,
        config: Any = None,
        feature_engineering_fn: _Engineering = None,
        embedding_lr_multipliers: _Rates = None,
        input_layer_min_slice_size: int | None = None,
    ):
        super().__init__(
            model_fn=dnn_model_fn, model_dir=model_dir, config=config,
            params=_params(
                head, hidden_units, feature_columns, optimizer, activation_fn, dropout,
                gradient_clip_norm, embedding_lr_multipliers, input_layer_min_slice_size,
            ),
            feature_engineering_fn=feature_engineering_fn,
        )  # fmt: skip


def _params(head: Head, hidden_units: Any, feature_columns: Any, *others: Any) -> dict[str, Any]:
    names = (
        *("optimizer", "activation_fn", "dropout", "gradient_clip_norm"),
        *("embedding_lr_multipliers", "input_layer_min_slice_size"),
    )
    own = {"head": head, "hidden_units": hidden_units, "feature_columns": feature_columns}
    return {**own, **dict(zip(names, others, strict=True))}
