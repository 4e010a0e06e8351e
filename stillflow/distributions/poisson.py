"""The Poisson distribution."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.checking import embed_check_nonnegative_integer_form
from stillflow.distributions.distribution import NOT_REPARAMETERIZED
from stillflow.distributions.moved import moved
from stillflow.distributions.scalar import ScalarDistribution
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.checks import assert_positive
from stillflow.ops.math import elementwise, special
from stillflow.ops.random.drawing import random_poisson


class Poisson(ScalarDistribution):
    """Counts of probability rate^x exp(-rate) / x!.

    Args:
      rate: the mean, f[*batch], positive.
      log_rate: its logarithm instead.

    Raises:
      ValueError: both are given, or none.
      TypeError: it is no float.
    """

    PARAMETERS = ("rate",)

    @moved
    def __init__(
        self,
        rate: Any = None,
        log_rate: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Poisson",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[rate]) as scope:
            if (rate is None) == (log_rate is None):
                raise ValueError("Must specify exactly one of `rate` and `log_rate`.")
            if log_rate is None:
                rate = _float("rate", rate)
                with control_dependencies([assert_positive(rate)] if validate_args else []):
                    self._rate = identity(rate, name="rate")
                    self._log_rate = elementwise.log(rate, name="log_rate")
            else:
                self._log_rate = _float("log_rate", log_rate)
                self._rate = elementwise.exp(self._log_rate, name="rate")
        super().__init__(
            dtype=self._rate.dtype,
            reparameterization_type=NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._rate],
            name=scope,
        )

    @property
    def rate(self) -> Tensor:
        """The mean."""
        return self._rate

    @property
    def log_rate(self) -> Tensor:
        """The logarithm of the mean."""
        return self._log_rate

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _log_cdf(self, x: Tensor) -> Tensor:
        return elementwise.log(self.cdf(x))

    def _cdf(self, x: Tensor) -> Tensor:
        return special.igammac(1.0 + self._valid(x), self.rate)

    def _log_normalization(self) -> Tensor:
        return self.rate

    def _log_unnormalized_prob(self, x: Tensor) -> Tensor:
        x = self._valid(x)
        return x * self.log_rate - special.lgamma(1.0 + x)

    def _valid(self, x: Tensor) -> Tensor:
        return embed_check_nonnegative_integer_form(x) if self.validate_args else x

    def _mean(self) -> Tensor:
        return identity(self.rate)

    def _variance(self) -> Tensor:
        return identity(self.rate)

    def _mode(self) -> Tensor:
        """The larger one when `rate` is whole, where `rate - 1` is as likely."""
        return elementwise.floor(self.rate)

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        return random_poisson(self.rate, [n], dtype=self.dtype, seed=seed)


def _float(name: str, value: Any) -> Tensor:
    value = convert_to_tensor(value, name=name)
    if not value.dtype.is_floating:
        raise TypeError(f"{name}.dtype ({value.dtype.name}) is a not a float-type.")
    return value
