"""Distributions whose methods take more than a value, for programs to derive from."""

from __future__ import annotations

from typing import Any

from stillflow.distributions.distribution import Distribution
from stillflow.distributions.transformed import TransformedDistribution
from stillflow.graph.operation import Tensor


class ConditionalDistribution(Distribution):
    """A distribution that hands named arguments on to the methods that a class gives it."""

    def sample(
        self,
        sample_shape: Any = (),
        seed: int | None = None,
        name: str = "sample",
        **condition_kwargs: Any,
    ) -> Any:
        return self._call_sample_n(sample_shape, seed, name, **condition_kwargs)

    def log_prob(self, value: Any, name: str = "log_prob", **condition_kwargs: Any) -> Any:
        return self._call_log_prob(value, name, **condition_kwargs)

    def prob(self, value: Any, name: str = "prob", **condition_kwargs: Any) -> Any:
        return self._call_prob(value, name, **condition_kwargs)

    def log_cdf(self, value: Any, name: str = "log_cdf", **condition_kwargs: Any) -> Any:
        return self._call_log_cdf(value, name, **condition_kwargs)

    def cdf(self, value: Any, name: str = "cdf", **condition_kwargs: Any) -> Any:
        return self._call_cdf(value, name, **condition_kwargs)

    def log_survival_function(
        self, value: Any, name: str = "log_survival_function", **condition_kwargs: Any
    ) -> Any:
        return self._call_log_survival_function(value, name, **condition_kwargs)

    def survival_function(
        self, value: Any, name: str = "survival_function", **condition_kwargs: Any
    ) -> Any:
        return self._call_survival_function(value, name, **condition_kwargs)


class ConditionalTransformedDistribution(ConditionalDistribution, TransformedDistribution):
    """A TransformedDistribution whose parts take named arguments.

    `bijector_kwargs` and `distribution_kwargs`, dictionaries, are handed to the bijector and to the
    distribution by `sample`, by the probabilities and by what is cumulative.
    """

    def _operands(self, of_distribution: Tensor, of_bijector: Tensor) -> tuple[Tensor, Tensor]:
        return of_bijector, of_distribution
