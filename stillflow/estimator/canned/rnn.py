"""`tf.contrib.estimator.RNNClassifier` and `RNNEstimator`: recurrent networks over sequences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.estimator.canned.building import check_features, classifier_head, partitioner_for
from stillflow.estimator.canned.optimizers import optimizer_of
from stillflow.estimator.canned.rnn_logits import rnn_logits
from stillflow.estimator.clipped_gradients import clip_gradients_by_norm
from stillflow.estimator.estimator import Estimator
from stillflow.estimator.spec import EstimatorSpec
from stillflow.graph.operation import Tensor
from stillflow.layers.recurrent.basic import BasicRNNCell, GRUCell
from stillflow.layers.recurrent.cell import RNNCell
from stillflow.layers.recurrent.lstm import BasicLSTMCell
from stillflow.layers.recurrent.multi import MultiRNNCell
from stillflow.ops.losses.weighting import Reduction
from stillflow.ops.variables.scope import variable_scope
from stillflow.train.optimizer import Optimizer
from stillflow.train.training_util import get_global_step

_LEARNING_RATE, _CLIP_NORM = 0.05, 5.0
_CELLS: dict[Any, Any] = {"basic_rnn": BasicRNNCell, "lstm": BasicLSTMCell, "gru": GRUCell}
USE_DEFAULT: Any = object()

CellFn = Callable[[str], RNNCell]


def rnn_model_fn(
    features: Any,
    labels: Any,
    mode: str,
    config: Any,
    *,
    head: Any,
    rnn_cell_fn: CellFn,
    sequence_feature_columns: tuple[Any, ...],
    context_feature_columns: tuple[Any, ...],
    optimizer: Any,
    input_layer_partitioner: Any,
) -> EstimatorSpec:
    """The model function of recurrent networks."""
    check_features(features)
    if not isinstance(optimizer, Optimizer):
        optimizer = clip_gradients_by_norm(optimizer_of(optimizer, _LEARNING_RATE), _CLIP_NORM)

    def train_op_fn(loss: Tensor) -> Any:
        return optimizer.minimize(loss, global_step=get_global_step())

    values = tuple(features.values())
    with variable_scope("rnn", values=values, partitioner=partitioner_for(config)):
        logits = rnn_logits(
            features,
            head.logits_dimension,
            lambda: rnn_cell_fn(mode),
            sequence_feature_columns,
            context_feature_columns,
            input_layer_partitioner or partitioner_for(config, of_inputs=True),
        )
        return head.create_estimator_spec(
            features=features, mode=mode, labels=labels, train_op_fn=train_op_fn, logits=logits
        )


def _cell_fn(rnn_cell_fn: CellFn | None, num_units: Any, cell_type: Any) -> CellFn:
    if rnn_cell_fn:
        if num_units or cell_type is not USE_DEFAULT:
            raise ValueError("num_units and cell_type must not be specified when using rnn_cell_fn")
        return rnn_cell_fn
    kind = "basic_rnn" if cell_type is USE_DEFAULT else cell_type

    def make(mode: str) -> RNNCell:
        cells = [_cell(units, kind) for units in num_units]
        return cells[0] if len(cells) == 1 else MultiRNNCell(cells)

    return make


def _cell(units: int, kind: Any) -> RNNCell:
    found = _CELLS.get(kind, kind)
    if not found or not issubclass(found, RNNCell):
        raise ValueError(f"Supported cell types are {list(_CELLS)}; got {found}")
    return found(num_units=units)


def _model(head: Any, rnn_cell_fn: CellFn, sequence: Any, context: Any, **settings: Any) -> Any:
    """`rnn_model_fn` with its settings."""

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        return rnn_model_fn(
            features,
            labels,
            mode,
            config,
            head=head,
            rnn_cell_fn=rnn_cell_fn,
            sequence_feature_columns=tuple(sequence or []),
            context_feature_columns=tuple(context or []),
            **settings,
        )

    return model_fn


class RNNClassifier(Estimator):
    """A recurrent network that classifies sequences by what it ends with.

    Args:
      sequence_feature_columns: columns of sequences.
      context_feature_columns: columns of numbers that go with each step of a sequence.
      num_units: the sizes of cells, one above the other.
      cell_type: "basic_rnn", "lstm" or "gru", or a class of cells.
      rnn_cell_fn: from the mode to a cell, instead of both.
      model_dir, config: as Estimator's.
      n_classes: the number of classes.
      weight_column: the name, or numeric column, of the weights of examples.
      label_vocabulary: the words that labels are; numbers below `n_classes` by default.
      optimizer: an optimizer; or its name or a function that returns one, whose gradients are
        clipped then.
      loss_reduction: a `tf.losses.Reduction`.
      input_layer_partitioner: of the variables of columns.

    Raises:
      ValueError, TypeError: an argument is out of its range.
    """

    def __init__(
        self,
        sequence_feature_columns: Any,
        context_feature_columns: Any = None,
        num_units: Sequence[int] | None = None,
        cell_type: Any = USE_DEFAULT,
        rnn_cell_fn: CellFn | None = None,
        model_dir: Any = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Any = None,
        optimizer: Any = "Adagrad",
        loss_reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
        input_layer_partitioner: Any = None,
        config: Any = None,
    ):
        cell_fn = _cell_fn(rnn_cell_fn, num_units, cell_type)
        model_fn = _model(
            classifier_head(n_classes, weight_column, label_vocabulary, loss_reduction),
            cell_fn,
            sequence_feature_columns,
            context_feature_columns,
            optimizer=optimizer,
            input_layer_partitioner=input_layer_partitioner,
        )
        super().__init__(model_fn, model_dir, config)


class RNNEstimator(Estimator):
    """A recurrent network below `head`: see `tf.contrib.estimator`.

    Args:
      return_sequences: must be False: heads of whole sequences are internal to TensorFlow.

    The others are as for `RNNClassifier`.
    """

    def __init__(
        self,
        head: Any,
        sequence_feature_columns: Any,
        context_feature_columns: Any = None,
        num_units: Sequence[int] | None = None,
        cell_type: Any = USE_DEFAULT,
        rnn_cell_fn: CellFn | None = None,
        return_sequences: bool = False,
        model_dir: Any = None,
        optimizer: Any = "Adagrad",
        input_layer_partitioner: Any = None,
        config: Any = None,
    ):
        cell_fn = _cell_fn(rnn_cell_fn, num_units, cell_type)
        if return_sequences:
            raise ValueError(
                "Provided head must be a `_SequentialHead` object when `return_sequences` is set "
                "to True.\n  Give logits of each step by a model function of your own."
            )
        model_fn = _model(
            head,
            cell_fn,
            sequence_feature_columns,
            context_feature_columns,
            optimizer=optimizer,
            input_layer_partitioner=input_layer_partitioner,
        )
        super().__init__(model_fn, model_dir, config)
