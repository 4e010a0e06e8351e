"""The gamma distribution, and the exponential one."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.checking import same_float_dtype
from stillflow.distributions.distribution import FULLY_REPARAMETERIZED, nan_like
from stillflow.distributions.divergence import rule_of
from stillflow.distributions.moved import moved
from stillflow.distributions.scalar import ScalarDistribution
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, joining, selecting, shape_of
from stillflow.ops.control.ordering import identity, with_dependencies
from stillflow.ops.debug.checks import assert_less, assert_positive, assert_same_float_dtype
from stillflow.ops.math import arithmetic, elementwise, special
from stillflow.ops.nn.activations import softplus
from stillflow.ops.random.drawing import random_gamma, random_uniform
from stillflow.platform.deprecation import deprecated


class Gamma(ScalarDistribution):
    """Numbers from 0 of density proportional to x^(concentration - 1) exp(-rate x).

    Args:
      concentration, rate: f[*batch], positive, broadcast.
    """

    PARAMETERS: ClassVar[tuple[str, ...]] = ("concentration", "rate")

    @moved
    def __init__(
        self,
        concentration: Any,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Gamma",
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
            reparameterization_type=FULLY_REPARAMETERIZED,
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
        """The inverse of the scale."""
        return self._rate

    def _broadcast(self) -> list[Any]:
        return [self.concentration, self.rate]

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        return random_gamma(
            shape=[n], alpha=self.concentration, beta=self.rate, dtype=self.dtype, seed=seed
        )

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _cdf(self, x: Tensor) -> Tensor:
        x = self._valid(x)
        return special.igamma(self.concentration, self.rate * x)

    def _log_unnormalized_prob(self, x: Tensor) -> Tensor:
        x = self._valid(x)
        return arithmetic.xlogy(self.concentration - 1.0, x) - self.rate * x

    def _log_normalization(self) -> Tensor:
        of_shape = special.lgamma(self.concentration)
        return of_shape - self.concentration * elementwise.log(self.rate)

    def _entropy(self) -> Tensor:
        return (
            self.concentration
            - elementwise.log(self.rate)
            + special.lgamma(self.concentration)
            + (1.0 - self.concentration) * special.digamma(self.concentration)
        )

    def _mean(self) -> Tensor:
        return self.concentration / self.rate

    def _variance(self) -> Tensor:
        return self.concentration / elementwise.square(self.rate)

    def _stddev(self) -> Tensor:
        return elementwise.sqrt(self.concentration) / self.rate

    def _mode(self) -> Tensor:
        """(concentration - 1) / rate when concentration > 1, else not defined."""
        mode = (self.concentration - 1.0) / self.rate
        if self.allow_nan_stats:
            nan = filling.fill(self.batch_shape_tensor(), nan_like(self.dtype), name="nan")
            return selecting.where_v2(self.concentration > 1.0, mode, nan)
        one = filling.ones([], self.dtype)
        message = "mode not defined when any concentration <= 1"
        return with_dependencies([assert_less(one, self.concentration, message=message)], mode)

    def _valid(self, x: Tensor) -> Tensor:
        assert_same_float_dtype(tensors=[x], dtype=self.dtype)
        return with_dependencies([assert_positive(x)], x) if self.validate_args else x


class GammaWithSoftplusConcentrationRate(Gamma):
    """`Gamma` of softplus(`concentration`) and softplus(`rate`)."""

    @deprecated(
        "2019-01-01",
        "Use `tfd.Gamma(tf.nn.softplus(concentration), tf.nn.softplus(rate))` instead.",
    )
    def __init__(
        self,
        concentration: Any,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "GammaWithSoftplusConcentrationRate",
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


@rule_of(Gamma, Gamma)
def _gamma_gamma(a: Gamma, b: Gamma, name: str | None = None) -> Tensor:
    values = [a.concentration, a.rate, b.concentration, b.rate]
    with name_scope(name, "kl_gamma_gamma", values=values):
        return (
            (a.concentration - b.concentration) * special.digamma(a.concentration)
            + special.lgamma(b.concentration)
            - special.lgamma(a.concentration)
            + b.concentration * elementwise.log(a.rate)
            - b.concentration * elementwise.log(b.rate)
            + a.concentration * (b.rate / a.rate - 1.0)
        )


class Exponential(Gamma):
    """Numbers from 0 of density rate exp(-rate x): gamma numbers of concentration 1.

    Args:
      rate: f[*batch], positive.
    """

    PARAMETERS = ("rate",)

    @moved
    def __init__(
        self,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Exponential",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[rate]) as scope:
            own_rate = convert_to_tensor(rate, name="rate")
        super().__init__(
            concentration=filling.ones([], dtype=own_rate.dtype),
            rate=own_rate,
            allow_nan_stats=allow_nan_stats,
            validate_args=validate_args,
            name=scope,
        )
        self._parameters = parameters
        self._graph_parents += [self._rate]

    def _log_survival_function(self, value: Tensor) -> Tensor:
        return self._log_prob(value) - elementwise.log(self._rate)

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        shape = joining.concat([[n], shape_of.shape(self._rate)], 0)
        # 0 would give an infinite number.
        least = np.finfo(self.dtype.as_numpy_dtype).tiny
        drawn = random_uniform(shape, minval=least, maxval=1.0, seed=seed, dtype=self.dtype)
        return -elementwise.log(drawn) / self._rate


class ExponentialWithSoftplusRate(Exponential):
    """`Exponential` of the rate softplus(`rate`)."""

    @deprecated("2019-01-01", "Use `tfd.Exponential(tf.nn.softplus(rate)).")
    def __init__(
        self,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "ExponentialWithSoftplusRate",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[rate]) as scope:
            super().__init__(
                rate=softplus(rate, name="softplus_rate"),
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                name=scope,
            )
        self._parameters = parameters
