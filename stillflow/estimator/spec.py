"""`tf.estimator.EstimatorSpec`: what a model function builds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from stillflow.estimator.mode_keys import ModeKeys
from stillflow.graph import nest
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.interchange.saved_model.export_signatures import get_export_outputs
from stillflow.monitored.hook import SessionRunHook
from stillflow.monitored.scaffold import Scaffold
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.control.ordering import group
from stillflow.ops.metrics.means import mean
from stillflow.ops.variables.variable import Variable

_LOSS = "loss"


class _Fields(NamedTuple):
    mode: str
    predictions: Any
    loss: Any
    train_op: Any
    eval_metric_ops: Any
    export_outputs: Any
    training_chief_hooks: Any
    training_hooks: Any
    scaffold: Any
    evaluation_hooks: Any
    prediction_hooks: Any


class EstimatorSpec(_Fields):
    """The operations and hooks of one mode.

    Args:
      mode: a ModeKeys.
      predictions: a tensor or a dict of them; needed for PREDICT.
      loss: a scalar; needed for TRAIN and EVAL.
      train_op: makes a step; needed for TRAIN.
      eval_metric_ops: (value, update) by name.
      export_outputs: ExportOutputs by name; the predictions by default.
      training_chief_hooks, training_hooks, evaluation_hooks, prediction_hooks: SessionRunHooks.
      scaffold: a Scaffold.

    Raises:
      ValueError: something is missing, the loss is no scalar, or a tensor is of another graph.
      TypeError: something is of another type.
    """

    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metric_ops: Any = None,
        export_outputs: Any = None,
        training_chief_hooks: Iterable[SessionRunHook] | None = None,
        training_hooks: Iterable[SessionRunHook] | None = None,
        scaffold: Scaffold | None = None,
        evaluation_hooks: Iterable[SessionRunHook] | None = None,
        prediction_hooks: Iterable[SessionRunHook] | None = None,
    ) -> EstimatorSpec:
        train_op = _train_op(train_op, mode)
        loss = _loss(loss, mode)
        predictions = _predictions(predictions, mode)
        if mode == ModeKeys.PREDICT:
            export_outputs = get_export_outputs(export_outputs, predictions)
        training, evaluation, prediction, chief = map(
            _hooks, (training_hooks, evaluation_hooks, prediction_hooks, training_chief_hooks)
        )
        return super().__new__(
            cls,
            mode=mode,
            predictions=predictions,
            loss=loss,
            train_op=train_op,
            eval_metric_ops=_metrics(eval_metric_ops),
            export_outputs=export_outputs,
            training_chief_hooks=chief,
            training_hooks=training,
            scaffold=_scaffold(scaffold),
            evaluation_hooks=evaluation,
            prediction_hooks=prediction,
        )

    def _replace(self, **fields: Any) -> EstimatorSpec:
        if fields.get("mode", self.mode) != self.mode:
            raise ValueError("mode of EstimatorSpec cannot be changed.")
        return EstimatorSpec(**{**self._asdict(), **fields})


def _check_graph(item: Any, what: str, name: str) -> None:
    if item.graph is not get_default_graph():
        raise ValueError(
            f'{what} with "{name}" must be from the default graph. Possible causes of this error '
            f"include: \n\n1) {what} was created outside the context of the default graph.\n\n"
            "2) The object passed through to EstimatorSpec was not created in the most recent call "
            'to "model_fn".'
        )


def _tensor(value: Any, what: str) -> Any:
    if not isinstance(value, (Tensor, Variable)):
        raise TypeError(f"{what} must be Tensor, given: {value}")
    return value


def _train_op(train_op: Any, mode: str) -> Any:
    if train_op is None:
        if mode == ModeKeys.TRAIN:
            raise ValueError(
                "Missing train_op.\n  Pass what trains, such as "
                "optimizer.minimize(loss, global_step=tf.train.get_global_step())."
            )
        return None
    if not isinstance(train_op, (Operation, Tensor, Variable)):
        raise TypeError(f"train_op must be Operation or Tensor, given: {train_op}")
    if isinstance(train_op, Variable):
        train_op = train_op.op
    _check_graph(train_op, "train_op", train_op.name)
    return train_op


def _loss(loss: Any, mode: str) -> Any:
    if loss is None:
        if mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
            raise ValueError(f"Missing loss.\n  Pass one in mode {mode!r}.")
        return None
    shape = _tensor(loss, "loss").get_shape()
    if shape.num_elements() not in (None, 1):
        raise ValueError(
            f"Loss must be scalar, given: {loss}\n  Reduce it, such as by tf.reduce_mean(loss)."
        )
    if not shape.is_compatible_with(TensorShape([])):
        loss = reshape(loss, [])
    _check_graph(loss, "loss", loss.name)
    return loss


def _predictions(predictions: Any, mode: str) -> Any:
    if predictions is None:
        if mode == ModeKeys.PREDICT:
            raise ValueError("Missing predictions.")
        return {}
    if not isinstance(predictions, dict):
        _check_graph(_tensor(predictions, "predictions"), "prediction values", predictions.name)
        return predictions
    for key, value in predictions.items():
        _tensor(value, f"predictions[{key}]")
    for key, value in predictions.items():
        _check_graph(value, "prediction values", f"{key}: {value.name}")
    return dict(predictions)


def _hooks(hooks: Iterable[SessionRunHook] | None) -> tuple[SessionRunHook, ...]:
    found = tuple(hooks or ())
    for hook in found:
        if not isinstance(hook, SessionRunHook):
            raise TypeError(f"All hooks must be SessionRunHook instances, given: {hook}")
    return found


def _metrics(metrics: Any) -> dict[str, Any]:
    if metrics is None:
        return {}
    if not isinstance(metrics, dict):
        raise TypeError(f"eval_metric_ops must be a dict, given: {metrics}")
    for key, value in metrics.items():
        _check_metric(key, value)
    for key, value in metrics.items():
        parts = [*value.updates, value.result()] if _is_object(value) else nest.flatten(value)
        for item in parts:
            _check_graph(item, "eval_metric_ops", f"{key}: {item.name}")
    objects = {key: value for key, value in metrics.items() if _is_object(value)}
    _collect(objects.values())
    metrics.update({key: (value.result(), value.updates[0]) for key, value in objects.items()})
    return metrics


def _is_object(metric: Any) -> bool:
    """Whether it is one of those that keep their updates themselves."""
    return hasattr(metric, "update_state") and hasattr(metric, "result")


def _check_metric(key: str, metric: Any) -> None:
    if _is_object(metric):
        if not metric.updates:
            raise ValueError(f'Please call update_state(...) on the "{metric.name}" metric')
    elif not isinstance(metric, tuple) or len(metric) != 2:
        raise TypeError(
            "Values of eval_metric_ops must be (metric_value, update_op) tuples, given: "
            f"{metric} for key: {key}"
        )


def _collect(metrics: Iterable[Any]) -> None:
    """Has an evaluation initialise the variables of metrics."""
    variables = [variable for metric in metrics for variable in metric.variables]
    graph = get_default_graph()
    for name in (GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES):
        held = {id(variable) for variable in graph.get_collection(name)}
        for variable in variables:
            if id(variable) not in held:
                graph.add_to_collection(name, variable)


def _scaffold(scaffold: Any) -> Scaffold:
    scaffold = scaffold or Scaffold()
    if not isinstance(scaffold, Scaffold):
        raise TypeError(f"scaffold must be tf.train.Scaffold. Given: {scaffold}")
    return scaffold


def metric_ops(spec: EstimatorSpec) -> tuple[Any, dict[str, Any]]:
    """What updates all metrics, the loss among them, and what gives their values."""
    in_order = checked_metrics(spec, lambda: mean(spec.loss))
    updates = [update for _, (_, update) in in_order]
    return group(*updates), {name: value for name, (value, _) in in_order}


def checked_metrics(spec: Any, mean_loss: Callable[[], Any]) -> list[tuple[str, tuple[Any, Any]]]:
    """All metrics in the order of their names, with the loss; ValueError for one called as it."""
    metrics = spec.eval_metric_ops
    if _LOSS in metrics:
        raise ValueError(
            'Metric with name "loss" is not allowed, because Estimator already defines a default '
            "metric with the same name."
        )
    metrics[_LOSS] = mean_loss()
    if GraphKeys.GLOBAL_STEP in metrics:
        raise ValueError(
            "Metric with name `global_step` is not allowed, because Estimator already defines a "
            "default metric with the same name."
        )
    return sorted(metrics.items())
