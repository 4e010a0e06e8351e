"""The uniform distribution."""

from __future__ import annotations

import math
from typing import Any

from stillflow.distributions.checking import same_float_dtype
from stillflow.distributions.distribution import FULLY_REPARAMETERIZED
from stillflow.distributions.moved import moved
from stillflow.distributions.scalar import ScalarDistribution
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, joining, selecting, shape_of
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.checks import assert_less
from stillflow.ops.math import comparison, elementwise
from stillflow.ops.random.drawing import random_uniform


class Uniform(ScalarDistribution):
    """Numbers from `low` up to, but not including, `high`, all equally likely.

    Args:
      low, high: f[*batch], broadcast.
    """

    PARAMETERS = ("low", "high")

    @moved
    def __init__(
        self,
        low: Any = 0.0,
        high: Any = 1.0,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Uniform",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[low, high]) as scope:
            checks = []
            if validate_args:
                checks = [assert_less(low, high, message=_EMPTY)]
            with control_dependencies(checks):
                self._low = identity(low, name="low")
                self._high = identity(high, name="high")
                same_float_dtype([self._low, self._high])
        super().__init__(
            dtype=self._low.dtype,
            reparameterization_type=FULLY_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._low, self._high],
            name=scope,
        )

    @property
    def low(self) -> Tensor:
        """The least number."""
        return self._low

    @property
    def high(self) -> Tensor:
        """The number that all are below."""
        return self._high

    def range(self, name: str = "range") -> Tensor:
        """high - low"""
        with self._name_scope(name):
            return self.high - self.low

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        shape = joining.concat([[n], self.batch_shape_tensor()], 0)
        drawn = random_uniform(shape=shape, dtype=self.dtype, seed=seed)
        return self.low + self.range() * drawn

    def _prob(self, x: Tensor) -> Tensor:
        x = x * filling.ones(self.batch_shape_tensor(), dtype=x.dtype)
        is_nan = elementwise.is_nan(x)
        is_outside = comparison.logical_or(x < self.low, x >= self.high)
        nothing = filling.zeros_like(x)
        inside = filling.ones_like(x) / self.range()
        return selecting.where_v2(is_nan, x, selecting.where_v2(is_outside, nothing, inside))

    def _cdf(self, x: Tensor) -> Tensor:
        shape = filling.broadcast_dynamic_shape(shape_of.shape(x), self.batch_shape_tensor())
        zeros = filling.zeros(shape, dtype=self.dtype)
        ones = filling.ones(shape, dtype=self.dtype)
        whole = x * ones
        is_below = x < self.low
        below = selecting.where_v2(is_below, zeros, (whole - self.low) / self.range())
        return selecting.where_v2(x >= self.high, ones, below)

    def _entropy(self) -> Tensor:
        return elementwise.log(self.range())

    def _mean(self) -> Tensor:
        return (self.low + self.high) / 2.0

    def _variance(self) -> Tensor:
        return elementwise.square(self.range()) / 12.0

    def _stddev(self) -> Tensor:
        return self.range() / math.sqrt(12.0)


_EMPTY = "uniform not defined when low >= high."
