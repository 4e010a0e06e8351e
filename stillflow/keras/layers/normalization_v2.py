"""Batch normalisation as in TensorFlow 2: a layer that is not trainable uses its averages."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.tensor_shape import as_shape
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.layers import normalization
from stillflow.layers.keras_graph import is_in_keras_graph
from stillflow.ops.math import comparison


class BatchNormalization(normalization.BatchNormalization):
    """`BatchNormalization`, which is frozen as a whole, and refuses `fused` where it cannot be."""

    _USE_V2_BEHAVIOR = True

    def _settled_fused(self, fused: bool | None) -> bool | None:
        reason = self._why_not_fused()
        if fused and reason:
            raise ValueError(reason)
        return False if fused is None and reason else fused

    def _why_not_fused(self) -> str | None:
        """What stands against one op for all, but for the rank of the inputs."""
        if self.renorm:
            return "Passing both fused=True and renorm=True is unsupported"
        axes = [self.axis] if isinstance(self.axis, int) else self.axis
        if len(axes) > 1 or axes[0] not in (-3, -1, 1, 3):
            return "Passing fused=True is only supported when axis is 1 or 3"
        if self.virtual_batch_size is not None:
            return "Passing fused=True is unsupported when virtual_batch_size is specified."
        if self.adjustment is not None:
            return "Passing fused=True is unsupported when adjustment is specified."
        return None

    def build(self, input_shape: Any) -> None:
        rank = as_shape(input_shape).ndims
        if self.fused and rank not in (None, 4):
            raise ValueError(
                "Batch normalization layers with fused=True only support 4D input tensors."
            )
        if self.fused is None:
            self.fused = rank == 4
        super().build(input_shape)

    def _training_value(self, training: Any) -> Any:
        training = super()._training_value(training)
        training = bool(training) if isinstance(training, int) else training
        return comparison.logical_and(training, self._trainable_value())

    def _trainable_value(self) -> Any:
        """Whether it may be trained; in Keras' graph what holds when a function is made there."""
        if not is_in_keras_graph():
            return self.trainable
        graph: Any = get_default_graph()
        spec = TensorSpec((), dtypes.bool)
        return graph.capture_call_time_value(lambda: self.trainable, spec, key=self)
