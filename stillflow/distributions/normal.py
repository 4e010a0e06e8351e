"""The normal distribution."""

from __future__ import annotations

import math
from typing import Any

from stillflow.distributions import special
from stillflow.distributions.divergence import rule_of
from stillflow.distributions.location_scale import LocationScale
from stillflow.distributions.moved import moved
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, joining
from stillflow.ops.array.constants import constant
from stillflow.ops.math import arithmetic, elementwise
from stillflow.ops.nn.activations import softplus
from stillflow.ops.random.drawing import random_normal
from stillflow.platform.deprecation import deprecated

_LOG_2PI = math.log(2.0 * math.pi)


class Normal(LocationScale):
    """Numbers of density exp(-(x - loc)^2 / (2 scale^2)) / (scale sqrt(2 pi)).

    Args:
      loc: the mean, f[*batch]; it and `scale` are broadcast.
      scale: the standard deviation.
    """

    @moved
    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Normal",
    ):
        super().__init__(loc, scale, validate_args, allow_nan_stats, name, dict(locals()))

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        shape = joining.concat([[n], self.batch_shape_tensor()], 0)
        drawn = random_normal(shape=shape, mean=0.0, stddev=1.0, dtype=self.loc.dtype, seed=seed)
        return drawn * self.scale + self.loc

    def _log_cdf(self, x: Tensor) -> Tensor:
        return special.log_ndtr(self._z(x))

    def _cdf(self, x: Tensor) -> Tensor:
        return special.ndtr(self._z(x))

    def _log_survival_function(self, x: Tensor) -> Tensor:
        return special.log_ndtr(-self._z(x))

    def _survival_function(self, x: Tensor) -> Tensor:
        return special.ndtr(-self._z(x))

    def _log_unnormalized_prob(self, x: Tensor) -> Tensor:
        return -0.5 * elementwise.square(self._z(x))

    def _log_normalization(self) -> Tensor:
        return 0.5 * _LOG_2PI + elementwise.log(self.scale)

    def _entropy(self) -> Tensor:
        scale = self.scale * filling.ones_like(self.loc)
        return 0.5 * math.log(2.0 * math.pi * math.e) + elementwise.log(scale)

    def _mean(self) -> Tensor:
        return self.loc * filling.ones_like(self.scale)

    def _quantile(self, p: Tensor) -> Tensor:
        return self._inv_z(special.ndtri(p))

    def _stddev(self) -> Tensor:
        return self.scale * filling.ones_like(self.loc)

    def _mode(self) -> Tensor:
        return self._mean()

    def _inv_z(self, z: Any) -> Tensor:
        with name_scope("reconstruct", values=[z]):
            return z * self.scale + self.loc


class NormalWithSoftplusScale(Normal):
    """`Normal` with the scale softplus(`scale`)."""

    @deprecated("2019-01-01", "Use `tfd.Normal(loc, tf.nn.softplus(scale)) instead.")
    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "NormalWithSoftplusScale",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[scale]) as scope:
            super().__init__(
                loc=loc,
                scale=softplus(scale, name="softplus_scale"),
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                name=scope,
            )
        self._parameters = parameters


@rule_of(Normal, Normal)
def _normal_normal(a: Normal, b: Normal, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_normal_normal", [a.loc, b.loc]):
        one, two = constant(1, dtype=a.dtype), constant(2, dtype=a.dtype)
        half = constant(0.5, dtype=a.dtype)
        variance, other = elementwise.square(a.scale), elementwise.square(b.scale)
        ratio = variance / other
        apart = arithmetic.squared_difference(a.loc, b.loc) / (two * other)
        return apart + half * (ratio - one - elementwise.log(ratio))
