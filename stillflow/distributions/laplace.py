"""The Laplace distribution."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.distributions import special
from stillflow.distributions.location_scale import LocationScale
from stillflow.distributions.moved import moved
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, joining
from stillflow.ops.math import elementwise
from stillflow.ops.nn.activations import softplus
from stillflow.ops.random.drawing import random_uniform
from stillflow.platform.deprecation import deprecated


class Laplace(LocationScale):
    """Numbers of density exp(-|x - loc| / scale) / (2 scale).

    Args:
      loc: the mean, f[*batch]; it and `scale` are broadcast.
      scale: how wide the distribution is.
    """

    @moved
    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Laplace",
    ):
        super().__init__(loc, scale, validate_args, allow_nan_stats, name, dict(locals()))

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        shape = joining.concat([[n], self.batch_shape_tensor()], 0)
        kind = self.dtype.as_numpy_dtype
        # -1 itself would give an infinite number.
        drawn = random_uniform(
            shape=shape,
            minval=np.nextafter(kind(-1.0), kind(0.0)),
            maxval=1.0,
            dtype=self.dtype,
            seed=seed,
        )
        signed = self.scale * elementwise.sign(drawn)
        return self.loc - signed * elementwise.log1p(-elementwise.abs_(drawn))

    def _prob(self, x: Tensor) -> Tensor:
        return elementwise.exp(self._log_prob(x))

    def _log_cdf(self, x: Tensor) -> Tensor:
        return special.log_cdf_laplace(self._z(x))

    def _log_survival_function(self, x: Tensor) -> Tensor:
        return special.log_cdf_laplace(-self._z(x))

    def _cdf(self, x: Tensor) -> Tensor:
        z = self._z(x)
        half = 0.5 * elementwise.sign(z)
        return 0.5 + half * (1.0 - elementwise.exp(-elementwise.abs_(z)))

    def _log_unnormalized_prob(self, x: Tensor) -> Tensor:
        return -elementwise.abs_(self._z(x))

    def _log_normalization(self) -> Tensor:
        return math.log(2.0) + elementwise.log(self.scale)

    def _entropy(self) -> Tensor:
        scale = self.scale + filling.zeros_like(self.loc)
        return math.log(2.0) + 1.0 + elementwise.log(scale)

    def _mean(self) -> Tensor:
        return self.loc + filling.zeros_like(self.scale)

    def _stddev(self) -> Tensor:
        return math.sqrt(2.0) * self.scale + filling.zeros_like(self.loc)

    def _median(self) -> Tensor:
        return self._mean()

    def _mode(self) -> Tensor:
        return self._mean()

    def _z(self, x: Any) -> Tensor:
        return (x - self.loc) / self.scale


class LaplaceWithSoftplusScale(Laplace):
    """`Laplace` with the scale softplus(`scale`)."""

    @deprecated("2019-01-01", "Use `tfd.Laplace(loc, tf.nn.softplus(scale)) instead.")
    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "LaplaceWithSoftplusScale",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[loc, scale]) as scope:
            super().__init__(
                loc=loc,
                scale=softplus(scale, name="softplus_scale"),
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                name=scope,
            )
        self._parameters = parameters
