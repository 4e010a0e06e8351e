"""The beta distribution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.checking import checked, same_float_dtype
from stillflow.distributions.distribution import FULLY_REPARAMETERIZED, nan_like
from stillflow.distributions.divergence import rule_of
from stillflow.distributions.moved import moved
from stillflow.distributions.scalar import ScalarDistribution
from stillflow.distributions.seeds import gen_new_seed
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, selecting
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.checks import assert_less, assert_positive
from stillflow.ops.math import arithmetic, comparison, elementwise, special
from stillflow.ops.nn.activations import softplus
from stillflow.ops.random.drawing import random_gamma
from stillflow.platform.deprecation import deprecated


class Beta(ScalarDistribution):
    """Numbers in (0, 1) of density proportional to x^(c1 - 1) (1 - x)^(c0 - 1).

    Args:
      concentration1, concentration0: c1 and c0, f[*batch], positive, broadcast.
    """

    PARAMETERS = ("concentration1", "concentration0")

    @moved
    def __init__(
        self,
        concentration1: Any = None,
        concentration0: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Beta",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[concentration1, concentration0]) as scope:
            self._concentration1 = checked(
                convert_to_tensor(concentration1, name="concentration1"), validate_args, _positive
            )
            self._concentration0 = checked(
                convert_to_tensor(concentration0, name="concentration0"), validate_args, _positive
            )
            same_float_dtype([self._concentration1, self._concentration0])
            self._total_concentration = self._concentration1 + self._concentration0
        super().__init__(
            dtype=self._total_concentration.dtype,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            reparameterization_type=FULLY_REPARAMETERIZED,
            parameters=parameters,
            graph_parents=[self._concentration1, self._concentration0, self._total_concentration],
            name=scope,
        )

    @property
    def concentration1(self) -> Tensor:
        """What draws numbers to 1."""
        return self._concentration1

    @property
    def concentration0(self) -> Tensor:
        """What draws numbers to 0."""
        return self._concentration0

    @property
    def total_concentration(self) -> Tensor:
        """The sum of both."""
        return self._total_concentration

    def _broadcast(self) -> list[Any]:
        return [self.total_concentration]

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        """One gamma number over the sum of two."""
        total = self.total_concentration
        first = filling.ones_like(total, dtype=self.dtype) * self.concentration1
        second = filling.ones_like(total, dtype=self.dtype) * self.concentration0
        gamma1 = random_gamma(shape=[n], alpha=first, dtype=self.dtype, seed=seed)
        other_seed = gen_new_seed(seed, "beta")
        gamma2 = random_gamma(shape=[n], alpha=second, dtype=self.dtype, seed=other_seed)
        return gamma1 / (gamma1 + gamma2)

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _prob(self, x: Tensor) -> Tensor:
        return elementwise.exp(self._log_prob(x))

    def _log_cdf(self, x: Tensor) -> Tensor:
        return elementwise.log(self._cdf(x))

    def _cdf(self, x: Tensor) -> Tensor:
        return special.betainc(self.concentration1, self.concentration0, x)

    def _log_unnormalized_prob(self, x: Tensor) -> Tensor:
        x = checked(x, self.validate_args, self._inside)
        ones = arithmetic.xlogy(self.concentration1 - 1.0, x)
        return ones + (self.concentration0 - 1.0) * elementwise.log1p(-x)

    def _log_normalization(self) -> Tensor:
        return (
            special.lgamma(self.concentration1)
            + special.lgamma(self.concentration0)
            - special.lgamma(self.total_concentration)
        )

    def _entropy(self) -> Tensor:
        return (
            self._log_normalization()
            - (self.concentration1 - 1.0) * special.digamma(self.concentration1)
            - (self.concentration0 - 1.0) * special.digamma(self.concentration0)
            + (self.total_concentration - 2.0) * special.digamma(self.total_concentration)
        )

    def _mean(self) -> Tensor:
        return self._concentration1 / self._total_concentration

    def _variance(self) -> Tensor:
        return self._mean() * (1.0 - self._mean()) / (1.0 + self.total_concentration)

    def _mode(self) -> Tensor:
        """Not defined unless both concentrations are above 1."""
        mode = (self.concentration1 - 1.0) / (self.total_concentration - 2.0)
        if self.allow_nan_stats:
            nan = filling.fill(self.batch_shape_tensor(), nan_like(self.dtype), name="nan")
            is_defined = comparison.logical_and(
                self.concentration1 > 1.0, self.concentration0 > 1.0
            )
            return selecting.where_v2(is_defined, mode, nan)
        above_one = [
            assert_less(
                filling.ones([], dtype=self.dtype),
                concentration,
                message=f"Mode undefined for {which} <= 1.",
            )
            for which, concentration in (
                ("concentration1", self.concentration1),
                ("concentration0", self.concentration0),
            )
        ]
        return with_dependencies(above_one, mode)

    def _inside(self, x: Tensor) -> list[Any]:
        positive = assert_positive(x, message="sample must be positive")
        one = filling.ones([], self.dtype)
        return [positive, assert_less(x, one, message="sample must be less than `1`.")]


def _positive(concentration: Tensor) -> list[Any]:
    message = "Concentration parameter must be positive."
    return [assert_positive(concentration, message=message)]


class BetaWithSoftplusConcentration(Beta):
    """`Beta` of softplus of both concentrations."""

    @deprecated(
        "2019-01-01",
        "Use `tfd.Beta(tf.nn.softplus(concentration1), tf.nn.softplus(concentration2))` instead.",
    )
    def __init__(
        self,
        concentration1: Any,
        concentration0: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "BetaWithSoftplusConcentration",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[concentration1, concentration0]) as scope:
            super().__init__(
                concentration1=softplus(concentration1, name="softplus_concentration1"),
                concentration0=softplus(concentration0, name="softplus_concentration0"),
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                name=scope,
            )
        self._parameters = parameters


@rule_of(Beta, Beta)
def _beta_beta(a: Beta, b: Beta, name: str | None = None) -> Tensor:
    def gain(read: Callable[[Beta], Tensor]) -> Tensor:
        first, second = read(a), read(b)
        return second - first

    values = [
        *(a.concentration1, a.concentration0, a.total_concentration),
        *(b.concentration1, b.concentration0, b.total_concentration),
    ]
    with name_scope(name, "kl_beta_beta", values=values):
        second, first = b._log_normalization(), a._log_normalization()
        return (
            (second - first)
            - special.digamma(a.concentration1) * gain(lambda d: d.concentration1)
            - special.digamma(a.concentration0) * gain(lambda d: d.concentration0)
            + special.digamma(a.total_concentration) * gain(lambda d: d.total_concentration)
        )
