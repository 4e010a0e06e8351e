"""The Cauchy distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.distributions.distribution import nan_like
from stillflow.distributions.location_scale import LocationScale
from stillflow.distributions.moved import moved
from stillflow.graph.operation import Tensor
from stillflow.ops.array import filling, joining
from stillflow.ops.math import elementwise, trigonometric
from stillflow.ops.random.drawing import random_uniform


class Cauchy(LocationScale):
    """Numbers of density 1 / (pi scale (1 + ((x - loc) / scale)^2)), which have no mean.

    Args:
      loc: the median, f[*batch]; it and `scale` are broadcast.
      scale: how wide the distribution is.
    """

    @moved
    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Cauchy",
    ):
        super().__init__(loc, scale, validate_args, allow_nan_stats, name, dict(locals()))

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        shape = joining.concat([[n], self.batch_shape_tensor()], 0)
        return self._quantile(
            random_uniform(shape=shape, minval=0.0, maxval=1.0, dtype=self.dtype, seed=seed)
        )

    def _cdf(self, x: Tensor) -> Tensor:
        return trigonometric.atan(self._z(x)) / np.pi + 0.5

    def _log_cdf(self, x: Tensor) -> Tensor:
        return elementwise.log1p(2 / np.pi * trigonometric.atan(self._z(x))) - np.log(2)

    def _log_unnormalized_prob(self, x: Tensor) -> Tensor:
        return -elementwise.log1p(elementwise.square(self._z(x)))

    def _log_normalization(self) -> Tensor:
        return np.log(np.pi) + elementwise.log(self.scale)

    def _entropy(self) -> Tensor:
        return (np.log(4 * np.pi) + elementwise.log(self.scale)) * filling.ones_like(self.loc)

    def _quantile(self, p: Tensor) -> Tensor:
        return self.loc + self.scale * trigonometric.tan(np.pi * (p - 0.5))

    def _mode(self) -> Tensor:
        return self.loc * filling.ones_like(self.scale)

    def _mean(self) -> Tensor:
        return self._undefined("mean")

    def _stddev(self) -> Tensor:
        return self._undefined("stddev")

    def _undefined(self, what: str) -> Tensor:
        if not self.allow_nan_stats:
            raise ValueError(f"`{what}` is undefined for Cauchy distribution.")
        return filling.fill(self.batch_shape_tensor(), nan_like(self.dtype))
