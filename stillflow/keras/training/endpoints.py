"""What training asks of one output of a model: its target, loss, and weights."""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.declare.constants import constant
from stillflow.keras.backend.tensors import int_shape, is_placeholder, placeholder
from stillflow.keras.training import loss_kinds
from stillflow.layers.settings import floatx, image_data_format
from stillflow.ops.control.ordering import placeholder_with_default
from stillflow.ops.sparse.sparse_tensor import SparseTensor

TEMPORAL, SAMPLEWISE = "temporal", "samplewise"


class TrainingTarget(NamedTuple):
    """What an output is compared with.

    Args:
      target: a tensor; None where there is nothing to compare.
      feedable: whether it is a placeholder that training feeds.
      skip_target_weights: whether samples have no weights.
    """

    target: Any
    feedable: bool = False
    skip_target_weights: bool = True


class TrainingEndpoint:
    """An output, its name and its loss; None where it has none. The rest comes as it is compiled.

    Attributes:
      loss_weight: what the loss is multiplied by.
      training_target: None until `create_training_target`.
      output_loss_metric: the mean of the loss over an epoch, where there are several outputs.
      sample_weight: the tensor of the samples' weights, or None.
      sample_weight_mode: "temporal", "samplewise", or None for no weights.
    """

    def __init__(self, output: Any, output_name: str, loss_fn: Any):
        self.output = output
        self.output_name = output_name
        self.loss_fn = loss_fn
        self.loss_weight: Any = None
        self.training_target: TrainingTarget | None = None
        self.output_loss_metric: Any = None
        self.sample_weight: Any = None
        self.sample_weight_mode: str | None = None

    @property
    def shape(self) -> Any:
        return int_shape(self.output)

    def create_training_target(self, target: Any, run_eagerly: bool = False) -> None:
        """Takes `target`, a tensor, or makes a placeholder for None; eagerly nothing is made."""
        if self.should_skip_target():
            self.training_target = TrainingTarget(None)
        elif run_eagerly:
            self.training_target = TrainingTarget(None, feedable=True, skip_target_weights=False)
        elif target is not None and not is_placeholder(target):
            self.training_target = TrainingTarget(target)
        else:
            self.training_target = TrainingTarget(
                self._placeholder() if target is None else target,
                feedable=True,
                skip_target_weights=False,
            )

    def with_values(self, output: Any, target: Any, weight: Any) -> TrainingEndpoint:
        """The endpoint of one batch, in eager mode."""
        made = TrainingEndpoint(output, self.output_name, self.loss_fn)
        made.loss_weight = self.loss_weight
        made.training_target = TrainingTarget(target)
        made.output_loss_metric = self.output_loss_metric
        made.sample_weight = weight
        return made

    def _placeholder(self) -> Any:
        return placeholder(
            ndim=len(self.shape),
            name=f"{self.output_name}_target",
            sparse=isinstance(self.output, SparseTensor),
            dtype=self.output.dtype.base_dtype.name,
        )

    @property
    def target(self) -> Any:
        """The tensor that the output is compared with, or None."""
        return None if self.training_target is None else self.training_target.target

    def should_skip_target(self) -> bool:
        return self.loss_fn is None

    def should_skip_target_weights(self) -> bool:
        target = self.training_target
        return self.should_skip_target() or target is None or target.skip_target_weights

    def has_feedable_training_target(self) -> bool:
        target = self.training_target
        return not self.should_skip_target() and target is not None and target.feedable

    def loss_name(self) -> str | None:
        return None if self.loss_fn is None else f"{self.output_name}_loss"

    @property
    def feed_output_shape(self) -> Any:
        """The shape that fed targets are to have; None where any will do."""
        if not self.has_feedable_training_target():
            return None
        if loss_kinds.is_sparse_categorical_crossentropy(self.loss_fn):
            if image_data_format() == "channels_first":
                return (self.shape[0], 1, *self.shape[2:])
            return (*self.shape[:-1], 1)
        return self.shape if loss_kinds.is_of_keras(self.loss_fn) else None

    def sample_weights_mismatch(self) -> bool:
        """Whether there are weights though the mode says none, or none though it says some."""
        return (self.sample_weight_mode is None) != (self.sample_weight is None)

    def populate_sample_weight(self, sample_weight: Any) -> None:
        """Takes a tensor of weights, or makes a placeholder where the mode asks for one.

        Raises:
          ValueError: the tensor's shape is not that of the mode.
        """
        mode = self.sample_weight_mode
        if sample_weight is None and (self.should_skip_target_weights() or mode is None):
            self.sample_weight = None
            return
        if mode not in (TEMPORAL, SAMPLEWISE):
            raise AssertionError(f"{self.output_name} has weights of samples, but no mode of them")
        rank = 2 if mode == TEMPORAL else 1
        shape = [None] * rank
        if sample_weight is not None:
            if not sample_weight.shape.is_compatible_with(shape):
                raise ValueError(
                    f"Received sample weight with shape {sample_weight.shape}. Expected shape "
                    f"{shape}."
                )
            self.sample_weight = sample_weight
            return
        ones = [[1.0]] if mode == TEMPORAL else [1.0]
        self.sample_weight = placeholder_with_default(
            constant(ones, dtype=floatx()), shape=shape, name=f"{self.output_name}_sample_weights"
        )
