"""`tf.estimator.export.ExportOutput` and its kin: what an exported model gives, by names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.interchange.saved_model import signatures

_SINGLE_OUTPUT = "output"


class ExportOutput:
    """Base of what a signature gives."""

    def as_signature_def(self, receiver_tensors: Mapping[str, Tensor]) -> Any:
        """The SignatureDef from the tensors that are fed."""
        raise NotImplementedError


class ClassificationOutput(ExportOutput):
    """Scores, f[n, classes] or f[n], and names of classes, string[n, classes] or [n]; or one.

    Raises:
      ValueError: neither is given, or one of another type.
    """

    def __init__(self, scores: Tensor | None = None, classes: Tensor | None = None):
        if scores is not None and not (_is_tensor(scores) and scores.dtype.is_floating):
            raise ValueError(f"Classification scores must be a float32 Tensor; got {scores}")
        if classes is not None and not _is_text(classes):
            raise ValueError(f"Classification classes must be a string Tensor; got {classes}")
        if scores is None and classes is None:
            raise ValueError("At least one of scores and classes must be set.")
        self.scores = scores
        self.classes = classes

    def as_signature_def(self, receiver_tensors: Mapping[str, Tensor]) -> Any:
        (examples,) = _single(receiver_tensors, "Classification")
        return signatures.classification_signature_def(examples, self.classes, self.scores)


class RegressionOutput(ExportOutput):
    """A value, f[n] or f[n, 1]; ValueError for another type."""

    def __init__(self, value: Tensor):
        if not (_is_tensor(value) and value.dtype.is_floating):
            raise ValueError(f"Regression output value must be a float32 Tensor; got {value}")
        self.value = value

    def as_signature_def(self, receiver_tensors: Mapping[str, Tensor]) -> Any:
        (examples,) = _single(receiver_tensors, "Regression")
        return signatures.regression_signature_def(examples, self.value)


class PredictOutput(ExportOutput):
    """Any tensors: a dict from names, or one, which is called `output`."""

    def __init__(self, outputs: Any):
        self.outputs = named(outputs, _SINGLE_OUTPUT, "Prediction")

    def as_signature_def(self, receiver_tensors: Mapping[str, Tensor]) -> Any:
        return signatures.predict_signature_def(receiver_tensors, self.outputs)


class _SupervisedOutput(ExportOutput):
    """The loss, predictions and metrics of a mode with labels, each named by its kind."""

    LOSS_NAME = "loss"
    PREDICTIONS_NAME = "predictions"
    METRICS_NAME = "metrics"
    METRIC_VALUE_SUFFIX = "value"
    METRIC_UPDATE_SUFFIX = "update_op"
    _SEPARATOR_CHAR = "/"
    method_name = ""

    def __init__(self, loss: Any = None, predictions: Any = None, metrics: Any = None):
        self.loss = None if loss is None else _prefixed(loss, self.LOSS_NAME)
        self.predictions = (
            None if predictions is None else _prefixed(predictions, self.PREDICTIONS_NAME)
        )
        self.metrics = None if metrics is None else _metric_tensors(metrics)

    def as_signature_def(self, receiver_tensors: Mapping[str, Tensor]) -> Any:
        given = (self.predictions, self.loss, self.metrics)
        outputs = {name: tensor for part in given for name, tensor in (part or {}).items()}
        inputs, results = (
            {name: signatures.build_tensor_info(tensor) for name, tensor in tensors.items()}
            for tensors in (receiver_tensors, outputs)
        )
        return signatures.build_signature_def(inputs, results, self.method_name)


class TrainOutput(_SupervisedOutput):
    method_name = "tensorflow/supervised/training"


class EvalOutput(_SupervisedOutput):
    method_name = "tensorflow/supervised/eval"


def named(outputs: Any, single: str, what: str) -> dict[str, Tensor]:
    """Outputs by name; a tuple, of several heads, is one name with slashes.

    Raises:
      ValueError: one has another name, or is no tensor.
    """
    found = {}
    for key, value in _by_name(outputs, single).items():
        name = _name(key, what)
        if not isinstance(value, Tensor):
            raise ValueError(f"{what} output value must be a Tensor; got {value}.")
        found[name] = value
    return found


def _by_name(outputs: Any, single: str) -> dict[Any, Any]:
    return outputs if isinstance(outputs, dict) else {single: outputs}


def _name(key: Any, what: str) -> str:
    if isinstance(key, tuple):
        key = _joined(*key)
    if not isinstance(key, str):
        raise ValueError(f"{what} output key must be a string; got {key}.")
    return key


def _prefixed(outputs: Any, kind: str) -> dict[str, Tensor]:
    return {_key(name, kind): tensor for name, tensor in named(outputs, kind, kind).items()}


def _key(name: str, kind: str) -> str:
    return name if name.startswith(kind) else _joined(kind, name)


def _joined(*parts: str) -> str:
    return _SupervisedOutput._SEPARATOR_CHAR.join(parts)


def _metric_tensors(metrics: Any) -> dict[str, Tensor]:
    kind = _SupervisedOutput.METRICS_NAME
    found: dict[str, Tensor] = {}
    for name, metric in _by_name(metrics, kind).items():
        value, update = _value_and_update(metric)
        key = _key(_name(name, kind), kind)
        if not isinstance(value, Tensor):
            raise ValueError(f"{key} output value must be a Tensor; got {value}.")
        if not isinstance(update, (Tensor, Operation)):
            raise ValueError(f"{key} update_op must be a Tensor or Operation; got {update}.")
        if isinstance(update, Operation):
            with control_dependencies([update]):
                update = constant([], name="metric_op_wrapper")
        found[_joined(key, _SupervisedOutput.METRIC_VALUE_SUFFIX)] = value
        found[_joined(key, _SupervisedOutput.METRIC_UPDATE_SUFFIX)] = update
    return found


def _value_and_update(metric: Any) -> tuple[Any, Any]:
    """Of a pair, or of a metric of `tf.keras`, which must have been updated once."""
    if isinstance(metric, tuple):
        value, update = metric
        return value, update
    value = metric.result()
    (update,) = metric.updates
    return value, update


def _single(receiver_tensors: Mapping[str, Tensor], what: str) -> list[Tensor]:
    found = list(receiver_tensors.values())
    if len(found) != 1:
        raise ValueError(
            f"{what} input must be a single string Tensor; got {dict(receiver_tensors)}"
        )
    if not _is_text(found[0]):
        raise ValueError(
            f"{what} input must be a single string Tensor; got {dict(receiver_tensors)}"
        )
    return found


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Tensor)


def _is_text(value: Any) -> bool:
    return _is_tensor(value) and value.dtype.base_dtype is dtypes.string
