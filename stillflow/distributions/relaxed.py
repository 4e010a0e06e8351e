"""Continuous relaxations of classes and of yes or no (Maddison et al., 2017; Jang et al., 2017)."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.bijectors.scalar import Exp, Sigmoid
from stillflow.distributions.checking import get_logits_and_probs
from stillflow.distributions.classes import OfClasses
from stillflow.distributions.distribution import FULLY_REPARAMETERIZED
from stillflow.distributions.logistic import Logistic
from stillflow.distributions.moved import moved
from stillflow.distributions.transformed import TransformedDistribution
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, joining, reshaping, shape_of
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.checks import assert_positive
from stillflow.ops.math import casts, division, elementwise, special
from stillflow.ops.nn.softmax import log_softmax
from stillflow.ops.random.drawing import random_uniform
from stillflow.ops.reduce import reductions


class ExpRelaxedOneHotCategorical(OfClasses):
    """Logarithms of vectors near one-hot ones: log_softmax((logits + gumbel) / temperature).

    Args:
      temperature: how far from one-hot they are, f[*batch], positive.
      logits: the unnormalised log-probabilities of k classes, f[*batch, k].
      probs: the probabilities instead.
      dtype: of samples; by default that of the logits.
    """

    @moved
    def __init__(
        self,
        temperature: Any,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "ExpRelaxedOneHotCategorical",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[logits, probs, temperature]) as scope:
            self._logits, self._probs = get_logits_and_probs(
                name=scope,
                logits=logits,
                probs=probs,
                validate_args=validate_args,
                multidimensional=True,
            )
            if dtype is None:
                dtype = self._logits.dtype
                if not validate_args:
                    temperature = casts.cast(temperature, dtype)
            with control_dependencies([assert_positive(temperature)] if validate_args else []):
                self._temperature = identity(temperature, name="temperature")
                self._temperature_2d = reshaping.reshape(
                    temperature, [-1, 1], name="temperature_2d"
                )
            self._describe()
        super().__init__(
            dtype=dtype,
            reparameterization_type=FULLY_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._logits, self._probs, self._temperature],
            name=scope,
        )

    @property
    def temperature(self) -> Tensor:
        """How far from one-hot the vectors are."""
        return self._temperature

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        shape = joining.concat([[n], shape_of.shape(self.logits)], 0)
        logits = self.logits * filling.ones(shape, dtype=self.dtype)
        rows = reshaping.reshape(logits, [-1, self.event_size])
        # 0 would give an infinite number.
        drawn = random_uniform(
            shape=shape_of.shape(rows),
            minval=np.finfo(self.dtype.as_numpy_dtype).tiny,
            maxval=1.0,
            dtype=self.dtype,
            seed=seed,
        )
        gumbel = -elementwise.log(-elementwise.log(drawn))
        noisy = division.div(gumbel + rows, self._temperature_2d)
        return reshaping.reshape(log_softmax(noisy), shape)

    def _log_prob(self, x: Tensor) -> Tensor:
        shape, x, logits = self._rows(self._valid(x), [-1])
        k = casts.cast(self.event_size, x.dtype)
        constant = special.lgamma(k) + (k - 1.0) * elementwise.log(self.temperature)
        shares = log_softmax(logits - x * self._temperature_2d)
        log_prob = constant + reductions.reduce_sum(shares, [-1])
        return reshaping.reshape(log_prob, shape)


class RelaxedOneHotCategorical(TransformedDistribution):
    """Vectors near one-hot ones: exp of `ExpRelaxedOneHotCategorical`, whose arguments it takes."""

    @moved
    def __init__(
        self,
        temperature: Any,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "RelaxedOneHotCategorical",
    ):
        logarithms = ExpRelaxedOneHotCategorical(
            temperature,
            logits=logits,
            probs=probs,
            dtype=dtype,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
        )
        super().__init__(logarithms, Exp(), name=name)


class RelaxedBernoulli(TransformedDistribution):
    """Numbers between 0 and 1: the logistic function of a `Logistic` number.

    Args:
      temperature: how far from 0 and 1 they are, f[*batch], positive.
      logits: the log-odds of a one, f[*batch].
      probs: the probability of a one instead.
    """

    @moved
    def __init__(
        self,
        temperature: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "RelaxedBernoulli",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[logits, probs, temperature]) as scope:
            with control_dependencies([assert_positive(temperature)] if validate_args else []):
                self._temperature = identity(temperature, name="temperature")
            self._logits, self._probs = get_logits_and_probs(
                logits=logits, probs=probs, validate_args=validate_args
            )
            logistic = Logistic(
                self._logits / self._temperature,
                1.0 / self._temperature,
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                name=f"{scope}/Logistic",
            )
            super().__init__(
                distribution=logistic,
                bijector=Sigmoid(validate_args=validate_args),
                validate_args=validate_args,
                name=scope,
            )
        self._parameters = parameters

    @staticmethod
    def _param_shapes(sample_shape: Any) -> dict[str, Tensor]:
        return {"logits": convert_to_tensor(sample_shape, dtype=dtypes.int32)}

    @property
    def temperature(self) -> Tensor:
        """How far from 0 and 1 the numbers are."""
        return self._temperature

    @property
    def logits(self) -> Tensor:
        """The log-odds of a one."""
        return self._logits

    @property
    def probs(self) -> Tensor:
        """The probability of a one."""
        return self._probs
