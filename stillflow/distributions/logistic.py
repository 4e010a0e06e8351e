"""The logistic distribution."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.distributions.location_scale import LocationScale
from stillflow.distributions.moved import moved
from stillflow.graph.operation import Tensor
from stillflow.ops.array import filling, joining
from stillflow.ops.math import elementwise
from stillflow.ops.nn.activations import softplus
from stillflow.ops.random.drawing import random_uniform


class Logistic(LocationScale):
    """Numbers whose cumulative distribution function is sigmoid((x - loc) / scale).

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
        name: str = "Logistic",
    ):
        super().__init__(loc, scale, validate_args, allow_nan_stats, name, dict(locals()))

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        # 0 would give an infinite number.
        drawn = random_uniform(
            shape=joining.concat([[n], self.batch_shape_tensor()], 0),
            minval=np.finfo(self.dtype.as_numpy_dtype).tiny,
            maxval=1.0,
            dtype=self.dtype,
            seed=seed,
        )
        standard = elementwise.log(drawn) - elementwise.log1p(-1.0 * drawn)
        return standard * self.scale + self.loc

    def _log_cdf(self, x: Tensor) -> Tensor:
        return -softplus(-self._z(x))

    def _cdf(self, x: Tensor) -> Tensor:
        return elementwise.sigmoid(self._z(x))

    def _log_survival_function(self, x: Tensor) -> Tensor:
        return -softplus(self._z(x))

    def _survival_function(self, x: Tensor) -> Tensor:
        return elementwise.sigmoid(-self._z(x))

    def _log_unnormalized_prob(self, x: Tensor) -> Tensor:
        z = self._z(x)
        return -z - 2.0 * softplus(-z)

    def _log_normalization(self) -> Tensor:
        return elementwise.log(self.scale)

    def _entropy(self) -> Tensor:
        return 2 + elementwise.log(self.scale * filling.ones_like(self.loc))

    def _mean(self) -> Tensor:
        return self.loc * filling.ones_like(self.scale)

    def _stddev(self) -> Tensor:
        return self.scale * filling.ones_like(self.loc) * math.pi / math.sqrt(3)

    def _mode(self) -> Tensor:
        return self._mean()
