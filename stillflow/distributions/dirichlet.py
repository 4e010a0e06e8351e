"""The Dirichlet distribution, and that of counts of classes with such probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.checking import (
    checked,
    embed_check_categorical_event_shape,
    embed_check_nonnegative_integer_form,
)
from stillflow.distributions.counting import log_combinations
from stillflow.distributions.distribution import (
    FULLY_REPARAMETERIZED,
    NOT_REPARAMETERIZED,
    Distribution,
    nan_like,
)
from stillflow.distributions.divergence import rule_of
from stillflow.distributions.moved import moved
from stillflow.distributions.seeds import gen_new_seed
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import diagonals, filling, joining, reshaping, selecting, shape_of
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug import checks
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import arithmetic, casts, elementwise, special
from stillflow.ops.random.drawing import multinomial, random_gamma
from stillflow.ops.reduce import reductions


class _OfConcentration(Distribution):
    """A distribution of vectors with a positive concentration for each element, f[*batch, k]."""

    _concentration: Tensor
    _total_concentration: Tensor

    @property
    def concentration(self) -> Tensor:
        """What draws weight to each element."""
        return self._concentration

    @property
    def total_concentration(self) -> Tensor:
        """The sum of the concentrations."""
        return self._total_concentration

    def _batch_shape_tensor(self) -> Tensor:
        return shape_of.shape(self.total_concentration)

    def _batch_shape(self) -> TensorShape:
        return self.total_concentration.shape

    def _event_shape_tensor(self) -> Tensor:
        return shape_of.shape(self.concentration)[-1:]

    def _event_shape(self) -> TensorShape:
        return self.concentration.shape.with_rank_at_least(1)[-1:]

    def _prob(self, x: Tensor) -> Tensor:
        return elementwise.exp(self._log_prob(x))

    def _covariance(self) -> Tensor:
        x = self._variance_scale_term() * self._mean()
        products = -matmul(x[..., np.newaxis], x[..., np.newaxis, :])
        return diagonals.matrix_set_diag(products, self._variance())

    def _variance_scale_term(self) -> Tensor:
        raise NotImplementedError


class Dirichlet(_OfConcentration):
    """Vectors of positive numbers whose sum is 1.

    Their density is proportional to the product of x_i^(concentration_i - 1).

    Args:
      concentration: f[*batch, k], positive.
    """

    @moved
    def __init__(
        self,
        concentration: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Dirichlet",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[concentration]) as scope:
            self._concentration = checked(
                convert_to_tensor(concentration, name="concentration"), validate_args, _of_vectors
            )
            self._total_concentration = reductions.reduce_sum(self._concentration, -1)
        super().__init__(
            dtype=self._concentration.dtype,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            reparameterization_type=FULLY_REPARAMETERIZED,
            parameters=parameters,
            graph_parents=[self._concentration, self._total_concentration],
            name=scope,
        )

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        drawn = random_gamma(shape=[n], alpha=self.concentration, dtype=self.dtype, seed=seed)
        return drawn / reductions.reduce_sum(drawn, -1, keepdims=True)

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _log_unnormalized_prob(self, x: Tensor) -> Tensor:
        x = checked(x, self.validate_args, self._on_simplex)
        return reductions.reduce_sum(arithmetic.xlogy(self.concentration - 1.0, x), -1)

    def _log_normalization(self) -> Tensor:
        return special.lbeta(self.concentration)

    def _entropy(self) -> Tensor:
        k = casts.cast(self.event_shape_tensor()[0], self.dtype)
        total = self.total_concentration
        return (
            self._log_normalization()
            + (total - k) * special.digamma(total)
            - reductions.reduce_sum(
                (self.concentration - 1.0) * special.digamma(self.concentration), axis=-1
            )
        )

    def _mean(self) -> Tensor:
        return self.concentration / self.total_concentration[..., np.newaxis]

    def _variance(self) -> Tensor:
        scale = self._variance_scale_term()
        x = scale * self._mean()
        return x * (scale - x)

    def _variance_scale_term(self) -> Tensor:
        return elementwise.rsqrt(1.0 + self.total_concentration[..., np.newaxis])

    def _mode(self) -> Tensor:
        """Not defined unless every concentration is above 1."""
        k = casts.cast(self.event_shape_tensor()[0], self.dtype)
        mode = (self.concentration - 1.0) / (self.total_concentration[..., np.newaxis] - k)
        if self.allow_nan_stats:
            nan = filling.fill(shape_of.shape(mode), nan_like(self.dtype), name="nan")
            is_defined = reductions.reduce_all(self.concentration > 1.0, axis=-1)
            return selecting.where_v2(is_defined, mode, nan)
        one = filling.ones([], self.dtype)
        message = "Mode undefined when any concentration <= 1"
        above = checks.assert_less(one, self.concentration, message=message)
        return with_dependencies([above], mode)

    def _on_simplex(self, x: Tensor) -> list[Any]:
        positive = checks.assert_positive(x, message="samples must be positive")
        one = filling.ones([], dtype=self.dtype)
        message = "sample last-dimension must sum to `1`"
        total = reductions.reduce_sum(x, -1)
        return [positive, checks.assert_near(one, total, message=message)]


def _of_vectors(concentration: Tensor) -> list[Any]:
    return [
        _positive(concentration),
        checks.assert_rank_at_least(
            concentration, 1, message="Concentration parameter must have >=1 dimensions."
        ),
        checks.assert_less(
            1,
            shape_of.shape(concentration)[-1],
            message="Concentration parameter must have event_size >= 2.",
        ),
    ]


def _positive(concentration: Tensor) -> Any:
    return checks.assert_positive(
        concentration, message="Concentration parameter must be positive."
    )


@rule_of(Dirichlet, Dirichlet)
def _dirichlet_dirichlet(a: Dirichlet, b: Dirichlet, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_dirichlet_dirichlet", values=[a.concentration, b.concentration]):
        total = reductions.reduce_sum(a.concentration, axis=-1, keepdims=True)
        of_total = special.digamma(total)
        mean_log = special.digamma(a.concentration) - of_total
        apart = a.concentration - b.concentration
        return (
            reductions.reduce_sum(apart * mean_log, axis=-1)
            - special.lbeta(a.concentration)
            + special.lbeta(b.concentration)
        )


class DirichletMultinomial(_OfConcentration):
    """Counts of classes whose probabilities are drawn from a Dirichlet distribution.

    Args:
      total_count: how many classes are drawn in all, n[*batch].
      concentration: f[*batch, k], positive.
    """

    @moved
    def __init__(
        self,
        total_count: Any,
        concentration: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "DirichletMultinomial",
    ):
        parameters = dict(locals())
        with name_scope(name, values=[total_count, concentration]) as scope:
            self._total_count = convert_to_tensor(total_count, name="total_count")
            if validate_args:
                self._total_count = embed_check_nonnegative_integer_form(self._total_count)
            self._concentration = convert_to_tensor(concentration, name="concentration")
            if validate_args:
                of_classes = embed_check_categorical_event_shape(self._concentration)
                self._concentration = with_dependencies([_positive(of_classes)], of_classes)
            self._total_concentration = reductions.reduce_sum(self._concentration, -1)
        super().__init__(
            dtype=self._concentration.dtype,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            reparameterization_type=NOT_REPARAMETERIZED,
            parameters=parameters,
            graph_parents=[self._total_count, self._concentration],
            name=scope,
        )

    @property
    def total_count(self) -> Tensor:
        """How many classes are drawn in all."""
        return self._total_count

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        count = casts.cast(self.total_count, dtype=dtypes.int32)
        k = self.event_shape_tensor()[0]
        gamma = random_gamma(shape=[n], alpha=self.concentration, dtype=self.dtype, seed=seed)
        logits = reshaping.reshape(elementwise.log(gamma), shape=[-1, k])
        other_seed = gen_new_seed(seed, salt="dirichlet_multinomial")
        drawn = multinomial(logits=logits, num_samples=count, seed=other_seed)
        counts = reductions.reduce_sum(one_hot(drawn, depth=k), -2)
        shape = joining.concat([[n], self.batch_shape_tensor(), [k]], 0)
        return casts.cast(reshaping.reshape(counts, shape), self.dtype)

    def _log_prob(self, counts: Tensor) -> Tensor:
        counts = self._valid(counts)
        ordered = special.lbeta(self.concentration + counts) - special.lbeta(self.concentration)
        return ordered + log_combinations(self.total_count, counts)

    def _mean(self) -> Tensor:
        shares = self.concentration / self.total_concentration[..., np.newaxis]
        return self.total_count * shares

    def _variance(self) -> Tensor:
        scale = self._variance_scale_term()
        x = scale * self._mean()
        return x * (self.total_count * scale - x)

    def _variance_scale_term(self) -> Tensor:
        total = self.total_concentration[..., np.newaxis]
        return elementwise.sqrt((1.0 + total / self.total_count) / (1.0 + total))

    def _valid(self, counts: Tensor) -> Tensor:
        if not self.validate_args:
            return counts
        counts = embed_check_nonnegative_integer_form(counts)
        message = "counts last-dimension must sum to `self.total_count`"
        total = reductions.reduce_sum(counts, -1)
        fits = checks.assert_equal(self.total_count, total, message=message)
        return with_dependencies([fits], counts)
