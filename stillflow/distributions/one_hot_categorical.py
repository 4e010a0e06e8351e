"""The categorical distribution of vectors with a one for the class that is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.distributions.checking import get_logits_and_probs
from stillflow.distributions.classes import OfClasses
from stillflow.distributions.distribution import NOT_REPARAMETERIZED
from stillflow.distributions.divergence import rule_of
from stillflow.distributions.moved import moved
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import diagonals, joining, reshaping, shape_of
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.array.transposing import transpose
from stillflow.ops.linalg.products import matmul
from stillflow.ops.nn.cross_entropy import softmax_cross_entropy_with_logits
from stillflow.ops.nn.softmax import log_softmax, softmax
from stillflow.ops.random.drawing import multinomial
from stillflow.ops.reduce import reductions
from stillflow.ops.reduce.argmax import argmax


class OneHotCategorical(OfClasses):
    """Vectors of zeros and a one.

    Args:
      logits: the unnormalised log-probabilities of k classes, f[*batch, k].
      probs: the probabilities instead.
      dtype: of samples.
    """

    @moved
    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = dtypes.int32,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "OneHotCategorical",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[logits, probs]) as scope:
            self._logits, self._probs = get_logits_and_probs(
                name=scope,
                logits=logits,
                probs=probs,
                validate_args=validate_args,
                multidimensional=True,
            )
            self._describe()
        super().__init__(
            dtype=dtype,
            reparameterization_type=NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._logits, self._probs],
            name=scope,
        )

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        shape = joining.concat([[n], shape_of.shape(self.logits)], 0)
        rows = self.logits
        if rows.shape.ndims != 2:
            rows = reshaping.reshape(rows, [-1, self.event_size])
        drawn = transpose(multinomial(rows, n, seed=seed))
        drawn = one_hot(drawn, self.event_size, dtype=self.dtype)
        return reshaping.reshape(drawn, shape)

    def _log_prob(self, x: Tensor) -> Tensor:
        shape, x, logits = self._rows(self._valid(x), -1)
        log_prob = -softmax_cross_entropy_with_logits(labels=x, logits=logits)
        return reshaping.reshape(log_prob, shape)

    def _entropy(self) -> Tensor:
        return -reductions.reduce_sum(log_softmax(self.logits) * self.probs, axis=-1)

    def _mode(self) -> Tensor:
        mode = argmax(self.logits, axis=self._batch_rank)
        mode = one_hot(mode, self.event_size, dtype=self.dtype)
        mode.set_shape(self.logits.shape)
        return mode

    def _covariance(self) -> Tensor:
        p = self.probs
        products = -matmul(p[..., np.newaxis], p[..., np.newaxis, :])
        return diagonals.matrix_set_diag(products, self._variance())

    def _variance(self) -> Tensor:
        return self.probs * (1.0 - self.probs)


@rule_of(OneHotCategorical, OneHotCategorical)
def _one_hot_one_hot(a: OneHotCategorical, b: OneHotCategorical, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_categorical_categorical", values=[a.logits, b.logits]):
        shares = softmax(a.logits)
        gain = log_softmax(a.logits) - log_softmax(b.logits)
        return reductions.reduce_sum(shares * gain, axis=-1)
