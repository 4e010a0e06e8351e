"""Successes of a number of trials, and before a number of failures."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.checking import (
    assert_integer_form,
    embed_check_nonnegative_integer_form,
    get_logits_and_probs,
)
from stillflow.distributions.distribution import NOT_REPARAMETERIZED
from stillflow.distributions.moved import moved
from stillflow.distributions.scalar import ScalarDistribution
from stillflow.distributions.seeds import gen_new_seed
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, selecting
from stillflow.ops.control.ordering import identity, with_dependencies
from stillflow.ops.debug import checks
from stillflow.ops.math import comparison, elementwise, special
from stillflow.ops.random.drawing import random_gamma, random_poisson


class _OfTrials(ScalarDistribution):
    """A distribution of counts, of trials that succeed with a probability."""

    PARAMETERS = ("total_count", "probs")

    _total_count: Tensor
    _logits: Tensor
    _probs: Tensor

    @property
    def total_count(self) -> Tensor:
        """How many trials, or failures, there are."""
        return self._total_count

    @property
    def logits(self) -> Tensor:
        """The log-odds of success."""
        return self._logits

    @property
    def probs(self) -> Tensor:
        """The probability of success."""
        return self._probs


class Binomial(_OfTrials):
    """How many of `total_count` trials succeed; it draws no samples, as in TensorFlow.

    Args:
      total_count: f[*batch], not negative; it and the others are broadcast.
      logits: the log-odds of success.
      probs: its probability instead.

    Raises:
      ValueError: both `logits` and `probs` are given, or none.
    """

    @moved
    def __init__(
        self,
        total_count: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Binomial",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[total_count, logits, probs]) as scope:
            total_count = convert_to_tensor(total_count, name="total_count")
            self._total_count = _checked_count(total_count) if validate_args else total_count
            self._logits, self._probs = get_logits_and_probs(
                logits=logits, probs=probs, validate_args=validate_args, name=scope
            )
        super().__init__(
            dtype=self._probs.dtype,
            reparameterization_type=NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._total_count, self._logits, self._probs],
            name=scope,
        )

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._log_unnormalized_prob(x) - self._log_normalization(x)

    def _prob(self, x: Tensor) -> Tensor:
        return elementwise.exp(self._log_prob(x))

    def _cdf(self, x: Tensor) -> Tensor:
        x = self._valid(x)
        probs = self.probs
        known = x.shape.is_fully_defined() and probs.shape.is_fully_defined()
        if not (known and x.shape.is_compatible_with(probs.shape)):
            probs += filling.zeros_like(x)
            x += filling.zeros_like(self.probs)
        return _cdf(x, self.total_count, probs)

    def _log_unnormalized_prob(self, x: Tensor) -> Tensor:
        x = self._valid(x)
        of_successes = x * elementwise.log(self.probs)
        return of_successes + (self.total_count - x) * elementwise.log1p(-self.probs)

    def _log_normalization(self, x: Tensor) -> Tensor:
        x = self._valid(x)
        return (
            special.lgamma(1.0 + self.total_count - x)
            + special.lgamma(1.0 + x)
            - special.lgamma(1.0 + self.total_count)
        )

    def _mean(self) -> Tensor:
        return self.total_count * self.probs

    def _variance(self) -> Tensor:
        return self._mean() * (1.0 - self.probs)

    def _mode(self) -> Tensor:
        """The larger one when `(1 + total_count) probs` is whole, where one less is as likely."""
        return elementwise.floor((1.0 + self.total_count) * self.probs)

    def _valid(self, x: Tensor) -> Tensor:
        if not self.validate_args:
            return x
        x = embed_check_nonnegative_integer_form(x)
        message = "counts are not less than or equal to n."
        return with_dependencies(
            [checks.assert_less_equal(x, self.total_count, message=message)], x
        )


def _checked_count(total_count: Tensor) -> Tensor:
    negative = "total_count must be non-negative."
    broken = "total_count cannot contain fractional components."
    wanted = [
        checks.assert_non_negative(total_count, message=negative),
        assert_integer_form(total_count, message=broken),
    ]
    return with_dependencies(wanted, total_count)


def _cdf(k: Tensor, n: Tensor, p: Tensor) -> Tensor:
    """Up to k successes of n; 1 for n of n, where the incomplete beta function is no number."""
    ones = filling.ones_like(n - k)
    is_all = comparison.equal(k, n)
    failures = selecting.where_v2(is_all, ones, n - k)
    return selecting.where_v2(is_all, ones, special.betainc(a=failures, b=k + 1, x=1 - p))


class NegativeBinomial(_OfTrials):
    """How many trials succeed before `total_count` have failed.

    Args:
      total_count: f[*batch], positive; it and the others are broadcast.
      logits: the log-odds of success.
      probs: its probability instead.

    Raises:
      ValueError: both `logits` and `probs` are given, or none.
    """

    @moved
    def __init__(
        self,
        total_count: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "NegativeBinomial",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[total_count, logits, probs]) as scope:
            self._logits, self._probs = get_logits_and_probs(
                logits, probs, validate_args=validate_args, name=scope
            )
            wanted = [checks.assert_positive(total_count)] if validate_args else []
            with control_dependencies(wanted):
                self._total_count = identity(total_count)
        super().__init__(
            dtype=self._probs.dtype,
            reparameterization_type=NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._total_count, self._probs, self._logits],
            name=scope,
        )

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        """Poisson numbers whose rates a gamma distribution gives."""
        rate = random_gamma(
            shape=[n],
            alpha=self.total_count,
            beta=elementwise.exp(-self.logits),
            dtype=self.dtype,
            seed=seed,
        )
        seed = gen_new_seed(seed, "negative_binom")
        return random_poisson(rate, shape=[], dtype=self.dtype, seed=seed)

    def _cdf(self, x: Tensor) -> Tensor:
        x = self._valid(x)
        return special.betainc(self.total_count, 1.0 + x, elementwise.sigmoid(-self.logits))

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._log_unnormalized_prob(x) - self._log_normalization(x)

    def _log_unnormalized_prob(self, x: Tensor) -> Tensor:
        x = self._valid(x)
        of_failures = self.total_count * elementwise.log_sigmoid(-self.logits)
        return of_failures + x * elementwise.log_sigmoid(self.logits)

    def _log_normalization(self, x: Tensor) -> Tensor:
        x = self._valid(x)
        return (
            -special.lgamma(self.total_count + x)
            + special.lgamma(1.0 + x)
            + special.lgamma(self.total_count)
        )

    def _mean(self) -> Tensor:
        return self.total_count * elementwise.exp(self.logits)

    def _mode(self) -> Tensor:
        more = selecting.where_v2(
            self.total_count > 1.0,
            self.total_count - 1.0,
            filling.zeros_like(self.total_count),
        )
        return elementwise.floor(more * elementwise.exp(self.logits))

    def _variance(self) -> Tensor:
        return self._mean() / elementwise.sigmoid(-self.logits)

    def _valid(self, x: Tensor) -> Tensor:
        return embed_check_nonnegative_integer_form(x) if self.validate_args else x
