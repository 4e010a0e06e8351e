"""What model functions return: `ModelFnOps`, and the modes in which they are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from stillflow.declare.convert import convert_to_tensor
from stillflow.estimator import mode_keys
from stillflow.estimator.spec import EstimatorSpec
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation
from stillflow.graph.scopes import get_graph_from_inputs
from stillflow.graph.tensor_shape import TensorShape
from stillflow.interchange.saved_model import export_output
from stillflow.learn.estimators.constants import MetricKey, PredictionKey, ProblemType
from stillflow.monitored.hook import SessionRunHook
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.sparse.sparse_tensor import convert_to_tensor_or_sparse_tensor
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated

_DEFAULT_SIGNATURE = "serving_default"


class ModeKeys:
    """What a model function is called for."""

    TRAIN = "train"
    EVAL = "eval"
    INFER = "infer"

    @classmethod
    def validate(cls, key: Any) -> None:
        """ValueError unless `key` is one of them."""
        if key not in (cls.TRAIN, cls.EVAL, cls.INFER):
            raise ValueError(f"Invalid mode {key}.")


_IN_ESTIMATOR = {
    ModeKeys.TRAIN: mode_keys.ModeKeys.TRAIN,
    ModeKeys.EVAL: mode_keys.ModeKeys.EVAL,
    ModeKeys.INFER: mode_keys.ModeKeys.PREDICT,
}


class _Fields(NamedTuple):
    predictions: Any
    loss: Any
    train_op: Any
    eval_metric_ops: dict[str, Any]
    output_alternatives: Any
    training_chief_hooks: list[SessionRunHook]
    training_hooks: list[SessionRunHook]
    scaffold: Any
    mode: str


class ModelFnOps(_Fields):
    """The operations and hooks of one mode.

    Args:
      mode: a ModeKeys.
      predictions: a tensor or a dict of them; needed for EVAL and INFER.
      loss: a scalar; needed for TRAIN and EVAL.
      train_op: makes a step; needed for TRAIN.
      eval_metric_ops: (value, update) by name.
      output_alternatives: {name: (ProblemType, {name: tensor})}, what is exported.
      training_chief_hooks, training_hooks: lists of SessionRunHooks.
      scaffold: a Scaffold.

    Raises:
      ValueError: something is missing, the loss is no scalar, or the tensors are of two graphs.
      TypeError: a hook is none.
    """

    @deprecated(
        None,
        "When switching to tf.estimator.Estimator, use tf.estimator.EstimatorSpec. You can use the "
        "`estimator_spec` method to create an equivalent one.",
    )
    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metric_ops: dict[str, Any] | None = None,
        output_alternatives: Any = None,
        training_chief_hooks: list[SessionRunHook] | None = None,
        training_hooks: list[SessionRunHook] | None = None,
        scaffold: Any = None,
    ) -> ModelFnOps:
        ModeKeys.validate(mode)
        get_graph_from_inputs((predictions, loss, train_op))
        train_op, loss = _train_op(train_op, mode), _loss(loss, mode)
        predictions = _predictions(predictions, mode)
        if eval_metric_ops is not None and not isinstance(eval_metric_ops, dict):
            raise ValueError("eval_metric_ops must be a dict.")
        hooks, chief_hooks = training_hooks or [], training_chief_hooks or []
        _check_hooks([*hooks, *chief_hooks])
        return super().__new__(
            cls,
            predictions=predictions,
            loss=loss,
            train_op=train_op,
            eval_metric_ops={} if eval_metric_ops is None else eval_metric_ops,
            output_alternatives=output_alternatives,
            training_chief_hooks=chief_hooks,
            training_hooks=hooks,
            scaffold=scaffold,
            mode=mode,
        )

    def estimator_spec(
        self, default_serving_output_alternative_key: str | None = None
    ) -> EstimatorSpec:
        """The same as a `tf.estimator.EstimatorSpec`.

        Args:
          default_serving_output_alternative_key: what is served by default where there are several
            alternatives.
        """
        outputs = None
        if self.output_alternatives:
            alternatives = self.output_alternatives
            if len(alternatives) > 1 and _DEFAULT_SIGNATURE not in alternatives:
                default = alternatives[default_serving_output_alternative_key]
                alternatives = {**alternatives, _DEFAULT_SIGNATURE: default}
            outputs = {name: _export_output(*kind) for name, kind in alternatives.items()}
        metrics = {k: v for k, v in self.eval_metric_ops.items() if k != MetricKey.LOSS}
        return EstimatorSpec(
            mode=_IN_ESTIMATOR[self.mode],
            predictions=self.predictions,
            loss=self.loss,
            train_op=self.train_op,
            eval_metric_ops=metrics,
            export_outputs=outputs,
            training_chief_hooks=self.training_chief_hooks,
            training_hooks=self.training_hooks,
            scaffold=self.scaffold,
        )


def _train_op(train_op: Any, mode: str) -> Any:
    if train_op is None:
        if mode == ModeKeys.TRAIN:
            raise ValueError("Missing train_op.")
        return None
    return train_op if isinstance(train_op, Operation) else convert_to_tensor(train_op).op


def _loss(loss: Any, mode: str) -> Any:
    if loss is None:
        if mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
            raise ValueError("Missing loss.")
        return None
    loss = convert_to_tensor(loss)
    shape = loss.get_shape()
    if shape.num_elements() not in (None, 1):
        raise ValueError(f"Loss must be scalar: {loss}.")
    return loss if shape.is_compatible_with(TensorShape([])) else reshape(loss, [])


def _predictions(predictions: Any, mode: str) -> Any:
    if predictions is None:
        if mode in (ModeKeys.INFER, ModeKeys.EVAL):
            raise ValueError("Missing predictions.")
        return None
    if not isinstance(predictions, dict):
        return convert_to_tensor_or_sparse_tensor(predictions)
    return {k: convert_to_tensor_or_sparse_tensor(v) for k, v in predictions.items()}


def _check_hooks(hooks: list[Any]) -> None:
    for hook in hooks:
        if not isinstance(hook, SessionRunHook):
            raise TypeError(
                "All hooks returned from model_fn must be SessionRunHook instances, got instance "
                f"of {type(hook)}: {hook}"
            )


def _export_output(problem_type: int, predictions: Mapping[str, Any]) -> Any:
    if problem_type == ProblemType.LINEAR_REGRESSION:
        return export_output.RegressionOutput(scores_of(predictions))
    if problem_type in (ProblemType.CLASSIFICATION, ProblemType.LOGISTIC_REGRESSION):
        return export_output.ClassificationOutput(scores_of(predictions), _classes(predictions))
    if problem_type == ProblemType.UNSPECIFIED:
        return export_output.PredictOutput(predictions)
    raise ValueError(f"Unknown problem_type={problem_type}")


def scores_of(predictions: Mapping[str, Any]) -> Any:
    """The scores among predictions, or the probabilities, or None."""
    scores = predictions.get(PredictionKey.SCORES)
    return predictions.get(PredictionKey.PROBABILITIES) if scores is None else scores


def _classes(predictions: Mapping[str, Any]) -> Any:
    classes = predictions.get(PredictionKey.CLASSES)
    if classes is None:
        logging.warning("classes is None, Servo inference will not have class ids.")
    elif classes.dtype != dtypes.string:
        logging.warning("classes is not string, Servo inference will not have class ids.")
        return None
    return classes
