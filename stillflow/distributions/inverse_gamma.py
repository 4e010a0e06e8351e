"""The inverse gamma distribution."""

from __future__ import annotations

from typing import Any

from stillflow.distributions.checking import same_float_dtype
from stillflow.distributions.distribution import NOT_REPARAMETERIZED, nan_like
from stillflow.distributions.moved import moved
from stillflow.distributions.scalar import ScalarDistribution
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, selecting
from stillflow.ops.array.constants import constant
from stillflow.ops.control.ordering import identity, with_dependencies
from stillflow.ops.debug.checks import assert_less, assert_positive, assert_same_float_dtype
from stillflow.ops.math import arithmetic, elementwise, special
from stillflow.ops.nn.activations import softplus
from stillflow.ops.random.drawing import random_gamma


class InverseGamma(ScalarDistribution):
    """Numbers from 0 of density proportional to x^-(concentration + 1) exp(-rate / x).

    Args:
      concentration, rate: f[*batch], positive, broadcast.
    """

    PARAMETERS = ("concentration", "rate")

    @moved
    def __init__(
        self,
        concentration: Any,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "InverseGamma",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[concentration, rate]) as scope:
            checks = []
            if validate_args:
                checks = [assert_positive(concentration), assert_positive(rate)]
            with control_dependencies(checks):
                self._concentration = identity(concentration, name="concentration")
                self._rate = identity(rate, name="rate")
                same_float_dtype([self._concentration, self._rate])
        super().__init__(
            dtype=self._concentration.dtype,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            reparameterization_type=NOT_REPARAMETERIZED,
            parameters=parameters,
            graph_parents=[self._concentration, self._rate],
            name=scope,
        )

    @property
    def concentration(self) -> Tensor:
        """The shape of the distribution."""
        return self._concentration

    @property
    def rate(self) -> Tensor:
        """The scale of the distribution."""
        return self._rate

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        """The inverses of numbers of a gamma distribution."""
        return 1.0 / random_gamma(
            shape=[n], alpha=self.concentration, beta=self.rate, dtype=self.dtype, seed=seed
        )

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _cdf(self, x: Tensor) -> Tensor:
        x = self._valid(x)
        return special.igammac(self.concentration, self.rate / x)

    def _log_unnormalized_prob(self, x: Tensor) -> Tensor:
        x = self._valid(x)
        return -(1.0 + self.concentration) * elementwise.log(x) - self.rate / x

    def _log_normalization(self) -> Tensor:
        of_shape = special.lgamma(self.concentration)
        return of_shape - self.concentration * elementwise.log(self.rate)

    def _entropy(self) -> Tensor:
        return (
            self.concentration
            + elementwise.log(self.rate)
            + special.lgamma(self.concentration)
            - (1.0 + self.concentration) * special.digamma(self.concentration)
        )

    def _mean(self) -> Tensor:
        """rate / (concentration - 1) when concentration > 1, else not defined."""
        mean = self.rate / (self.concentration - 1.0)
        if self.allow_nan_stats:
            return self._where_above(1.0, mean)
        message = "mean undefined when any concentration <= 1"
        ones = filling.ones([], self.dtype)
        return with_dependencies([assert_less(ones, self.concentration, message=message)], mean)

    def _variance(self) -> Tensor:
        """Defined when concentration > 2."""
        variance = (
            elementwise.square(self.rate)
            / arithmetic.squared_difference(self.concentration, 1.0)
            / (self.concentration - 2.0)
        )
        if self.allow_nan_stats:
            return self._where_above(2.0, variance)
        message = "variance undefined when any concentration <= 2"
        two = constant(2.0, dtype=self.dtype)
        return with_dependencies([assert_less(two, self.concentration, message=message)], variance)

    def _where_above(self, least: float, moment: Tensor) -> Tensor:
        nan = filling.fill(self.batch_shape_tensor(), nan_like(self.dtype), name="nan")
        return selecting.where_v2(self.concentration > least, moment, nan)

    def _mode(self) -> Tensor:
        return self.rate / (1.0 + self.concentration)

    def _valid(self, x: Tensor) -> Tensor:
        assert_same_float_dtype(tensors=[x], dtype=self.dtype)
        return with_dependencies([assert_positive(x)], x) if self.validate_args else x


class InverseGammaWithSoftplusConcentrationRate(InverseGamma):
    """`InverseGamma` of softplus of both parameters."""

    @moved
    def __init__(
        self,
        concentration: Any,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "InverseGammaWithSoftplusConcentrationRate",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[concentration, rate]) as scope:
            super().__init__(
                concentration=softplus(concentration, name="softplus_concentration"),
                rate=softplus(rate, name="softplus_rate"),
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                name=scope,
            )
        self._parameters = parameters
