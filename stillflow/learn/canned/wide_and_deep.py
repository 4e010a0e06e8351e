"""Linear and deep models together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.graph.scopes import colocate_with, control_dependencies, get_collection
from stillflow.layers.contrib.optimizing import optimize_loss
from stillflow.learn.canned import networks
from stillflow.learn.canned.linear import learning_rate
from stillflow.learn.canned.predicting import Classifier, RegressorOfScores
from stillflow.learn.estimators.estimator import Estimator
from stillflow.learn.estimators.model_fn_ops import ModelFnOps
from stillflow.learn.heads.head import Head
from stillflow.learn.heads.making import multi_class_head, regression_head
from stillflow.monitored.sync_replicas import SyncReplicasOptimizer
from stillflow.ops.control.ordering import group
from stillflow.ops.nn.activations import relu
from stillflow.ops.variables.scope import variable_scope
from stillflow.ops.variables.state import assign_add
from stillflow.platform.deprecation import deprecated_arg_values
from stillflow.train.training_util import get_global_step

_DEEP_RATE = 0.05
_DEEP, _LINEAR = "dnn", "linear"
_Engineering = Callable[[Any, Any], tuple[Any, Any]] | None
_Rates = Mapping[Any, float] | None
_counts_twice = deprecated_arg_values(
    "2017-04-15",
    "Please set fix_global_step_increment_bug=True and update training steps in your pipeline. See "
    "pydoc for details.",
    fix_global_step_increment_bug=False,
)
_NO_COLUMNS = "Either linear_feature_columns or dnn_feature_columns must be defined."


def _checked_optimizer(optimizer: Any) -> Any:
    found = networks.optimizer_of(optimizer)
    if isinstance(found, SyncReplicasOptimizer):
        raise ValueError(
            "SyncReplicasOptimizer is not supported in DNNLinearCombined model. If you want to use "
            "this optimizer, please use either DNN or Linear model."
        )
    return found


def combined_model_fn(
    features: Any, labels: Any, mode: str, params: dict[str, Any], config: Any = None
) -> ModelFnOps:
    """The model function of both together.

    Raises:
      ValueError: there are no columns, or deep ones without layers.
    """
    head = params["head"]
    linear_columns = params.get("linear_feature_columns")
    deep_columns = params.get("dnn_feature_columns")
    if not linear_columns and not deep_columns:
        raise ValueError(_NO_COLUMNS)
    features = networks.as_dict(features)
    linear_optimizer = _checked_optimizer(params.get("linear_optimizer") or "Ftrl")
    deep_optimizer = _checked_optimizer(params.get("dnn_optimizer") or "Adagrad")
    deep = linear = None
    if deep_columns:
        deep, input_scope = _deep(features, deep_columns, head, mode, params, config)
    if linear_columns:
        linear = _linear(features, linear_columns, head, params, config)
    logits = linear if deep is None else deep if linear is None else deep + linear
    counts_once = params.get("fix_global_step_increment_bug", True)

    def train_op_fn(loss: Any) -> Any:
        step = get_global_step()
        settings = {
            "loss": loss,
            "global_step": step,
            "clip_gradients": params.get("gradient_clip_norm"),
            "summaries": [],
            "increment_global_step": not counts_once,
        }
        trained = []
        if deep is not None:
            multipliers = networks.gradient_multipliers(
                params.get("embedding_lr_multipliers"), _DEEP, input_scope
            )
            trained.append(
                optimize_loss(
                    learning_rate=_DEEP_RATE, optimizer=deep_optimizer,
                    gradient_multipliers=multipliers, variables=get_collection(_DEEP), name=_DEEP,
                    **settings,
                )
            )  # fmt: skip
        if linear is not None:
            rate = learning_rate(len(linear_columns or ()))
            trained.append(
                optimize_loss(
                    learning_rate=rate, optimizer=linear_optimizer,
                    variables=get_collection(_LINEAR), name=_LINEAR, **settings,
                )
            )  # fmt: skip
        train_op = group(*trained)
        if not counts_once:
            return train_op
        with control_dependencies([train_op]), colocate_with(step):
            return assign_add(step, 1).op

    return head.create_model_fn_ops(
        features=features, mode=mode, labels=labels, train_op_fn=train_op_fn, logits=logits
    )


def _deep(
    features: Any, columns: Any, head: Head, mode: str, params: dict[str, Any], config: Any
) -> tuple[Any, str]:
    if not params.get("dnn_hidden_units"):
        raise ValueError("dnn_hidden_units must be defined when dnn_feature_columns is specified.")
    inner = params.get("input_layer_partitioner")
    inner = inner or networks.slices(config, networks.MIN_SLICE_SIZE)
    values = tuple(features.values())
    with variable_scope(_DEEP, values=values, partitioner=networks.slices(config)):
        return networks.deep_logits(
            features, columns, head.logits_dimension, params["dnn_hidden_units"],
            params.get("dnn_activation_fn") or relu, params.get("dnn_dropout"), mode, "/", inner,
        )  # fmt: skip


def _linear(features: Any, columns: Any, head: Head, params: dict[str, Any], config: Any) -> Any:
    values = tuple(features.values())
    partitioner = networks.slices(config, networks.MIN_SLICE_SIZE)
    with variable_scope(_LINEAR, values=values, partitioner=partitioner) as scope:
        is_joint = params.get("joint_linear_weights", False)
        logits = networks.linear_logits(features, columns, head.logits_dimension, is_joint, scope)
        networks.summarise(logits, scope.name, "/")
    return logits


class DNNLinearCombinedEstimator(Estimator):
    """A linear and a deep model together, with a head of its own.

    Args:
      linear_feature_columns, dnn_feature_columns: columns of either part; one may have none.
      linear_optimizer, dnn_optimizer: of either part: an optimizer, its name, or a function.
      dnn_hidden_units, dnn_activation_fn, dnn_dropout: of the deep part.
      gradient_clip_norm: the norm that the gradients of each part are clipped to.
      embedding_lr_multipliers: {embedding column: what its gradients are multiplied by}.
      fix_global_step_increment_bug: whether a step counts once, not once for each part.

    Raises:
      ValueError: there are no columns.
    """

    @_counts_twice
    def __init__(
        self,
        head: Head,
        model_dir: str | None = None,
        linear_feature_columns: Sequence[Any] | None = None,
        linear_optimizer: Any = None,
        _joint_linear_weights: bool = False,
        dnn_feature_columns: Sequence[Any] | None = None,
        dnn_optimizer: Any = None,
        dnn_hidden_units: Sequence[int] | None = None,
        dnn_activation_fn: Any = None,
        dnn_dropout: float | None = None,
        gradient_clip_norm: float | None = None,
        config: Any = None,
        feature_engineering_fn: _Engineering = None,
        embedding_lr_multipliers: _Rates = None,
        fix_global_step_increment_bug: bool = False,
        input_layer_partitioner: Callable[..., Any] | None = None,
    ):
        _columns(linear_feature_columns, dnn_feature_columns)
        super().__init__(
            model_fn=combined_model_fn, model_dir=model_dir, config=config,
            params=_params(
                head, linear_feature_columns, linear_optimizer, _joint_linear_weights,
                dnn_feature_columns, dnn_optimizer, dnn_hidden_units, dnn_activation_fn,
                dnn_dropout, gradient_clip_norm, embedding_lr_multipliers,
                fix_global_step_increment_bug, input_layer_partitioner,
            ),
            feature_engineering_fn=feature_engineering_fn,
        )  # fmt: skip


class DNNLinearCombinedClassifier(Classifier):
    """A linear and a deep classifier together; its arguments are those of both."""

    _flattens = True

    @_counts_twice
    def __init__(
        self,
        model_dir: str | None = None,
        n_classes: int = 2,
        weight_column_name: str | None = None,
        linear_feature_columns: Sequence[Any] | None = None,
        linear_optimizer: Any = None,
        _joint_linear_weights: bool = False,
        dnn_feature_columns: Sequence[Any] | None = None,
        dnn_optimizer: Any = None,
        dnn_hidden_units: Sequence[int] | None = None,
        dnn_activation_fn: Any = relu,
        dnn_dropout: float | None = None,
        gradient_clip_norm: float | None = None,
        enable_centered_bias: bool = False,
        config: Any = None,
        feature_engineering_fn: _Engineering = None,
        embedding_lr_multipliers: _Rates = None,
        input_layer_min_slice_size: int | None = None,
        label_keys: Sequence[str] | None = None,
        fix_global_step_increment_bug: bool = False,
    ):
        head = multi_class_head(
            n_classes=n_classes, weight_column_name=weight_column_name,
            enable_centered_bias=enable_centered_bias, label_keys=label_keys,
        )  # fmt: skip
        self._feature_columns = _columns(linear_feature_columns, dnn_feature_columns)
        super().__init__(
            model_fn=combined_model_fn, model_dir=model_dir, config=config,
            params=_params(
                head, linear_feature_columns, linear_optimizer, _joint_linear_weights,
                dnn_feature_columns, dnn_optimizer, dnn_hidden_units, dnn_activation_fn,
                dnn_dropout, gradient_clip_norm, embedding_lr_multipliers,
                fix_global_step_increment_bug, _partitioner(config, input_layer_min_slice_size),
            ),
            feature_engineering_fn=feature_engineering_fn,
        )  # fmt: skip


class DNNLinearCombinedRegressor(RegressorOfScores):
    """A linear and a deep regression together; its arguments are those of both."""

    @_counts_twice
    def __init__(
        self,
        model_dir: str | None = None,
        weight_column_name: str | None = None,
        linear_feature_columns: Sequence[Any] | None = None,
        linear_optimizer: Any = None,
        _joint_linear_weights: bool = False,
        dnn_feature_columns: Sequence[Any] | None = None,
        dnn_optimizer: Any = None,
        dnn_hidden_units: Sequence[int] | None = None,
        dnn_activation_fn: Any = relu,
        dnn_dropout: float | None = None,
        gradient_clip_norm: float | None = None,
        enable_centered_bias: bool = False,
        label_dimension: int = 1,
        config: Any = None,
        feature_engineering_fn: _Engineering = None,
        embedding_lr_multipliers: _Rates = None,
        input_layer_min_slice_size: int | None = None,
        fix_global_step_increment_bug: bool = False,
    ):
        head = regression_head(
            weight_column_name=weight_column_name, label_dimension=label_dimension,
            enable_centered_bias=enable_centered_bias,
        )  # fmt: skip
        self._feature_columns = _columns(linear_feature_columns, dnn_feature_columns)
        super().__init__(
            model_fn=combined_model_fn, model_dir=model_dir, config=config,
            params=_params(
                head, linear_feature_columns, linear_optimizer, _joint_linear_weights,
                dnn_feature_columns, dnn_optimizer, dnn_hidden_units, dnn_activation_fn,
                dnn_dropout, gradient_clip_norm, embedding_lr_multipliers,
                fix_global_step_increment_bug, _partitioner(config, input_layer_min_slice_size),
            ),
            feature_engineering_fn=feature_engineering_fn,
        )  # fmt: skip


def _columns(linear: Sequence[Any] | None, deep: Sequence[Any] | None) -> tuple[Any, ...]:
    found = (*(linear or ()), *(deep or ()))
    if not found:
        raise ValueError(_NO_COLUMNS)
    return found


def _partitioner(config: Any, min_slice_size: int | None) -> Callable[..., Any] | None:
    return None if min_slice_size is None else networks.slices(config, min_slice_size)


def _params(head: Head, *others: Any) -> dict[str, Any]:
    names = (
        *("linear_feature_columns", "linear_optimizer", "joint_linear_weights"),
        *("dnn_feature_columns", "dnn_optimizer", "dnn_hidden_units", "dnn_activation_fn"),
        *("dnn_dropout", "gradient_clip_norm", "embedding_lr_multipliers"),
        *("fix_global_step_increment_bug", "input_layer_partitioner"),
    )
    found = {"head": head, **dict(zip(names, others, strict=True))}
    for name in ("linear_feature_columns", "dnn_feature_columns"):
        found[name] = tuple(found[name] or ())
    return found
