"""The Bernoulli distribution: yes or no."""

from __future__ import annotations

from typing import Any

from stillflow.distributions.checking import (
    embed_check_integer_casting_closed,
    get_logits_and_probs,
)
from stillflow.distributions.distribution import NOT_REPARAMETERIZED
from stillflow.distributions.divergence import rule_of
from stillflow.distributions.moved import moved
from stillflow.distributions.scalar import ScalarDistribution
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, joining
from stillflow.ops.control.ordering import identity
from stillflow.ops.math import casts, comparison, elementwise
from stillflow.ops.nn.activations import softplus
from stillflow.ops.nn.logistic import sigmoid_cross_entropy_with_logits
from stillflow.ops.random.drawing import random_uniform


class Bernoulli(ScalarDistribution):
    """Ones and zeros.

    Args:
      logits: the log-odds of a one, f[*batch].
      probs: the probability of a one instead.
      dtype: of samples.
    """

    PARAMETERS = ("logits",)

    @moved
    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = dtypes.int32,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Bernoulli",
    ):
        parameters = dict(locals())
        with name_scope(name) as scope:
            self._logits, self._probs = get_logits_and_probs(
                logits=logits, probs=probs, validate_args=validate_args, name=scope
            )
        super().__init__(
            dtype=dtype,
            reparameterization_type=NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._logits, self._probs],
            name=scope,
        )

    @property
    def logits(self) -> Tensor:
        """The log-odds of a one."""
        return self._logits

    @property
    def probs(self) -> Tensor:
        """The probability of a one."""
        return self._probs

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        shape = joining.concat([[n], self.batch_shape_tensor()], 0)
        drawn = random_uniform(shape, seed=seed, dtype=self.probs.dtype)
        return casts.cast(comparison.less(drawn, self.probs), self.dtype)

    def _log_prob(self, event: Tensor) -> Tensor:
        if self.validate_args:
            event = embed_check_integer_casting_closed(event, target_dtype=dtypes.bool)
        event = casts.cast(event, self.logits.dtype)
        logits = self.logits
        known = event.shape.is_fully_defined() and logits.shape.is_fully_defined()
        if not (known and event.shape == logits.shape):
            logits, event = (
                filling.ones_like(event) * logits,
                filling.ones_like(logits) * event,
            )
        return -sigmoid_cross_entropy_with_logits(labels=event, logits=logits)

    def _entropy(self) -> Tensor:
        surprise = -self.logits * (elementwise.sigmoid(self.logits) - 1)
        return surprise + softplus(-self.logits)

    def _mean(self) -> Tensor:
        return identity(self.probs)

    def _variance(self) -> Tensor:
        return self._mean() * (1.0 - self.probs)

    def _mode(self) -> Tensor:
        return casts.cast(self.probs > 0.5, self.dtype)


@rule_of(Bernoulli, Bernoulli)
def _bernoulli_bernoulli(a: Bernoulli, b: Bernoulli, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_bernoulli_bernoulli", values=[a.logits, b.logits]):
        ones = softplus(-b.logits) - softplus(-a.logits)
        zeros = softplus(b.logits) - softplus(a.logits)
        of_ones = elementwise.sigmoid(a.logits) * ones
        return of_ones + elementwise.sigmoid(-a.logits) * zeros
