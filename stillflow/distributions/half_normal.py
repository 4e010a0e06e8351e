"""The half-normal distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.distributions import special
from stillflow.distributions.distribution import FULLY_REPARAMETERIZED
from stillflow.distributions.moved import moved
from stillflow.distributions.scalar import ScalarDistribution
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, joining
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.checks import assert_positive
from stillflow.ops.math import casts, elementwise
from stillflow.ops.math.special import erf
from stillflow.ops.nn.activations import relu
from stillflow.ops.random.drawing import random_normal


class HalfNormal(ScalarDistribution):
    """The sizes of normal numbers of mean 0.

    Args:
      scale: the standard deviation of the normal numbers, f[*batch].
    """

    PARAMETERS = ("scale",)

    @moved
    def __init__(
        self,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "HalfNormal",
    ):
        parameters = dict(locals())
        with (
            name_scope(name, values=[scale]) as scope,
            control_dependencies([assert_positive(scale)] if validate_args else []),
        ):
            self._scale = identity(scale, name="scale")
        super().__init__(
            dtype=self._scale.dtype,
            reparameterization_type=FULLY_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._scale],
            name=scope,
        )

    @property
    def scale(self) -> Tensor:
        """The standard deviation of the normal numbers."""
        return self._scale

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        shape = joining.concat([[n], self.batch_shape_tensor()], 0)
        drawn = random_normal(shape=shape, mean=0.0, stddev=1.0, dtype=self.dtype, seed=seed)
        return elementwise.abs_(drawn * self.scale)

    def _prob(self, x: Tensor) -> Tensor:
        factor = np.sqrt(2) / self.scale / np.sqrt(np.pi)
        density = factor * elementwise.exp(-0.5 * (x / self.scale) ** 2)
        return density * casts.cast(x >= 0, self.dtype)

    def _cdf(self, x: Tensor) -> Tensor:
        return erf(relu(x) / self.scale / np.sqrt(2.0))

    def _entropy(self) -> Tensor:
        return 0.5 * elementwise.log(np.pi * self.scale**2.0 / 2.0) + 0.5

    def _mean(self) -> Tensor:
        return self.scale * np.sqrt(2.0) / np.sqrt(np.pi)

    def _quantile(self, p: Tensor) -> Tensor:
        return np.sqrt(2.0) * self.scale * special.erfinv(p)

    def _mode(self) -> Tensor:
        return filling.zeros(self.batch_shape_tensor())

    def _variance(self) -> Tensor:
        return self.scale**2.0 * (1.0 - 2.0 / np.pi)
