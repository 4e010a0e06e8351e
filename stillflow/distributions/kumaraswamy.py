"""Kumaraswamy's distribution, much like the beta distribution and easier to compute with."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.bijectors.curves import Kumaraswamy as _Curve
from stillflow.distributions.distribution import FULLY_REPARAMETERIZED
from stillflow.distributions.moved import moved
from stillflow.distributions.shapes import broadcast_shape
from stillflow.distributions.transformed import TransformedDistribution
from stillflow.distributions.uniform import Uniform
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, selecting, stacking
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_less
from stillflow.ops.math import elementwise, special


class Kumaraswamy(TransformedDistribution):
    """Numbers from 0 to 1 of the distribution function 1 - (1 - x^a)^b.

    Args:
      concentration1, concentration0: a and b, f[*batch], positive, broadcast.
    """

    @moved
    def __init__(
        self,
        concentration1: Any = None,
        concentration0: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Kumaraswamy",
    ):
        with name_scope(name, values=[concentration1, concentration0]) as scope:
            a = convert_to_tensor(concentration1, name="concentration1")
            b = convert_to_tensor(concentration0, name="concentration0")
        low, high = filling.zeros([], dtype=a.dtype), filling.ones([], dtype=a.dtype)
        super().__init__(
            distribution=Uniform(low=low, high=high, allow_nan_stats=allow_nan_stats),
            bijector=_Curve(a, b, validate_args=validate_args),
            batch_shape=broadcast_shape(a, b),
            name=scope,
        )
        self._reparameterization_type = FULLY_REPARAMETERIZED

    @property
    def concentration1(self) -> Tensor:
        return self.bijector.concentration1

    @property
    def concentration0(self) -> Tensor:
        return self.bijector.concentration0

    def _entropy(self) -> Tensor:
        a, b = self.concentration1, self.concentration0
        return (
            1
            - 1.0 / a
            + (1 - 1.0 / b) * _harmonic_number(b)
            + elementwise.log(a)
            + elementwise.log(b)
        )

    def _moment(self, n: int) -> Tensor:
        """The mean of x^n."""
        total = self.concentration1 + self.concentration0
        a = filling.ones_like(total, dtype=self.dtype) * self.concentration1
        b = filling.ones_like(total, dtype=self.dtype) * self.concentration0
        arguments = stacking.stack([1 + n / a, b], -1)
        return elementwise.exp(elementwise.log(b) + special.lbeta(arguments))

    def _mean(self) -> Tensor:
        return self._moment(1)

    def _variance(self) -> Tensor:
        return self._moment(2) - elementwise.square(self._moment(1))

    def _mode(self) -> Tensor:
        a, b = self.concentration1, self.concentration0
        mode = ((a - 1) / (a * b - 1)) ** (1.0 / a)
        if self.allow_nan_stats:
            nan = np.array(np.nan, dtype=self.dtype.as_numpy_dtype)
            nans = filling.fill(self.batch_shape_tensor(), nan, name="nan")
            is_defined = (a > 1.0) & (b > 1.0)
            return selecting.where_v2(is_defined, mode, nans)
        checks = [
            assert_less(
                filling.ones([], dtype=concentration.dtype),
                concentration,
                message=f"Mode undefined for {name} <= 1.",
            )
            for name, concentration in (("concentration1", a), ("concentration0", b))
        ]
        return with_dependencies(checks, mode)


def _harmonic_number(x: Tensor) -> Tensor:
    """The sum of 1 / k for k up to `x`, between whole numbers too."""
    one = filling.ones([], dtype=x.dtype)
    return special.digamma(x + one) - special.digamma(one)
