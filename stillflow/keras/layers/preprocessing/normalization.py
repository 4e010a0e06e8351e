"""Inputs scaled by means and variances of data that was seen before, in eager mode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.shape_behavior import is_v2_tensorshape_enabled
from stillflow.graph.tensor_shape import Dimension, as_dimension
from stillflow.keras.layers.preprocessing.base import CombinerPreprocessingLayer
from stillflow.keras.layers.preprocessing.moments import COUNT, MEAN, VARIANCE, NormalizingCombiner
from stillflow.layers.settings import floatx
from stillflow.ops.array import reshaping
from stillflow.ops.variables.initializers import Zeros


class Normalization(CombinerPreprocessingLayer):
    """(inputs - mean) / variance, of moments along `axis` that `adapt` finds.

    It divides by the variance, as TensorFlow 1.15 does, not by its square root.

    Args:
      axis: the axis whose elements have moments of their own, or several; not that of batches.

    Raises:
      ValueError: `axis` is 0.
    """

    _described: tuple[str, ...] = ("axis",)
    _NormalizingCombiner = NormalizingCombiner

    def __init__(self, axis: int | Sequence[int] = -1, dtype: Any = None, **kwargs: Any):
        super().__init__(combiner=NormalizingCombiner(axis), dtype=dtype or floatx(), **kwargs)
        if axis == 0:
            raise ValueError(
                "The argument 'axis' may not be 0.\n  It is that of batches; -1 is the features'."
            )
        self.axis: Any = axis

    def build(self, input_shape: Any) -> None:
        """Makes the variables, of the sizes along `axis`.

        Raises:
          TypeError, ValueError: the shape is not known, or not along `axis`.
        """
        if input_shape is None:
            raise TypeError(
                "object of type 'NoneType' has no len()\n"
                "  The layer adapts to arrays: dataset.map takes one of what elements have."
            )
        sizes = [1] * len(input_shape)
        axes = self.axis if isinstance(self.axis, (tuple, list)) else [self.axis]
        for axis in axes:
            sizes[axis] = _known(input_shape[axis], axis)
        self._broadcast_shape = sizes
        own = [sizes[axis] for axis in axes]
        shape = own if isinstance(self.axis, (tuple, list)) else own[0]
        self.mean = self._add_state_variable(MEAN, shape, floatx(), Zeros)
        self.variance = self._add_state_variable(VARIANCE, shape, floatx(), Zeros)
        self.count = self._add_state_variable(COUNT, (), dtypes.int32, Zeros)
        super().build(input_shape)

    def call(self, inputs: Any) -> Tensor:
        mean = reshaping.reshape(self.mean, self._broadcast_shape)
        variance = reshaping.reshape(self.variance, self._broadcast_shape)
        return (inputs - mean) / variance

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def compute_output_signature(self, input_signature: Any) -> Any:
        return input_signature

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Sets mean, variance and count, which is 0 where the list has two arrays."""
        if len(weights) == 2:
            weights = [*weights, np.array(0)]
        super().set_weights(weights)


def _known(size: Any, axis: int) -> int:
    """A size of a shape as a number."""
    fix = f"\n  Say it in the input's shape along axis {axis}, or adapt the layer first."
    is_dimension = isinstance(size, Dimension) and not is_v2_tensorshape_enabled()
    number = as_dimension(size).value
    if number is not None:
        return number
    if is_dimension:
        raise ValueError(f"Cannot convert an unknown Dimension to a Tensor: ?{fix}")
    raise TypeError(f"Failed to convert object of type {list} to Tensor.{fix}")
