"""Bases of heads, and how one makes the operations of a mode."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.layers.contrib.dense import linear
from stillflow.learn.estimators.constants import MetricKey
from stillflow.learn.estimators.model_fn_ops import ModeKeys, ModelFnOps
from stillflow.learn.heads import labels as labelling
from stillflow.ops.array.filling import zeros
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.shape_of import shape
from stillflow.ops.array.tiling import tile
from stillflow.ops.control.ordering import group, identity, no_op
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.reduce.reductions import reduce_mean
from stillflow.ops.summaries.scalar import scalar
from stillflow.ops.variables.scope import variable_scope
from stillflow.ops.variables.variable import Variable
from stillflow.platform.deprecation import deprecated
from stillflow.train.adagrad import AdagradOptimizer

_BIAS_RATE = 0.1
_TrainOpFn = Callable[[Any], Any] | None


@deprecated(None, "Use 'lambda _: tf.no_op()'.")
def no_op_train_fn(loss: Any) -> Operation:
    """Trains nothing: for `train_op_fn`."""
    return no_op()


class Head(abc.ABC):
    """What comes after the logits: predictions, loss, metrics and training."""

    @property
    @abc.abstractmethod
    def logits_dimension(self) -> int:
        """The size of the logits' last axis."""
        raise NotImplementedError("Calling an abstract method.")

    @abc.abstractmethod
    def create_model_fn_ops(
        self,
        features: Any,
        mode: str,
        labels: Any = None,
        train_op_fn: _TrainOpFn = None,
        logits: Any = None,
        logits_input: Any = None,
        scope: Any = None,
    ) -> ModelFnOps:
        """Builds the ModelFnOps of a mode.

        Args:
          features: a dict of tensors.
          train_op_fn: of the loss, what trains; needed for TRAIN.
          logits: [n, logits_dimension].
          logits_input: instead of them, the input of a linear layer that gives them.
          scope: a variable scope.
        """
        raise NotImplementedError("Calling an abstract method.")


class SingleHead(Head):
    """Base of heads for one problem.

    Args:
      label_name: of the labels in a dict.
      weight_column_name: of the feature that weighs examples.
      enable_centered_bias: whether a bias is trained that gives the labels' mean.
      head_name: distinguishes metrics and exports of several heads.
    """

    _default_scope = "head"

    def __init__(
        self,
        problem_type: int,
        logits_dimension: int,
        label_name: str | None = None,
        weight_column_name: str | None = None,
        enable_centered_bias: bool = False,
        head_name: str | None = None,
        thresholds: Sequence[float] | None = None,
    ):
        check_dimension(logits_dimension)
        self._problem_type = problem_type
        self._logits_dimension = logits_dimension
        self._label_name = label_name
        self._weight_column_name = weight_column_name
        self._enable_centered_bias = enable_centered_bias
        self._head_name = head_name
        self._thresholds = thresholds or (0.5,)

    @property
    def logits_dimension(self) -> int:
        return self._logits_dimension

    @property
    def label_name(self) -> str | None:
        return self._label_name

    @property
    def weight_column_name(self) -> str | None:
        return self._weight_column_name

    @property
    def head_name(self) -> str | None:
        return self._head_name

    def create_model_fn_ops(
        self,
        features: Any,
        mode: str,
        labels: Any = None,
        train_op_fn: _TrainOpFn = None,
        logits: Any = None,
        logits_input: Any = None,
        scope: Any = None,
    ) -> ModelFnOps:
        values = (*features.values(), labels, logits, logits_input)
        name = self.head_name or self._default_scope
        with variable_scope(scope, default_name=name, values=values):
            if mode == ModeKeys.INFER or labels is None:
                labels = None
            else:
                labels = self._transform_labels(labels)
            logits = logits_of(logits_input, logits, self.logits_dimension)
            return self._create(features, mode, labels, train_op_fn, logits)

    def _create(
        self, features: Any, mode: str, labels: Any, train_op_fn: _TrainOpFn, logits: Any
    ) -> ModelFnOps:
        check_mode(mode)
        bias = None
        if self._enable_centered_bias:
            bias = centered_bias(self.logits_dimension, self.head_name)
            logits = bias_add(logits, bias)
        predictions = self._logits_to_predictions(logits)
        loss = train_op = metrics = None
        if mode != ModeKeys.INFER and labels is not None:
            weights = labelling.weights(features, self._weight_column_name)
            loss, average = self._loss(labels, logits, weights)
            summarise_loss(average, self.head_name)
            if mode == ModeKeys.TRAIN:
                train_op = self._train_op(loss, labels, train_op_fn, bias, logits, weights)
            metrics = self._metrics(average, predictions, labels, weights)
        return ModelFnOps(
            mode=mode,
            predictions=predictions,
            loss=loss,
            train_op=train_op,
            eval_metric_ops=metrics,
            output_alternatives=self._create_output_alternatives(predictions),
        )

    def _train_op(
        self, loss: Any, labels: Any, train_op_fn: _TrainOpFn, bias: Any, logits: Any, weights: Any
    ) -> Any:
        if train_op_fn is None:
            raise ValueError("train_op_fn can not be None in TRAIN mode")
        batch_size = shape(logits)[0]
        step = None
        values = labels.values() if isinstance(labels, dict) else (labels,)
        if bias is not None:
            step = self._bias_step(bias, batch_size, labels, weights)
        with name_scope(None, "train_op", (loss, *values)):
            train_op = train_op_fn(loss)
            return train_op if step is None else group(train_op, step)

    def _bias_step(self, bias: Any, batch_size: Any, labels: Any, weights: Any) -> Any:
        values = tuple(labels.values()) if isinstance(labels, dict) else (labels,)
        with name_scope(None, "centered_bias_step", values) as name:
            dimension = shape(bias)[0]
            logits = reshape(tile(bias, (batch_size,)), (batch_size, dimension))
            with name_scope(None, "centered_bias", (*values, logits)):
                loss = reduce_mean(self._loss(labels, logits, weights), name="training_loss")
        optimizer = AdagradOptimizer(_BIAS_RATE)
        return optimizer.minimize(loss, var_list=(bias,), name=name)

    def _metric_name(self, name: str) -> str:
        return key_of(self.head_name, name)

    # What each kind of head is ------------------------------------------------------------------

    def _transform_labels(self, labels: Any) -> Any:
        return labelling.dense(labels, self._label_name)

    @abc.abstractmethod
    def _loss(self, labels: Any, logits: Any, weights: Any) -> tuple[Any, Any]:
        """(what is trained on, the average by weights)"""

    @abc.abstractmethod
    def _logits_to_predictions(self, logits: Any) -> dict[str, Tensor]:
        """Predictions by name."""

    @abc.abstractmethod
    def _metrics(
        self, loss: Any, predictions: Mapping[str, Any], labels: Any, weights: Any
    ) -> dict[str, Any]:
        """(value, update) by name."""

    def _create_output_alternatives(self, predictions: Mapping[str, Any]) -> dict[Any, Any]:
        return {self._head_name: (self._problem_type, predictions)}


def check_dimension(logits_dimension: int | None) -> None:
    if logits_dimension is None or logits_dimension < 1:
        raise ValueError(f"Invalid logits_dimension {logits_dimension}.")


def check_mode(mode: str) -> None:
    if mode not in (ModeKeys.TRAIN, ModeKeys.INFER, ModeKeys.EVAL):
        raise ValueError(f"mode={mode} unrecognized.")


def key_of(head_name: str | None, name: str) -> str:
    """A metric's name, with that of the head if it has one."""
    return f"{name}/{head_name}" if head_name else name


def summarise_loss(loss: Any, head_name: str | None) -> None:
    with name_scope(""):
        scalar(key_of(head_name, MetricKey.LOSS), identity(loss))


def logits_of(logits_input: Any, logits: Any, logits_dimension: int) -> Tensor:
    """The logits, or those that a linear layer gives.

    Raises:
      ValueError: both or neither are given, or the logits are of another size.
    """
    check_dimension(logits_dimension)
    if logits is None:
        if logits_input is None:
            raise ValueError("Neither logits nor logits_input supplied.")
        return linear(logits_input, logits_dimension, scope="logits")
    if logits_input is not None:
        raise ValueError("Both logits and logits_input supplied.")
    logits = convert_to_tensor(logits, name="logits")
    sizes = logits.get_shape().dims
    if sizes is not None:
        sizes[-1].assert_is_compatible_with(logits_dimension)
    return logits


def centered_bias(logits_dimension: int, head_name: str | None = None) -> Variable:
    """A trainable bias, [logits_dimension], with a summary of each of its numbers."""
    check_dimension(logits_dimension)
    bias = Variable(
        name="centered_bias_weight", initial_value=zeros((logits_dimension,)), trainable=True
    )
    for place in range(logits_dimension):
        scalar(key_of(head_name, f"centered_bias/bias_{place}"), bias[place])
    return bias
