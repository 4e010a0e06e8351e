"""Distributions of single numbers, whose parameters are broadcast against each other."""

from __future__ import annotations

from functools import reduce
from typing import Any, ClassVar

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.distribution import Distribution
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import filling, shape_of
from stillflow.ops.array.constants import constant


class ScalarDistribution(Distribution):
    """A distribution of single numbers: the event shape is ().

    Attributes:
      PARAMETERS: the names of the attributes that are broadcast to the batch shape.
    """

    PARAMETERS: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def _param_shapes(cls, sample_shape: Any) -> dict[str, Tensor]:
        shape = convert_to_tensor(sample_shape, dtype=dtypes.int32)
        return dict.fromkeys(cls.PARAMETERS, shape)

    def _batch_shape_tensor(self) -> Tensor:
        *others, shape = [shape_of.shape(parameter) for parameter in self._broadcast()]
        for other in reversed(others):
            shape = filling.broadcast_dynamic_shape(other, shape)
        return shape

    def _batch_shape(self) -> TensorShape:
        shapes = [parameter.shape for parameter in self._broadcast()]
        return reduce(filling.broadcast_static_shape, shapes)

    def _broadcast(self) -> list[Any]:
        return [getattr(self, name) for name in self.PARAMETERS]

    def _event_shape_tensor(self) -> Tensor:
        return constant([], dtype=dtypes.int32)

    def _event_shape(self) -> TensorShape:
        return TensorShape([])
