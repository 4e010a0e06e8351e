"""What is known of a normal mean after some values, of a known deviation, were seen."""

from __future__ import annotations

from typing import Any

from stillflow.distributions.normal import Normal
from stillflow.graph.operation import Tensor
from stillflow.ops.math import casts, elementwise


def normal_conjugates_known_scale_posterior(prior: Normal, scale: Any, s: Tensor, n: Any) -> Normal:
    """Returns the distribution of the mean of normal numbers after `n` of them, of the sum `s`.

    Args:
      prior: its distribution before.
      scale: the known deviation of the numbers.

    Raises:
      TypeError: `prior` is no Normal, or `s` of another type.
    """
    loc, variance, _ = _posterior(prior, scale, s, n)
    return Normal(loc=loc, scale=elementwise.sqrt(variance))


def normal_conjugates_known_scale_predictive(
    prior: Normal, scale: Any, s: Tensor, n: Any
) -> Normal:
    """Returns the distribution of the next number; the arguments are those of the posterior."""
    loc, variance, own = _posterior(prior, scale, s, n)
    return Normal(loc=loc, scale=elementwise.sqrt(variance + own))


def _posterior(prior: Normal, scale: Any, s: Tensor, n: Any) -> tuple[Tensor, Tensor, Tensor]:
    """The mean's mean and variance, and the numbers' own variance."""
    if not isinstance(prior, Normal):
        raise TypeError("Expected prior to be an instance of type Normal")
    if s.dtype != prior.dtype:
        raise TypeError(
            f"Observation sum s.dtype does not match prior dtype: {s.dtype} vs. {prior.dtype}"
        )
    count = casts.cast(n, prior.dtype)
    before, own = elementwise.square(prior.scale), elementwise.square(scale)
    variance = 1.0 / (1 / before + count / own)
    return (prior.loc / before + s / own) * variance, variance, own
