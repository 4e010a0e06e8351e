"""The multinomial distribution: counts of classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.checking import (
    embed_check_nonnegative_integer_form,
    get_logits_and_probs,
)
from stillflow.distributions.counting import log_combinations
from stillflow.distributions.distribution import NOT_REPARAMETERIZED, Distribution
from stillflow.distributions.moved import moved
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import diagonals, filling, joining, reshaping, shape_of
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.array.transposing import transpose
from stillflow.ops.control.ordering import identity, with_dependencies
from stillflow.ops.debug.checks import assert_equal
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import casts
from stillflow.ops.nn.softmax import log_softmax
from stillflow.ops.random.drawing import multinomial
from stillflow.ops.reduce import reductions
from stillflow.ops.tensor_array.mapping import map_fn


class Multinomial(Distribution):
    """Vectors of counts of k classes.

    Args:
      total_count: how many classes are drawn in all, n[*batch].
      logits: the unnormalised log-probabilities of classes, f[*batch, k].
      probs: the probabilities instead.
    """

    @moved
    def __init__(
        self,
        total_count: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Multinomial",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[total_count, logits, probs]) as scope:
            self._total_count = convert_to_tensor(total_count, name="total_count")
            if validate_args:
                self._total_count = embed_check_nonnegative_integer_form(self._total_count)
            self._logits, self._probs = get_logits_and_probs(
                logits=logits,
                probs=probs,
                multidimensional=True,
                validate_args=validate_args,
                name=scope,
            )
            self._mean_val = self._total_count[..., np.newaxis] * self._probs
        super().__init__(
            dtype=self._probs.dtype,
            reparameterization_type=NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._total_count, self._logits, self._probs],
            name=scope,
        )

    @property
    def total_count(self) -> Tensor:
        """How many classes are drawn in all."""
        return self._total_count

    @property
    def logits(self) -> Tensor:
        """The unnormalised log-probabilities of classes."""
        return self._logits

    @property
    def probs(self) -> Tensor:
        """The probabilities of classes."""
        return self._probs

    def _batch_shape_tensor(self) -> Tensor:
        return shape_of.shape(self._mean_val)[:-1]

    def _batch_shape(self) -> TensorShape:
        return self._mean_val.shape.with_rank_at_least(1)[:-1]

    def _event_shape_tensor(self) -> Tensor:
        return shape_of.shape(self._mean_val)[-1:]

    def _event_shape(self) -> TensorShape:
        return self._mean_val.shape.with_rank_at_least(1)[-1:]

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        """Each member of the batch by itself, since their counts may differ."""
        counts = casts.cast(self.total_count, dtype=dtypes.int32)
        k = self.event_shape_tensor()[0]
        counts = filling.ones_like(self.logits[..., 0], dtype=counts.dtype) * counts
        ones = filling.ones_like(counts[..., np.newaxis], dtype=self.logits.dtype)
        logits = reshaping.reshape(ones * self.logits, [-1, k])
        flat_counts = n * reshaping.reshape(counts, [-1])

        def of_one(given: tuple[Tensor, Tensor]) -> Tensor:
            logits, count = given
            drawn = multinomial(logits[np.newaxis, ...], count, seed)
            drawn = reshaping.reshape(drawn, shape=[n, -1])
            return reductions.reduce_sum(one_hot(drawn, depth=k), axis=-2)

        drawn = map_fn(of_one, [logits, flat_counts], dtype=self.dtype)
        drawn = transpose(drawn, perm=[1, 0, 2])
        shape = joining.concat([[n], self.batch_shape_tensor(), [k]], 0)
        return reshaping.reshape(drawn, shape)

    def _log_prob(self, counts: Tensor) -> Tensor:
        return self._log_unnormalized_prob(counts) - self._log_normalization(counts)

    def _log_unnormalized_prob(self, counts: Tensor) -> Tensor:
        counts = self._valid(counts)
        return reductions.reduce_sum(counts * log_softmax(self.logits), -1)

    def _log_normalization(self, counts: Tensor) -> Tensor:
        counts = self._valid(counts)
        return -log_combinations(self.total_count, counts)

    def _mean(self) -> Tensor:
        return identity(self._mean_val)

    def _covariance(self) -> Tensor:
        p = self._repeated_probs()
        products = -matmul(self._mean_val[..., np.newaxis], p[..., np.newaxis, :])
        return diagonals.matrix_set_diag(products, self._variance())

    def _variance(self) -> Tensor:
        return self._mean_val - self._mean_val * self._repeated_probs()

    def _repeated_probs(self) -> Tensor:
        return self.probs * filling.ones_like(self.total_count)[..., np.newaxis]

    def _valid(self, counts: Tensor) -> Tensor:
        if not self.validate_args:
            return counts
        counts = embed_check_nonnegative_integer_form(counts)
        total = reductions.reduce_sum(counts, -1)
        message = "counts must sum to `self.total_count`"
        fits = assert_equal(self.total_count, total, message=message)
        return with_dependencies([fits], counts)
