"""The geometric distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.distributions.checking import (
    embed_check_nonnegative_integer_form,
    get_logits_and_probs,
)
from stillflow.distributions.distribution import NOT_REPARAMETERIZED
from stillflow.distributions.moved import moved
from stillflow.distributions.scalar import ScalarDistribution
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, joining, selecting, shape_of
from stillflow.ops.array.constants import constant
from stillflow.ops.control.ordering import identity, with_dependencies
from stillflow.ops.debug.checks import assert_less, assert_positive
from stillflow.ops.math import comparison, elementwise
from stillflow.ops.nn.activations import softplus
from stillflow.ops.random.drawing import random_uniform


class Geometric(ScalarDistribution):
    """How often a trial fails before it succeeds.

    Args:
      logits: the log-odds of success, f[*batch].
      probs: its probability instead, above 0.

    Raises:
      ValueError: both are given, or none.
    """

    PARAMETERS = ("probs",)

    @moved
    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Geometric",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[logits, probs]) as scope:
            self._logits, self._probs = get_logits_and_probs(
                logits, probs, validate_args=validate_args, name=scope
            )
            with control_dependencies([assert_positive(self._probs)] if validate_args else []):
                self._probs = identity(self._probs, name="probs")
        super().__init__(
            dtype=self._probs.dtype,
            reparameterization_type=NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._probs, self._logits],
            name=scope,
        )

    @property
    def logits(self) -> Tensor:
        """The log-odds of success."""
        return self._logits

    @property
    def probs(self) -> Tensor:
        """The probability of success."""
        return self._probs

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        # 0 would give an infinite number.
        drawn = random_uniform(
            joining.concat([[n], shape_of.shape(self._probs)], 0),
            minval=np.finfo(self.dtype.as_numpy_dtype).tiny,
            maxval=1.0,
            seed=seed,
            dtype=self.dtype,
        )
        return elementwise.floor(elementwise.log(drawn) / elementwise.log1p(-self.probs))

    def _cdf(self, x: Tensor) -> Tensor:
        x = self._whole(x) * filling.ones_like(self.probs)
        return selecting.where(
            x < 0.0,
            filling.zeros_like(x),
            -elementwise.expm1((1.0 + x) * elementwise.log1p(-self.probs)),
        )

    def _log_prob(self, x: Tensor) -> Tensor:
        x = self._whole(x) * filling.ones_like(self.probs)
        probs = self.probs * filling.ones_like(x)
        # 0 log(0) of a certain success would be no number.
        safe = selecting.where(comparison.equal(x, 0.0), filling.zeros_like(probs), probs)
        return x * elementwise.log1p(-safe) + elementwise.log(probs)

    def _whole(self, x: Tensor) -> Tensor:
        if self.validate_args:
            return embed_check_nonnegative_integer_form(x)
        return elementwise.floor(x)

    def _entropy(self) -> Tensor:
        """softplus(logits) / probs - logits, which is -((1 - p) log(1 - p) + p log p) / p."""
        probs = self._probs
        if self.validate_args:
            message = "Entropy is undefined when logits = inf or probs = 1."
            fits = assert_less(probs, constant(1.0, probs.dtype), message=message)
            probs = with_dependencies([fits], probs)
        return softplus(self.logits) / probs - self.logits

    def _mean(self) -> Tensor:
        return elementwise.exp(-self.logits)

    def _variance(self) -> Tensor:
        return self._mean() / self.probs

    def _mode(self) -> Tensor:
        return filling.zeros(self.batch_shape_tensor(), dtype=self.dtype)
