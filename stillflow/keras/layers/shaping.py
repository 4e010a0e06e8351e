"""Layers that give what they get in another shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.keras.backend.arranging import repeat
from stillflow.layers.base_layer import Layer
from stillflow.layers.input_spec import InputSpec
from stillflow.ops.array import reshaping, shape_of, transposing


class Reshape(Layer):
    """f[n, ...] -> f[n, *target_shape]

    Args:
      target_shape: sizes without that of the batch; one may be -1, for what is left.
    """

    _described: tuple[str, ...] = ("target_shape",)

    def __init__(self, target_shape: Sequence[int], **kwargs: Any):
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)

    def call(self, inputs: Any) -> Tensor:
        return reshaping.reshape(inputs, (shape_of.shape(inputs)[0], *self.target_shape))

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        examples, *sizes = as_shape(input_shape).as_list()
        known = [n for n in sizes if n is not None]
        if len(known) < len(sizes):
            return TensorShape([examples, *(None if n == -1 else n for n in self.target_shape)])
        return TensorShape([examples, *self._settled(known)])

    def _settled(self, sizes: Sequence[int]) -> list[int]:
        """`target_shape` with what is left. ValueError where it does not hold as many elements."""
        target = list(self.target_shape)
        unknown = [axis for axis, n in enumerate(target) if n < 0]
        if len(unknown) > 1:
            raise ValueError("Can only specify one unknown dimension.")
        known, count = math.prod(n for n in target if n >= 0), math.prod(sizes)
        if unknown and known and count % known == 0:
            target[unknown[0]] = count // known
        elif unknown or count != known:
            raise ValueError(
                "total size of new array must be unchanged\n"
                f"  Inputs hold {count} elements, target_shape is {self.target_shape}."
            )
        return target


class Permute(Layer):
    """Axes in another order; that of the batch stays.

    Args:
      dims: a permutation of 1, 2, ...: which axis comes to each place.

    Raises:
      ValueError: it is none.
    """

    _described: tuple[str, ...] = ("dims",)

    def __init__(self, dims: Sequence[int], **kwargs: Any):
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(dims) != list(range(1, len(dims) + 1)):
            raise ValueError(
                f"Invalid permutation `dims` for Permute Layer: {dims}. The set of indices in "
                "`dims` must be consecutive and start from 1."
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs: Any) -> Tensor:
        return transposing.transpose(inputs, perm=(0, *self.dims))

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        sizes = as_shape(input_shape).as_list()
        return TensorShape([sizes[0], *(sizes[axis] for axis in self.dims)])


class RepeatVector(Layer):
    """f[n, k] -> f[n, times, k]: each vector `n` times."""

    _described: tuple[str, ...] = ("n",)

    def __init__(self, n: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.n = n
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs: Any) -> Tensor:
        return repeat(inputs, self.n)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        examples, features = as_shape(input_shape).as_list()
        return TensorShape([examples, self.n, features])
